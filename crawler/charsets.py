"""Decodes bodies: what was declared where it fits the bytes, else what the bytes look like."""

from __future__ import annotations

import codecs
import re

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

# What browsers understand by the labels of Chinese pages (WHATWG Encoding).
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "chinese": "gb18030",
    "hz": "hz",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "utf8": "utf-8",
    "utf-16": "utf-16-le",
}
_CHARSET = re.compile(
    r"utf-8|utf-16(-[lb]e)?|gb18030|big5hkscs|hz|cp\d+|iso8859-\d+|shift_jis|euc_(jp|kr)|koi8-[ru]"
)
_SAMPLE = 65_536
# Characters that a right decoding of Chinese brings up again and again, simplified and traditional.
_FREQUENT = frozenset(
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可"
    "里后小么心多天而能好都然没日于起还发成事只作当想看文无开手用主行方又如前所本见经头面公同三已老从"
    "动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给"
    "等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入"
    "证查询作业操安全管理考核合格息平台网站登录请输验码号培训"
    "這來個國說們為時會對過學後麼沒於還發當無開經頭動兩長樣現將與進實點種聲話兒問機給業間"
    "電門東氣關並產內證詢驗號訓網請輸錄臺書"
)
_WRONG = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0e-\x1f\x80-\x9f\uff61-\uff9f]")


def decode(body: bytes, content_type: str) -> tuple[str, str]:
    """The text of a body and the Python codec that read it; undecodable bytes become U+FFFD.

    `content_type` is the header's value or the empty string. In order: byte order mark, header,
    meta element; a declaration that does not fit the bytes yields to one that does; without any,
    strict UTF-8, then GB 18030 or Big5 by how plausible the characters are. Never raises.
    """
    marked, mark = read_bom(body)
    if marked and mark:
        return body[len(mark) :].decode(marked, "replace"), marked
    declared = _codec(http_content_type_encoding(content_type))
    declared = declared or _codec(html_body_declared_encoding(body[:4096]))
    codec = _fitting(body, declared)
    return body.decode(codec, "replace"), codec


def _codec(label: str | None) -> str:
    """The Python codec a label means, or the empty string for an unknown one."""
    if not label:
        return ""
    name = _MEANT.get(label.strip().lower(), label.strip().lower())
    name = _MEANT.get(name, name)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    # Python knows more than charsets: `rot13`, `zlib`, `undefined`, `idna` …
    return found.name if _CHARSET.fullmatch(found.name) else ""


def _fitting(body: bytes, declared: str) -> str:
    if body.isascii() and b"\x1b" not in body and b"~{" not in body:
        return declared if declared and _reads_ascii(declared) else "utf-8"
    as_utf8 = _is_utf8(body)
    if declared == "utf-8" and as_utf8:
        return declared
    if as_utf8:
        # Valid multi-byte UTF-8 by chance is rare; a page declared GBK that is UTF-8 is not.
        return "utf-8"
    guesses = [name for name in ("gb18030", "big5hkscs") if name != declared]
    best = max(guesses, key=lambda name: _plausible(body, name))
    if not declared:
        return best if _plausible(body, best) > 0 else "gb18030"
    stays = _plausible(body, declared)
    return best if _plausible(body, best) > max(stays, 0.0) + _MARGIN else declared


# A declaration is believed unless another reading is clearly better (founders' judgement).
_MARGIN = 0.15


def _reads_ascii(codec: str) -> bool:
    try:
        return b"aZ<09".decode(codec, "replace") == "aZ<09"
    except (LookupError, ValueError):
        return False


def _is_utf8(body: bytes) -> bool:
    """Whether the body is UTF-8, a last character cut short allowed."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(body)
    except UnicodeDecodeError:
        return False
    return True


def _plausible(body: bytes, codec: str) -> float:
    """How much a decoding looks like Chinese: share of frequent characters less wrong ones.

    Between -1 and 1; what is ASCII does not count.
    """
    text = body[:_SAMPLE].decode(codec, "ignore" if codec == "utf-7" else "replace")
    foreign = [character for character in text if character > "\x7f"]
    if not foreign:
        return 0.0
    wrong = len(_WRONG.findall("".join(foreign)))
    frequent = sum(character in _FREQUENT for character in foreign)
    # Every wrong character is counted thrice: a right decoding has next to none.
    return max(-1.0, (frequent - 3 * wrong) / len(foreign))
