"""Learns what to ask search engines for: confirmed cases' words, accepted, held to account.

What a word costs is the queries with it; what it brings is new addresses that became cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from crawler.documents import parse, visible
from crawler.errors import CaseworkError
from crawler.evidence import Blobs, load_what_is_whole
from crawler.language import _
from crawler.masking import mask_contacts, mask_identity
from crawler.model import (
    Case,
    CaseState,
    KeyWord,
    QueryWord,
    Ruling,
    WordState,
    WordYield,
)
from crawler.store import Store
from detectors.keyness import key_words
from seeds import asks_for, vocabulary

# Founders' judgement, all of these.
_FEWEST_CONFIRMED, _FEWEST_OTHERS = 3, 20
"""Confirmed cases, and other pages, below which differences are chance."""
_CLEAR = 500
"""Clear pages held against the confirmed ones: reading them takes seconds."""
_CASES = 300
"""Confirmed cases, and rejected ones, that are read: those decided last."""
_LOOKS = 3
"""Visits read of a case."""
_TRIAL = 20
"""Queries after which a word must have brought something, and that it is judged by."""
_REST = timedelta(days=60)
"""How long a word rests whose last queries brought no case; sellers' wording comes back."""


def propose(store: Store, blobs: Blobs, at: datetime, limit: int = 20) -> tuple[KeyWord, ...]:
    """Find the words that confirmed cases share and others do not, and keep them as proposals.

    Hacked owners' cases are left out: their words are not the offender's alone. Raises
    `CaseworkError` where too few cases are confirmed, or too few pages are there to compare with.
    """
    confirmed = [text for text in _texts_of_cases(store, blobs, Ruling.CONFIRMED) if text]
    others = [text for text in _texts_of_others(store, blobs) if text]
    if len(confirmed) < _FEWEST_CONFIRMED or len(others) < _FEWEST_OTHERS:
        said = _(
            "已确认且有正文的案件 {confirmed} 个、已排除或正常的页面 {others} 个，"
            "分别至少要有 {fewest} 个和 {fewest_others} 个才能提出检索词；请继续运行和复核"
        )
        raise CaseworkError(
            said.format(
                confirmed=len(confirmed),
                others=len(others),
                fewest=_FEWEST_CONFIRMED,
                fewest_others=_FEWEST_OTHERS,
            )
        )
    found = key_words(confirmed, others, vocabulary(), limit)
    store.propose_words(found, at)
    return found


def _texts_of_cases(store: Store, blobs: Blobs, ruling: Ruling) -> Iterator[str]:
    states = [each for each in CaseState if Ruling.of(each) is ruling]
    states = [each for each in states if each is not CaseState.VICTIM]
    for key in store.last_decided_cases(states, _CASES):
        case = store.case(key)
        if case is not None:
            yield _text_of_case(store, blobs, case)


def _text_of_case(store: Store, blobs: Blobs, case: Case) -> str:
    texts = (_text(store, blobs, visit) for visit in case.facts.visits[:_LOOKS])
    return mask_contacts("\n".join(texts), case.facts.contacts)


def _texts_of_others(store: Store, blobs: Blobs) -> Iterator[str]:
    yield from _texts_of_cases(store, blobs, Ruling.REJECTED)
    for visit in store.newest_clear_visits(_CLEAR):
        yield _text(store, blobs, visit)


def _text(store: Store, blobs: Blobs, visit_id: str) -> str:
    """What is legible on the pages of a Visit, each once; damaged evidence says nothing."""
    visit, _damages = load_what_is_whole(store, blobs, visit_id)
    pages = dict.fromkeys(capture.html for capture in visit.captures if capture.html)
    return "\n".join(mask_identity(visible(parse(html))) for html in pages)


def words_to_ask(store: Store, at: datetime) -> tuple[str, ...]:
    """The accepted words that are not resting, the surest first."""
    return tuple(
        each.word
        for each in store.query_words()
        if each.state is WordState.ACCEPTED
        and ((rests := yield_of(store, each, at).rests_until) is None or rests <= at)
    )


def yield_of(store: Store, word: QueryWord, at: datetime) -> WordYield:
    """What a word has cost and brought since it was last accepted.

    It rests for sixty days after its last query where the last twenty queries with it brought no
    new case; then it is tried again. A person who accepts it anew begins its trial anew.
    """
    if word.state is not WordState.ACCEPTED or word.decided_at is None:
        return WordYield(0, 0)
    runs = store.asked_for(word.word, word.decided_at)
    trial, since = 0, at
    for started, asked in runs:
        if trial >= _TRIAL:
            break
        trial, since = trial + asked, started
    found = WordYield(sum(asked for _at, asked in runs), _cases(store, word.word, word.decided_at))
    if trial < _TRIAL or _cases(store, word.word, since):
        return found
    rests_until = runs[0][0] + _REST
    return WordYield(found.asked, found.cases, rests_until if rests_until > at else None)


def _cases(store: Store, word: str, since: datetime) -> int:
    """Addresses first named by a query with a word that became cases and were not rejected."""
    named = {
        lead
        for lead, detail in store.accused_leads_said(f" {word}", since)
        if asks_for(detail.partition(": ")[0], word)
    }
    return len(named - _rejected(store)) if named else 0


def _rejected(store: Store) -> frozenset[str]:
    """The addresses of cases that people rejected."""
    states = [state for state in CaseState if Ruling.of(state) is Ruling.REJECTED]
    cases = (store.case(key) for key in store.case_keys(states))
    visits = (visit for case in cases if case is not None for visit in case.facts.visits)
    return frozenset(visit.rpartition(".")[2] for visit in visits)
