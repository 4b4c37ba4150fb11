"""Reads labelled pages: JSON lines with labels, or a folder of pages with a table of truths."""

from __future__ import annotations

import base64
import csv
import json
from collections.abc import Iterator
from pathlib import Path

from crawler.cli.handed import HandedError, read_visit
from crawler.errors import InputError
from crawler.language import _, said_by_system
from crawler.model import Visit
from detectors.measure import LabelError, PageTruth, read_truth

TABLE = "truth.csv"


def read_labelled(source: Path) -> Iterator[tuple[Visit, PageTruth]]:
    """The pages of a JSONL file or a folder, one at a time; raises `InputError` naming the line."""
    lines = _from_folder(source) if source.is_dir() else _from_file(source)
    for number, line in lines:
        if not line.strip():
            continue
        try:
            visit = read_visit(line, number)
            record = json.loads(line)
            truth = read_truth(
                record.get("label"), record.get("offence"), record.get("page_condition")
            )
        except HandedError as problem:
            raise InputError(
                _("{file}：{problem}，请改正后重试").format(file=source, problem=problem)
            ) from problem
        except LabelError as problem:
            if not str(problem):
                said = _("{file} 第 {number} 行没有标注，请写上 label")
                raise InputError(said.format(file=source, number=number)) from problem
            said = _("{file} 第 {number} 行的标注 {word} 认不出，应为判定、行为或页面状态的值")
            text = said.format(file=source, number=number, word=problem)
            raise InputError(text) from problem
        yield visit, truth


def _from_file(source: Path) -> Iterator[tuple[int, str]]:
    try:
        with source.open(encoding="utf-8-sig", errors="replace") as stream:
            yield from enumerate(stream, 1)
    except OSError as problem:
        raise _unreadable(source, problem) from problem


def _from_folder(folder: Path) -> Iterator[tuple[int, str]]:
    """A folder's pages as the lines of a JSONL file would have them."""
    try:
        with (folder / TABLE).open(encoding="utf-8-sig", newline="") as table:
            for number, row in enumerate(csv.DictReader(table), 2):
                name = _within(row.get("file") or "")
                body = (folder / name).read_bytes()
                record: dict[str, object] = {
                    key: value for key, value in row.items() if key and value
                }
                record |= {"id": name, "html_base64": base64.b64encode(body).decode("ascii")}
                if row.get("status"):
                    record["status"] = int(row["status"])
                yield number, json.dumps(record, ensure_ascii=False)
    except OSError as problem:
        raise _unreadable(Path(str(problem.filename or folder)), problem) from problem
    except (ValueError, csv.Error) as problem:
        said = _("{file} 不是标注表（{problem}），应为 UTF-8 的 CSV，列 file,url,label")
        raise InputError(said.format(file=folder / TABLE, problem=problem)) from problem


def _within(name: str) -> str:
    """The name of a file in the folder itself; raises `ValueError` for a way out of it."""
    if not name or Path(name).name != name:
        raise ValueError(f"file={name!r}")
    return name


def _unreadable(path: Path, problem: OSError) -> InputError:
    said = _("无法读取文件 {file}（{problem}），请检查路径和权限")
    return InputError(said.format(file=path, problem=said_by_system(problem)))
