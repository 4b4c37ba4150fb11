"""Posts and offers of platforms that need a log-in, as a person saved them: never asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crawler.addresses import AddressError, host_of, normalise, parts
from crawler.archives import ArchivedPage, archive_files, is_archive, read_archive
from crawler.charsets import decode
from crawler.documents import parse, visible
from crawler.errors import InputError
from crawler.language import _
from spiders.files import FileSpider
from spiders.tip_files import addresses_in
from spiders.tips import read_tip_file

_NOWHERE = "http://unknown.invalid/"
"""Stands for the address of a saved page that does not say its own (RFC 6761, 6.4)."""
_MOST_LINKS = 100
"""Links to others that are followed from one page: a post has a few, a portal thousands.
Founders' judgement."""


class SavedPostsSpider(FileSpider):
    """Reads CSV, XLSX, HTML, MHTML, HAR, WARC and WACZ; their addresses become leads."""

    name = "saved_posts"

    def read(self, path: Path) -> None:
        """Name what one file or folder holds."""
        if path.is_dir() or is_archive(path):
            self._read_archives(path)
        else:
            self._read_table(path)

    def _read_table(self, path: Path) -> None:
        read = read_tip_file(path)
        self.asked(read.problem)
        for row in read.tips:
            if row.received_at is not None:
                self.saw(row.received_at)
            self.found(row.url, f"{path.name}：{row.text}", row.received_at)

    def _read_archives(self, path: Path) -> None:
        try:
            files = archive_files([path])
        except InputError as problem:
            self.asked(str(problem))
            return
        for file in files:
            lost, why = 0, ""
            for found in read_archive(file, _NOWHERE):
                if isinstance(found, ArchivedPage):
                    self._read_page(file, found)
                elif found.broken:
                    lost, why = lost + 1, why or f"{found.where} {found.reason}"
            said = _("{file} 有 {count} 处没有读出（{problem}）")
            told = said.format(file=file.name, count=lost, problem=why.strip())
            self.asked(told if lost else "")

    def _read_page(self, file: Path, page: ArchivedPage) -> None:
        if page.at is not None:
            self.saw(page.at)
        tree = parse(decode(page.body, page.content_type)[0])
        head = tree.css_first("title")
        title = " ".join(head.text().split())[:100] if head is not None else ""
        links = [node.attributes.get("href") or "" for node in tree.css("a[href]")]
        named = dict.fromkeys((*_foreign(page.url, links), *addresses_in(visible(tree))))
        if page.url != _NOWHERE:
            self.found(page.url, f"{file.name}：{title}")
        for url in [*named][:_MOST_LINKS]:
            self.found(url, _("{file}：见于“{title}”").format(file=file.name, title=title))


def _foreign(base: str, links: list[str]) -> Iterator[str]:
    """The links that lead out of the site: those within a platform are its own menu."""
    own = parts(host_of(base)).registrable or host_of(base)
    for link in links:
        try:
            url = normalise(link, base)
        except AddressError:
            continue
        if (parts(host_of(url)).registrable or host_of(url)) != own:
            yield url
