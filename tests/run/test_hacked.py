"""A clone in a folder of a hacked school accuses the page, never the school."""

from pathlib import Path

from tests.run.practice import hit_list

SCHOOL = "hexi-gongye-jixiao26.cn"


def test_the_hacked_school_is_no_case_but_the_page_in_it_is(unbroken: Path) -> None:
    listed = {case["case"]: case for case in hit_list(unbroken)["cases"]}
    assert [key for key in listed if SCHOOL in key] == [f"path:www.{SCHOOL}/uploads/zs/cx.html"]
    page = listed[f"path:www.{SCHOOL}/uploads/zs/cx.html"]
    assert page["urls"] == [f"http://www.{SCHOOL}/uploads/zs/cx.html"]


def test_offenders_of_the_practice_web_are_cases_by_their_domains(unbroken: Path) -> None:
    kinds = [case["key_kind"] for case in hit_list(unbroken)["cases"]]
    assert kinds.count("domain") > 10 * kinds.count("path")
