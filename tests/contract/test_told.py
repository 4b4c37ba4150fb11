"""Nothing that the machine writes into a signal or a list reaches people as a technical word."""

import ast
import importlib
import re
from enum import StrEnum
from pathlib import Path

import pytest

from crawler.language import in_each_language
from crawler.model import Offence, PageCondition, Signal, Vantage, Verdict
from crawler.telling import name_of_place, name_of_source, name_of_technique, told_words
from crawler.wording import name_of
from detectors import load_detectors
from detectors.conditions import load_conditions
from detectors.rules import load_rules
from rehearsal.facts import truth
from seeds import load_watchlist
from spiders import sources as all_sources

TECHNICAL = re.compile(r"[a-z]+_[a-z_]+")


def assert_has_a_name(value: str, name: str) -> None:
    assert name != value, f"{value} is shown to people as it stands: give it a name"
    assert not TECHNICAL.search(name)


def places_in(tree: ast.Module) -> set[str]:
    """Literal places that a detector gives to signals."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Signal", "Claim"):
            place = node.args[-1] if node.args else None
            for keyword in node.keywords:
                place = keyword.value if keyword.arg == "place" else place
            if isinstance(place, ast.Constant) and isinstance(place.value, str):
                found.add(place.value)
        # What `detectors.claims` hands on in tuples: rule, identity, words, place, strength.
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "found.append":
            handed = node.args[0]
            if isinstance(handed, ast.Tuple) and len(handed.elts) == 5:
                place = handed.elts[3]
                if isinstance(place, ast.Constant) and isinstance(place.value, str):
                    found.add(place.value)
    return found


def test_every_place_has_a_name(sources: dict[str, ast.Module]) -> None:
    found = {
        place
        for name, tree in sources.items()
        if name.startswith("detectors")
        for place in places_in(tree)
    }
    assert {"title", "footer", "meta", "url", "vantages"} <= found
    found |= {rule.where for rule in load_conditions().rules}
    found |= {"img", "script", "style"}  # what `detectors.pages` calls the things a page loads
    for place in sorted(found):
        for name in in_each_language(lambda place=place: name_of_place(place)):  # type: ignore[misc]
            assert name
        assert_has_a_name(place, name_of_place(place))


def techniques() -> set[str]:
    """The techniques by which names imitate, wherever the engine keeps them."""
    try:
        listed = importlib.import_module("detectors.names.technique").Technique
    except ModuleNotFoundError:
        folder = Path(importlib.import_module("detectors.names").__file__ or "").parent
        found = set()
        for path in ("screen.py", "looks.py"):
            for node in ast.walk(ast.parse((folder / path).read_text(encoding="utf-8"))):
                if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
                    found |= {
                        inner.value
                        for inner in ast.walk(node.value)
                        if isinstance(inner, ast.Constant)
                        and isinstance(inner.value, str)
                        and re.fullmatch(r"[a-z]+(_[a-z]+)*", inner.value)
                    }
        return found
    return {each.value for each in listed}


def test_every_technique_has_a_name() -> None:
    found = techniques()
    assert {"typo", "digit_for_letter", "province_city"} <= found
    for technique in sorted(found):
        told = Signal("name_likeness", next(iter(load_rules().rules)).family, 1.0,
                      f"a.test ~ b.test（{technique}）", "url")  # fmt: skip
        assert_has_a_name(technique, name_of_technique(technique))
        assert technique not in told_words(told)


def test_every_source_has_a_name() -> None:
    for source in (*all_sources(), "snowball"):
        assert_has_a_name(source, name_of_source(source))


@pytest.mark.parametrize("vantage", Vantage)
@pytest.mark.parametrize("shown", [*Verdict, *PageCondition])
def test_what_each_vantage_saw_is_told(vantage: Vantage, shown: StrEnum) -> None:
    family = next(iter(load_rules().rules)).family
    said = told_words(
        Signal("cloaked", family, 1.0, f"{vantage.value}：{shown.value}、phone：x.test", "vantages")
    )
    assert said.startswith(f"{name_of(vantage)}：")
    assert said.endswith("：x.test")
    assert vantage.value not in said
    assert shown.value not in said.removesuffix("x.test")


def test_the_names_of_the_practice_web_are_told_in_words() -> None:
    """What the name engine says of sites on which nobody tuned the wording."""
    detectors = load_detectors(load_watchlist())
    seen = 0
    for site in truth():
        for signal in detectors.assess_name(site.url.split("/")[2].split(":")[0]).findings.signals:
            if signal.rule == "name_likeness":
                seen += 1
                assert "形似" in told_words(signal), signal.words
                assert not TECHNICAL.search(told_words(signal)), signal.words
    assert seen > 5


def test_offences_are_told_apart_in_both_languages() -> None:
    chinese, english = in_each_language(lambda: [name_of(each) for each in Offence])
    assert len(set(chinese)) == len(set(english)) == len(Offence)
