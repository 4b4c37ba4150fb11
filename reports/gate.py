"""The last check before anything leaves: who released it, whom it accuses, what proves it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler import casework
from crawler.errors import CaseworkError, EvidenceError
from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import (
    BlobRef,
    Case,
    Refusal,
    Registration,
    Release,
    Visit,
    Watchlist,
)

ReadBlob = Callable[[str], bytes]
"""From the SHA-256 of a blob to its bytes; raises `EvidenceError` where they are damaged."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One stored piece of evidence, with where it came from."""

    id: str
    """Capture id, or visit id with `.whois`."""
    kind: str
    """`body`, `rendered`, `screenshot`, `archive` or `whois`."""
    blob: BlobRef
    source: str
    """The address that sent it, or the WHOIS server."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Dossier:
    """A released case with the visits that prove it; made by `admit` alone."""

    release: Release
    visits: tuple[Visit, ...]

    @property
    def case(self) -> Case:
        """The case as it was released."""
        return self.release.case

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """Every stored piece of evidence in the order in which it was taken."""
        return tuple(sorted(_exhibits(self.visits), key=lambda item: (item.at, item.id)))

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """What registries said, the latest last."""
        found = [visit.registration for visit in self.visits if visit.registration]
        return tuple(sorted(found, key=lambda item: item.asked_at))


def admit(
    released: Sequence[tuple[Release, Sequence[Visit]]],
    watchlist: Watchlist,
    read: ReadBlob,
    at: datetime,
) -> tuple[Dossier, ...]:
    """The dossiers that may leave now; one that may not stops them all.

    Raises `CaseworkError` or `EvidenceError` in one sentence that names the case.
    """
    dossiers = tuple(Dossier(release, tuple(visits)) for release, visits in released)
    for dossier in dossiers:
        _check_release(dossier.release, watchlist, at)
        _check_evidence(dossier, read)
    return dossiers


def read_checked(exhibit: Exhibit, read: ReadBlob) -> bytes:
    """The bytes of an exhibit; raises `EvidenceError` unless they are what was captured."""
    content = read(exhibit.blob.sha256)
    if hashlib.sha256(content).hexdigest() != exhibit.blob.sha256:
        said = _("证据 {sha} 与取证时的散列值不符，请用 certhound verify 检查数据文件夹")
        raise EvidenceError(said.format(sha=exhibit.blob.sha256))
    return content


def proved(visits: Sequence[Visit]) -> bool:
    """Whether the visits hold the bytes of at least one page."""
    return any(exhibit.kind in ("body", "rendered") for exhibit in _exhibits(visits))


def _check_release(release: Release, watchlist: Watchlist, at: datetime) -> None:
    # Asked again with what the release holds: time has passed, the watchlist may have grown.
    answer = casework.release(release.case, release.judgements, watchlist, at)
    if isinstance(answer, Refusal):
        said = _("案件 {case} 不能放行，全部未导出：{reasons}")
        case = mask_identity(str(release.case.key))
        raise CaseworkError(said.format(case=case, reasons="；".join(answer.reasons)))


def _check_evidence(dossier: Dossier, read: ReadBlob) -> None:
    key = mask_identity(str(dossier.case.key))
    if not proved(dossier.visits):
        said = _("案件 {case} 没有可附的网页证据，全部未导出；请重新运行取证后再导出")
        raise EvidenceError(said.format(case=key))
    for exhibit in dossier.exhibits:
        try:
            read_checked(exhibit, read)
        except (EvidenceError, OSError) as problem:
            said = _("案件 {case} 的证据有误，全部未导出：{problem}；请用 certhound verify 核验")
            raise EvidenceError(said.format(case=key, problem=problem)) from problem


def _exhibits(visits: Sequence[Visit]) -> Iterator[Exhibit]:
    for visit in visits:
        for capture in visit.captures:
            kept = {
                "body": capture.body,
                "rendered": capture.rendered,
                "screenshot": capture.screenshot,
                "archive": capture.archive,
            }
            for kind, blob in kept.items():
                if blob is not None:
                    yield Exhibit(capture.id, kind, blob, capture.final_url, capture.at)
        known = visit.registration
        if known is not None and known.raw is not None:
            yield Exhibit(f"{visit.id}.whois", "whois", known.raw, known.source, known.asked_at)
