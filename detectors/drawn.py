"""Reads what the scripts written on a page would show, without running them."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from urllib.parse import unquote

from detectors.identities import load_words

_LITERAL = re.compile(
    r"\"((?:[^\"\\\n]|\\.){0,20000})\"|'((?:[^'\\\n]|\\.){0,20000})'|`((?:[^`\\]|\\.){0,20000})`",
    re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\u\{?([0-9a-fA-F]{4,6})\}?|\\x([0-9a-fA-F]{2})|%u([0-9a-fA-F]{4})|\\(.)", re.DOTALL
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BASE64 = re.compile(r"atob\(\s*[\"']([A-Za-z0-9+/=\s]{16,40000})[\"']")
_TITLE = re.compile(r"document\.title\s*=\s*[\"'`]([^\"'`]{1,200})[\"'`]")
_TAG = re.compile(r"<[^<>]*>")
_PLACEHOLDER = re.compile(r"placeholder\s*[=:]\s*\\?[\"'`]([^\"'`\\]{1,60})", re.IGNORECASE)
_LONGEST = 200_000
_MOST_LINES = 2000


@dataclass(frozen=True, slots=True)
class Drawn:
    """What scripts would show: every text with a Chinese character in it, in the order written."""

    lines: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """Hints in fields to be typed into."""
    title: str = ""


def read_drawn(scripts: tuple[str, ...]) -> Drawn:
    """The texts in scripts and templates: literals, JSON, markup, escaped and Base64 ones too."""
    whole = "\n".join(scripts)[:_LONGEST]
    if not whole:
        return Drawn()
    source = unescape(whole)
    source += "\n".join(_decoded(found[1]) for found in _BASE64.finditer(source))
    title = _TITLE.search(source)
    lines: list[str] = []
    named = _keys().sub(lambda key: f'"{_labels()[key[1].lower()]}":', source)
    for found in _LITERAL.finditer(named):
        lines += _shown(found[1] or found[2] or found[3] or "")
    if not lines and _HAN.search(source):  # a template is markup, no literal
        lines = _shown(source)
    fields = [_plain(found[1]) for found in _PLACEHOLDER.finditer(source)]
    fields += [line for line in lines if line.startswith(("请输入", "请填写")) and len(line) < 30]
    if not any(map(_HAN.search, lines)):
        lines = []
    return Drawn(
        tuple(lines[:_MOST_LINES]),
        tuple(dict.fromkeys(each for each in fields if _HAN.search(each))),
        _plain(title[1]) if title else "",
    )


def _shown(literal: str) -> list[str]:
    text = _plain(literal)
    if not _HAN.search(text):
        # The values of data are shown, too: numbers and dates.
        return [text] if re.fullmatch(r"[\w*./: -]{4,40}", text, re.ASCII) else []
    pieces = _TAG.sub("\n", text) if "<" in text else text
    return [line.strip() for line in pieces.split("\n") if line.strip()]


def _plain(literal: str) -> str:
    if "\\" in literal or "%u" in literal:
        literal = _ESCAPE.sub(_character, literal)
    if "%E" in literal or "%e" in literal:
        literal = unquote(literal, errors="replace")
    return literal


def _character(match: re.Match[str]) -> str:
    digits = match[1] or match[2] or match[3]
    if not digits:
        return {"n": "\n", "t": " ", "r": ""}.get(match[4], match[4])
    code = int(digits, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _decoded(text: str) -> str:
    try:
        return '"' + base64.b64decode(text, validate=False).decode("utf-8").replace('"', "'") + '"'
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


@cache
def _labels() -> dict[str, str]:
    return {key: label for label, keys in load_words().data_keys for key in keys}


@cache
def _keys() -> re.Pattern[str]:
    keys = "|".join(sorted(map(re.escape, _labels()), key=len, reverse=True))
    return re.compile(rf"(?<=[{{,\s\"'])[\"']?({keys})[\"']?\s*:", re.IGNORECASE)
