"""Reads captures that others made, one JSON object a line, into Visits."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import cast

from crawler import clock
from crawler.addresses import AddressError, host_of, normalise, registrable
from crawler.charsets import decode
from crawler.language import _
from crawler.model import Capture, Fact, Knowledge, Registration, Vantage, Visit


class HandedError(ValueError):
    """A line that is no capture; its message is one sentence, `id` what it calls itself."""

    def __init__(self, number: int, name: str, problem: str) -> None:
        super().__init__(_("第 {number} 行：{problem}").format(number=number, problem=problem))
        self.id = name


def read_visit(line: str, number: int) -> Visit:
    """The Visit that a line holds; raises `HandedError` where it holds none.

    Unknown keys are passed over: the line may carry its maker's own remarks.
    """
    name = ""
    try:
        record = json.loads(line)
        name = _name(record)
        return _visit(record, name)
    except json.JSONDecodeError as problem:
        raise HandedError(number, name, _("不是有效的 JSON")) from problem
    except RecursionError as problem:
        raise HandedError(number, name, _("JSON 嵌套过深")) from problem
    except (TypeError, ValueError) as problem:
        raise HandedError(number, name, str(problem)) from problem


def _name(record: object) -> str:
    if not isinstance(record, dict):
        raise TypeError(_("应为一个 JSON 对象"))
    name = record.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise TypeError(_("缺少 id"))
    return str(name)


def _visit(record: dict[str, object], name: str) -> Visit:
    at = _moment(record, "fetched_at") or clock.now()
    if "url" not in record and "text" in record:
        return _text_visit(_string(record, "text"), name, at)
    try:
        url = normalise(_string(record, "url"))
    except AddressError as problem:
        raise ValueError(_("url 不是 http 或 https 地址")) from problem
    headers = _headers(record)
    status = _status(record)
    html, encoding = _html(record, headers)
    capture = Capture(
        id=name,
        run="",
        lead="",
        vantage=Vantage.DESKTOP,
        url=url,
        final_url=url,
        at=at,
        exchanges=(),
        status=status,
        headers=headers,
        encoding=encoding,
        html=html,
    )
    registration = _registration(record, url, at)
    return Visit(name, "", "", url, at, (capture,), registration)


def _text_visit(text: str, name: str, at: datetime) -> Visit:
    capture = Capture(
        id=name,
        run="",
        lead="",
        vantage=Vantage.DESKTOP,
        url="",
        final_url="",
        at=at,
        exchanges=(),
        headers=(("Content-Type", "text/plain"),),
        html=text,
    )
    return Visit(name, "", "", "", at, (capture,))


def _string(record: dict[str, object], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str):
        raise TypeError(_("{key} 应为文字").format(key=key))
    return value


def _status(record: dict[str, object]) -> int | None:
    """The HTTP status; a page that was handed in without one was answered well."""
    value = record.get("status", 200)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(_("status 应为整数"))
    return value


def _headers(record: dict[str, object]) -> tuple[tuple[str, str], ...]:
    value = record.get("headers") or {}
    pairs = list(value.items()) if isinstance(value, dict) else value
    if not isinstance(pairs, list) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs
    ):
        raise TypeError(_("headers 应为名称到值的对象"))
    return tuple((str(key), str(text)) for key, text in pairs)


def _html(record: dict[str, object], headers: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    if record.get("html") is not None:
        return _string(record, "html"), ""
    if record.get("html_base64") is None:
        raise TypeError(_("缺少 html 或 html_base64"))
    try:
        body = base64.b64decode("".join(_string(record, "html_base64").split()), validate=True)
    except binascii.Error as problem:
        raise ValueError(_("html_base64 不是有效的 Base64")) from problem
    content_type = next((text for key, text in headers if key.lower() == "content-type"), "")
    return decode(body, content_type)


def _moment(record: dict[str, object], key: str) -> datetime | None:
    if record.get(key) is None:
        return None
    try:
        return clock.parse(_string(record, key))
    except ValueError as problem:
        raise ValueError(_("{key} 应为 ISO 8601 时间").format(key=key)) from problem


def _registration(record: dict[str, object], url: str, at: datetime) -> Registration | None:
    since = _moment(record, "registered_on")
    if since is None:
        return None
    return Registration(
        domain=registrable(host_of(url)),
        state=Knowledge.KNOWN,
        asked_at=at,
        registered_on=cast("Fact[datetime]", Fact.known(since)),
        source="given",
    )
