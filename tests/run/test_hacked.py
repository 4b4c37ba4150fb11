"""What stands in a foreign site accuses its page, never the site: a hacked school, a forum."""

from pathlib import Path

from tests.run.practice import hit_list

SCHOOL = "hexi-gongye-jixiao26.cn"
FOREIGN = {
    SCHOOL,
    "laohutong-shequ-yan3.cn",  # a neighbours' forum with a seller's post in it
    "gongdi-laoxiang-yan34.com",  # a workers' forum
    "bendi-xinxi-lanshi01.com",  # classified advertisements
}
"""Domains of the practice web whose owners let others publish, or were hacked."""


def test_the_hacked_school_is_no_case_but_the_page_in_it_is(unbroken: Path) -> None:
    listed = {case["case"]: case for case in hit_list(unbroken)["cases"]}
    assert [key for key in listed if SCHOOL in key] == [f"path:www.{SCHOOL}/uploads/zs/cx.html"]
    page = listed[f"path:www.{SCHOOL}/uploads/zs/cx.html"]
    assert page["urls"] == [f"http://www.{SCHOOL}/uploads/zs/cx.html"]


def test_only_what_stands_in_foreign_sites_is_a_case_by_its_path(unbroken: Path) -> None:
    cases = hit_list(unbroken)["cases"]
    by_path = {case["domain"] for case in cases if case["key_kind"] == "path"}
    others = {case["domain"] for case in cases if case["key_kind"] != "path"}
    assert by_path <= FOREIGN
    assert others.isdisjoint(FOREIGN)
    assert len(others) > 20
