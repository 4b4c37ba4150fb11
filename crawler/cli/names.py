"""`certhound names`: the names that somebody who imitates an authority may have registered."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from crawler.cli.options import json_option
from crawler.errors import UsageError
from crawler.language import _
from detectors.names import NameScreen
from detectors.names.generate import likely_names
from seeds import load_watchlist


@click.command(
    help=_(
        "列出仿冒者可能注册的域名，最可能的在前；都可以注册，都会被 screen 命中；不访问网络。\n\n"
        "每行 域名、被仿冒的官方域名、手法、可能性，以制表符分隔；--json 为每行一个 JSON。\n\n"
        "\b\n示例：\n"
        "  certhound names --limit 100\n"
        "  certhound names --host cx.mem.gov.cn --json"
    )
)
@click.option("--host", default="", metavar="HOST", help=_("只列仿冒这个官方域名的；不给则为全部"))
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=1000, show_default=True,
    help=_("最多列出多少个"),
)  # fmt: skip
@json_option
def names(host: str, limit: int, as_json: bool) -> int:
    """Write one line for every name, the likeliest first."""
    watchlist = load_watchlist()
    protected = {each for authority in watchlist.authorities for each in authority.hosts}
    if host and host not in protected:
        said = _("{host} 不在 authorities.toml 里，请写其中的官方域名，例如 cx.mem.gov.cn").format(
            host=host
        )
        raise UsageError(said)
    for name in likely_names(watchlist, NameScreen(watchlist), limit, host):
        if as_json:
            line = json.dumps(asdict(name), ensure_ascii=False)
        else:
            line = "\t".join((name.name, name.imitates, name.technique, f"{name.likelihood:.3f}"))
        sys.stdout.write(line + "\n")
    return 0
