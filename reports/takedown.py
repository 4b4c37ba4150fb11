"""The takedown list: released cases grouped by who can act, for the office to send out.

It names the exact address as text beside a defanged one, the evidence by its SHA-256, and leaves
room for what was told to whom, when, and how delivery is proved: a host that goes on after that
is held to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from crawler.clock import beijing, shown
from crawler.language import _
from crawler.model import Case, KeyKind
from crawler.printing import plain
from crawler.wording import name_of
from reports.gate import Dossier
from reports.recipients import Power, Recipient, load_recipients, recipients_for
from reports.sheets import Book, Cell, Column, Note
from reports.showing import address
from reports.writing import write_files


def write_takedown(folder: Path, dossiers: Sequence[Dossier], at: datetime) -> tuple[Path, ...]:
    """Write `takedown-DATE-TIME.xlsx` into a folder; returns its path.

    The name holds the moment, so that a list in which staff noted deliveries is never replaced.
    """
    name = f"takedown-{beijing(at):%Y%m%d-%H%M%S}.xlsx"
    return write_files(folder, {name: render_takedown(dossiers, at)})


def objection(case: Case) -> str:
    """Why nobody can be asked to act against the case, in one sentence, or the empty string."""
    if recipients_for(case, load_recipients()):
        return ""
    return _("没有受理“{offence}”的处置对象").format(offence=name_of(case.facts.offence))


def render_takedown(dossiers: Sequence[Dossier], at: datetime) -> bytes:
    """The list as XLSX: an overview, then one sheet for each class of recipient."""
    letters = [
        (recipient, dossier)
        for recipient in load_recipients()
        for dossier in sorted(dossiers, key=lambda item: str(item.case.key))
        if recipient in recipients_for(dossier.case, load_recipients())
    ]
    title = _("处置建议清单")
    book = Book(title, at)
    book.add(_("总览"), title, _notes(dossiers, at), _overview_columns(), _overview(letters))
    for power in Power:
        own = [letter for letter in letters if letter[0].power is power]
        if own:
            rows = [_row(number, *letter) for number, letter in enumerate(own, 1)]
            heading = f"{title}：{_power_name(power)}"
            book.add(_power_name(power), heading, _sheet_notes(own), _columns(), rows)
    return book.content()


def _power_name(power: Power) -> str:
    return {
        Power.AUTHORITY: _("受理举报部门"),
        Power.EXAM_AUTHORITY: _("考试主管部门"),
        Power.REGISTRY: _("域名注册管理机构"),
        Power.REGISTRAR: _("域名注册商"),
        Power.HOSTING: _("服务器接入商"),
        Power.PLATFORM: _("信息发布平台"),
    }[power]


def _notes(dossiers: Sequence[Dossier], at: datetime) -> tuple[Note, ...]:
    told = _("生成于 {at}（北京时间），共 {count} 起，均经两人确认且 24 小时内查看过。")
    return (
        Note(told.format(at=shown(at), count=len(dossiers))),
        Note(
            _(
                "请在各表右侧登记送达时间、送达方式和回执编号：接到告知后仍继续提供服务的，"
                "告知记录是认定其明知的依据。标有“待核实”的联系方式须由办理人核对后使用。"
            )
        ),
    )


def _sheet_notes(letters: Sequence[tuple[Recipient, Dossier]]) -> list[Note]:
    told = _("{name}：{contact}；需提供：{wants}（依据 {day} 的公开资料）")
    notes = []
    for recipient in dict.fromkeys(recipient for recipient, _dossier in letters):
        text = told.format(
            name=recipient.name,
            contact=_contact(recipient),
            wants=recipient.wants,
            day=recipient.holds_from.isoformat(),
        )
        notes.append(Note(text, alarming=not recipient.verified))
    return notes


def _contact(recipient: Recipient) -> str:
    if not recipient.contact:
        return _("待核实（由办理人查明）")
    return recipient.contact if recipient.verified else recipient.contact + _("（待核实）")


def _overview_columns() -> tuple[Column, ...]:
    return (
        Column(_("类别"), 20),
        Column(_("处置对象"), 44),
        Column(_("联系方式"), 44),
        Column(_("案件数"), 8),
        Column(_("来源"), 40),
    )


def _overview(letters: Sequence[tuple[Recipient, Dossier]]) -> list[tuple[Cell, ...]]:
    asked = [recipient for recipient, _dossier in letters]
    return [
        (_power_name(each.power), each.name, _contact(each), asked.count(each), each.source)
        for each in dict.fromkeys(asked)
    ]


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("序号"), 6),
        Column(_("处置对象"), 20),
        Column(_("网址（失活）"), 28),
        Column(_("网址原文"), 28),
        Column(_("行为"), 12),
        Column(_("首次发现"), 11),
        Column(_("最近可见"), 11),
        Column(_("注册商"), 16),
        Column(_("域名服务器"), 18),
        Column(_("建议文字"), 40),
        Column(_("案件"), 22, printed=False),
        Column(_("域名"), 22, printed=False),
        Column(_("证据编号与 SHA-256"), 68, printed=False),
        Column(_("送达时间"), 16, printed=False),
        Column(_("送达方式与凭证"), 24, printed=False),
        Column(_("回执编号"), 16, printed=False),
        Column(_("处置结果"), 20, printed=False),
    )


def _row(number: int, recipient: Recipient, dossier: Dossier) -> tuple[Cell, ...]:
    case, facts = dossier.case, dossier.case.facts
    proof = "\n".join(f"{item.id} {item.blob.sha256}" for item in dossier.exhibits)
    return (
        number,
        recipient.name,
        "\n".join(address(url) for url in facts.urls),
        "\n".join(plain(url) for url in facts.urls),
        name_of(facts.offence),
        shown(case.first_seen),
        shown(case.last_seen),
        plain(facts.registrar) or _("未知"),
        plain("\n".join(facts.name_servers)) or _("未知"),
        _wording(recipient, dossier),
        plain(str(case.key)),
        plain(facts.domain),
        proof,
        "",
        "",
        "",
        "",
    )


def _wording(recipient: Recipient, dossier: Dossier) -> str:
    text = _(
        "经查，{address} 涉嫌“{offence}”，{at}（北京时间）查看时有内容。请依职责{asks}，"
        "并告知受理编号。取证材料的散列值见“证据编号”一栏，可应要求提供。"
    )
    facts = dossier.case.facts
    shown_addresses = "、".join(address(url) for url in facts.urls[:3])
    # A platform deletes posts; whoever else is asked could take a hacked school off the net.
    is_foreign = dossier.case.key.kind is KeyKind.PATH and recipient.power is not Power.PLATFORM
    asked = text.format(
        address=shown_addresses,
        offence=name_of(facts.offence),
        at=shown(dossier.case.last_seen),
        asks=_("核查并删除所列网页，保存记录") if is_foreign else recipient.asks,
    )
    if is_foreign:
        asked += _(
            "该网页位于他人网站上，网站所有者可能是受害单位，请只处理所列网页，不要处置整个网站。"
        )
    return asked
