"""What `certhound doctor` looks at in the data folder: room, rights, database, evidence, clock."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from crawler.cli.checked import Check, Level
from crawler.clock import shown
from crawler.config import RunOptions
from crawler.errors import CerthoundError, EvidenceError
from crawler.evidence import Blobs
from crawler.language import _, said_by_system
from crawler.store import Store

_GB = 1024**3
_SAMPLE = 200
"""Evidence files hashed again. Founders' judgement: seconds; `verify` does all."""


def look_at_data(data: Path, options: RunOptions, at: datetime) -> Iterator[Check]:
    """Every check of a data folder; nothing is changed by them."""
    yield _disk(data, options)
    yield _writable(data)
    if not (data / "certhound.db").exists():
        return
    try:
        with Store.open(data, create=False) as store:
            yield _database(store)
            newest = store.newest_entry()
    except CerthoundError as problem:
        yield Check(_("数据库"), Level.FAIL, str(problem), _("从备份恢复，或升级本程序"))
        return
    if newest is not None and newest.at > at:
        said = _("本机时钟（{now}）早于已有记录（{last}）").format(
            now=shown(at), last=shown(newest.at)
        )
        remedy = _("校准本机时钟；确认此前的时间有误的，请在案件备注中说明")
        yield Check(_("记录时间"), Level.FAIL, said, remedy)
    if (data / "blobs").is_dir():
        yield _evidence(Blobs(data / "blobs"))


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    path = folder.absolute()
    while not path.exists():
        path = path.parent
    return path


def _disk(data: Path, options: RunOptions) -> Check:
    free = shutil.disk_usage(existing(data)).free / _GB
    said = _("剩余 {free:.1f} GB，低于 {limit:g} GB 时停止取证").format(
        free=free, limit=options.min_free_gb
    )
    if free < options.min_free_gb:
        return Check(_("磁盘"), Level.FAIL, said, _("腾出空间，或换一个 --data 文件夹"))
    return Check(_("磁盘"), Level.OK, said)


def _writable(data: Path) -> Check:
    place = existing(data)
    try:
        with tempfile.TemporaryFile(dir=place):
            return Check(_("数据文件夹"), Level.OK, str(data))
    except OSError as problem:
        said = _("无法写入 {folder}（{problem}）").format(
            folder=place, problem=said_by_system(problem)
        )
        return Check(_("数据文件夹"), Level.FAIL, said, _("检查权限，或换一个 --data 文件夹"))


def _database(store: Store) -> Check:
    faults = store.integrity(quick=True)
    if faults:
        said = _("结构已损坏：{fault}").format(fault=faults[0])
        return Check(_("数据库"), Level.FAIL, said, _("从备份恢复，原文件请保留"))
    return Check(_("数据库"), Level.OK, _("结构完好"))


def _evidence(blobs: Blobs) -> Check:
    bad = []
    count = 0
    for name in _some(blobs):
        count += 1
        try:
            blobs.get(name)
        except EvidenceError:
            bad.append(name)
    if bad:
        said = _("抽查 {count} 个文件，{bad} 个已被改动或无法读取，如 {name}").format(
            count=count, bad=len(bad), name=bad[0]
        )
        remedy = _("执行 certhound verify 全部核验，从备份取回被改动的文件")
        return Check(_("证据文件"), Level.FAIL, said, remedy)
    said = _("抽查 {count} 个文件，重算的哈希值全部一致").format(count=count)
    return Check(_("证据文件"), Level.OK, said)


def _some(blobs: Blobs) -> list[str]:
    """Some of the blobs by chance, without listing all of a million."""
    folders = sorted(blobs.folder.glob("[0-9a-f][0-9a-f]"))
    random.shuffle(folders)
    each = max(1, _SAMPLE // max(1, len(folders)))
    found = []
    for folder in folders:
        names = [folder.name + path.name for path in islice(folder.iterdir(), 1_000)]
        names = [name for name in names if len(name) == 64]
        found += random.sample(names, min(each, len(names)))
    return found[:_SAMPLE]
