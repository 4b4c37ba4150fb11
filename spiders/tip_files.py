"""Reads tips as offices save them: any charset and separator, torn rows, dates of a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from crawler.charsets import decode
from crawler.clock import parse
from crawler.receipts import receipt_of

COLUMNS = ("url", "text", "received_at", "from")
_ADDRESS = re.compile(
    r"(?i)\bhttps?://[^\s<>\"'“”‘’，。；、！？（）()【】《》\u4e00-\u9fff]+"
    r"|(?<![a-z0-9_@./-])(?:[a-z0-9-]{1,63}\.)+(?:com|cn|net|top|xyz|vip|org|cc|club|shop|site|online|icu)"
    r"(?![a-z0-9_-]|\.[a-z0-9])(?:/[^\s<>\"'，。；、！？（）()\u4e00-\u9fff]*)?"
)
"""Addresses as people write them in a sentence; bare names under the suffixes that fakes use."""
_MOST_ADDRESSES = 50
_SEPARATORS = ",;\t，"
_SPREADSHEET_DATE = re.compile(
    r"(?P<year>\d{4})[/年.](?P<month>\d{1,2})[/月.](?P<day>\d{1,2})日?"
    r"(?:\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?)?"
)


@dataclass(frozen=True, slots=True)
class Tip:
    """One row; the tipster's name is not in it."""

    url: str
    text: str
    received_at: datetime | None
    """`None` where it is empty or unreadable."""
    receipt: str = ""
    """The number under which its outcome is told."""


def read_tips(content: bytes) -> Iterator[Tip] | None:
    """The tips of a CSV file, or `None` where no column is headed `url`.

    A row that a stray quotation mark would join with all that follow is read by itself.
    """
    text, _codec = decode(content, "")
    lines = list(StringIO(text.removeprefix("\ufeff"), newline=""))
    if lines and re.match(r"sep=", lines[0], re.IGNORECASE):  # Excel's own
        del lines[0]
    for separator in _SEPARATORS:
        heads = [head.strip().lower() for head in _alone(lines[0], separator)] if lines else []
        if "url" in heads:
            return _tips(heads, lines, separator)
    return None


def _tips(heads: Sequence[str], lines: Sequence[str], separator: str) -> Iterator[Tip]:
    return tips_in(heads, _rows(lines, separator))


def tips_in(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[Tip]:
    """The tips in rows of cells under these headings; one for each address in a row.

    A row without an address in its column is read for those in its text.
    """
    places = {name: heads.index(name) for name in COLUMNS if name in heads}
    for row in rows:
        said = {name: row[place].strip() for name, place in places.items() if place < len(row)}
        if any(row):
            url, text, received = (said.get(name, "") for name in ("url", "text", "received_at"))
            at = _moment(received)
            receipt = receipt_of(at, url, text, received)
            for each in [url] if url else addresses_in(text) or [""]:
                yield Tip(each, text, at, receipt)


def addresses_in(text: str) -> list[str]:
    """The addresses written in a text, each once, in order; at most 50."""
    found = (match[0].rstrip(".,;:!?") for match in _ADDRESS.finditer(text))
    return [*dict.fromkeys(found)][:_MOST_ADDRESSES]


def _rows(lines: Sequence[str], separator: str) -> Iterator[list[str]]:
    """All rows but the first; a quotation mark that nothing closes spoils its own line alone."""
    at = 1
    while at < len(lines):
        rows = csv.reader(_from(lines, at), delimiter=separator, strict=True)
        read = 0
        try:
            for row in rows:
                read = rows.line_num
                yield row
        except csv.Error:
            at += read
            yield _alone(lines[at], separator)
            at += 1
        else:
            return


def _from(lines: Sequence[str], start: int) -> Iterator[str]:
    return (lines[number] for number in range(start, len(lines)))


def _alone(line: str, separator: str) -> list[str]:
    return [field.strip('" ') for field in line.rstrip("\r\n").split(separator)]


def _moment(text: str) -> datetime | None:
    found = _SPREADSHEET_DATE.fullmatch(text)
    if found is not None:
        part = {name: int(digits or 0) for name, digits in found.groupdict().items()}
        text = "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}".format(**part)
    try:
        return parse(text) if text else None
    except ValueError:
        return None
