"""The exposure list: released cases as a bulletin for the public, or whole for the inside.

Domains are defanged and half hidden unless the list is for the inside: nobody is to be led to a
forger. It never names a victim, a contact or a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawler.addresses import host_of
from crawler.clock import beijing, shown
from crawler.language import _
from crawler.model import Case, KeyKind, Offence, Watchlist
from crawler.wording import name_of
from reports.bulletin import ChannelKind, load_channels
from reports.gate import Dossier
from reports.pages import render_page
from reports.sheets import Book, Column, Note
from reports.showing import address, masked_address
from reports.writing import write_files


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What the list says, before it takes a form."""

    title: str
    internal: bool
    lead: str
    items: tuple[Item, ...]
    ending: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One exposed site or account."""

    number: int
    address: str
    offence: str
    deed: str
    first_seen: str
    last_seen: str


def write_exposure(
    folder: Path, dossiers: Sequence[Dossier], watchlist: Watchlist, at: datetime, *, unmasked: bool
) -> tuple[Path, ...]:
    """Write the exposure list as HTML and XLSX into a folder; returns their paths.

    The names hold the moment and, for the inside, the word `internal`.
    """
    bulletin = compose(dossiers, watchlist, unmasked=unmasked)
    name = f"exposure-{'internal-' if unmasked else ''}{beijing(at):%Y%m%d-%H%M%S}"
    page = render_page("exposure.html", bulletin=bulletin, date=f"{beijing(at):%Y-%m-%d}")
    return write_files(folder, {f"{name}.html": page, f"{name}.xlsx": _sheet(bulletin, at)})


def objection(case: Case) -> str:
    """Why the case is not exposed, in one sentence, or the empty string."""
    if case.key.kind is KeyKind.PATH:
        return _("该地址位于他人网站上，站点所有者可能是受害单位，不予曝光")
    if case.facts.offence in (Offence.PARASITE_MIRROR, Offence.NONE):
        return _("“{offence}”不属于曝光范围").format(offence=name_of(case.facts.offence))
    return ""


def compose(dossiers: Sequence[Dossier], watchlist: Watchlist, *, unmasked: bool) -> Bulletin:
    """The bulletin over the cases, gravest offence first."""
    ordered = sorted(
        dossiers, key=lambda item: (-item.case.facts.offence.gravity, str(item.case.key))
    )
    title = _("关于 {count} 起涉嫌仿冒网站、制售假证信息的通报").format(count=len(ordered))
    return Bulletin(
        title=title,
        internal=unmasked,
        lead=_(
            "为依法打击假冒政府网站、制售假冒特种作业操作证等违法犯罪行为，提醒用人单位和从业人员"
            "防范，现将近期经核查的涉嫌违法网站（账号）通报如下。"
        ),
        items=tuple(
            _item(number, dossier, watchlist, unmasked) for number, dossier in enumerate(ordered, 1)
        ),
        ending=_ending(),
    )


def _item(number: int, dossier: Dossier, watchlist: Watchlist, unmasked: bool) -> Item:
    case = dossier.case
    shown_address = _whole(dossier) if unmasked else _hidden(dossier, watchlist)
    return Item(
        number=number,
        address=shown_address,
        offence=name_of(case.facts.offence),
        deed=_deed(case.facts.offence),
        first_seen=shown(case.first_seen)[:10],
        last_seen=shown(case.last_seen)[:10],
    )


def _whole(dossier: Dossier) -> str:
    return "\n".join(address(url) for url in dossier.case.facts.urls)


def _hidden(dossier: Dossier, watchlist: Watchlist) -> str:
    case = dossier.case
    if case.key.kind is KeyKind.ACCOUNT:
        names = {platform.domain: platform.name for platform in watchlist.platforms}
        return _("{platform}上的账号").format(platform=names.get(case.facts.domain, _("某平台")))
    if case.key.kind is KeyKind.IP_PORT:
        return masked_address(host_of(f"http://{case.key.value}"))
    return masked_address(case.key.value)


def _deed(offence: Offence) -> str:
    return {
        Offence.IMITATION_QUERY: _("涉嫌仿冒主管部门的证书查询页面，为假证提供虚假“查验”"),
        Offence.IMITATION_PORTAL: _("涉嫌仿冒主管部门网站"),
        Offence.SALE_FORGED: _("涉嫌发布代办、出售假特种作业操作证的信息"),
        Offence.EXAM_CHEATING: _("涉嫌发布“包过”“代考”等考试作弊信息"),
        Offence.FORGED_OTHER: _("涉嫌发布伪造证件的信息"),
    }[offence]


def _ending() -> tuple[str, ...]:
    channels = load_channels()
    query = "；".join(str(each) for each in channels if each.kind is ChannelKind.QUERY)
    hotlines = "；".join(str(each) for each in channels if each.kind is ChannelKind.HOTLINE)
    return (
        _(
            "请用人单位和从业人员通过官方渠道核验证书，网址是判断查询平台真伪的依据，"
            "扫描证件上的二维码打开的页面不能证明证件真实。"
        ),
        _("官方查询渠道：{query}。").format(query=query),
        _("举报电话：{hotlines}。").format(hotlines=hotlines),
    )


def _sheet(bulletin: Bulletin, at: datetime) -> bytes:
    notes = [Note(bulletin.lead), *(Note(line) for line in bulletin.ending)]
    if bulletin.internal:
        notes.insert(0, Note(_("内部资料，网址完整，不得对外发布。"), alarming=True))
    columns = (
        Column(_("序号"), 6),
        Column(_("网址（账号）"), 44),
        Column(_("行为"), 16),
        Column(_("情况"), 56),
        Column(_("首次发现"), 12),
        Column(_("最近可见"), 12),
    )
    rows = [
        (item.number, item.address, item.offence, item.deed, item.first_seen, item.last_seen)
        for item in bulletin.items
    ]
    book = Book(bulletin.title, at)
    book.add(_("曝光清单"), bulletin.title, notes, columns, rows)
    return book.content()
