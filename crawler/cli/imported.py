"""`certhound import`: judge what others captured – WARC, WACZ, HAR, MHTML, HTML; no network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from crawler.addresses import AddressError, defang, host_of, is_ip, normalise
from crawler.archives import archive_files
from crawler.cli.judge import opinion_record
from crawler.cli.options import data_option, json_option, print_json
from crawler.clock import now, shown, stamp
from crawler.errors import UsageError
from crawler.evidence import Blobs
from crawler.importing import Import, import_files, named
from crawler.judging import JudgePool
from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import Assessment, Visit
from crawler.printing import plain
from crawler.progress import ProgressBoard
from crawler.references import FILE, load_references
from crawler.store import Store
from crawler.wording import name_of
from seeds import load_watchlist

_DEGRADED = 3
_SHOWN = 20
"""Losses printed one by one; all are in the JSON."""


@click.command(
    "import",
    help=_(
        "判断别人采集的网页：WARC、WACZ、HAR、MHTML、HTML 文件，"
        "或放有它们的文件夹；不访问网络。\n\n"
        "每个网页原样存证并记入证据链，注明由谁交来、采自哪个文件；时间和内容只是文件的说法，"
        "不据此立案。其中的网址成为线索，由下次运行自己打开取证。有读不出的记录时退出码为 3。\n\n"
        "\b\n示例：\n"
        "  certhound import 存档.warc.gz --by 张三\n"
        "  certhound import page.mhtml page.har --by 张三 --json"
    ),
)
@click.argument(
    "sources", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--by", required=True, metavar=_("姓名"), help=_("经手人"))
@click.option("--url", default="", metavar="URL", help=_("采自哪个网址；文件里写明的可以省略"))
@data_option
@json_option
def import_(sources: tuple[Path, ...], by: str, url: str, data: Path, as_json: bool) -> int:
    """Take in and judge files; exit 3 where something in them could not be read."""
    who, files = named(by), archive_files(sources)
    if url and len(files) > 1:
        raise UsageError(_("--url 只能与一个文件同用；文件夹中的页面须各自写明网址"))
    if url and not _is_address(url):
        raise UsageError(_("--url 应为完整的网址，例如 http://example.cn/"))
    with Store.open(data) as store:
        references = load_references(data / FILE)
        with (
            ProgressBoard().stage(_("判定页面")) as stage,
            JudgePool(1, references) as pool,
        ):
            blobs, known = Blobs(data / "blobs"), load_watchlist()
            found = import_files(files, who, store, blobs, pool, known, now(), url, stage.step)
    if as_json:
        print_json(_record(found))
    else:
        for line in _lines(found):
            click.echo(line)
    return 0 if found.is_whole else _DEGRADED


def _is_address(url: str) -> bool:
    try:
        host = host_of(normalise(url))
    except AddressError:
        return False
    return "://" in url and ("." in host or is_ip(host))


def _record(found: Import) -> dict[str, object]:
    return {
        "import": found.run,
        "pages": [_page_record(*each) for each in found.judged],
        "passed_over": found.passed_over,
        "left_out": [
            {"file": loss.file, "where": loss.left.where, "reason": plain(loss.left.reason)}
            for loss in found.lost
        ],
    }


def _page_record(visit: Visit, opinion: Assessment) -> dict[str, object]:
    handed = visit.handed_in
    assert handed is not None  # noqa: S101 - an import has no other Visits
    return {
        **opinion_record(opinion),
        "url": mask_identity(visit.url),
        "captured_by_others": True,
        "file": handed.file,
        "where": handed.where,
        "maker": handed.maker,
        "captured_at": stamp(handed.made_at) if handed.made_at else None,
    }


def _lines(found: Import) -> Iterator[str]:
    said = _("{verdict}·{offence} {score:.0f} 分  {url}  {file}{where}，据称采于 {at}  {visit}")
    for visit, opinion in found.judged:
        handed = visit.handed_in
        assert handed is not None  # noqa: S101 - an import has no other Visits
        yield said.format(
            verdict=name_of(opinion.verdict),
            offence=name_of(opinion.offence),
            score=opinion.score,
            url=defang(plain(mask_identity(visit.url))),
            file=plain(handed.file),
            where=plain(handed.where),
            at=shown(handed.made_at) if handed.made_at else _("不详"),
            visit=visit.id,
        )
    for loss in found.lost[:_SHOWN]:
        lost = _("{file}：{problem}")
        yield plain(lost.format(file=f"{loss.file}{loss.left.where}", problem=loss.left.reason))
    told = _("{import_} 收下 {pages} 个网页，{other} 项不是网页或重复，{lost} 处没有读出")
    yield told.format(
        import_=found.run,
        pages=len(found.judged),
        other=found.passed_over,
        lost=len(found.lost),
    )
    yield _("这些是他人的采集，不据此立案；其中的网址由下次运行自己打开取证")
