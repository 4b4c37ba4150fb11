"""`certhound calibrate` on the practice web: it learns from decisions, and harms no innocent."""

from __future__ import annotations

import asyncio
import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from statistics import fmean

import pytest

from crawler.addresses import host_of, lead_id, parts
from crawler.calibrate import calibrate, policy_text, ruled_cases
from crawler.casework import decide, settle
from crawler.clock import now
from crawler.errors import CaseworkError
from crawler.evidence import Blobs, load_what_is_whole
from crawler.model import (
    Assessment,
    Case,
    CaseKey,
    Decision,
    Family,
    Grade,
    KeyKind,
    Lead,
    LeadReason,
    Offence,
    Replay,
    Ruling,
    Shift,
    ShiftKind,
    Verdict,
    Visit,
)
from crawler.policies import load_office_policy
from crawler.references import FILE, load_references
from crawler.store import Store
from detectors import Detectors, load_detectors
from detectors.calibrating import NoFitError, Ruled, fit
from detectors.scoring import Policy, load_policy, weigh
from rehearsal.facts import truth
from seeds import load_watchlist
from tests.run.practice import certhound

ACCUSED = (Verdict.SUSPECT, Verdict.DOUBTFUL)
COPIES = 8
SELLING = (Family.SALE, Family.OFFER)


def detectors_of(data: Path, policy: Policy | None = None) -> Detectors:
    return load_detectors(load_watchlist(), load_references(data / FILE), policy)


def visits_of(data: Path) -> Iterator[Visit]:
    with Store.open(data, create=False) as store:
        for visit_id in store.visit_ids():
            yield load_what_is_whole(store, Blobs(data / "blobs"), visit_id)[0]


def elsewhere(visit: Visit, run: str, number: int) -> Visit:
    """The visit as one of another domain, which is a case of its own."""
    domain = parts(host_of(visit.url)).registrable
    url = visit.url.replace(domain, f"k{number}{domain}")
    lead = lead_id(url)
    captures = tuple(
        replace(
            each,
            id=f"{run}.{lead}.{each.vantage.value}",
            run=run,
            lead=lead,
            url=each.url.replace(domain, f"k{number}{domain}"),
            final_url=each.final_url.replace(domain, f"k{number}{domain}"),
        )
        for each in visit.captures
    )
    return replace(visit, id=f"{run}.{lead}", run=run, lead=lead, url=url, captures=captures)


def most_told(cases: Iterable[Case]) -> str:
    """The sale rule that most cases are listed for; the people of these tests reject all those."""
    told = Counter(
        rule
        for case in cases
        for rule in {each.rule for each in case.facts.signals if each.family in SELLING}
    )
    return min(told, key=lambda rule: (-told[rule], rule))


def lost(ruled: Iterable[Ruled], policy: Policy, *, confirmed: bool) -> float:
    """The points that these cases lose on average by other weights."""
    ours = load_policy()
    return fmean(
        weigh("", each.findings, ours).score - weigh("", each.findings, policy).score
        for each in ruled
        if each.is_confirmed is confirmed
    )


@pytest.fixture(scope="module")
def office(unbroken: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with hundreds of cases that people have decided about."""
    data = tmp_path_factory.mktemp("office") / "data"
    detectors = detectors_of(unbroken)
    known = [visit for visit in visits_of(unbroken) if parts(host_of(visit.url)).registrable]
    with Store.open(data) as store:
        shutil.copytree(unbroken / "blobs", data / "blobs")
        at = now()
        run = store.start_run(at)
        visits = {
            copy.id: copy
            for number in range(COPIES)
            for copy in (elsewhere(visit, run.id, number) for visit in known)
        }
        said = (LeadReason("names", "", at),)
        store.add_leads(run.id, [Lead(each.lead, each.url, said) for each in visits.values()])
        store.save_visits(list(visits.values()))
        judged = [(detectors.assess(each), at + timedelta(days=7)) for each in visits.values()]
        store.save_assessments(run.id, judged)
        settle(store, run.id, load_watchlist(), at)
        store.complete_run(run.id, now(), ())
        cases = store.page(now(), 10_000)
        rejected = most_told(cases)
        for case in cases:
            if any(signal.rule == rejected for signal in case.facts.signals):
                decide(store, case.key, Decision.DISMISS, "甲", "误报", now())
            else:
                decide(store, case.key, Decision.CONFIRM, "甲", "属实", now())
    return data


def test_decisions_become_a_file_that_can_be_read_and_used(office: Path, tmp_path: Path) -> None:
    async def harmless(_policy: Policy) -> Replay:
        return Replay(same=0, other=1, unread=0, unjudged=0, shifts=())

    with Store.open(office, create=False) as store:
        made = asyncio.run(calibrate(store, load_policy(), "new", harmless))
        ruled = list(ruled_cases(store))
    assert min(made.fit.confirmed, made.fit.rejected) >= 40
    lowered = {rule for rule, (before, after, _count) in made.fit.moved.items() if after < before}
    told = {
        signal.rule for each in ruled if not each.is_confirmed for signal in each.findings.signals
    }
    assert lowered
    assert lowered <= told
    assert max(made.fit.moved[rule][2] for rule in lowered) >= 40
    assert lost(ruled, made.fit.policy, confirmed=False) > 5
    assert lost(ruled, made.fit.policy, confirmed=True) < 1
    out = tmp_path / "policy-new.toml"
    shipped = (files("detectors") / "policy.toml").read_text(encoding="utf-8")
    out.write_text(policy_text(shipped, made, "2026-03-10"), encoding="utf-8")
    policy = load_office_policy(out)
    assert policy == made.fit.policy
    text = out.read_text(encoding="utf-8")
    assert f"已确认 {made.fit.confirmed} 个" in text
    assert "ounders' judgement" in text


def test_the_command_writes_a_file_or_says_whom_it_would_harm(office: Path, tmp_path: Path) -> None:
    out = tmp_path / "policy-new.toml"
    done = certhound("calibrate", "--out", str(out), "--data", str(office), "--json")
    assert done.returncode in (0, 1), done.stderr
    assert out.exists() == (done.returncode == 0)
    if done.returncode:
        assert re.search(r"无人确认的案件（(domain|path):.*已拒绝", done.stderr)
        return
    tried = certhound("replay", "--policy", str(out), "--data", str(office), "--json")
    assert json.loads(tried.stdout)["totals"]["added"]["undecided"] == 0


def test_too_few_decisions_are_refused_in_a_sentence(unbroken: Path, tmp_path: Path) -> None:
    out = tmp_path / "policy-new.toml"
    done = certhound("calibrate", "--out", str(out), "--data", str(unbroken))
    assert done.returncode == 1
    assert "继续复核" in done.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("kind", "ruling", "after", "refused"),
    [
        (ShiftKind.ADDED, Ruling.UNDECIDED, Verdict.DOUBTFUL, True),
        (ShiftKind.ADDED, Ruling.REJECTED, Verdict.DOUBTFUL, True),
        (ShiftKind.ADDED, Ruling.CONFIRMED, Verdict.SUSPECT, False),
        (ShiftKind.REGRADED, Ruling.REJECTED, Verdict.SUSPECT, True),
        (ShiftKind.REGRADED, Ruling.CONFIRMED, Verdict.SUSPECT, False),
        (ShiftKind.DROPPED, Ruling.REJECTED, Verdict.CLEAR, False),
    ],
)
def test_what_would_harm_somebody_is_refused_by_name(
    office: Path, kind: ShiftKind, ruling: Ruling, after: Verdict, *, refused: bool
) -> None:
    before = {
        ShiftKind.ADDED: Verdict.CLEAR,
        ShiftKind.REGRADED: Verdict.DOUBTFUL,
        ShiftKind.DROPPED: Verdict.DOUBTFUL,
    }[kind]
    key = CaseKey(KeyKind.DOMAIN, "yifu-peixun.cn")
    offence = Offence.SALE_FORGED
    shift = Shift(key, "", kind, ruling, Grade(before, offence), Grade(after, offence))

    async def try_out(_policy: Policy) -> Replay:
        return Replay(same=0, other=1, unread=0, unjudged=0, shifts=(shift,))

    with Store.open(office, create=False) as store:
        made = calibrate(store, load_policy(), "new", try_out)
        if not refused:
            assert asyncio.run(made).replay.shifts == (shift,)
            return
        with pytest.raises(CaseworkError, match="yifu-peixun"):
            asyncio.run(made)


def test_what_could_not_be_tried_out_is_refused(office: Path) -> None:
    async def try_out(_policy: Policy) -> Replay:
        return Replay(same=1, other=1, unread=1, unjudged=0, shifts=())

    with (
        Store.open(office, create=False) as store,
        pytest.raises(CaseworkError, match="verify"),
    ):
        asyncio.run(calibrate(store, load_policy(), "new", try_out))


@pytest.fixture(scope="module")
def innocents(unbroken: Path) -> tuple[list[tuple[Visit, Assessment]], set[str]]:
    """All visits of the practice web as judged, and the ids of those at innocent sites."""
    offenders = {parts(host_of(site.url)).registrable for site in truth() if site.offender}
    detectors = detectors_of(unbroken)
    visits = sorted(visits_of(unbroken), key=lambda visit: visit.url)
    looks = [(visit, detectors.assess(visit)) for visit in visits]
    return looks, {
        visit.id for visit, _said in looks if parts(host_of(visit.url)).registrable not in offenders
    }


@pytest.mark.parametrize("seed", range(12))
def test_a_fifth_of_flipped_labels_accuses_no_innocent(
    unbroken: Path, innocents: tuple[list[tuple[Visit, Assessment]], set[str]], seed: int
) -> None:
    looks, innocent = innocents
    random_one = random.Random(seed)
    ruled = [
        Ruled(opinion.findings, (visit.id not in innocent) ^ (random_one.random() < 0.2))
        for visit, opinion in random_one.choices(looks, k=600)
    ]
    try:
        policy = fit(ruled, load_policy(), "poisoned").policy
    except NoFitError:
        return
    detectors = detectors_of(unbroken, policy)
    accused = [
        visit.url
        for visit, before in looks
        if visit.id in innocent and before.verdict not in ACCUSED
        if detectors.assess(visit).verdict in ACCUSED
    ]
    assert not accused
