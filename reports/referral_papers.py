"""The papers of one referral: facts, evidence list, and what is and is not proved."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from crawler.clock import beijing_date, shown, stamp
from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import Capture, Exchange, Judgement, Offence
from crawler.printing import json_text, plain
from crawler.wording import name_of
from reports.gate import Dossier, Exhibit
from reports.law import Law, law_for, load_laws
from reports.records import case_record
from reports.showing import Describe

SCHEMA = 1
"""Version of `facts.json`; raised when a key changes its meaning or goes away."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of evidence in the folder, with what is said of it."""

    file: str
    """Path inside the folder, ASCII."""
    kind: str
    """What it is, for people."""
    size: int
    sha256: str
    source: str
    method: str
    at: datetime
    note: str


def draft_mark() -> str:
    """The line that every paper carries: our operators are no investigators."""
    return _("线索材料/草稿，待执法人员核对签名")


def laws_of(dossier: Dossier) -> tuple[Law, ...]:
    """The articles that held while the page was seen, first look to last."""
    case = dossier.case
    first, last = beijing_date(case.first_seen), beijing_date(case.last_seen)
    return law_for(load_laws(), case.facts.offence, first, last)


def addressee(dossier: Dossier) -> str:
    """Who the referral is for: cheating at an exam is first the exam regulator's matter."""
    if dossier.case.facts.offence is Offence.EXAM_CHEATING:
        return _("安全生产考试主管部门")
    return _("公安机关")


def not_proved(dossier: Dossier) -> tuple[str, ...]:
    """What these papers do not prove, one sentence each."""
    pictured = any(exhibit.kind == "screenshot" for exhibit in dossier.exhibits)
    seen = _("附有程序截屏，未附录像。") if pictured else _("未附截屏和录像。")
    return (
        _("网站实际运营者的身份未经证明；域名注册信息由注册商提供，未经核验。"),
        _("是否实际制作、出售假证，以及成交数量和金额，未经证明。"),
        _("取证时间取自取证计算机的时钟；本材料未附可信时间戳。"),
        _("取证由程序自动完成，没有侦查人员和见证人在场；") + seen,
    )


def facts_json(
    dossier: Dossier, pieces: Sequence[Piece], made_at: datetime, describe: Describe
) -> bytes:
    """The facts for a program; times UTC, contacts whole, identity numbers masked."""
    facts, release = dossier.case.facts, dossier.release
    document: dict[str, object] = {
        "schema": SCHEMA,
        "mark": draft_mark(),
        "addressee": addressee(dossier),
        "made_at": stamp(made_at),
        "released_at": stamp(release.released_at),
        "looked_at": stamp(release.looked_at),
        **case_record(dossier.case, describe),
        "registrar": mask_identity(facts.registrar),
        "name_servers": [mask_identity(name) for name in facts.name_servers],
        "registered_on": stamp(facts.registered_on) if facts.registered_on else None,
        "judgements": [_judgement(item) for item in release.judgements],
        "laws": [_law(item) for item in laws_of(dossier)],
        "evidence": [_piece(item) for item in pieces],
        "not_proved": list(not_proved(dossier)),
    }
    return _json(document)


def _json(document: dict[str, object]) -> bytes:
    return (json_text(document, indent=2) + "\n").encode()


def _judgement(item: Judgement) -> dict[str, object]:
    return {
        "decision": item.decision.value,
        "by": item.by,
        "at": stamp(item.at),
        "reason": mask_identity(item.reason),
    }


def _law(item: Law) -> dict[str, object]:
    return {
        "act": item.act,
        "article": item.article,
        "role": item.role.value,
        "verified": item.verified,
        "holds_from": item.holds_from.isoformat(),
        "holds_until": item.holds_until.isoformat() if item.holds_until else None,
        "source": item.source,
        "note": item.note,
    }


def _piece(item: Piece) -> dict[str, object]:
    return {
        "file": item.file,
        "size": item.size,
        "sha256": item.sha256,
        "source": mask_identity(item.source),
        "at": stamp(item.at),
    }


def exchange_json(capture: Capture) -> bytes:
    """How one capture was taken, exchange by exchange; evidence, so nothing is masked."""
    document: dict[str, object] = {
        "id": capture.id,
        "vantage": capture.vantage.value,
        "url": capture.url,
        "final_url": capture.final_url,
        "at": stamp(capture.at),
        "status": capture.status,
        "encoding": capture.encoding,
        "truncated": capture.truncated,
        "failure": capture.failure.value if capture.failure else None,
        "detail": capture.detail,
        "exchanges": [_exchange(item) for item in capture.exchanges],
    }
    return _json(document)


def _exchange(item: Exchange) -> dict[str, object]:
    return {
        "url": item.url,
        "via": item.via,
        "at": stamp(item.at),
        "status": item.status,
        "address": item.address,
        "failure": item.failure.value if item.failure else None,
        "headers": [list(pair) for pair in item.headers],
    }


def evidence_csv(pieces: Sequence[Piece]) -> bytes:
    """The list of electronic data with the columns of 法发〔2016〕22 号; no cell is a formula."""
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow(
        (
            _("序号"),
            _("电子数据（文件名）"),
            _("类别"),
            _("文件格式"),
            _("大小（字节）"),
            _("来源"),
            _("提取方法"),
            _("提取时间（北京时间）"),
            _("完整性校验值（SHA-256）"),
            _("备注"),
            _("签名"),
        )
    )
    for number, piece in enumerate(pieces, 1):
        row = (
            str(number),
            piece.file,
            piece.kind,
            piece.file.rpartition(".")[2],
            str(piece.size),
            piece.source,
            piece.method,
            shown(piece.at),
            piece.sha256,
            piece.note,
            "",
        )
        writer.writerow(_safe(cell) for cell in row)
    # The mark at the start makes Excel read the file as UTF-8.
    return stream.getvalue().encode("utf-8-sig", "replace")


def _safe(cell: str) -> str:
    # A hash of digits only must not be masked as if it were an identity number; nor is one shown
    # in scientific notation, because it is longer than any number a spreadsheet accepts.
    text = cell if len(cell) == 64 and cell.isalnum() else plain(cell)
    return "'" + text if text.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")) else text


def readme(dossier: Dossier, pieces: Sequence[Piece], made_at: datetime) -> bytes:
    """The first file to read: what lies here, how to check it, what is not proved."""
    return ("\r\n".join(_readme_lines(dossier, pieces, made_at)) + "\r\n").encode("utf-8-sig")


def _readme_lines(dossier: Dossier, pieces: Sequence[Piece], made_at: datetime) -> Iterator[str]:
    case = dossier.case
    yield f"【{draft_mark()}】"
    yield ""
    yield _("案件：{case}").format(case=plain(str(case.key)))
    yield _("涉嫌行为：{offence}").format(offence=name_of(case.facts.offence))
    yield _("拟送：{who}").format(who=addressee(dossier))
    yield _("生成时间：{at}（北京时间）").format(at=shown(made_at))
    yield ""
    yield _("文件说明")
    yield _("案件情况.html：案情、取证过程、法律依据，可离线打开、打印。")
    yield _("facts.json：同样的事实，供程序读取。")
    yield _("清单.csv：电子数据清单，共 {count} 项。").format(count=len(pieces))
    yield _("captures 文件夹：网页原始字节（.bin）和取证记录；.bin 是违法网页原文，请勿改名打开。")
    yield _("SHA256SUMS：校验方法 sha256sum -c SHA256SUMS。")
    yield ""
    yield _("已由材料证明的")
    yield _("所列网址在所列时间返回了所附的内容，内容自取证后未改动（见校验值）。")
    yield _("该案经两人分别确认，导出前 24 小时内重新查看过。")
    yield ""
    yield _("未经证明的")
    yield from not_proved(dossier)


def piece_of(exhibit: Exhibit, capture: Capture | None, file: str) -> Piece:
    """What the evidence list says of a stored blob."""
    if capture is None:
        kind, method = _("域名注册信息"), _("WHOIS 查询")
        note = ""
    else:
        kind = {
            "rendered": _("浏览器显示的网页文本"),
            "screenshot": _("网页截屏"),
            "archive": _("网页存档（MHTML）"),
        }.get(exhibit.kind, _("网页原始字节"))
        said = _("HTTP GET，程序自动提取（{vantage}）")
        if exhibit.kind != "body":
            said = _("浏览器打开，程序自动提取（{vantage}）")
        method = said.format(vantage=name_of(capture.vantage))
        note = _("内容超过上限，已截断") if capture.truncated else ""
    return Piece(
        file, kind, exhibit.blob.size, exhibit.blob.sha256, exhibit.source, method, exhibit.at, note
    )
