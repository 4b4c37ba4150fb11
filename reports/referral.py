"""The referral folder: one released case for those who investigate, checkable by `sha256sum -c`."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from crawler.clock import beijing, shown
from crawler.errors import StoreError
from crawler.language import _
from crawler.model import Capture, Case, Offence
from crawler.printing import plain
from crawler.wording import name_of
from detectors.explain import describe as describe_rule
from reports.gate import Dossier, Exhibit, ReadBlob, read_checked
from reports.pages import render_page
from reports.referral_papers import (
    Piece,
    addressee,
    draft_mark,
    evidence_csv,
    exchange_json,
    facts_json,
    laws_of,
    not_proved,
    piece_of,
    readme,
)
from reports.showing import Describe, address, moment, reasons, registration, targets
from reports.writing import write_files


def write_referrals(
    folder: Path,
    dossiers: Sequence[Dossier],
    read: ReadBlob,
    at: datetime,
    describe: Describe = describe_rule,
) -> tuple[Path, ...]:
    """Write a folder for each case into `folder/referral`; returns the new folders.

    All are finished under a hidden name before the first gets its own. A folder that is there
    already is never touched: people may have put signed papers into it. Raises `StoreError`.
    """
    root = folder / "referral"
    names = [folder_name(dossier, at) for dossier in dossiers]
    for name in names:
        if (root / name).exists():
            said = _("文件夹 {folder} 已存在，为免覆盖未导出；请稍后重试或用 --out 另选文件夹")
            raise StoreError(said.format(folder=root / name))
    staging = root / f".part-{os.getpid()}"
    try:
        for name, dossier in zip(names, dossiers, strict=True):
            _write_folder(staging / name, dossier, read, at, describe)
        for name in names:
            (staging / name).replace(root / name)
    except OSError as problem:
        said = _("无法写入文件夹 {folder}（{problem}），请检查权限和剩余空间")
        raise StoreError(said.format(folder=root, problem=problem)) from problem
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return tuple(root / name for name in names)


def objection(case: Case) -> str:
    """Why the case is not referred, in one sentence, or the empty string."""
    if case.facts.offence in (Offence.NONE, Offence.PARASITE_MIRROR):
        return _("“{offence}”不属于移送范围").format(offence=name_of(case.facts.offence))
    return ""


def folder_name(dossier: Dossier, at: datetime) -> str:
    """The name of a case's folder: its key in plain ASCII and the moment in Beijing.

    A key that plain ASCII cannot tell apart carries the start of its hash.
    """
    key = str(dossier.case.key)
    slug = re.sub(r"[^a-z0-9.-]+", "_", plain(key).lower())[:80].strip("_.")
    if slug != key.replace(":", "_", 1):
        slug = f"{slug}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    return f"{slug}-{beijing(at):%Y%m%d-%H%M%S}"


def _write_folder(
    folder: Path, dossier: Dossier, read: ReadBlob, at: datetime, describe: Describe
) -> None:
    sums: list[tuple[str, str]] = []
    pieces: list[Piece] = []
    # One piece of evidence in memory at a time: a case can hold many pages of megabytes.
    for piece, content in _evidence(dossier, read):
        write_files(folder, {piece.file: content})
        pieces.append(piece)
        sums.append((piece.sha256, piece.file))
    papers = {
        "README.txt": readme(dossier, pieces, at),
        "facts.json": facts_json(dossier, pieces, at, describe),
        "案件情况.html": _page(dossier, pieces, at, describe),
        "清单.csv": evidence_csv(pieces),
    }
    sums += [(hashlib.sha256(content).hexdigest(), name) for name, content in papers.items()]
    lines = "".join(f"{digest}  {name}\n" for digest, name in sums)
    write_files(folder, {**papers, "SHA256SUMS": lines.encode()})


# No name by which a double click would open captured markup.
_NAMES = {
    "body": "page-original-bytes.bin",
    "rendered": "rendered-document.txt",
    "screenshot": "screenshot.png",
    "archive": "page-archive.mhtml.bin",
}


def _evidence(dossier: Dossier, read: ReadBlob) -> Iterator[tuple[Piece, bytes]]:
    captures = {item.id: item for visit in dossier.visits for item in visit.captures}
    told: set[str] = set()
    for number, exhibit in enumerate(dossier.exhibits, 1):
        capture = captures.get(exhibit.id)
        content = read_checked(exhibit, read)
        if capture is None:
            yield piece_of(exhibit, None, f"captures/{number:02d}-whois.txt"), content
            continue
        start = f"captures/{number:02d}-{capture.vantage.value}"
        yield piece_of(exhibit, capture, f"{start}-{_NAMES[exhibit.kind]}"), content
        if capture.id not in told:
            told.add(capture.id)
            yield _exchange_piece(capture, exhibit, f"{start}-exchange.json")


def _exchange_piece(capture: Capture, exhibit: Exhibit, file: str) -> tuple[Piece, bytes]:
    content = exchange_json(capture)
    piece = Piece(
        file=file,
        kind=_("取证记录（请求与响应头、跳转、IP 地址）"),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        source=exhibit.source,
        method=_("由取证数据库导出"),
        at=capture.at,
        note="",
    )
    return piece, content


def _page(dossier: Dossier, pieces: Sequence[Piece], at: datetime, describe: Describe) -> bytes:
    case, facts = dossier.case, dossier.case.facts
    return render_page(
        "referral.html",
        mark=draft_mark(),
        addressee=addressee(dossier),
        made_at=shown(at),
        key=plain(str(case.key)),
        offence=name_of(facts.offence),
        imitates=plain(facts.imitates),
        urls=[address(url) for url in facts.urls],
        first_seen=shown(case.first_seen),
        last_seen=shown(case.last_seen),
        looked_at=shown(dossier.release.looked_at),
        registration=registration(facts).split("\n"),
        reasons=reasons(facts.signals, describe, innocent=False),
        innocence=reasons(facts.signals, describe, innocent=True),
        contacts=[f"{name_of(item.type)} {plain(item.value)}" for item in facts.contacts],
        targets=targets(facts).split("\n") if facts.targets else [],
        judgements=[
            (name_of(item.decision), plain(item.by), shown(item.at), plain(item.reason))
            for item in dossier.release.judgements
        ],
        looks=[look for visit in dossier.visits for look in map(_look, visit.captures)],
        pieces=[(piece, shown(piece.at)) for piece in pieces],
        laws=laws_of(dossier),
        not_proved=not_proved(dossier),
    )


def _look(capture: Capture) -> tuple[str, str, tuple[str, ...]]:
    steps = tuple(
        "{at}　{url}　{status}　{ip}".format(
            at=moment(item.at),
            url=address(item.url),
            status=item.status if item.status is not None else _("无回答"),
            ip=item.address or _("IP 地址未知"),
        )
        for item in capture.exchanges
    )
    return name_of(capture.vantage), address(capture.final_url), steps
