"""Finds where the money goes: cards and accounts, Alipay, payment codes, wallets, their holders."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice

from crawler.errors import SeedError
from crawler.model import Contact, ContactType
from crawler.tables import parse_table
from detectors.contacts import Place, digit_signs
from detectors.gates import narrowed
from detectors.normal import HAN, Normal

PAYEES = frozenset(map(ContactType, ("bank", "alipay", "wechat_pay", "wallet", "payee")))
"""The kinds of contacts that say where money goes."""
_GAP = r"[ \-./·_~*]{0,2}"
_AMID = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# TRON's addresses: base 58, 21 bytes that begin with 0x41, four bytes of a double SHA-256.
_TRON = re.compile(rf"(?<![A-Za-z0-9])T(?:[{_AMID}]{{0,2}}[{_BASE58}]){{33}}(?![A-Za-z0-9])")
_ETHER = re.compile(rf"(?<![A-Za-z0-9])0[xX](?:[{_AMID}]{{0,2}}[0-9a-fA-F]){{40}}(?![A-Za-z0-9])")
# What the codes of WeChat and Alipay hold that money is paid by.
_WECHAT_CODE = re.compile(r"wxp://[A-Za-z0-9_-]{8,120}")
_ALIPAY_CODE = re.compile(r"(?:https?://)?qr\.alipay\.com/([a-z0-9]{6,60})", re.IGNORECASE)
# What they look like in lower case, and how long the shorter kind is.
_ADDRESSED, _SHORTEST_ADDRESS = re.compile(r"[a-z0-9]{34}"), 34
_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MOBILE = re.compile(r"1[3-9]\d{9}")
# Who an account belongs to: a person's name, or a longer one that ends as names of firms do.
_FIRM = "公司|学校|中心|学院|工作室|经营部|商行|协会|合伙"
_BEHIND_NAME = "账|帐|卡|开户|银行|工商|农业|建设|支付|收款|电话|转"
_NAME = re.compile(
    rf"(?:是|为|叫|[: ]){{0,3}}(?:([{HAN}()]{{3,28}}?(?:{_FIRM}))"
    rf"|([{HAN}]{{2,4}}?)(?![{HAN}])|([{HAN}]{{2,4}}?)(?={_BEHIND_NAME}))"
)
# Founders' judgement: the numbers of cards have so many digits (ISO/IEC 7812), those of accounts
# at Chinese banks at least twelve, and none has more than thirty.
_CARD, _ACCOUNT = range(16, 20), range(12, 31)
# Who tells a password tells where to log in.
_LOGIN = re.compile(r"[ ,、:/]{0,3}(?:密码|mima)")
# A card of China UnionPay that nothing announces; its numbers begin with 62.
_UNNAMED = re.compile(rf"(?<![a-z\d])(62(?:{_GAP}\d){{14,17}})(?![a-z\d])")
# Founders' judgement: so near stand the bank, the holder, and what is said of the payment.
_NEAR = 40
_SAID_OF, _OF_CARDS = 16, 4
_LEAST_DIGITS = 10
_SURE, _NAMED, _GUESSED, _SPOKEN = 0.95, 0.8, 0.6, 0.1
# Founders' judgement: a page that names more floods or is a directory.
_MOST = 50


@dataclass(frozen=True, slots=True)
class _Tables:
    cues: dict[str, re.Pattern[str]]
    any_cue: re.Pattern[str]
    money: re.Pattern[str]
    others: re.Pattern[str]
    cards: re.Pattern[str]
    digits: dict[int, str]
    numerals: re.Pattern[str]
    """Any character that can be a digit."""
    numbers: tuple[re.Pattern[str], ...]
    """A long number behind a cue: in figures, then with words among them."""


def find_payees(normal: Normal, places: Sequence[Place]) -> tuple[Contact, ...]:
    """Whom the text says money is to be paid to, each once; `places` are its contacts.

    They are evidence, and let a person see who is paid alike; they are no signal, for schools print
    their accounts, too. Numbers that read as those of persons or certificates are none.
    """
    tables = _tables()
    text = normal.text
    found: list[Contact] = []
    if "wxp://" in text or "qr.alipay" in text:
        found += _codes(normal.written)
    enough = places or len(tables.numerals.findall(text)) >= _LEAST_DIGITS
    if enough and tables.any_cue.search(text):
        found += _accounts(normal, tables)
        found += _alipay(normal, places, tables)
    if len(text) >= _SHORTEST_ADDRESS and _ADDRESSED.search(text):
        found += _wallets(normal.written, bool(tables.cues["wallet"].search(text)))
    if found:
        found += _holders(normal, tables)
    best: dict[tuple[ContactType, str], Contact] = {}
    for each in sorted(found, key=lambda each: -each.confidence):
        best.setdefault((each.type, each.value), each)
    return tuple(best.values())[:_MOST]


def is_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B).

    >>> is_luhn("6200000000000005"), is_luhn("6200000000000006")
    (True, False)
    """
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(n // 10 + n % 10 for n in doubled)) % 10 == 0


def is_tron(address: str) -> bool:
    """Whether an address carries the checksum that TRON's wallets demand of it."""
    number = 0
    for character in address:
        number = number * 58 + _BASE58.index(character)
    if number >= 1 << 200:
        return False
    whole = number.to_bytes(25, "big")
    check = hashlib.sha256(hashlib.sha256(whole[:-4]).digest()).digest()
    return whole[0] == 0x41 and whole[-4:] == check[:4]


def payment_codes(written: str) -> tuple[Contact, ...]:
    """What codes that money is paid by hold, be they scanned or copied into a text."""
    return tuple(_codes(written))


def _codes(written: str) -> Iterator[Contact]:
    for match in _WECHAT_CODE.finditer(written):
        yield Contact(ContactType.WECHAT_PAY, match[0], match[0], _SURE)
    for match in _ALIPAY_CODE.finditer(written):
        value = f"qr.alipay.com/{match[1].lower()}"
        yield Contact(ContactType.ALIPAY, value, match[0], _SURE)


def _accounts(normal: Normal, tables: _Tables) -> Iterator[Contact]:
    text = normal.text
    for kind in ("account", "bank"):
        for cue in tables.cues[kind].finditer(text):
            if tables.cards.search(text, max(0, cue.start() - _OF_CARDS), cue.start()):
                continue
            for said in _announced(text, cue.end(), tables):
                paid = kind == "bank" or _is_paid(text, (cue.start(), said.end()), tables)
                account = _account(normal, said, paid, tables)
                if account:
                    yield account
                    break
    for said in _UNNAMED.finditer(text):
        digits = re.sub(r"\D", "", said[1])
        unlike = tables.others.search(text, max(0, said.start() - _SAID_OF), said.start())
        if (
            is_luhn(digits)
            and not is_personal(digits)
            and not unlike
            and _is_paid(text, said.span(), tables)
        ):
            raw = normal.original(*said.span(1)).strip()
            yield Contact(ContactType.BANK, digits, raw, _GUESSED)


def _announced(text: str, at: int, tables: _Tables) -> Iterator[re.Match[str]]:
    """The number that follows a cue which ends at a place, read in each way."""
    for number in tables.numbers:
        said = number.match(text, at)
        if said is None or tables.others.search(text, at, said.start(1)):
            continue
        start = said.start(1)
        if _LOGIN.match(text, said.end()):
            continue
        # T4201…: a certificate's number, not what follows an id of letters.
        if start == at or not (text[start - 1].isascii() and text[start - 1].isalpha()):
            yield said


def _is_paid(text: str, span: tuple[int, int], tables: _Tables) -> bool:
    """Whether a bank, a holder or a payment is named beside a place."""
    near = f"{text[max(0, span[0] - _NEAR) : span[0]]}\n{text[span[1] : span[1] + _NEAR]}"
    beside = (tables.cues["bank"], tables.cues["holder"], tables.money)
    return any(each.search(near) for each in beside)


def _account(normal: Normal, said: re.Match[str], paid: bool, tables: _Tables) -> Contact | None:
    digits = re.sub(r"\D", "", said[1].translate(tables.digits))
    if is_personal(digits):
        return None
    if len(digits) in _CARD and is_luhn(digits):
        sure = _SURE
    elif paid and len(digits) in _ACCOUNT:
        sure = _NAMED
    else:
        return None
    if digits != said[1]:
        sure -= _SPOKEN
    return Contact(ContactType.BANK, digits, normal.original(*said.span(1)).strip(), sure)


def is_personal(digits: str) -> bool:
    """Whether a number reads as an identity or certificate number: its birthday says so."""
    if len(digits) != 18:
        return False
    century, month, day = digits[6:8], digits[10:12], digits[12:14]
    return century in ("18", "19", "20") and "01" <= month <= "12" and "01" <= day <= "31"


def _alipay(normal: Normal, places: Sequence[Place], tables: _Tables) -> Iterator[Contact]:
    text, cues = normal.text, islice(tables.cues["alipay"].finditer(normal.text), _MOST)
    ways = [each for each in places if each.contact.type in (ContactType.PHONE, ContactType.EMAIL)]
    for cue in cues:
        yield from (_alike(way) for way in ways if _belongs(text, cue.span(), way, tables))
        if _SAME.match(text, cue.end()):
            before = [way for way in ways if 0 <= cue.start() - way.end <= _NEAR]
            behind = [way for way in ways if 0 <= way.start - cue.end() <= _SAID_OF]
            yield from map(_alike, before[-1:] or behind[:1])
        # What a text says twice is a contact in the first place only.
        for said in _announced(text, cue.end(), tables):
            digits = re.sub(r"\D", "", said[1].translate(tables.digits))
            if _MOBILE.fullmatch(digits):
                sure = _SURE if digits == said[1] else _SURE - _SPOKEN
                raw = normal.original(*said.span(1)).strip()
                yield Contact(ContactType.ALIPAY, digits, raw, sure)
                break


def _belongs(text: str, cue: tuple[int, int], way: Place, tables: _Tables) -> bool:
    """Whether a contact is said to be an Alipay account: right behind the cue, or right before."""
    if cue[1] <= way.start <= cue[1] + _SAID_OF:
        between = text[cue[1] : way.start]
        return not (_APART.search(between) or tables.others.search(between))
    behind = _BESIDE.match(text, way.end)
    return behind is not None and behind.end() == cue[0]


_APART = re.compile(r"[\d。！？!?;\n]")
_BESIDE = re.compile(r"[ ,、(\[]{0,3}(?:[同也](?:时|样)?|就|即)?(?:是|为)?")
_SAME = re.compile(
    r"[ (\[]{0,2}(?:和微信|微信)?(?:账号|号)?(?:都|也)?"
    r"(?:同号|同步|同一个|一样|是(?:这个|本机|手机)|同手机)"
)


def _alike(place: Place) -> Contact:
    contact = place.contact
    sure = min(contact.confidence, _NAMED)
    return Contact(ContactType.ALIPAY, contact.value, contact.raw, sure)


def _wallets(written: str, named: bool) -> Iterator[Contact]:
    """Addresses of wallets; upper and lower case differ, so that they are read as written."""
    plain = written.translate(_ASCII)
    for match in _TRON.finditer(plain):
        value = re.sub(f"[{_AMID}]", "", match[0])
        if named or is_tron(value):
            sure = _SURE if is_tron(value) else _GUESSED
            yield Contact(ContactType.WALLET, value, written[slice(*match.span())], sure)
    for match in _ETHER.finditer(plain):
        value = re.sub(f"[{_AMID}]", "", match[0]).lower()
        sure = _SURE if named else _GUESSED
        yield Contact(ContactType.WALLET, value, written[slice(*match.span())], sure)


def _holders(normal: Normal, tables: _Tables) -> Iterator[Contact]:
    """The names behind a word for the holder of an account, as written."""
    for cue in tables.cues["holder"].finditer(normal.text):
        said = _NAME.match(normal.text, cue.end())
        if said and said.lastindex:
            raw = normal.original(*said.span(said.lastindex)).strip()
            value = "".join(unicodedata.normalize("NFKC", raw).split())
            yield Contact(ContactType.PAYEE, value, raw, _NAMED)


@cache
def _tables() -> _Tables:
    name = "detectors/payees.toml"
    text = (files("detectors") / "payees.toml").read_text(encoding="utf-8")
    table = parse_table(text, name, SeedError)
    cues_table = table.take_table("cues")
    kinds = ("account", "bank", "alipay", "holder", "wallet")
    bodies = {kind: "|".join(cues_table.take_strings(kind)) for kind in kinds}
    money, others = table.take_table("money"), table.take_table("others")
    lists = [money.take_strings("words"), *map(others.take_strings, ("words", "cards"))]
    for each in (cues_table, money, others, table):
        each.finish()
    digits = {code: digit for code, digit in digit_signs().items() if code > 0x7F}
    words = "".join(map(chr, digits))
    before = r"[^\d。！？!?;]{0,16}?"
    money_words, other_words, cards = map(_any_of, lists)
    return _Tables(
        {kind: re.compile(narrowed(body)) for kind, body in bodies.items()},
        re.compile(narrowed("|".join([*(bodies[kind] for kind in kinds[:3]), *lists[0]]))),
        money_words,
        other_words,
        cards,
        digits | {ord("o"): "0", ord("l"): "1"},
        re.compile(rf"[\d{words}]"),
        (
            re.compile(rf"{before}(\d(?:{_GAP}\d|[ol]){{10,29}})(?![\da-z])"),
            re.compile(rf"{before}([\d{words}](?:{_GAP}[\d{words}]){{10,29}})(?![\da-z])"),
        ),
    )


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(narrowed("|".join(map(re.escape, words))))
