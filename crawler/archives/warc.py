"""Reads WARC files (ISO 28500) record by record, within bounds that no bomb passes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from typing import IO, Any, cast

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader, DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed

from crawler.archives.pages import MOST_BODY, ArchivedPage, Found, LeftOut, is_page
from crawler.capture.bodies import decode_content
from crawler.language import _

# Founders' judgement, all four: a header has hundreds of bytes, a crawl of a site below a
# gigabyte, and more records than these are a web archive's own, which nobody hands to an office.
_LONGEST_LINE = 65_536
_LONGEST_HEAD = 1_000_000
_MOST_BYTES = 4_000_000_000
_MOST_RECORDS = 1_000_000
_SOFTWARE_BYTES = 20_000


class _Records(ArchiveIterator):  # type: ignore[misc]
    """Writes nothing of a record with a wrong length to the terminal; `err_count` counts them."""

    INC_RECORD = ""


class _Bounded(DecompressingBufferedReader):  # type: ignore[misc]
    """Gives up on a line, or a whole, that does not end; warcio would gather it for ever."""

    _total = 0
    _head = 0
    _tail = b""
    _is_open = False

    @property
    def is_torn(self) -> bool:
        """Whether what was read so far ends inside a record or a gzip member.

        Two line ends stand behind every record (ISO 28500, 4); warcio takes a tear for the end.
        """
        return self._is_open or self._tail != b"\r\n\r\n"

    def readline(self, length: int | None = None) -> bytes:
        line = cast("bytes", super().readline(length or _LONGEST_LINE))
        if len(line) >= _LONGEST_LINE and not line.endswith(b"\n"):
            raise ArchiveLoadFailed(f"a line over {_LONGEST_LINE} bytes")
        self._head += len(line)
        if self._head > _LONGEST_HEAD:
            raise ArchiveLoadFailed(f"a head over {_LONGEST_HEAD} bytes")
        return self._counted(line)

    def read(self, length: int | None = None) -> bytes:
        self._head = 0
        return self._counted(cast("bytes", super().read(length)))

    def _decompress(self, data: bytes) -> bytes:
        if self.decompressor and data and self.num_block_read:
            plain = cast("bytes", self.decompressor.decompress(data))  # raises; warcio only prints
        else:
            plain = cast("bytes", super()._decompress(data))
        self._tail = (self._tail + plain[-4:])[-4:]
        self._is_open = not getattr(self.decompressor, "eof", True)
        return plain

    def _counted(self, data: bytes) -> bytes:
        self._total += len(data)
        if self._total > _MOST_BYTES:
            raise ArchiveLoadFailed(f"more than {_MOST_BYTES} bytes")
        return data


def read_warc(stream: IO[bytes]) -> Iterator[Found]:
    """The pages of a WARC file, plain or gzipped, and what was left out; whatever the bytes are.

    A record whose payload does not have the digest it names is left out. Where the file breaks
    off, all before that is read.
    """
    number, by, reader = 0, "", _Bounded(stream)
    try:
        records = _Records(stream, check_digests=True)
        records.reader = reader
        for record in records:
            number += 1
            if number > _MOST_RECORDS:
                yield LeftOut(f"#{number}", _("记录过多，其余没有读取"), broken=True)
                return
            if record.rec_type == "warcinfo":
                by = _software(record) or by
            elif record.rec_type in ("response", "resource"):
                yield _page(record, f"#{number}", by)
            elif record.rec_type not in ("request", "metadata", "revisit", "conversion"):
                yield LeftOut(f"#{number}", _("不认得的记录类型"), broken=True)
    except Exception as problem:  # whatever hostile bytes make of the library
        reason = f"{type(problem).__name__}: {problem}".strip()[:160]
        said = _("此处之后无法读取（{reason}）").format(reason=" ".join(reason.split()))
        yield LeftOut(f"#{number + 1}", said, broken=True)
        return
    if number and reader.is_torn:
        yield LeftOut(f"#{number}", _("文件在此处中断，其后的内容已丢失"), broken=True)
    if records.err_count:
        said = _("{count} 条记录的长度与内容不符").format(count=records.err_count)
        yield LeftOut("", said, broken=True)
    if not number:
        yield LeftOut("#1", _("没有任何记录"), broken=True)


def _page(record: Any, where: str, by: str) -> Found:
    """The page in a record, or why it is none."""
    headers, status = _headers(record)
    named = {name.lower(): value for name, value in reversed(headers)}
    content_type = named.get("content-type") or ("" if headers else record.content_type or "")
    if not is_page(content_type) or (status is not None and 300 <= status < 400):
        return LeftOut(where, _("不是网页"), broken=False)
    raw = _payload(record, named.get("transfer-encoding", ""))
    body = decode_content(raw, named.get("content-encoding", ""), MOST_BODY)
    if not body.readable:
        return LeftOut(where, _("内容编码无法解开"), broken=True)
    is_cut = bool(getattr(record.raw_stream, "limit", 0))
    checked = record.digest_checker
    if checked is not None and checked.passed is False:
        return LeftOut(where, _("内容与记录中的摘要不符"), broken=True)
    said = record.rec_headers.get_header
    url = (said("WARC-Target-URI") or "").strip("<> ")
    if not url.lower().startswith(("http://", "https://")):
        return LeftOut(where, _("没有写明网址"), broken=False)
    return ArchivedPage(
        url,
        body.content,
        where,
        content_type,
        _moment(said("WARC-Date") or ""),
        status,
        headers,
        said("WARC-IP-Address") or "",
        by=by,
        truncated=is_cut or body.truncated or len(raw) > MOST_BODY or bool(said("WARC-Truncated")),
    )


def _headers(record: Any) -> tuple[tuple[tuple[str, str], ...], int | None]:
    http = record.http_headers
    if http is None:
        return (), None
    code = http.get_statuscode() or ""
    status = int(code) if code.isascii() and code.isdigit() and len(code) == 3 else None
    return tuple((str(name), str(value)) for name, value in http.headers), status


def _payload(record: Any, transfer: str) -> bytes:
    """The bytes behind the HTTP header, read to the record's end so that its digest is checked."""
    kept, left = BytesIO(), MOST_BODY + 1
    while data := record.raw_stream.read(65_536):
        if left > 0:
            kept.write(data[:left])
            left -= len(data)
    raw = kept.getvalue()
    if "chunked" in transfer.lower():
        raw = cast("bytes", ChunkedDataReader(BytesIO(raw)).read(MOST_BODY + 1))
    return raw


def _software(record: Any) -> str:
    text = record.raw_stream.read(_SOFTWARE_BYTES).decode("utf-8", "replace")
    lines = (line.partition(":") for line in text.splitlines())
    return next((value.strip()[:120] for key, _, value in lines if key == "software"), "")


def _moment(text: str) -> datetime | None:
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return None
