"""`certhound queries …`: words to ask engines for, learnt from cases, accepted by a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from crawler.casework.persons import written
from crawler.cli.options import data_option, json_option, print_json
from crawler.cli.review.decisions import person_option
from crawler.clock import now, shown, stamp
from crawler.evidence import Blobs
from crawler.language import _
from crawler.model import QueryWord, WordState, WordYield
from crawler.printing import plain
from crawler.querying import propose as propose_words
from crawler.querying import yield_of
from crawler.store import Store
from crawler.wording import name_of

Told = tuple[QueryWord, WordYield]


@click.group(help=_("检索词：由已确认的案件提出，人接受后才去问搜索引擎，不再有收获时暂停"))
def queries() -> None:
    """Stand before what can be done with query words."""


@queries.command(
    short_help=_("从已确认案件的页面提出检索词；接受之前不会使用"),
    help=_(
        "从已确认案件的页面提出检索词：这些页面共有、已排除和正常的页面少有的词。"
        "不含联系方式和数字；人名和单位名已尽量去掉，接受前请再看一遍；接受之前不会使用。\n\n"
        "\b\n示例：\n  certhound queries propose --data var"
    ),
)
@click.option(
    "--limit",
    type=click.IntRange(1, 200),
    default=20,
    show_default=True,
    help=_("最多提出几个"),
)
@data_option
@json_option
def propose(limit: int, data: Path, as_json: bool) -> int:
    """Propose words out of what people confirmed."""
    with Store.open(data, create=False) as store:
        found = {each.word for each in propose_words(store, Blobs(data / "blobs"), now(), limit)}
        told = [each for each in _told(store) if each[0].word in found]
    _print(told, as_json)
    return 0


@queries.command(
    "list",
    help=_(
        "列出检索词：依据、谁在何时接受或拒绝、问过几次、带来几个案件。\n\n"
        "\b\n示例：\n  certhound queries list --data var"
    ),
)
@data_option
@json_option
def list_(data: Path, as_json: bool) -> int:
    """Name all words and what they brought."""
    with Store.open(data, create=False) as store:
        told = _told(store)
    _print(told, as_json)
    return 0


@queries.command(
    help=_(
        "接受检索词：从下一次运行起加入轮换，与证件名称一起去问搜索引擎；记下谁在何时接受。\n\n"
        "\b\n示例：\n  certhound queries accept 带钢印 --by 张三"
    ),
)
@click.argument("words", metavar=_("检索词…"), nargs=-1, required=True)
@person_option
@data_option
@json_option
def accept(words: tuple[str, ...], by: str, data: Path, as_json: bool) -> int:
    """Let words enter the rotation."""
    return _decide(words, WordState.ACCEPTED, by, data, as_json=as_json)


@queries.command(
    help=_(
        "拒绝检索词：不再使用；已接受的也可以拒绝。\n\n"
        "\b\n示例：\n  certhound queries refuse 全国通用 --by 张三"
    ),
)
@click.argument("words", metavar=_("检索词…"), nargs=-1, required=True)
@person_option
@data_option
@json_option
def refuse(words: tuple[str, ...], by: str, data: Path, as_json: bool) -> int:
    """Keep words out of the rotation."""
    return _decide(words, WordState.REFUSED, by, data, as_json=as_json)


def _decide(words: Sequence[str], state: WordState, by: str, data: Path, *, as_json: bool) -> int:
    person = written(by)
    with Store.open(data, create=False) as store:
        store.decide_words(tuple(dict.fromkeys(words)), state, person, now())
        told = [each for each in _told(store) if each[0].word in words]
    _print(told, as_json)
    return 0


def _told(store: Store) -> list[Told]:
    at = now()
    return [(word, yield_of(store, word, at)) for word in store.query_words()]


def _print(told: Sequence[Told], as_json: bool) -> None:
    if as_json:
        print_json([_record(*each) for each in told])
        return
    for word, brought in told:
        proposal = word.proposal
        said = _(
            "{word}  {state}  已确认案件 {confirmed}/{confirmed_all}，"
            "其他页面 {others}/{others_all}"
        )
        click.echo(
            said.format(
                word=plain(word.word),
                state=name_of(word.state),
                confirmed=proposal.confirmed,
                confirmed_all=proposal.confirmed_all,
                others=proposal.others,
                others_all=proposal.others_all,
            )
        )
        if word.decided_at is not None:
            by = _("  {by} 于 {at} 决定").format(by=plain(word.by), at=shown(word.decided_at))
            click.echo(by)
        if word.state is WordState.ACCEPTED:
            brings = _("  问过 {asked} 次，带来 {cases} 个新案件")
            click.echo(brings.format(asked=brought.asked, cases=brought.cases))
        if brought.rests_until is not None:
            rests = _("  最近的查询没有带来新案件，暂停到 {until}")
            click.echo(rests.format(until=shown(brought.rests_until)))
    if not told:
        click.echo(_("没有检索词"))


def _record(word: QueryWord, brought: WordYield) -> dict[str, object]:
    proposal = word.proposal
    return {
        "word": word.word,
        "state": word.state.value,
        "score": proposal.score,
        "confirmed": proposal.confirmed,
        "confirmed_all": proposal.confirmed_all,
        "others": proposal.others,
        "others_all": proposal.others_all,
        "proposed_at": stamp(word.proposed_at),
        "by": word.by,
        "decided_at": stamp(word.decided_at) if word.decided_at else None,
        "asked": brought.asked,
        "cases": brought.cases,
        "rests_until": stamp(brought.rests_until) if brought.rests_until else None,
    }
