"""Finds the terms by which confirmed pages differ from others, as query words to propose.

The statistic is Dunning's log-likelihood ratio («Accurate Methods for the Statistics of Surprise
and Coincidence», Computational Linguistics 19:1, 1993) over documents: a term counts once a
document, so that one page that repeats itself weighs no more. Terms are runs of Chinese characters,
found without a dictionary, since sellers' words are in none. The idea of learning queries from
confirmed pages, and of stopping them by their yield, is that of ACHE's seed finder (Vieira and
others: «Finding seeds to bootstrap focused crawlers», World Wide Web 19:3, 2016).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import islice, pairwise
from math import log

from ahocorasick_rs import AhoCorasick

from crawler.model import KeyWord
from detectors.impersonal import may_name_somebody, names_in, runs_of

# Founders' judgement, all of these but the first.
_SURE = 10.83
"""G² that chance reaches once in a thousand times (χ² with one degree of freedom)."""
_FEWEST = 3
"""Confirmed cases that must share a term: what fewer share may be one offender's own."""
_TIMES = 5.0
"""How much more often confirmed cases must have it than others."""
_SHORTEST, _LONGEST = 2, 8
"""Characters of a term; what is shared beyond that is a sentence that somebody copied."""
_SAME = 0.9
"""A term that a longer one nearly always stands in is a piece of that one."""
_MOST_CHARACTERS = 30_000
"""Characters read of a text."""
_MOST_TOGETHER = 600_000
"""Characters read of all confirmed texts together: an equal share of each."""


def key_words(
    confirmed: Sequence[str], others: Sequence[str], known: Collection[str] = (), limit: int = 20
) -> tuple[KeyWord, ...]:
    """The terms that confirmed texts share and others do not, the surest first.

    One text a case; the same text twice counts once. No term holds a letter, a digit, or what any
    of the texts writes as a name; none is made of what is `known` to be asked for already.
    """
    length = min(_MOST_CHARACTERS, _MOST_TOGETHER // max(1, len(confirmed)))
    ours = _documents(confirmed, length)
    theirs = _documents(others, _MOST_CHARACTERS)
    names = frozenset(name for text in confirmed for name in names_in(text[:length]))
    names = frozenset(name for name in names if not any(name in each for each in known))
    longest_first = sorted(known, key=len, reverse=True)
    shared = {
        term: count
        for term, count in _closed(_shared(ours)).items()
        # What would be chance even if nobody else had it needs no looking for.
        if log_likelihood(count, len(ours), 0, len(theirs)) >= _SURE
        and _is_news(term, longest_first)
    }
    elsewhere = _documents_with(shared, theirs)
    found = []
    for term, count in shared.items():
        most = count / len(ours) * len(theirs) / _TIMES
        score = log_likelihood(count, len(ours), elsewhere[term], len(theirs))
        if elsewhere[term] <= most and score >= _SURE and not may_name_somebody(term, names):
            word = KeyWord(term, round(score, 1), count, len(ours), elsewhere[term], len(theirs))
            found.append(word)
    found.sort(key=lambda each: (-each.score, -len(each.word), each.word))
    return tuple(islice(_without_pieces(found), limit))


def _documents_with(terms: Collection[str], documents: list[str]) -> Counter[str]:
    """How many documents have each term, found in one walk through each of them."""
    finder = AhoCorasick(terms)
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(set(finder.find_matches_as_strings(document, overlapping=True)))
    return counts


def log_likelihood(ours: int, ours_all: int, theirs: int, theirs_all: int) -> float:
    """Dunning's G² for a term in so many of so many documents of two kinds.

    >>> round(log_likelihood(8, 10, 2, 100), 1), log_likelihood(5, 10, 50, 100)
    (37.0, 0.0)
    """
    table = ((ours, ours_all - ours), (theirs, theirs_all - theirs))
    total = ours_all + theirs_all
    columns = [sum(row[at] for row in table) for at in (0, 1)]
    return 2 * sum(
        seen * log(seen * total / (sum(row) * columns[at]))
        for row in table
        for at, seen in enumerate(row)
        if seen
    )


def _documents(texts: Sequence[str], length: int) -> list[str]:
    """The beginning of each text as its impersonal runs, one a line; equal ones once."""
    joined = ("\n".join(runs_of(text[:length])) for text in texts)
    return list(dict.fromkeys(document for document in joined if document))


def _shared(documents: list[str]) -> dict[str, int]:
    """Every term that enough documents have, with their number.

    Grown by one character at a time: a term is shared only where both of its ends are (Agrawal and
    Srikant's Apriori, VLDB 1994), so that few are ever counted. A run that many documents have is
    read once.
    """
    having: dict[str, int] = defaultdict(int)
    for number, document in enumerate(documents):
        for run in document.split("\n"):
            having[run] |= 1 << number  # one bit a document
    places = {run: list(range(len(run) - _SHORTEST + 1)) for run in having}
    found: dict[str, int] = {}
    for length in range(_SHORTEST, _LONGEST + 2):
        where: dict[str, int] = defaultdict(int)
        for run, begins in places.items():
            for at in begins:
                where[run[at : at + length]] |= having[run]
        last = {
            term: count for term, bits in where.items() if (count := bits.bit_count()) >= _FEWEST
        }
        found |= last
        for run, begins in places.items():
            kept = [at for at in begins if run[at : at + length] in last]
            places[run] = [at for at, following in pairwise(kept) if following == at + 1]
    return found


def _closed(shared: dict[str, int]) -> dict[str, int]:
    """The terms that are no piece of a longer one."""
    inside: Counter[str] = Counter()
    for term, count in shared.items():
        for piece in (term[:-1], term[1:]):
            inside[piece] = max(inside[piece], count)
    return {
        term: count
        for term, count in shared.items()
        if len(term) <= _LONGEST and inside[term] < _SAME * count
    }


def _is_news(term: str, known: Sequence[str]) -> bool:
    """Whether a term says more than what is asked for anyhow, `known` with the longest first."""
    if any(term in each for each in known):
        return False
    rest = term
    for each in known:
        rest = rest.replace(each, " ")
    return any(len(part) >= _SHORTEST for part in rest.split())


def _without_pieces(found: list[KeyWord]) -> Iterator[KeyWord]:
    """The words that share less than half of their characters in a row with a surer one."""
    kept: list[str] = []
    for each in found:
        if not any(_overlap(each.word, word) for word in kept):
            kept.append(each.word)
            yield each


def _overlap(one: str, other: str) -> bool:
    half = max(_SHORTEST, (min(len(one), len(other)) + 1) // 2)
    return any(one[at : at + half] in other for at in range(len(one) - half + 1))
