"""What the system refuses is told in the language chosen."""

import errno
from pathlib import Path

import pytest

from crawler.language import said_by_system, set_language


def test_a_refusal_is_told_in_the_language_chosen(tmp_path: Path) -> None:
    with pytest.raises(OSError) as refused:  # noqa: PT011 - which one is what is tested
        (tmp_path / "none").read_bytes()
    assert said_by_system(refused.value) == "文件或文件夹不存在"
    set_language("en")
    try:
        assert said_by_system(refused.value) == "no such file or folder"
    finally:
        set_language("zh")


def test_a_rare_refusal_is_told_in_the_systems_words() -> None:
    assert said_by_system(OSError(errno.EXDEV, "Invalid cross-device link")) == (
        "Invalid cross-device link"
    )
    assert said_by_system(OSError("nothing but words")) == "nothing but words"
