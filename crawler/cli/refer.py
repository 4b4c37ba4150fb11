"""Commands that write what others act on: the hit list, and from released cases the papers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from crawler import casework, custody
from crawler.cli.options import console, data_option, json_option, print_json
from crawler.clock import beijing_date, now
from crawler.errors import CaseworkError, StoreError
from crawler.evidence import Blobs
from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import Case, CaseState, Refusal, Release, Run, Visit, Watchlist
from crawler.printing import plain
from crawler.store import Store
from detectors.explain import describe
from reports import exposure as exposure_list
from reports import referral as referral_folder
from reports import takedown as takedown_list
from reports.gate import Dossier, ReadBlob, admit, proved
from reports.hitlist import save_hits
from reports.hits import HitList
from reports.showing import by_gravity
from reports.thumbnails import pictures_from
from seeds import load_watchlist

Write = Callable[[Path, Sequence[Dossier]], tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class _Export:
    """What one command wrote, and which cases it left out."""

    files: tuple[Path, ...]
    cases: tuple[str, ...]
    refusals: tuple[Refusal, ...]


def out_option(function: Callable[..., int]) -> Callable[..., int]:
    """Add `--out DIR`; without it papers go to `reports/DATE` in the data folder."""
    return click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help=_("输出文件夹，默认为数据文件夹下的 reports/日期"),
    )(function)


@click.group(
    short_help=_("生成清单、处置建议、曝光通报和移送材料"),
    help=_(
        "由已完成的运行和两人确认的案件生成文书。除清单外，只接受已放行的案件："
        "两人确认、24 小时内查看过、不涉及受信任的主机。"
    ),
)
def report() -> None:
    """Stand before the kinds of report."""


@report.command(
    short_help=_("重新生成最近一次运行的清单"),
    help=_(
        "重新生成最近一次已完成运行的清单（JSON、XLSX、HTML）。"
        "\n\n\b\n示例：\n  certhound report hitlist --data var"
    ),
)
@out_option
@data_option
@json_option
def hitlist(out: Path | None, data: Path, as_json: bool) -> int:
    """Write the last completed run's list again."""
    with Store.open(data, create=False) as store:
        run = _last_run(store)
        cases = by_gravity(casework.hit_list(store, run.id))
        pictures = pictures_from(store.visit, Blobs(data / "blobs").get)
        hits = HitList(
            run,
            store.sources(run.id),
            cases,
            now(),
            describe,
            pictures,
            casework.precision_of(store, now()),
        )
        files = save_hits(out or _folder(data, run.started_at), hits)
    _tell(_Export(files, tuple(str(case.key) for case in cases), ()), as_json=as_json)
    return 0


@report.command(
    short_help=_("生成处置建议清单（XLSX）"),
    help=_(
        "由已放行的案件生成处置建议清单，按能够处置的单位分表，列出网址、证据散列值和建议文字。"
        "\n\n\b\n示例：\n  certhound report takedown --data var"
    ),
)
@out_option
@data_option
@json_option
def takedown(out: Path | None, data: Path, as_json: bool) -> int:
    """Write the takedown list."""
    at = now()

    def write(folder: Path, dossiers: Sequence[Dossier]) -> tuple[Path, ...]:
        return takedown_list.write_takedown(folder, dossiers, at)

    return _export(data, out, at, (), takedown_list.objection, lambda _w, _r: write, as_json)


@report.command(
    short_help=_("生成曝光通报（HTML、XLSX）"),
    help=_(
        "由已放行的案件生成曝光通报；域名默认失活并隐去一部分，不含联系方式。"
        "\n\n\b\n示例：\n  certhound report exposure --data var"
    ),
)
@click.option("--unmasked", is_flag=True, help=_("列出完整网址（失活），仅供内部使用"))
@out_option
@data_option
@json_option
def exposure(unmasked: bool, out: Path | None, data: Path, as_json: bool) -> int:
    """Write the exposure list."""
    at = now()

    def writer(watchlist: Watchlist, _read: ReadBlob) -> Write:
        return lambda folder, dossiers: exposure_list.write_exposure(
            folder, dossiers, watchlist, at, unmasked=unmasked
        )

    return _export(data, out, at, (), exposure_list.objection, writer, as_json)


@report.command(
    short_help=_("生成移送材料（每案一个文件夹）"),
    help=_(
        "为每个已放行的案件生成一个移送材料文件夹：案件情况、事实、电子数据清单、原始证据和校验值。"
        "不写案件时处理全部已放行的案件。"
        "\n\n\b\n示例：\n  certhound report referral domain:example.cn --data var"
    ),
)
@click.argument("cases", nargs=-1, metavar=_("[案件]..."))
@out_option
@data_option
@json_option
def referral(cases: tuple[str, ...], out: Path | None, data: Path, as_json: bool) -> int:
    """Write a referral folder for each case."""
    at = now()

    def writer(_watchlist: Watchlist, read: ReadBlob) -> Write:
        return lambda folder, dossiers: referral_folder.write_referrals(folder, dossiers, read, at)

    return _export(data, out, at, cases, referral_folder.objection, writer, as_json)


def _export(
    data: Path,
    out: Path | None,
    at: datetime,
    keys: tuple[str, ...],
    objection: Callable[[Case], str],
    writer: Callable[[Watchlist, ReadBlob], Write],
    as_json: bool,
) -> int:
    watchlist, read = load_watchlist(), Blobs(data / "blobs").get
    with Store.open(data, create=False) as store:
        released, refusals = _sort(store, _candidates(store, keys), watchlist, objection, at)
        dossiers = admit(released, watchlist, read, at)
        files: tuple[Path, ...] = ()
        if dossiers:
            files = writer(watchlist, read)(out or _folder(data, at), dossiers)
            for file in files:
                digest = _digest(file)
                custody.append(store, at, "machine", "exported", file.name, digest)
                casework.published(
                    store, [dossier.case.key for dossier in dossiers], file.name, digest, at
                )
    told = tuple(str(dossier.case.key) for dossier in dossiers)
    _tell(_Export(files, told, refusals), as_json=as_json)
    return 0 if files else 1


def _candidates(store: Store, keys: tuple[str, ...]) -> tuple[Case, ...]:
    """The cases asked for, or all that at least one person has confirmed."""
    if not keys:
        wanted = (CaseState.RELEASED, CaseState.CONFIRMED)
        known = (store.case(key) for key in store.case_keys(wanted))
        return tuple(case for case in known if case is not None)
    found = (casework.find_case(store, key) for key in keys)
    return tuple({case.key: case for case in found}.values())


def _sort(
    store: Store,
    cases: Sequence[Case],
    watchlist: Watchlist,
    objection: Callable[[Case], str],
    at: datetime,
) -> tuple[list[tuple[Release, tuple[Visit, ...]]], tuple[Refusal, ...]]:
    """The cases that may leave with their visits, and why the others may not."""
    released, refusals = [], []
    for case in cases:
        answer = casework.release(case, store.judgements(str(case.key)), watchlist, at)
        if isinstance(answer, Refusal):
            refusals.append(answer)
            continue
        visits = tuple(store.visit(visit) for visit in case.facts.visits)
        reason = objection(case)
        if not reason and not proved(visits):
            reason = _("最近一次查看没有取得网页内容，没有证据可附")
        if reason:
            refusals.append(Refusal(case.key, (reason,)))
        else:
            released.append((answer, visits))
    return released, tuple(refusals)


def _last_run(store: Store) -> Run:
    run = store.last_completed_run()
    if run is None:
        raise CaseworkError(_("还没有已完成的运行，请先运行 certhound run"))
    return run


def _folder(data: Path, at: datetime) -> Path:
    return data / "reports" / beijing_date(at).isoformat()


def _digest(path: Path) -> str:
    """SHA-256 of a file, or of the list of sums that stands for a referral folder."""
    file = path / "SHA256SUMS" if path.is_dir() else path
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as problem:
        said = _("无法读取刚写好的文件 {file}（{problem}），请检查权限后重试")
        raise StoreError(said.format(file=file, problem=problem)) from problem


def _tell(export: _Export, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "files": [str(file) for file in export.files],
                "cases": [mask_identity(case) for case in export.cases],
                "refused": [
                    {"case": mask_identity(str(item.case)), "reasons": list(item.reasons)}
                    for item in export.refusals
                ],
            }
        )
        return
    screen = console()
    for file in export.files:
        screen.print(_("已写入：{file}").format(file=file), markup=False)
    for item in export.refusals:
        said = _("未导出 {case}：{reasons}")
        reasons = "；".join(reason.rstrip("。") for reason in item.reasons)
        case = plain(str(item.case))
        screen.print(said.format(case=case, reasons=reasons), markup=False)
    if not export.files:
        screen.print(_("没有可以放行的案件；请先由两人用 certhound review confirm 确认"))
