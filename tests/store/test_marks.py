"""What sources remember: theirs alone, all or none, and a changed one is found."""

from crawler.store import Store


def test_each_source_remembers_its_own(store: Store) -> None:
    store.keep_marks("ct", {"log": "17", "day": "2026-03-01"})
    store.keep_marks("searxng", {"day": "2026-02-01"})
    store.keep_marks("ct", {"log": "18"})
    assert store.marks("ct") == {"log": "18", "day": "2026-03-01"}
    assert store.marks("searxng") == {"day": "2026-02-01"}
    assert store.marks("tips") == {}


def test_an_empty_value_is_forgotten(store: Store) -> None:
    store.keep_marks("ct", {"log": "17"})
    store.keep_marks("ct", {"log": ""})
    assert store.marks("ct") == {}


def test_a_changed_mark_is_found(store: Store) -> None:
    store.keep_marks("ct", {"log": "17"})
    assert list(store.unsound_rows()) == []
    store._connection.execute("UPDATE marks SET value = '99'")
    assert list(store.unsound_rows()) == [("marks", "ct log")]
