"""The hit list as a workbook for the reviewers: one row a case, masked and defanged.

What people enter in it is read back by `reports.reviewed`; both know the columns from here.
"""

from __future__ import annotations

import hashlib

from crawler.clock import shown
from crawler.language import _
from crawler.model import Case, CaseKey, Decision
from crawler.printing import plain
from crawler.telling import titled_source
from crawler.wording import name_of
from reports.hits import HitList
from reports.sheets import Book, Cell, Column, Note, Picture
from reports.showing import Describe, address, change, contacts, reasons, registration, targets
from reports.thumbnails import SIZE

MOST = 5_000
"""Founders' judgement: nobody works through more rows in one sheet; the JSON form has all."""
_WARNINGS = 3
"""How many reasons stand above the table; it must stay in sight, and the sources' sheet has all."""
_SCALE = 2.0

CHOICES = tuple(decision for decision in Decision if decision.is_choice)
"""What can be decided in the sheet: whatever takes no more than a reason."""


def heading_of(column: str) -> str:
    """The heading of a column that is read back: `decision`, `reason`, `case` or `version`."""
    return {
        "decision": _("复核"),
        "reason": _("复核理由"),
        "case": _("案件"),
        "version": _("清单版本"),
    }[column]


def version_mark(run: str, version: int, key: CaseKey) -> str:
    """What ties a row to the list, the case and the state of it that it was printed from."""
    return f"{run}/{version}/{key_mark(key)}"


def key_mark(key: CaseKey) -> str:
    """Eight hex digits of the key: they do not move along where only some columns are sorted."""
    return hashlib.sha256(str(key).encode()).hexdigest()[:8]


def render_xlsx(hits: HitList) -> bytes:
    """The list as XLSX: a sheet of cases with a column to decide in, and a sheet of sources."""
    title = _("疑似仿冒与制售假证网站清单")
    book = Book(title, hits.generated_at)
    rows = [
        _row(number, case, picture, hits)
        for number, (case, picture) in enumerate(hits.shown(MOST), 1)
    ]
    book.add(_("清单"), title, _notes(hits), _columns(), rows)
    warnings = [Note(warning, alarming=True) for warning in hits.warnings]
    book.add(_("来源"), _("本次运行的线索来源"), warnings, _source_columns(), _source_rows(hits))
    return book.content()


def _notes(hits: HitList) -> list[Note]:
    told = _("运行 {run}，生成于 {at}（北京时间），共 {count} 起。")
    summary = told.format(run=hits.run.id, at=shown(hits.generated_at), count=len(hits.cases))
    if len(hits.cases) > MOST:
        summary += _("本表列出最严重的 {most} 起，全部见 JSON 清单。").format(most=MOST)
    notes = []
    if hits.degraded:
        lines = hits.warnings[:_WARNINGS]
        more = len(hits.warnings) - len(lines)
        text = _("本次结果不完整，没有列出不等于没有：")
        text += "；".join(line.rstrip("。.") for line in lines)
        if more:
            text += _("（另有 {count} 项见“来源”表）").format(count=more)
        notes.append(Note(text, alarming=True))
    return [
        *notes,
        Note(summary + "　".join(str(tally) for tally in hits.tallies())),
        *(Note(turn) for turn in hits.turns()),
        Note(hits.agreement()),
        Note(
            _(
                "本清单为机器判断的线索，须经两人复核后方可对外使用。请在“复核”列选择，在“复核理由”列"
                "写明理由，存盘后执行 certhound review import 文件 --by 姓名。网址已作失活处理，"
                "联系方式与证件号码已隐去。"
            )
        ),
    ]


def _columns() -> tuple[Column, ...]:
    choices = tuple(name_of(decision) for decision in CHOICES)
    return (
        Column(_("序号"), 5),
        Column(heading_of("decision"), 9, choices),
        Column(heading_of("reason"), 16),
        Column(_("结论"), 6),
        Column(_("行为"), 12),
        Column(_("变化"), 10),
        Column(heading_of("case"), 22),
        Column(_("网址"), 26),
        Column(_("截图"), 24),
        Column(_("仿冒对象"), 13),
        Column(_("理由"), 48),
        Column(_("有利因素"), 24),
        Column(_("联系方式"), 15),
        Column(_("最近可见"), 12),
        Column(_("分数"), 7, printed=False),
        Column(_("网页状态"), 12, printed=False),
        Column(_("二维码与链接"), 34, printed=False),
        Column(_("域名注册"), 34, printed=False),
        Column(_("首次发现"), 12, printed=False),
        Column(_("复核状态"), 12, printed=False),
        Column(heading_of("version"), 22, printed=False),
    )


def _row(number: int, case: Case, picture: bytes, hits: HitList) -> tuple[Cell, ...]:
    facts = case.facts
    width, height = (round(pixels / _SCALE * 0.75) for pixels in SIZE)
    return (
        number,
        "",
        "",
        name_of(facts.verdict),
        name_of(facts.offence),
        change(case.change),
        plain(str(case.key)),
        "\n".join(address(url) for url in facts.urls),
        Picture(picture, width, height, _SCALE),
        plain(facts.imitates),
        _told(case, hits.describe, innocent=False),
        _told(case, hits.describe, innocent=True) or _("未发现"),
        contacts(facts),
        shown(case.last_seen),
        facts.score,
        name_of(facts.page_condition),
        targets(facts),
        registration(facts),
        shown(case.first_seen),
        name_of(case.state),
        version_mark(hits.run.id, case.version, case.key),
    )


def _told(case: Case, describe: Describe, *, innocent: bool) -> str:
    facts = case.facts
    return "\n".join(reasons(facts.signals, describe, innocent=innocent, hide=facts.contacts))


def _source_columns() -> tuple[Column, ...]:
    return (
        Column(_("来源"), 16),
        Column(_("状态"), 12),
        Column(_("线索数"), 10),
        Column(_("请求数"), 10),
        Column(_("失败数"), 10),
        Column(_("说明"), 70),
    )


def _source_rows(hits: HitList) -> list[tuple[Cell, ...]]:
    return [
        (
            titled_source(item.source),
            name_of(item.status),
            item.leads,
            item.requests,
            item.failures,
            hits.told_of(item),
        )
        for item in hits.sources
    ]
