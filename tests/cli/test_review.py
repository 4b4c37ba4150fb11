"""`certhound review`: two people decide, contacts are masked, errors are one sentence."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.cli.review import listing
from crawler.clock import now
from crawler.store import Store
from tests.casework.conftest import Office, Seen

KEY = "domain:a.test"


@pytest.fixture
def data(tmp_path: Path) -> str:
    with Store.open(tmp_path) as store:
        Office(store).day(
            {
                "http://a.test/?no=110101199003071234": Seen(),
                "http://b.test/": Seen(contacts=("\x1b[31m13900000001",)),
            }
        )
    return str(tmp_path)


class Command:
    """`certhound review …` over one data folder."""

    def __init__(self, data: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._data = data
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["review", *arguments, "--data", self._data])
        said = self._capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out, said.err


@pytest.fixture
def review(data: str, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(data, capsys)


def test_the_list_masks_contacts_until_asked(review: Command) -> None:
    code, out, _err = review("list")
    assert code == 0
    assert KEY in out
    assert "138****5678" in out
    assert "13800005678" not in out
    assert "共 2 个案件" in out
    assert "13800005678" in review("list", "--whole")[1]


def test_json_names_each_case_once_however_it_is_paged(
    review: Command, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(Path(data)) as store:
        Office(store).day({f"http://c{number}.test/": Seen() for number in range(7)})
    whole = review("list", "--json")[1]
    monkeypatch.setattr(listing, "_PAGE", 2)
    assert review("list", "--json")[1] == whole
    keys = [case["case"] for case in json.loads(whole)]
    assert len(keys) == len(set(keys)) >= 7
    assert json.loads(review("list", "--json", "--limit", "3")[1]) == json.loads(whole)[:3]


def test_what_a_page_wrote_moves_no_terminal(review: Command) -> None:
    assert "\x1b" not in review("list", "--whole")[1]
    assert "\x1b" not in review("show", "domain:b.test", "--whole")[1]


def test_identity_numbers_are_masked_always_and_addresses_defanged(review: Command) -> None:
    for arguments in (["--whole"], ["--whole", "--json"]):
        out = review("show", KEY, *arguments)[1]
        assert "110101**********34" in out
        assert "19900307" not in out
    assert "hxxp://a[.]test/" in review("show", KEY)[1]


def test_two_people_confirm_and_the_case_says_who(review: Command) -> None:
    assert review("confirm", KEY, "--by", "张三", "--reason", "属实")[1] == (
        f"案件 {KEY}：一人已确认\n"
    )
    code, out, err = review("confirm", KEY, "--by", "张三")
    assert (code, out) == (1, "")
    assert err == f"错误：张三 已确认过案件 {KEY}，第二次确认须由另一人作出\n"
    found = json.loads(review("confirm", KEY, "--by", "李四", "--json")[1])
    assert found["state"] == "released"
    assert [judged["by"] for judged in found["judgements"]] == ["张三", "李四"]
    assert "张三：确认 属实" in review("show", KEY)[1]


def test_a_dismissed_case_leaves_the_list(review: Command) -> None:
    assert review("dismiss", KEY, "--by", "张三", "--reason", "学校")[0] == 0
    assert review("victim", "b.test", "--by", "张三", "--reason", "被入侵")[0] == 0
    assert json.loads(review("list", "--json")[1]) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["confirm", "domain:none.test", "--by", "张三"], 1),
        (["confirm", KEY, "--by", " "], 1),
        (["dismiss", KEY, "--by", "张三"], 2),
        (["confirm", KEY], 2),
    ],
)
def test_a_decision_that_cannot_be_taken(review: Command, arguments: list[str], code: int) -> None:
    ended, out, err = review(*arguments)
    assert (ended, out) == (code, "")
    assert "Traceback" not in err
    assert err


def test_nothing_to_review_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _out, err = Command(str(tmp_path / "none"), capsys)("list")
    assert (code, err.count("\n")) == (1, 1)
    assert "没有数据" in err


def test_a_person_can_ask_for_a_fresh_look(review: Command, data: str) -> None:
    """What was to be left alone for days is due in the next run."""
    with Store.open(Path(data)) as store:
        later = now() + timedelta(days=1)
        leads = [lead.id for lead in store.due_leads("", later)]
        store.make_due(leads, later + timedelta(days=20))
        assert store.due_leads("", later) == []
    assert review("again", KEY)[1] == f"案件 {KEY}：下次运行再看 1 个页面\n"
    with Store.open(Path(data)) as store:
        (due,) = store.due_leads("", later)
        assert due.url.startswith("http://a.test/")
    assert review("again", "domain:nobody.test")[0] == 1
