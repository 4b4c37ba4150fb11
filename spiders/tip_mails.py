"""Reads a tip from a mail (.eml): its addresses, links and pictures; never who sent it."""

from __future__ import annotations

import email
import email.policy
from contextlib import suppress
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime

from crawler.charsets import decode
from crawler.clock import stamp
from crawler.documents import parse, visible
from crawler.receipts import receipt_of
from spiders.tip_files import Tip, addresses_in
from spiders.tip_pictures import codes_in

_MOST_PARTS = 200
_SUBJECT = 80
"""Characters kept: the body may say who the tipster is, and is read for addresses alone."""


def read_mail(content: bytes) -> tuple[list[Tip], int]:
    """The tips in a mail, one for each address, and how many pictures nobody could read.

    A mail without any address is one tip without one. Never raises for its bytes.
    """
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    texts, links, unread = [], [], 0
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            break
        body = part.get_payload(decode=True)
        if not isinstance(body, bytes):
            continue
        kind = part.get_content_type()
        if kind == "text/html":
            tree = parse(_read(body, part))
            links += [str(node.attributes.get("href") or "") for node in tree.css("a[href]")]
            texts.append(visible(tree))
        elif part.get_content_maintype() == "text":
            texts.append(_read(body, part))
        elif part.get_content_maintype() == "image":
            codes = codes_in(body)
            unread += codes is None
            texts += codes or ()
    at = _moment(message)
    subject = _subject(message)
    receipt = receipt_of(at, subject, stamp(at) if at else "", *texts)
    found = dict.fromkeys(url for url in links if url.lower().startswith(("http://", "https://")))
    found |= dict.fromkeys(url for text in texts for url in addresses_in(text))
    return [Tip(url, subject, at, receipt) for url in found or ("",)], unread


def _read(body: bytes, part: Message) -> str:
    return decode(body, str(part.get("Content-Type", "")))[0]


def _subject(message: Message) -> str:
    raw = str(message.get("Subject", ""))
    with suppress(Exception):  # a header may name any charset
        raw = str(make_header(decode_header(raw)))
    return " ".join(raw.encode("utf-8", "replace").decode().split())[:_SUBJECT]


def _moment(message: Message) -> datetime | None:
    with suppress(ValueError, TypeError, OverflowError):
        moment = parsedate_to_datetime(str(message.get("Date", "")))
        # RFC 5322 (3.3): «-0000» is universal time of which nobody says the zone.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return None


def read_photo(content: bytes) -> list[Tip] | None:
    """The tips in a photographed code, or `None` where nobody here could read the picture."""
    codes = codes_in(content)
    if codes is None:
        return None
    urls = dict.fromkeys(url for text in codes for url in addresses_in(text))
    return [Tip(url, "", None, receipt_of(None, *codes)) for url in urls]
