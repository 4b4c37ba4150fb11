"""`certhound evaluate listing`: try a site's file on a saved page, before a run does on the web."""

from __future__ import annotations

from pathlib import Path

import click

from crawler.addresses import defang
from crawler.cli.options import json_option, print_json
from crawler.clock import now, shown, stamp
from crawler.errors import InputError
from crawler.language import _, said_by_system
from crawler.masking import mask_identity
from crawler.printing import plain
from spiders.listing_pages import Item, ListingPage, ListingState, read_listing
from spiders.listing_sites import load_site

_DEGRADED = 3


@click.command(
    help=_(
        "试用一个列表站点文件：对照从浏览器保存的一页，列出读到的条目，不访问网络。"
        "没有读到条目时说明原因，退出码为 3。\n\n"
        "\b\n示例：\n  certhound evaluate listing forum.toml list-page.html"
    )
)
@click.argument("site", metavar="FILE.toml", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("page", metavar="PAGE", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def listing(site: Path, page: Path, as_json: bool) -> int:
    """Read a saved page by a site's file; exit 3 where there are no items to read."""
    known = load_site(site, even_off=True)
    assert known is not None  # noqa: S101 - one that is switched off is read too
    try:
        body = page.read_bytes()
    except OSError as problem:
        said = _("无法读取文件 {file}（{problem}），请检查路径和权限")
        raise InputError(said.format(file=page, problem=said_by_system(problem))) from problem
    found = read_listing(known, known.entries[0], body, "", now())
    if as_json:
        print_json(_record(found))
    else:
        _print(found)
    return 0 if found.state in (ListingState.ITEMS, ListingState.NOTHING) else _DEGRADED


def _record(found: ListingPage) -> dict[str, object]:
    return {
        "state": found.state.value,
        "detail": plain(found.detail),
        "next": found.next_url,
        "items": [
            {
                "url": mask_identity(item.url),
                "told": plain(mask_identity(item.told)),
                "seller_site": item.seller_site,
                "made_at": stamp(item.made_at) if item.made_at else None,
                "lead": item.is_wanted,
            }
            for item in found.items
        ],
    }


def _print(found: ListingPage) -> None:
    for item in found.items:
        click.echo(_line(item))
    wanted = sum(item.is_wanted for item in found.items)
    said = _("读到 {count} 个条目，其中 {wanted} 个会成为线索；下一页：{next}")
    following = defang(plain(found.next_url)) or _("没有")
    click.echo(said.format(count=len(found.items), wanted=wanted, next=following))
    if found.detail:
        click.echo(plain(found.detail))


def _line(item: Item) -> str:
    day = shown(item.made_at) if item.made_at else _("不详")
    told = (item.url, item.told, item.seller_site, day, "" if item.is_wanted else _("不含所要的词"))
    return "  ".join(defang(plain(mask_identity(part))) for part in told if part)
