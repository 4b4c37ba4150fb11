"""Reads what others captured – WARC, WACZ, HAR, MHTML, HTML – offline, into pages."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from crawler.archives.har import MOST_BYTES, read_har
from crawler.archives.pages import MOST_BODY, ArchivedPage, Found, LeftOut
from crawler.archives.warc import read_warc
from crawler.errors import InputError
from crawler.language import _, said_by_system
from crawler.saved import SavedDocument, read_saved_archive, read_saved_html

__all__ = ["ArchivedPage", "Found", "LeftOut", "archive_files", "is_archive", "read_archive"]

_KINDS = re.compile(r"\.(?P<kind>warc|warc\.gz|wacz|har|mhtml|mht|html|htm|xhtml)$", re.IGNORECASE)
# Founders' judgement: of a page saved with all its pictures, and of an archive's parts.
_MOST_SAVED = 100_000_000
_MOST_MEMBERS = 10_000
_MOST_PARTS = 500
_MOST_FILES = 20_000


def is_archive(path: Path) -> bool:
    """Whether a file's name is that of an archive or saved page."""
    return _KINDS.search(path.name) is not None


def archive_files(sources: Sequence[Path]) -> list[Path]:
    """The files named, and those of a known kind in the folders named, each once.

    Raises `InputError` for a path that is not there and for a folder without such files.
    """
    found: dict[Path, None] = {}
    for source in sources:
        if not source.exists():
            said = _("找不到文件 {file}，请检查路径")
            raise InputError(said.format(file=source))
        inside = sorted(p for p in source.rglob("*") if p.is_file() and is_archive(p))
        if source.is_dir() and not inside:
            said = _("{folder} 中没有 .warc、.wacz、.har、.mhtml 或 .html 文件，请检查文件夹")
            raise InputError(said.format(folder=source))
        found |= dict.fromkeys(inside[:_MOST_FILES] if source.is_dir() else [source])
    return list(found)


def read_archive(path: Path, url: str = "") -> Iterator[Found]:
    """The pages in a file, and what was left out of it; only the file's own bytes are looked at.

    `url` is the address of a saved page that does not say its own. Never raises for what the file
    holds; one that cannot be read is left out as a whole.
    """
    match = _KINDS.search(path.name)
    kind = match["kind"].lower() if match else ""
    try:
        if kind in ("warc", "warc.gz"):
            with path.open("rb") as stream:
                yield from read_warc(stream)
        elif kind == "wacz":
            yield from _read_wacz(path)
        elif kind:
            yield from _read_whole(path, kind, url)
        else:
            yield LeftOut("", _("不认得的文件类型"), broken=True)
    except OSError as problem:
        said = _("无法读取（{problem}）").format(problem=said_by_system(problem))
        yield LeftOut("", said, broken=True)


def _read_whole(path: Path, kind: str, url: str) -> Iterator[Found]:
    limit = MOST_BYTES if kind == "har" else _MOST_SAVED
    if path.stat().st_size > limit:
        yield LeftOut("", _("文件过大，没有读取"), broken=True)
        return
    content = path.read_bytes()
    if kind == "har":
        yield from read_har(content)
    elif kind in ("mhtml", "mht"):
        documents = [*read_saved_archive(content)]
        yield from (_page(number, each, url) for number, each in enumerate(documents, 1))
        if not documents:
            yield LeftOut("", _("其中没有网页"), broken=True)
    else:
        yield _page(1, read_saved_html(content), url)


def _page(number: int, saved: SavedDocument, given: str) -> Found:
    where = f"#{number}"
    url = saved.url or (given if number == 1 else "")
    if not url.lower().startswith(("http://", "https://")):
        # A frame without an address of its own is no loss; the page itself is.
        return LeftOut(where, _("没有写明采自哪个网址，请用 --url 给出"), broken=number == 1)
    if not saved.body.strip():
        return LeftOut(where, _("内容是空的"), broken=True)
    return ArchivedPage(
        url,
        saved.body[:MOST_BODY],
        where,
        saved.content_type,
        saved.at,
        by=saved.by,
        truncated=len(saved.body) > MOST_BODY,
    )


def _read_wacz(path: Path) -> Iterator[Found]:
    """The pages in the WARC files of a WACZ archive (a ZIP; WACZ 1.1.1, `archive/*.warc.gz`)."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            parts = [each for each in members if re.search(r"\.warc(\.gz)?$", each.filename)]
            if not parts or len(members) > _MOST_MEMBERS or len(parts) > _MOST_PARTS:
                yield LeftOut("", _("其中没有 WARC 文件，或文件过多"), broken=True)
                return
            for part in parts:
                with archive.open(part) as stream:
                    for found in read_warc(stream):
                        yield _inside(part.filename, found)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as problem:
        said = _("压缩包损坏、不完整或有密码（{problem}）").format(problem=str(problem)[:120])
        yield LeftOut("", said, broken=True)


def _inside(name: str, found: Found) -> Found:
    """The same, told with the part of the archive that it stands in."""
    return replace(found, where=f"{name}{found.where}")
