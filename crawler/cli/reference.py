"""`certhound reference`: the office's own captures of official pages, to know copies by."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from crawler.cli.options import console, data_option, json_option, print_json
from crawler.errors import UsageError
from crawler.language import _
from crawler.printing import plain
from crawler.references import FILE, import_references, load_references
from detectors.likeness import Reference
from seeds import load_watchlist


@click.group(help=_("官方页面的参考样本：由本单位自己采集后导入，程序从不访问官方网站"))
def reference() -> None:
    """Stand before what can be done with references."""


@reference.command(
    "import",
    help=_(
        "导入官方页面：浏览器“另存为”的 .html 或 .mhtml 文件，或放有它们的文件夹。\n\n"
        "只存指纹（结构、文字、图标），存在数据文件夹的 references.json 中，可以打开查看。\n\n"
        "\b\n示例：\n"
        "  certhound reference import 查询平台.mhtml\n"
        "  certhound reference import page.html --url https://cx.mem.gov.cn/special"
    ),
)
@click.argument("source", metavar="FILE|DIR", type=click.Path(path_type=Path))
@click.option("--url", default="", metavar="URL", help=_("采自哪个网址；文件里写明的可以省略"))
@data_option
@json_option
def import_(source: Path, url: str, data: Path, as_json: bool) -> int:
    """Add the fingerprints of official pages."""
    if url and source.is_dir():
        raise UsageError(_("--url 只能与一个文件同用；文件夹中的页面须各自写明网址"))
    added = import_references(source, url, load_watchlist(), data / FILE)
    _print(added, as_json)
    return 0


@reference.command(
    "list",
    help=_("列出已导入的参考样本。\n\n\b\n示例：\n  certhound reference list --data var"),
)
@data_option
@json_option
def list_(data: Path, as_json: bool) -> int:
    """Name the references there are."""
    _print(load_references(data / FILE), as_json)
    return 0


def _print(references: tuple[Reference, ...], as_json: bool) -> None:
    if as_json:
        keys = ("name", "url", "imported_on", "sha256")
        print_json([{key: getattr(each, key) for key in keys} for each in references])
        return
    if not references:
        click.echo(_("没有参考样本"))
        return
    table = Table(show_edge=False, pad_edge=False)
    for heading in (_("名称"), _("网址"), _("导入日期"), "SHA-256"):
        table.add_column(heading, overflow="fold")
    for each in references:
        told = (each.name, each.url, each.imported_on, each.sha256[:16])
        table.add_row(*(Text(plain(text)) for text in told))
    console().print(table)
