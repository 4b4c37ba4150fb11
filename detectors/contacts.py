"""Finds ways to reach the speaker: plain and evasively written numbers and ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from crawler.errors import SeedError
from crawler.model import Contact, ContactType
from crawler.tables import parse_table
from detectors.normal import Normal
from detectors.shown import is_identity_number

# Between the digits of a number: any signs but those that end a sentence or a line.
_GAP = r"(?:[^\w\s。！？!?;]|[ _电微同步]){0,4}"
_PHONE = re.compile(
    rf"(?<![\da-z])1{_GAP}[3-9](?:{_GAP}\d){{9}}(?![\d])"
    r"|(?<!\d)(?<!\d\n)1[3-9]\d\n\d{4}\n\d{4}(?!\n?\d)"
)
_LANDLINE = re.compile(r"(?<![\d-])(?:0\d{2,3}[- ]?\d{7,8}|400[- ]?\d{3}[- ]?\d{4})(?![\d-])")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{2,40}@[a-z0-9-]{1,40}(?:\.[a-z0-9-]{2,20}){1,3}(?![\w-])")
_BETWEEN = (
    r"(?:号|为|是|同号|同步|联系|添加|搜|找|只认|详询|咨询|客服)?"
    r"[ :+=>\[\](){}「」『』“”\"'~·.,、@❤♥♡\-]{0,5}(?:号|id|hao)?[ :]{0,2}"
)
_ID = r"[a-z][a-z0-9_-]{5,19}(?![a-z0-9_])"
# An id that no word is mistaken for: it holds a sign of ids or ends in digits.
_SURE_ID = (
    r"(?=[a-z0-9-]{0,18}_|(?!iso|gbt|cad|win|app)[a-z]{3,17}\d{2})"
    r"[a-z][a-z0-9_-]{5,19}(?![a-z0-9_]|[.@/-][a-z0-9])"
)
_SPACED_ID = r"(?=[a-z0-9 _-]{6})[a-z][a-z0-9-]{0,19}(?: ?_ ?[a-z0-9-]{1,19}){1,3}(?![a-z0-9_])"
_HAN = "[\u4e00-\u9fff]"
_ADDRESS = re.compile(
    r"(?<![\w.+-])([\w.+-]{2,40}) ?(?:@|#|\[at\]|\(at\)|艾特) ?([a-z0-9-]{1,40})"
    r" ?(?:\.|点|dot|\(dot\)) ?(com|cn|net|org)(?![\w-])"
)
_HANDLE = re.compile(
    rf"(?:飞机|电报|telegram|tg|频道|机器人|找|联系|加|私|滴|戳)(?:{_HAN}|[ :]){{0,4}}"
    r"@([a-z][a-z0-9_]{4,31})(?![\w.@-])"
)
# «加 demo_ab12»: who is to be added under an id, is so on WeChat.
_ADDED = re.compile(
    rf"(?:加|扣|联系|找|助理|经纪人|客服|滴|戳)(?!公众){_HAN}{{0,4}}[ :]{{0,2}}({_SURE_ID})"
)
_NAMED_AFTER = re.compile(
    rf"(?<![a-z0-9_])({_SURE_ID})[ ]?[(\[]?(?:微信|weixin|vx|wx|微(?=[)\],。!！ \n]|$))"
)
# An id that begins as its announcement does.
_NAMES_ITSELF = re.compile(r"(?<![a-z0-9_])((?:vx|wx|wechat|weixin)_[a-z0-9_]{3,17})(?![a-z0-9_])")
# «微信同号» and the like beside a telephone number: it is the WeChat id too.
_SAME_BEFORE = re.compile(
    r"(?:微信?|v|vx|wx|weixin)(?:号|电话|手机)?(?:同号|同步|同|一样)[: ]{0,2}$"
    r"|(?:电话|手机)[/ ]?微信?(?:号)?[: ]{0,2}$|微电[: ]{0,2}$"
)
_SAME_AFTER = re.compile(
    rf"(?: ?{_HAN}{{2,4}}(?=[(,]))?[ ,(\[]{{0,3}}"
    r"(?:(?:加)?(?:微信?|v信?|vx|wx|weixin)(?:号|电话)?(?:也)?(?:同号|同步|同|一样|是这个)"
    r"|同(?:微信?|v|vx|weixin|步|号))"
)
_SLICED_ID = r"[a-z](?:[ ./…·丶]{1,3}[a-z0-9_]){5,19}(?![a-z0-9_])"
_LEET_PHONE = re.compile(r"(?<![a-z0-9])[1li][3-9sbg][0-9olizsbg]{9}(?![a-z0-9])")
_NEAR_DIGIT_BEFORE = re.compile(r"\d[ -]?$")
_NEAR_DIGIT_AFTER = re.compile(r"^[ -]?\d")


# Whatever is a contact holds a letter, `@`, or as many digits as the shortest number has.
_LATIN = re.compile("[a-z]")
_LEAST_NUMERALS, _LEAST_PHONE = 5, 10
_NUMBERS = (ContactType.QQ, ContactType.GROUP)
# Founders' judgement: nobody answers that many; a page that names more floods or is a directory.
_MOST = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A contact and where in the normalised text it stands."""

    contact: Contact
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Tables:
    cues: dict[ContactType, re.Pattern[str]]
    official: frozenset[str]
    digits: dict[int, str]
    spoken: str
    dictated: tuple[tuple[re.Pattern[str], dict[int, str], float], ...]
    """How telephone numbers are written in words: where, what digit each character is, how sure."""
    numerals: re.Pattern[str]
    """Any character that can be a digit."""


def find_contacts(normal: Normal) -> tuple[Place, ...]:
    """All contacts in the order of the text; one that says the same as an earlier one is left out.

    Identity numbers and the hotlines of authorities are never contacts.
    """
    tables = _tables()
    text = normal.text
    numerals = len(tables.numerals.findall(text))
    latin = _LATIN.search(text) is not None
    if not latin and numerals < _LEAST_NUMERALS and "@" not in text:
        return ()
    found: list[Place] = []
    for kind, cue in tables.cues.items():
        if numerals >= (_LEAST_NUMERALS if kind in _NUMBERS else 0 if latin else _LEAST_PHONE):
            found += _announced(normal, kind, cue, tables)
    if numerals >= _LEAST_PHONE:
        found += _phones(normal, tables)
    if "@" in text:
        found += _simple(normal, _EMAIL, ContactType.EMAIL, 0.95)
        found += _simple(normal, _HANDLE, ContactType.TELEGRAM, 0.7)
    if latin:
        found += _obfuscated(normal)
        found += _simple(normal, _NAMED_AFTER, ContactType.WECHAT, 0.75)
        found += _simple(normal, _NAMES_ITSELF, ContactType.WECHAT, 0.92)
        found += _simple(normal, _ADDED, ContactType.WECHAT, 0.65)
    if not found:
        return ()
    kept: list[Place] = []
    for place in sorted(found, key=lambda each: (-each.contact.confidence, each.start)):
        same = any(
            place.contact.value == other.contact.value and place.contact.type == other.contact.type
            for other in kept
        )
        overlaps = any(place.start < other.end and other.start < place.end for other in kept)
        if not same and not overlaps:
            kept.append(place)
        if len(kept) == _MOST:
            break
    kept += [also for place in kept if (also := _same_on_wechat(normal, place, kept))]
    return tuple(sorted(kept, key=lambda each: each.start))


def _same_on_wechat(normal: Normal, phone: Place, kept: list[Place]) -> Place | None:
    """The telephone number as a WeChat id, where the text says that it is one."""
    if phone.contact.type is not ContactType.PHONE or len(phone.contact.value) != 11:
        return None
    before = normal.text[max(0, phone.start - 10) : phone.start]
    said = _SAME_BEFORE.search(before) or _SAME_AFTER.match(normal.text, phone.end)
    inside = normal.text[phone.start : phone.end]
    if not said and not ("微" in inside and "电" in inside):
        return None
    known = {(each.contact.type, each.contact.value) for each in kept}
    if (ContactType.WECHAT, phone.contact.value) in known:
        return None
    return replace(phone, contact=replace(phone.contact, type=ContactType.WECHAT))


def _obfuscated(normal: Normal) -> list[Place]:
    found = _ADDRESS.finditer(normal.text)
    kind = ContactType.EMAIL
    return [_place(normal, kind, f"{m[1]}@{m[2]}.{m[3]}", m.span(), 0.7) for m in found]


def _place(
    normal: Normal, kind: ContactType, value: str, span: tuple[int, int], sure: float
) -> Place:
    raw = normal.original(*span).strip()
    return Place(Contact(kind, value, raw, sure), *span)


def _phones(normal: Normal, tables: _Tables) -> list[Place]:
    found = []
    for match in _PHONE.finditer(normal.text):
        if _in_longer_number(normal.text, match):
            continue
        digits = re.sub(r"\D", "", match[0])
        sure = 0.95 if match[0] == digits else 0.85
        found.append(_place(normal, ContactType.PHONE, digits, match.span(), sure))
    for match in _LANDLINE.finditer(normal.text):
        digits = re.sub(r"\D", "", match[0])
        if digits not in tables.official and not _in_longer_number(normal.text, match):
            found.append(_place(normal, ContactType.PHONE, digits, match.span(), 0.8))
    for match in _LEET_PHONE.finditer(normal.text):
        digits = match[0].translate(tables.digits)
        written = normal.original(*match.span())
        if not match[0].isdigit() and (any(c.isdigit() for c in written) or not written.islower()):
            found.append(_place(normal, ContactType.PHONE, digits, match.span(), 0.6))
    for spoken, digit, sure in tables.dictated:
        for match in spoken.finditer(normal.text):
            digits = re.sub(r"\D", "", match[0].translate(digit))
            if len(digits) == 11 and digits[1] in "3456789" and not match[0].isdigit():
                found.append(_place(normal, ContactType.PHONE, digits, match.span(), sure))
    return found


def _in_longer_number(text: str, match: re.Match[str]) -> bool:
    before = _NEAR_DIGIT_BEFORE.search(text[max(0, match.start() - 2) : match.start()])
    after = _NEAR_DIGIT_AFTER.match(text[match.end() : match.end() + 2])
    around = text[max(0, match.start() - 8) : match.end() + 8]
    return bool(before or after) or is_identity_number(around)


def _simple(
    normal: Normal, pattern: re.Pattern[str], kind: ContactType, sure: float
) -> list[Place]:
    return [
        _place(normal, kind, match[group], match.span(group), sure)
        for group in [min(1, pattern.groups)]
        for match in pattern.finditer(normal.text)
    ]


def _announced(
    normal: Normal, kind: ContactType, cue: re.Pattern[str], tables: _Tables
) -> Iterator[Place]:
    for match in cue.finditer(normal.text):
        place = _value_after(normal, kind, match.end(), tables)
        if place:
            yield place


@cache
def _value_patterns(kind: ContactType, spoken: str) -> tuple[tuple[re.Pattern[str], float], ...]:
    number = {ContactType.QQ: (5, 11), ContactType.GROUP: (6, 11)}.get(kind)
    if number:
        low, high = number
        gap = r"[ \-./·*…_~\n]{0,3}"
        said = rf"(?:[{spoken}\d]{gap})"
        return (
            (re.compile(rf"{_BETWEEN}([1-9]\d{{{low - 1},{high - 1}}})(?![\da-z@])"), 0.9),
            (re.compile(rf"{_BETWEEN}([1-9](?:{gap}\d){{{low - 1},{high - 1}}})(?!\d)"), 0.75),
            (re.compile(rf"{_BETWEEN}\n?({said}{{{max(low, 7)},{high}}})(?![a-z\d])"), 0.6),
            (re.compile(rf"(?:{_HAN}|[,: ]){{1,10}}([2-9]\d{{7,{high - 1}}})(?!\d)"), 0.5),
        )
    return (
        (re.compile(rf"{_BETWEEN}({_ID})"), 0.9),
        (re.compile(rf"{_BETWEEN}(1[3-9]\d{{9}})(?!\d)"), 0.9),
        (re.compile(rf"{_BETWEEN}({_SPACED_ID})"), 0.8),
        (re.compile(rf"{_BETWEEN}({_SLICED_ID})"), 0.7),
        (re.compile(rf"(?!公众){_HAN}{{1,6}}[ :]{{0,2}}({_SURE_ID})"), 0.6),
    )


def _value_after(normal: Normal, kind: ContactType, at: int, tables: _Tables) -> Place | None:
    for pattern, sure in _value_patterns(kind, tables.spoken):
        match = pattern.match(normal.text, at)
        if not match:
            continue
        value = match[1]
        if kind in _NUMBERS:
            value = re.sub(r"\D", "", value.translate(tables.digits))
            if value.startswith("0") or len(value) < 5:
                continue
        else:
            value = re.sub(r"[ ./…·]", "", value)
        return _place(normal, kind, value, match.span(1), sure)
    return None


def digit_signs() -> dict[int, str]:
    """By code the characters that stand for a digit where a number is announced."""
    return dict(_tables().digits)


@cache
def _tables() -> _Tables:
    name = "detectors/contacts.toml"
    text = (files("detectors") / "contacts.toml").read_text(encoding="utf-8")
    table = parse_table(text, name, SeedError)
    cues_table = table.take_table("cues")
    cues = {
        kind: re.compile(
            "|".join(rf"(?<![a-z]){word}" if word[0].isascii() else word for word in words)
        )
        for kind in (ContactType.WECHAT, ContactType.GROUP, ContactType.QQ, ContactType.TELEGRAM)
        for words in [cues_table.take_strings(kind.value)]
    }
    cues_table.finish()
    official_table = table.take_table("official")
    official = frozenset(official_table.take_strings("numbers"))
    official_table.finish()
    digits_table = table.take_table("digits")
    digits = {key: digits_table.take(key, str) for key in digits_table.keys()}  # noqa: SIM118
    sounds_table = table.take_table("sounds")
    sounds = {key: sounds_table.take(key, str) for key in sounds_table.keys()}  # noqa: SIM118
    table.finish()
    by_code = {ord(key): value for key, value in digits.items()}
    either = by_code | {ord(key): value for key, value in sounds.items()}
    return _Tables(
        cues=cues,
        official=official,
        digits=by_code,
        spoken="".join(digits),
        dictated=((_dictated(by_code), by_code, 0.7), (_dictated(either), either, 0.55)),
        numerals=re.compile(rf"[{''.join(map(chr, either))}\d]"),
    )


def _dictated(digits: dict[int, str]) -> re.Pattern[str]:
    signs = "".join(map(chr, digits))
    ones = "".join(sign for sign in signs if digits[ord(sign)] == "1" and not sign.isascii())
    return re.compile(rf"(?<![{signs}\d])[1{ones}][{signs}\d \-,、\n]{{10,24}}(?![{signs}\d])")
