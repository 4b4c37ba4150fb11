"""The chain of custody, and the check that evidence and decisions are what was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from crawler.clock import stamp
from crawler.digests import sm3
from crawler.errors import EvidenceError, StoreError
from crawler.evidence import Blobs
from crawler.language import _
from crawler.model import CustodyEntry
from crawler.soundness import Damage, bad_rows
from crawler.store import Store
from crawler.store.custody import FIRST, entry_hash

_TAKEN_IN = frozenset({"captured", "imported"})
"""What the chain says of a Visit that came in: captured by us, or made by others."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a check of a data folder looked at and found."""

    entries: int
    visits: int
    blobs: int
    damages: tuple[Damage, ...]


def append(
    store: Store, at: datetime, actor: str, action: str, subject: str, digest: str
) -> CustodyEntry:
    """A new last entry of the chain.

    `actor` is a person's name or `machine`; `digest` is the SHA-256 of what the entry tells of.
    """
    return store.add_custody(at, actor, action, subject, digest)


def check(entries: Iterable[CustodyEntry]) -> tuple[Damage, ...]:
    """Where the chain does not hold: an entry changed, taken out or put in between.

    That the newest entries were cut off cannot be seen here; `inspect` finds it by the rows that
    have lost their entry.
    """
    return tuple(_broken_links(entries))


def _broken_links(entries: Iterable[CustodyEntry]) -> Iterator[Damage]:
    previous, number = FIRST, 1
    for entry in entries:
        subject = _("证据链第 {seq} 条").format(seq=entry.seq)
        if entry.seq != number:
            yield Damage(subject, _("编号不连续，其前有记录被删除或插入"))
        if entry.previous != previous:
            yield Damage(subject, _("与前一条记录不衔接"))
        hashed = entry_hash(
            entry.seq,
            stamp(entry.at),
            entry.actor,
            entry.action,
            entry.subject,
            entry.digest,
            entry.previous,
        )
        if hashed != entry.hash:
            yield Damage(subject, _("内容与其哈希值不符"))
        previous, number = entry.hash, entry.seq + 1


def inspect_chain(store: Store) -> Inspection:
    """A check of the chain alone."""
    with store.reading_damaged():
        entries = tuple(store.custody())
    return Inspection(len(entries), 0, 0, check(entries))


def inspect(store: Store, blobs: Blobs) -> Inspection:
    """A check of everything: database, chain, the rows it tells of, and every blob's bytes."""
    with store.snapshot(), store.reading_damaged():  # a run may be writing meanwhile
        entries = tuple(store.custody())
        names = tuple(blobs.names())
        visits = store.visit_ids()
        damages = [Damage("certhound.db", line) for line in store.integrity()]
        damages += check(entries)
        expected: dict[str, set[str]] = {}
        damages += _bad_manifests(store, entries, expected)
        damages += _bad_visits(store, visits, entries, frozenset(names), expected)
        damages += _bad_blobs(blobs, names, expected)
        damages += bad_rows(store, entries)
    return Inspection(len(entries), len(visits), len(names), tuple(damages))


def _bad_blobs(
    blobs: Blobs, names: Iterable[str], expected: Mapping[str, set[str]]
) -> Iterator[Damage]:
    """Blobs whose bytes have another SHA-256 than their name, or another SM3 than is recorded."""
    for name in names:
        try:
            data = blobs.get(name)
        except EvidenceError as problem:
            yield Damage(name, str(problem))
            continue
        if expected.get(name, set()) - {sm3(data)}:
            yield Damage(name, _("证据文件 {blob} 与记录的 SM3 值不符").format(blob=name))


def _bad_manifests(
    store: Store, entries: Iterable[CustodyEntry], expected: dict[str, set[str]]
) -> Iterator[Damage]:
    """Manifests that the chain does not bear out; what they say of blobs goes into `expected`."""
    sealed = {entry.seq: entry for entry in entries}
    newest: dict[str, str] = {}
    for manifest in store.manifests():
        entry = sealed.get(manifest.entry)
        is_sealed = (
            entry is not None
            and entry.action in _TAKEN_IN
            and (entry.subject, entry.digest) == (manifest.visit, manifest.sha256)
        )
        if not is_sealed or not manifest.is_whole:
            yield Damage(manifest.visit, _("取证清单与证据链中的哈希值不符"))
        try:
            said = manifest.read()
        except StoreError as problem:
            yield Damage(manifest.visit, str(problem))
            continue
        newest[manifest.visit] = said.record
        for piece in said.pieces:
            expected.setdefault(piece.sha256, set()).update({piece.sm3} - {""})
    for visit, record in newest.items():
        if store.visit_digest(visit) not in (record, ""):
            yield Damage(visit, _("取证记录与取证清单中的哈希值不符"))


def _bad_visits(
    store: Store,
    visits: list[str],
    entries: Iterable[CustodyEntry],
    names: frozenset[str],
    expected: dict[str, set[str]],
) -> Iterator[Damage]:
    sealed = {entry.subject: entry for entry in entries if entry.action in _TAKEN_IN}
    listed = {manifest.entry for manifest in store.manifests()}
    retired = store.retired()
    for visit_id in visits:
        entry = sealed.pop(visit_id, None)
        if entry is None:
            yield Damage(visit_id, _("证据链中没有这次取证的记录"))
        elif entry.seq not in listed and entry.digest != store.visit_digest(visit_id):
            # The first version sealed the rows themselves; since then it is the manifest, and an
            # entry that has lost its manifest does not hold the digest of rows.
            yield Damage(visit_id, _("取证记录与证据链中的哈希值不符"))
        try:
            visit = store.visit(visit_id)
        except StoreError as problem:
            yield Damage(visit_id, str(problem))
            continue
        for blob in visit.blobs():
            expected.setdefault(blob.sha256, set()).update({blob.sm3} - {""})
            if blob.sha256 not in names and (visit_id, blob.sha256) not in retired:
                said = _("证据文件 {blob} 缺失").format(blob=blob.sha256)
                yield Damage(visit_id, said)
    for visit_id in sealed:
        yield Damage(visit_id, _("证据链中有记录，但取证记录已不存在"))
