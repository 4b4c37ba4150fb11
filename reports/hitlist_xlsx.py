"""The hit list as a workbook for the reviewers: one row a case, masked and defanged."""

from __future__ import annotations

from crawler.clock import shown
from crawler.language import _
from crawler.model import Case, Decision
from crawler.wording import name_of
from reports.hits import HitList
from reports.sheets import Book, Cell, Column, Note
from reports.showing import (
    Describe,
    address,
    change,
    contacts,
    plain,
    reasons,
    registration,
    targets,
)


def render_xlsx(hits: HitList) -> bytes:
    """The list as XLSX: a sheet of cases with a column to decide in, and a sheet of sources."""
    title = _("疑似仿冒与制售假证网站清单")
    book = Book(title, hits.generated_at)
    rows = [_row(number, case, hits.describe) for number, case in enumerate(hits.cases, 1)]
    book.add(_("清单"), title, _notes(hits), _columns(), rows)
    book.add(_("来源"), _("本次运行的线索来源"), (), _source_columns(), _source_rows(hits))
    return book.content()


def _notes(hits: HitList) -> list[Note]:
    told = _("运行 {run}，生成于 {at}（北京时间），共 {count} 起。")
    notes = [
        Note(
            told.format(run=hits.run.id, at=shown(hits.generated_at), count=len(hits.cases))
            + "　".join(str(tally) for tally in hits.tallies())
        ),
        Note(
            _(
                "本清单为机器判断的线索，须经两人复核后方可对外使用。网址已作失活处理，"
                "联系方式与证件号码已隐去。"
            )
        ),
    ]
    if hits.degraded:
        notes.append(Note(_("本次结果不完整：") + "\n".join(hits.warnings), alarming=True))
    return notes


def _columns() -> tuple[Column, ...]:
    choices = tuple(name_of(decision) for decision in Decision if decision.is_choice)
    return (
        Column(_("序号"), 5),
        Column(_("复核"), 9, choices),
        Column(_("结论"), 6),
        Column(_("行为"), 12),
        Column(_("变化"), 10),
        Column(_("案件"), 22),
        Column(_("网址"), 28),
        Column(_("仿冒对象"), 13),
        Column(_("理由"), 44),
        Column(_("无辜迹象"), 18),
        Column(_("联系方式"), 15),
        Column(_("最近可见"), 12),
        Column(_("复核人与理由"), 20, printed=False),
        Column(_("分数"), 7, printed=False),
        Column(_("网页状态"), 12, printed=False),
        Column(_("二维码与链接"), 34, printed=False),
        Column(_("域名注册"), 34, printed=False),
        Column(_("首次发现"), 12, printed=False),
        Column(_("复核状态"), 12, printed=False),
    )


def _row(number: int, case: Case, describe: Describe) -> tuple[Cell, ...]:
    facts = case.facts
    return (
        number,
        "",
        name_of(facts.verdict),
        name_of(facts.offence),
        change(case.change),
        plain(str(case.key)),
        "\n".join(address(url) for url in facts.urls),
        plain(facts.imitates),
        "\n".join(reasons(facts.signals, describe, innocent=False)),
        "\n".join(reasons(facts.signals, describe, innocent=True)),
        contacts(facts),
        shown(case.last_seen),
        "",
        facts.score,
        name_of(facts.page_condition),
        targets(facts),
        registration(facts),
        shown(case.first_seen),
        name_of(case.state),
    )


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
            item.source,
            name_of(item.status),
            item.leads,
            item.requests,
            item.failures,
            plain(item.detail),
        )
        for item in hits.sources
    ]
