"""Holds every stored row against its digest, its document and the chain of custody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import CustodyEntry
from crawler.store import Store
from crawler.store.custody import digest_of

_DECIDED = frozenset({"judged", "reopened", "superseded"})
"""What the chain calls decisions: of people, and of the machine."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One stored thing that is not what was written."""

    subject: str
    """The blob, visit, case, row or entry, identity numbers masked."""
    problem: str
    """One sentence."""


def bad_rows(store: Store, entries: Iterable[CustodyEntry]) -> Iterator[Damage]:
    """Every row that is not what was written, blobs and the evidence's own rows left out."""
    known = tuple(entries)
    for table, name in store.unsound_rows():
        yield Damage(mask_identity(f"{table} {name}"), _("记录与写入时的摘要不符"))
    for table, name in store.strange_columns():
        yield Damage(mask_identity(f"{table} {name}"), _("各栏与记录全文不符"))
    yield from _bad_opinions(store, known)
    yield from _bad_runs(store, known)
    yield from _bad_judgements(store, known)
    yield from _bad_papers(store, known)
    yield from _bad_retirements(store, known)
    for key in store.misplaced_cases():
        yield Damage(mask_identity(key), _("案件状态与最近一次复核决定不符"))


def _bad_opinions(store: Store, entries: Iterable[CustodyEntry]) -> Iterator[Damage]:
    said = _("{run} 的一批判定与证据链中的哈希值不符")
    sealed = {entry.seq: entry for entry in entries if entry.action == "assessed"}
    for seq, entry in sealed.items():
        if store.opinions_digest(seq) != entry.digest:
            yield Damage(_("证据链第 {seq} 条").format(seq=seq), said.format(run=entry.subject))
    for seq in store.opinion_entries() - set(sealed):
        yield Damage(_("证据链第 {seq} 条").format(seq=seq), _("有判定未记入证据链"))


def _bad_runs(store: Store, entries: Iterable[CustodyEntry]) -> Iterator[Damage]:
    sealed = {entry.subject: entry.digest for entry in entries if entry.action == "completed"}
    for run in store.completed_runs():
        if run not in sealed:
            yield Damage(run, _("运行已完成，证据链中却没有其记录"))
    for run, digest in sealed.items():
        if store.run_digest(run) != digest:
            yield Damage(run, _("运行、来源或案件记录与证据链中的哈希值不符"))


def _bad_judgements(store: Store, entries: Iterable[CustodyEntry]) -> Iterator[Damage]:
    # The first version sealed of a reopening the run alone, and kept no row of it.
    rowless = {digest_of(run) for run in store.run_ids()}
    sealed = Counter(
        (entry.subject, entry.digest)
        for entry in entries
        if entry.action in _DECIDED and not (entry.action == "reopened" and entry.digest in rowless)
    )
    stored = Counter(store.judgement_digests())
    for case, _digest in sorted((stored - sealed).keys()):
        yield Damage(mask_identity(case), _("复核决定与证据链中的哈希值不符，或证据链中没有其记录"))
    for case, _digest in sorted((sealed - stored).keys()):
        yield Damage(mask_identity(case), _("证据链中有复核记录，但该决定已不存在或被改动"))


def _bad_retirements(store: Store, entries: Iterable[CustodyEntry]) -> Iterator[Damage]:
    sealed = {
        entry.seq: (entry.subject, entry.digest) for entry in entries if entry.action == "retired"
    }
    stored = store.retired_digests()
    for seq in sorted({*sealed, *stored}):
        if sealed.get(seq) != stored.get(seq):
            visit = sealed.get(seq, stored.get(seq, ("", "")))[0]
            yield Damage(visit, _("到期清除的记录与证据链不符"))


def _bad_papers(store: Store, entries: Iterable[CustodyEntry]) -> Iterator[Damage]:
    sealed = {
        entry.seq: (entry.subject, entry.digest) for entry in entries if entry.action == "published"
    }
    stored = store.paper_digests()
    for seq in sorted({*sealed, *stored}):
        if sealed.get(seq) != stored.get(seq):
            name = sealed.get(seq, stored.get(seq, ("", "")))[0]
            yield Damage(name, _("对外材料所涉案件的记录与证据链不符"))
