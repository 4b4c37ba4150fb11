"""`certhound assess`, `explain`: what the machine thinks and why; no network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TextIO

import click

from crawler.addresses import AddressError, ascii_host, lead_id, normalise
from crawler.cli.handed import HandedError, read_visit
from crawler.cli.options import data_option, json_option, print_json, references_option
from crawler.clock import shown
from crawler.errors import InputError, UsageError
from crawler.language import _, said_by_system
from crawler.masking import mask_identity
from crawler.model import Assessment, Family, PageCondition, Verdict, Visit
from crawler.printing import json_text, plain
from crawler.references import load_references
from crawler.store import Store
from detectors import Detectors, load_detectors
from detectors.explain import explain as explained
from detectors.names import NameHit
from seeds import load_watchlist

_DEGRADED = 3


@click.command(
    help=_(
        "判断别人采集好的网页或文字，逐行读入 JSON，逐行写出判断，不访问网络。\n\n"
        "每行 {id, url, html|html_base64, headers?, status?, fetched_at?, registered_on?}"
        " 或 {id, text}。有读不懂的行时退出码为 3。\n\n"
        "\b\n示例：\n"
        "  certhound assess --from pages.jsonl > opinions.jsonl\n"
        "  cat texts.jsonl | certhound assess --from -"
    )
)
@click.option("--from", "source", required=True, metavar="FILE", help=_("JSONL 文件；- 为标准输入"))
@references_option
def assess(source: str, references: Path | None) -> int:
    """Write one JSON line for every line read; exit 3 where a line could not be read."""
    detectors = load_detectors(load_watchlist(), load_references(references))
    bad = 0
    with _opened(source) as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                visit = read_visit(line, number)
                record = opinion_record(detectors.assess(visit))
            except HandedError as problem:
                bad += 1
                record = {"id": problem.id, "verdict": "unknown", "error": str(problem)}
            sys.stdout.write(json_text(record) + "\n")
    if bad:
        said = _("{count} 行读不懂，已写出 error 说明")
        click.echo(said.format(count=bad), err=True)
    return _DEGRADED if bad else 0


def opinion_record(opinion: Assessment) -> dict[str, object]:
    """An opinion as the contract of `assess` has it; identity numbers masked."""
    findings = opinion.findings
    return {
        "id": opinion.visit,
        "verdict": opinion.verdict.value,
        "offence": opinion.offence.value,
        "page_condition": opinion.page_condition.value,
        "score": opinion.score,
        "imitates": opinion.imitates,
        "signals": [
            {
                "rule": each.rule,
                "family": each.family.value,
                "strength": each.strength,
                "words": mask_identity(each.words),
                "place": each.place,
                "innocence": each.family is Family.INNOCENCE,
            }
            for each in findings.signals
        ],
        "contacts": [
            {
                "type": each.type.value,
                "value": mask_identity(each.value),
                "raw": mask_identity(each.raw),
                "confidence": each.confidence,
            }
            for each in findings.contacts
        ],
        "targets": [
            {"kind": each.kind.value, "url": mask_identity(each.url)} for each in findings.targets
        ],
    }


@click.command(
    help=_(
        "解释一个判断：每一条发现加减多少分、凭哪些文字，供人复核验算。\n\n"
        "X 可以是案件、网址、访问编号，或 --from 文件中的 id；查不到的域名按名称解释。\n\n"
        "\b\n示例：\n"
        "  certhound explain domain:example.cn --data var\n"
        "  certhound explain page-17 --from pages.jsonl"
    )
)
@click.argument("subject", metavar="X")
@click.option("--from", "source", metavar="FILE", help=_("JSONL 文件，格式同 assess"))
@references_option
@data_option
@json_option
def explain(
    subject: str, source: str | None, references: Path | None, data: Path, as_json: bool
) -> int:
    """Tell the arithmetic of one opinion."""
    detectors = load_detectors(load_watchlist(), load_references(references))
    hit: NameHit | None = None
    note = unseen = ""
    if source:
        opinion = _from_file(subject, source, detectors)
    else:
        known, note = _from_store(subject, data)
        opinion = known or _from_name(subject, detectors)
        if known is None:
            hit = detectors.name_hit(ascii_host(subject))
            unseen = _("没有看过这个网址的页面：以上只按域名计算，不是对网页的判断")
    if as_json:
        steps = [asdict(step) for step in opinion.steps]
        record = {**opinion_record(opinion), "policy": opinion.policy, "steps": steps}
        record |= {"captured_by_others": note} if note else {}
        print_json({**record, "name": asdict(hit)} if hit else record)
        return 0
    for line in (*explained(opinion), note, unseen):
        if line:
            click.echo(line)
    if hit:
        said = _("名称：仿冒 {host}，手法 {technique}，{score:g} 分；字母对应 {letters}")
        click.echo(
            said.format(
                host=hit.imitates, technique=hit.technique, score=hit.score, letters=hit.letters
            )
        )
    return 0


def _from_file(subject: str, source: str, detectors: Detectors) -> Assessment:
    with _opened(source) as stream:
        for number, line in enumerate(stream, 1):
            try:
                visit = read_visit(line, number)
            except HandedError as problem:
                if problem.id == subject:
                    raise InputError(str(problem)) from problem
                continue
            if visit.id == subject:
                return detectors.assess(visit)
    said = _("{file} 中没有 id 为 {subject} 的记录，请核对")
    raise InputError(said.format(file=source, subject=subject))


def _from_store(subject: str, data: Path) -> tuple[Assessment | None, str]:
    """What the store last thought of a case, an address or a visit, and who else captured it.

    `None` where it knows none; the empty string where we looked ourselves.
    """
    if not Store.is_in(data):
        return None, ""
    with Store.open(data, create=False) as store:
        case = store.case(subject)
        # A case's deciding visit stands first.
        pair = store.assessed_visit(case.facts.visits[0] if case else subject)
        if pair:
            return pair[1], _told_of_others(pair[0])
        try:
            found = store.latest_assessment(lead_id(normalise(subject)))
        except AddressError:
            return None, ""
        return found, _told_of_others(store.visit(found.visit)) if found else ""


def _told_of_others(visit: Visit) -> str:
    """Who captured a Visit that is not our own, in one sentence, or the empty string."""
    handed = visit.handed_in
    if handed is None:
        return ""
    said = _("这是他人的采集：{by} 交来的 {file}{where}，据称采于 {at}；不据此立案")
    at = shown(handed.made_at) if handed.made_at else _("不详")
    return plain(said.format(by=handed.by, file=handed.file, where=handed.where, at=at))


def _from_name(subject: str, detectors: Detectors) -> Assessment:
    try:
        host = ascii_host(subject)
    except AddressError:
        host = ""
    if "." not in host:
        said = _("数据文件夹里没有 {subject}，它也不是域名；请核对，或用 --from 给出文件")
        raise UsageError(said.format(subject=subject))
    # Nobody has seen a page: what a name weighs is no judgement of one.
    opinion = detectors.assess_name(host)
    return replace(opinion, verdict=Verdict.UNKNOWN, page_condition=PageCondition.UNKNOWN)


@contextmanager
def _opened(source: str) -> Iterator[TextIO]:
    """The lines of a file, or of standard input for `-`; bytes that are no UTF-8 become U+FFFD."""
    if source == "-":
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")  # type: ignore[union-attr]
        yield sys.stdin
        return
    try:
        stream = Path(source).open(encoding="utf-8-sig", errors="replace")  # noqa: SIM115
    except OSError as problem:
        said = _("无法读取文件 {file}（{problem}），请检查路径和权限")
        raise InputError(said.format(file=source, problem=said_by_system(problem))) from problem
    with stream:
        yield stream
