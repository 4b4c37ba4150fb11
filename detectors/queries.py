"""Tells query forms for certificates and result pages that call a certificate valid."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from functools import cache
from urllib.parse import parse_qsl, urlsplit

from crawler.addresses import host_of
from crawler.model import Family, Signal
from detectors.identities import Words, load_words
from detectors.pages import Page
from detectors.plainly import plainly
from detectors.shown import shown
from detectors.structure import Structure

_SHORT_PAGE = 900
# Founders' judgement: a label with its value, a heading or a menu's item is shorter than this.
_SENTENCE = 30
_LONGEST_RESULT = 2700
_LONGEST_HEADING = 40
_ENOUGH_ROLES = 4
_MOST_HOLDERS = 2
_MOST_ROWS = 4
_SCRIPTED = re.compile(r"请输入(?:证件号码|身份证号码?|证书编号|证号)")
# Founders' judgement: a result that does not say «valid» is less than one that does.
_UNSAID = 0.75
# Founders' judgement: a result that speaks of sites and employers may be an employer's after all.
_FOR_EMPLOYERS = 0.6
# A result told in sentences: what they must hold, and where the page promises a result.
_HEAD = 60
_NUMBER = re.compile(r"(?:证号|编号|号码)[^\n。]{0,12}[a-z0-9*]{4,}", re.IGNORECASE)
_VALID_TO = re.compile(r"有效期|有效至|有效截止|到期|valid until", re.IGNORECASE)
_TOLD = 0.8
_DRAWN = 0.9
_NUMBERS_LABEL = re.compile(
    r"(?:证件号码?|身份证号码?|证书编号|证书号码?|证件编号|证号)\s*(?:[:：*\n]|$)"
    r"|(?:证书|证件|证号|档案)[^\n]{0,6}(?:编号|号码)"
)
_DOWNLOAD = re.compile(r"(?:电子证[书照]|证书)下载|下载电子证")
_CODE = re.compile(r"(?=[\w-]*\d)[\w-]{4,64}", re.ASCII)

Pairs = list[tuple[str, str]]


def find_queries(
    page: Page, structure: Structure, owner: bool, trusted: Callable[[str], bool]
) -> tuple[Signal, ...]:
    """Signals of a page on which certificates are looked up; `owner` whether it names its owner.

    A form that is sent to a trusted host is a doorway to the real platform, not an imitation.
    """
    words = load_words()
    signals: list[Signal] = []
    form = _form(page, words, trusted)
    if form:
        signals.append(form)
        head = structure.header[:6] or (*structure.first, *page.drawn.lines[:6])
        head = tuple(line for line in head if len(line) <= _LONGEST_HEADING)
        heading = plainly(" ".join((page.title, page.drawn.title, *head)))
        named = words.ours.search(heading) and words.action.search(heading)
        if form.strength >= _TOLD and named and not owner and len(page.text) < _SHORT_PAGE:
            said = shown(page.title or heading)
            signals.append(Signal("query_ownerless", Family.QUERY, 1.0, said, "title"))
    result = _result(page, words, owner)
    signals += result
    if result and not form and not _DOWNLOAD.search(page.plain):
        pattern = parameter_pattern(page.url)
        if pattern:
            found = Signal("query_by_parameter", Family.QUERY, 1.0, shown(pattern), "url")
            signals.append(found)
    return tuple(signals)


def parameter_pattern(url: str) -> str:
    """What in an address names one record, as `/v?id=<8 digits>`; empty where nothing does.

    >>> parameter_pattern("http://a.example/v?id=26081107")
    '/v?id=<8 digits>'
    >>> parameter_pattern("http://a.example/c/20260318")
    '/c/<8 digits>'
    >>> parameter_pattern("http://a.example/about.html")
    ''
    """
    split = urlsplit(url)
    pairs = parse_qsl(split.query, keep_blank_values=False)
    coded = [(key, _kind(value)) for key, value in pairs if _CODE.fullmatch(value)]
    steps = split.path.split("/")
    stem, dot, ending = steps[-1].rpartition(".")
    last = stem if dot else ending
    if not coded and not (_CODE.fullmatch(last) and sum(c.isdigit() for c in last) >= 4):
        return ""
    if coded:
        rest = "&".join(f"{key}={kind}" for key, kind in coded)
        return f"{split.path}?{rest}"
    return "/".join([*steps[:-1], _kind(last) + (f".{ending}" if dot else "")])


def _kind(value: str) -> str:
    return f"<{len(value)} {'digits' if value.isdigit() else 'characters'}>"


def _form(page: Page, words: Words, trusted: Callable[[str], bool]) -> Signal | None:
    if page.form_actions and all(trusted(host_of(action)) for action in page.form_actions):
        return None
    if any(field.kind == "password" for field in page.fields):
        return None
    asked = [field.words for field in page.asked if words.number.search(plainly(field.words))]
    seen = f"{plainly(page.title)}\n{page.plain}"
    if not asked and page.asked:
        label = _NUMBERS_LABEL.search(seen)
        asked = [label[0].strip()] if label else []
    strength = 1.0
    if not asked:
        scripted = _SCRIPTED.search(page.html)
        if not scripted or not page.shell:
            return None
        asked, strength = [scripted[0]], _TOLD
    if not words.action.search(seen) and not page.shell:
        return None
    if not words.ours.search(seen):
        if not words.general.search(seen):
            return None
        strength *= 0.6
    said = shown("、".join(asked[:4]))
    return Signal("query_form", Family.QUERY, round(strength, 2), said, "form")


def _staff(page: Page, words: Words, owner: bool) -> str:
    """What makes a page an employer's list of his own staff, or the empty string.

    A sentence on what a result is good for speaks of sites and employers, too: on a page that names
    no owner it makes a list of staff only where the speaker is the employer.
    """
    told = (page.title, page.drawn.title, *(plainly(line) for line in page.whole.split("\n")))
    for line in told:
        found = words.staff.search(line)
        if found and (owner or len(line) < _SENTENCE or words.employer.search(line)):
            return found[0]
    return ""


def _result(page: Page, words: Words, owner: bool) -> list[Signal]:
    if len(page.text) > _LONGEST_RESULT or _staff(page, words, owner):
        return []
    drawn = bool(page.drawn.lines)
    text = f"{plainly(page.title)}\n{page.plain}"
    pairs = labelled(page.plain, lone=drawn)
    said, strength = _told(text, pairs, words)
    if not said:
        return []
    if drawn and not labelled(page.text):
        strength = round(strength * _DRAWN, 2)
    if words.staff.search(page.plain):
        strength = round(strength * _FOR_EMPLOYERS, 2)
    signals = [Signal("query_result", Family.QUERY, strength, shown(said), "text")]
    issuer = words.issuer.search(page.plain)
    if issuer:
        signals.append(Signal("claim_issuer", Family.CLAIM, 1.0, shown(issuer[0]), "text"))
    issuers = [value for label, value in pairs if words.issuer_label.search(label)]
    if issuers and not issuer and any(_owners().search(value) for value in issuers):
        own = shown("、".join(issuers[:2]))
        signals.append(Signal("own_certificate", Family.INNOCENCE, 1.0, own, "text"))
    return signals


def _told(text: str, pairs: Pairs, words: Words) -> tuple[str, float]:
    """What a result says, and how plainly; the empty string where the page shows no result."""
    roles = _roles(pairs, words)
    if words.named.search(text):
        roles.add("named")
    ours = words.trades.search("\n".join(value for _, value in pairs)) or (
        words.ours.search(text) and words.trades.search(text)
    )
    verdict = words.verdict.search(text)
    labels = "、".join(dict.fromkeys(label for label, _ in pairs))
    if (
        ours
        and len(roles) >= _ENOUGH_ROLES
        and roles & {"holder", "number", "issuer"}
        and roles & {"validity", "status"}
        and "category" in roles
    ):
        return (f"{labels}；{verdict[0]}", 1.0) if verdict else (labels, _UNSAID)
    if len(text) < _SHORT_PAGE and words.heading.search(text[:_HEAD]) and verdict:
        asked = (words.named, words.trades, _NUMBER, _VALID_TO)
        told = [found[0] for pattern in asked if (found := pattern.search(text))]
        if len(told) == len(asked):
            return "、".join((*told, verdict[0])), _TOLD
    return "", 0.0


def _roles(pairs: Pairs, words: Words) -> set[str]:
    """What the labels of one certificate say; a table of several people's is none."""
    by_role = {
        "holder": words.holder,
        "category": words.category,
        "validity": words.validity,
        "number": words.number_label,
        "issuer": words.issuer_label,
        "status": words.status_label,
    }
    holders = [label for label, _ in pairs if words.holder.search(label)]
    numbers = [label for label, _ in pairs if label in ("证书编号", "证号", "证件编号")]
    if max(len(holders), len(numbers)) > _MOST_HOLDERS:
        return set()
    return {
        role
        for role, pattern in by_role.items()
        if any(pattern.search(label) for label, _ in pairs)
    }


def labelled(text: str, lone: bool = False) -> Pairs:
    """Labels of a certificate, in order, with the values that follow them.

    With `lone`, labels without a value count, too: a script puts the values there.
    """
    found: Pairs = _tabled(text)
    for match in _labels().finditer(text):
        value = (match[2] or "").strip()
        if re.match(r"请|查询|输入|等", value) or (not value and not lone):
            continue
        found.append((match[1].lower(), value))
    return found


def _tabled(text: str) -> Pairs:
    """The labels of a table's head with the values of each row below it."""
    lines = text.split("\n")
    marks = [bool(_only_label().fullmatch(line)) for line in lines]
    found: Pairs = []
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and marks[end]:
            end += 1
        width = end - start
        if width >= _ENOUGH_ROLES:
            heads = lines[start:end]
            values = itertools.takewhile(lambda place: not marks[place], range(end, len(lines)))
            for number, place in enumerate(values):
                if number < width * _MOST_ROWS:
                    found.append((heads[number % width].strip(" :："), lines[place]))
        start = end + 1
    return found


@cache
def _only_label() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(load_words().labels)})\s*[:：]?", re.IGNORECASE)


@cache
def _labels() -> re.Pattern[str]:
    labels = "|".join(sorted(load_words().labels, key=len, reverse=True))
    end = r"(?=\s*(?:[:：\n]|$))"
    return re.compile(
        rf"(?:^|[\n\s|;；,，])((?:{labels}))(?:[(（][^)）\n]{{0,8}}[)）])?"
        rf"(?:[ \t]*(?:{labels})(?=[:：\n]))?[ \t]*[:：]?[ \t]*\n?[ \t]*"
        rf"(?:((?!(?:{labels}){end})[^\s:：;；][^\n;；]{{0,60}}?)"
        rf"(?=[\n;；]|$|[ \t]+(?:{labels})[ \t:：]))?",
        re.IGNORECASE,
    )


@cache
def _owners() -> re.Pattern[str]:
    return re.compile(load_words().owners)
