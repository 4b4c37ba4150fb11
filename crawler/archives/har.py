"""Reads HAR files, what browsers' developer tools record (HAR 1.2), within bounds."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from datetime import datetime

from crawler import clock
from crawler.archives.pages import MOST_BODY, ArchivedPage, Found, LeftOut, is_page
from crawler.language import _

MOST_BYTES = 100_000_000
"""Bytes of a file that are read; JSON takes several times that in memory. Founders' judgement."""


def read_har(content: bytes) -> Iterator[Found]:
    """The pages of a HAR file and what was left out; never raises for its bytes."""
    try:
        whole = json.loads(content.decode("utf-8-sig"))
        log = whole["log"]
        entries = log["entries"]
    except (ValueError, KeyError, TypeError, RecursionError):
        entries = None
    if not isinstance(entries, list):
        yield LeftOut("#1", _("不是 HAR 文件，或已不完整"), broken=True)
        return
    by = _maker(log)
    for number, entry in enumerate(entries, 1):
        where = f"#{number}"
        try:
            yield _page(entry, where, by)
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
            yield LeftOut(where, _("记录不完整"), broken=True)


def _page(entry: dict[str, dict[str, object]], where: str, by: str) -> Found:
    request, response = entry["request"], entry["response"]
    content = response["content"]
    if not isinstance(content, dict):
        raise TypeError
    status = response["status"]
    content_type = str(content.get("mimeType") or "")
    is_redirect = isinstance(status, int) and 300 <= status < 400
    if not is_page(content_type) or is_redirect or request.get("method", "GET") != "GET":
        return LeftOut(where, _("不是网页"), broken=False)
    url = str(request["url"])
    if not url.lower().startswith(("http://", "https://")):
        return LeftOut(where, _("没有写明网址"), broken=False)
    text = content.get("text")
    if not isinstance(text, str):
        return LeftOut(where, _("没有保存内容，导出时请选择“含内容”"), broken=True)
    if content.get("encoding") == "base64":
        body = _decoded(text)
    else:
        # The recorder has decoded it already, whatever the header says.
        body, content_type = text.encode("utf-8", "replace"), "text/html; charset=utf-8"
    return ArchivedPage(
        url,
        body[:MOST_BODY],
        where,
        content_type,
        _moment(str(entry.get("startedDateTime") or "")),
        status if isinstance(status, int) and 100 <= status <= 999 else None,
        _headers(response.get("headers")),
        str(entry.get("serverIPAddress") or "").strip("[]"),
        next((v for k, v in _headers(request.get("headers")) if k.lower() == "user-agent"), ""),
        by,
        len(body) > MOST_BODY,
    )


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as problem:
        raise ValueError from problem


def _headers(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        return ()
    pairs = (each for each in value if isinstance(each, dict))
    return tuple((str(each.get("name", "")), str(each.get("value", ""))) for each in pairs)


def _maker(log: dict[str, object]) -> str:
    said = log.get("browser") or log.get("creator")
    if not isinstance(said, dict):
        return ""
    return f"{said.get('name', '')} {said.get('version', '')}".strip()[:120]


def _moment(text: str) -> datetime | None:
    try:
        return clock.parse(text)
    except ValueError:
        return None
