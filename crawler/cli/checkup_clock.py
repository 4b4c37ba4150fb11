"""What `certhound doctor` holds the clock against: the profile's services, or the system's own."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from crawler.cli.checked import Check, Level
from crawler.language import _

_TIMEOUT = 10.0
# Founders' judgement: evidence is dated to the second, and the date of an answer is whole seconds
# old; five are what an exchange and rounding may take. Minutes make the times of captures wrong.
_NOTICED = 5.0
_WRONG = 120.0
_UNSYNCHRONISED = 5
"""`TIME_ERROR` of adjtimex(2): the kernel's clock is not synchronised."""


def look_at_clock(services: Iterable[str]) -> Check:
    """How far the clock is from what the first of some HTTP services that answers says.

    Where none does, what the system says of its own clock.
    """
    for url in services:
        offset = _offset(url)
        if offset is not None:
            return _told(offset, url)
    if _is_synchronised():
        return Check(_("时钟"), Level.OK, _("系统报告时钟已同步"))
    remedy = _("启用时间同步（如 systemd-timesyncd、chrony），或给出 --profile 以便与服务比对")
    return Check(_("时钟"), Level.WARN, _("无法确认时钟是否准确"), remedy)


def _told(offset: float, url: str) -> Check:
    said = _("与 {url} 相差 {seconds:.0f} 秒").format(url=url, seconds=abs(offset))
    if abs(offset) <= _NOTICED:
        return Check(_("时钟"), Level.OK, said)
    level = Level.FAIL if abs(offset) > _WRONG else Level.WARN
    return Check(_("时钟"), level, said, _("校准本机时钟并启用时间同步；取证时间以它为准"))


def _offset(url: str) -> float | None:
    """Seconds by which the clock is ahead of a service's, or `None` where it does not say."""
    opener = build_opener(ProxyHandler({}))
    before = time.time()
    try:
        with opener.open(url, timeout=_TIMEOUT) as answer:
            dated = answer.headers.get("Date", "")
    except HTTPError as refusal:
        dated = refusal.headers.get("Date", "")
    except (URLError, OSError, ValueError, HTTPException):
        return None
    try:
        there = parsedate_to_datetime(dated).timestamp()
    except (ValueError, TypeError):
        return None
    here = (before + time.time()) / 2
    # The date is cut to its second, so that it stands for half a second later on average.
    return here - there - 0.5


def _is_synchronised() -> bool:
    """Whether the kernel says that its clock follows another one; `False` where nobody knows."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        # `struct timex` is 208 bytes on 64-bit Linux; all zero asks and changes nothing.
        state = int(libc.adjtimex(ctypes.create_string_buffer(512)))
    except (OSError, AttributeError):
        return False
    return 0 <= state < _UNSYNCHRONISED
