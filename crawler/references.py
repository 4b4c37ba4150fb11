"""Keeps fingerprints of official pages that the office captured itself; nothing is ever fetched."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crawler.addresses import AddressError, covers, host_of, normalise
from crawler.charsets import decode
from crawler.clock import beijing_date, now
from crawler.errors import InputError, UsageError
from crawler.language import _, said_by_system
from crawler.model import Watchlist
from crawler.saved import SavedDocument, read_saved_archive, read_saved_html
from detectors.likeness import (
    FingerprintError,
    Reference,
    fingerprint,
    read_references,
    write_references,
)
from detectors.pages import read_page

FILE = "references.json"
_SUFFIXES = frozenset((".html", ".htm", ".mhtml", ".mht"))


@dataclass(frozen=True, slots=True)
class _Saved:
    html: str
    url: str
    digest: str


def load_references(path: Path | None) -> tuple[Reference, ...]:
    """The references in a file, none where there is no file; raises `InputError`."""
    if path is None:
        return ()
    try:
        return read_references(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, FingerprintError) as problem:
        said = _("无法读取参考样本 {file}（{problem}）；请恢复它，或删除后重新导入")
        raise InputError(said.format(file=path, problem=problem)) from problem


def import_references(
    source: Path, url: str, watchlist: Watchlist, path: Path
) -> tuple[Reference, ...]:
    """The references read from a page or a folder of pages, added to the file at `path`.

    The address is `url`, or the one a browser writes into a page that it saves. A reference of the
    same address is replaced. Raises `InputError` for what cannot be read, `UsageError` for a page
    that is not of a protected host.
    """
    found = tuple(_reference(file, url, watchlist) for file in _files(source))
    new = {each.url: each for each in found}
    kept = [each for each in load_references(path) if each.url not in new]
    _write(path, write_references([*kept, *new.values()]))
    return tuple(new.values())


def _files(source: Path) -> Iterator[Path]:
    if not source.is_dir():
        yield source
        return
    files = sorted(file for file in source.iterdir() if file.suffix.lower() in _SUFFIXES)
    if not files:
        said = _("{folder} 中没有 .html 或 .mhtml 文件，请先用浏览器“另存为”").format(folder=source)
        raise InputError(said)
    yield from files


def _reference(file: Path, url: str, watchlist: Watchlist) -> Reference:
    saved = _read(file)
    try:
        address = normalise(url or saved.url) if url or saved.url else ""
    except AddressError:
        address = ""
    if not address:
        said = _("{file} 里没有写明采自哪个网址，请用 --url 给出")
        raise UsageError(said.format(file=file))
    host = host_of(address)
    if not any(covers(own, host) for each in watchlist.authorities for own in each.hosts):
        said = _("{host} 不是受保护的官方网站，它的页面不能作参考样本")
        raise UsageError(said.format(host=host))
    page = read_page(saved.html, address)
    today = beijing_date(now()).isoformat()
    return Reference(page.title or file.stem, address, today, saved.digest, fingerprint(page))


def _read(file: Path) -> _Saved:
    try:
        body = file.read_bytes()
    except OSError as problem:
        said = _("无法读取文件 {file}（{problem}），请检查路径和权限")
        raise InputError(said.format(file=file, problem=said_by_system(problem))) from problem
    digest = hashlib.sha256(body).hexdigest()
    if file.suffix.lower() in (".mhtml", ".mht"):
        return _from_archive(body, digest)
    found = read_saved_html(body)
    return _Saved(decode(body, "")[0], found.url, digest)


def _from_archive(body: bytes, digest: str) -> _Saved:
    found = next(read_saved_archive(body), SavedDocument(b"", "", ""))
    return _Saved(decode(found.body, found.content_type)[0], found.url, digest)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)  # noqa: PTH105 - replaces in one step
    except OSError as problem:
        said = _("无法写入 {file}（{problem}），请检查权限和磁盘空间")
        raise InputError(said.format(file=path, problem=said_by_system(problem))) from problem
