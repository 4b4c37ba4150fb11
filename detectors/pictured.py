"""Finds what pictures say: words, codes, cards shown as samples; and what is in them alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crawler.addresses import AddressError, covers, host_of, normalise, parts
from crawler.errors import SeedError
from crawler.model import (
    Capture,
    Code,
    Contact,
    Family,
    Knowledge,
    Picture,
    Signal,
    Target,
    TargetKind,
    Trace,
)
from crawler.tables import parse_table
from detectors.hosting import OFFERS
from detectors.pages import Page
from detectors.payees import payment_codes
from detectors.rules import RuleBook
from detectors.shown import shown
from detectors.text import TextFindings, read_text
from detectors.vantages import merged_contacts

_HTTP = re.compile(r"https?://", re.IGNORECASE)
_BARE = re.compile(
    r"(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE
)
# Founders' judgement, as in the fetcher: a line or two are a caption, no page.
_CAPTION = 60
# Founders' judgement: words that are meant to be read need so many pixels, on either side.
_LARGE = 200
_FOOTING = re.compile(
    r"^.{0,60}(?:ICP\s?[备证]|公网安备|版权所有|Copyright|©|技术支持|All Rights Reserved).{0,120}$",
    re.IGNORECASE | re.MULTILINE,
)
_ISSUER = re.compile(r"(?:签发|发证)(?:机关|单位|部门)\s{0,3}[:：]?\s{0,3}(\S{4,30})")
_NUMBER = re.compile(r"(?:证书?(?:编号|号码?)|证号)\s{0,3}[:：]?\s{0,3}(T?[0-9*Xx][0-9*Xx ]{6,24})")
# A person who complains, or a suspect that leads here by itself; a plain link may lead to anybody.
_LED = frozenset({"tips", "snowball qr", "snowball frame", "snowball refresh"})
_BY_SHAPE = 0.5
"""Founders' judgement: what has a card's shape and a code is half a sample until words say more."""


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of `detectors/pictured.toml`."""

    touch: tuple[str, ...]
    subject: tuple[str, ...]
    names_itself: tuple[str, ...]
    card: tuple[str, ...]


@cache
def load_pictured() -> Words:
    """The lists; raises `SeedError` naming file, key and remedy."""
    text = (files("detectors") / "pictured.toml").read_text(encoding="utf-8")
    table = parse_table(text, "detectors/pictured.toml", SeedError)
    names = ("touch", "subject", "names_itself", "card")
    words = Words(*(table.take_strings(name) for name in names))
    table.finish()
    return words


@dataclass(frozen=True, slots=True)
class Pictured:
    """What the pictures of one capture say."""

    text: TextFindings
    """What was read in them and in their codes."""
    words: str
    targets: tuple[Target, ...]
    """Where their codes lead."""
    traces: tuple[Trace, ...]
    signals: tuple[Signal, ...]
    """Samples of cards."""
    unsaid: str
    """The largest picture of which nobody has read the words, of a page that says little beside
    it: its size, or the empty string."""
    abroad: tuple[str, ...]
    """Of the targets those that lead to a site of somebody else, who is nobody we trust."""


def read_pictured(
    page: Page, capture: Capture, book: RuleBook, is_known: Callable[[str], bool]
) -> Pictured:
    """What the pictures of a capture say; `is_known` tells hosts that nobody would imitate so."""
    own = [each for each in capture.pictures if each.url != "screenshot"]
    told = [each for each in (own or capture.pictures) if each.text]
    words = "\n".join(each.text or "" for each in told)
    codes = list(_codes(capture.pictures))
    led = {code.text: address_of(code) for code in codes}
    abroad = tuple(
        dict.fromkeys(url for url in led.values() if url and _is_abroad(url, page.url, is_known))
    )
    return Pictured(
        text=_read(words, led, book),
        words=words,
        targets=tuple(Target(TargetKind.QR, url) for url in dict.fromkeys(led.values()) if url),
        traces=tuple(_traces(own)),
        signals=tuple(_cards(own, led, abroad)),
        unsaid=_unsaid(page, capture, words),
        abroad=abroad,
    )


def only_in_pictures(
    pictured: Pictured, page: Page, told_by: Iterable[str], name: str
) -> Signal | None:
    """The signal that what a page says stands in pictures alone, and why it must be looked at.

    `None` where nothing but the picture speaks against it: an honest school's splash page is one
    picture, too. `name` is the likeness of its name, or the empty string.
    """
    if not pictured.unsaid:
        return None
    why = next(iter(_reasons(pictured, page, told_by, name)), "")
    if not why:
        return None
    words = shown(f"{pictured.unsaid}：{why}")
    return Signal("only_in_pictures", Family.PICTURE, 1.0, words, "picture")


def unread(pictured: Pictured) -> tuple[Signal, ...]:
    """The signal that a page may say in pictures what nobody has read; it weighs nothing."""
    if not pictured.unsaid:
        return ()
    return (Signal("pictures_unread", Family.CONDITION, 1.0, pictured.unsaid, "picture"),)


def with_pictures(said: TextFindings, pictured: Pictured) -> TextFindings:
    """What a page says in words and in pictures."""
    contacts = merged_contacts((said.contacts, pictured.text.contacts))
    payees = merged_contacts((said.payees, pictured.text.payees))
    return TextFindings((*said.signals, *pictured.text.signals), contacts, payees)


def _reasons(pictured: Pictured, page: Page, told_by: Iterable[str], name: str) -> Iterator[str]:
    yield from pictured.abroad
    if name:
        yield name
    yield from (teller for teller in told_by if teller in _LED)
    lists = load_pictured()
    alts = (load.words for load in page.loads if load.kind == "img")
    said = "\n".join((page.title, page.text, *(text for _name, text in page.metas), *alts))
    if not any(word in said for word in lists.names_itself):
        yield from (word for word in lists.subject if word in said)


def address_of(code: Code) -> str:
    """The address that a code leads a scanning phone to, or the empty string."""
    text = code.text.strip()
    if not _HTTP.match(text):
        bare = _BARE.fullmatch(text)
        if bare is None or not parts(host_of(f"http://{text}")).registrable:
            return ""
        text = f"http://{text}"
    try:
        return normalise(text)
    except AddressError:
        return ""


def _codes(pictures: Iterable[Picture]) -> Iterator[Code]:
    for picture in pictures:
        yield from picture.codes


def _is_abroad(url: str, page: str, is_known: Callable[[str], bool]) -> bool:
    host, own = host_of(url), host_of(page)
    if is_known(host) or any(covers(each, host) for each in load_pictured().touch):
        return False
    return (parts(host).registrable or host) != (parts(own).registrable or own)


def _read(words: str, led: dict[str, str], book: RuleBook) -> TextFindings:
    """What the words say, judged as a page's own; of codes that are no address, the contacts.

    `led` says where each code leads; those that money is paid by may be addresses.
    """
    signals: tuple[Signal, ...] = ()
    contacts: tuple[Contact, ...] = ()
    payees: tuple[Contact, ...] = ()
    codes = [text for text, url in led.items() if not url]
    if words:
        text = read_text(words, book, "image")
        offers = any(each.family in OFFERS for each in text.signals)
        signals = tuple(
            each
            for each in text.signals
            if each.family is not Family.LEARNED or text.contacts or offers
        )
        contacts, payees = text.contacts, text.payees
    if codes:
        coded = read_text("\n".join(codes), book, "qr")
        contacts, payees = contacts + coded.contacts, payees + coded.payees
    payees += payment_codes("\n".join(url for url in led.values() if url))
    return TextFindings(signals, contacts, payees)


def _unsaid(page: Page, capture: Capture, words: str) -> str:
    """The size of the picture in which a page may say what it does not say in words."""
    if words or page.fields or page.shell or len(_FOOTING.sub("", page.whole).strip()) >= _CAPTION:
        return ""
    own = [each for each in capture.pictures if each.url != "screenshot"]
    large = [each for each in own if min(each.width, each.height) >= _LARGE]
    if large:
        if all(each.text is not None and not each.codes for each in large):
            return ""  # read, and no words in it
        largest = max(large, key=lambda each: each.area)
        return f"{largest.width}×{largest.height}"
    if any(each.state is Knowledge.UNKNOWN for each in own) or capture.pictures_left:
        return "?"
    # Where nobody looked at them, that there are any is all we know.
    unseen = not capture.pictures and any(each.kind == "img" and each.url for each in page.loads)
    return "?" if unseen or capture.is_picture else ""


def _cards(
    pictures: Iterable[Picture], led: dict[str, str], abroad: tuple[str, ...]
) -> Iterator[Signal]:
    """Pictures of cards whose code leads to a stranger: samples of what is sold, or of a victim."""
    named = load_pictured().card
    for picture in pictures:
        urls = [led[code.text] for code in picture.codes if led[code.text] in abroad]
        text = picture.text or ""
        said = [match[1] for match in (_NUMBER.search(text), _ISSUER.search(text)) if match]
        is_named = bool(said) and any(word in text for word in named)
        if not urls or not (picture.is_card or is_named):
            continue
        words = shown("；".join((*said, urls[0])))
        strength = 1.0 if is_named else _BY_SHAPE
        yield Signal("card_shown", Family.PICTURE, strength, words, "picture")


def _traces(pictures: Iterable[Picture]) -> Iterator[Trace]:
    """The looks of pictures that sellers share: those with codes or words.

    Bare codes are left out: all look alike.
    """
    for picture in pictures:
        covered = max((_share(code, picture) for code in picture.codes), default=0.0)
        telling = picture.codes or picture.text
        if picture.look and telling and covered < _BARE_CODE and picture.height >= _LARGE:
            yield Trace("picture", picture.look)


_BARE_CODE = 0.4
"""Founders' judgement: of a picture that is mostly code, the code tells more than the look."""


def _share(code: Code, picture: Picture) -> float:
    if not code.place or not picture.area:
        return 1.0
    xs, ys = code.place[0::2], code.place[1::2]
    return (max(xs) - min(xs)) * (max(ys) - min(ys)) / picture.area
