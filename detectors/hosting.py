"""Tells a page that somebody put into a foreign site: in a store of files, or in an old domain."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from crawler.model import Family, Signal, Visit
from detectors.ages import is_old
from detectors.text import TextFindings

FOREIGN_SITE = "hosted_in_foreign_site"
OFFERS = (Family.OFFER, Family.SALE, Family.CHEATING)
"""What a page that offers something of ours is found by."""

# Folders that a site fills with files, not with pages; names as common content systems have them.
_STORE = re.compile(
    r"^(?:up(?:load)?s?(?:file|img|pic|image)?s?|upfiles?|uploadfiles?|userfiles?|attach(?:ment)?s?|"
    r"files?|data|images?|imgs?|pics?|photos?|css|js|fonts?|static|assets|editor|ueditor|kindeditor|"
    r"fckeditor|ckeditor|templets?|templates?|skins?|themes?|plugins?|plus|include|inc|cache|tmp|temp|"
    r"backup|bak|wp-content|wp-includes|dede|runtime|vendor|lib|\\.well-known)$",
    re.IGNORECASE,
)
_PAGE = re.compile(r"\.(?:html?|php\d?|aspx?|jspx?|do|shtml)$", re.IGNORECASE)


def find_hosting(visit: Visit, address: str) -> tuple[Signal, ...]:
    """The signal that the page stands in somebody else's site; it weighs nothing by itself.

    It is for pages that are accused: their owner may be a victim.
    """
    steps = [step for step in urlsplit(address).path.split("/") if step]
    folders = steps[:-1] if steps and _PAGE.search(steps[-1]) else steps
    store = next((step for step in folders if _STORE.fullmatch(step)), "")
    deep = len(folders) >= 1
    if store and not (len(folders) == 1 and store.lower() in ("static", "js", "css")):
        return (Signal(FOREIGN_SITE, Family.HOSTING, 1.0, f"/{'/'.join(folders)}/", "url"),)
    if deep and is_old(visit):
        return (Signal(FOREIGN_SITE, Family.HOSTING, 0.6, f"/{'/'.join(folders)}/", "url"),)
    return ()


def without_planted(text: TextFindings, seen: TextFindings) -> TextFindings:
    """What a page says where `seen` is what people see of it: hidden words excuse nobody.

    An offer that only hidden words make was put there for search engines, in a site whose owner
    may know nothing of it.
    """
    accusing = tuple(each for each in text.signals if each.family is not Family.INNOCENCE)
    excuses = tuple(each for each in seen.signals if each.family is Family.INNOCENCE)
    offers = [each for each in accusing if each.family in OFFERS]
    if offers and not any(each.family in OFFERS for each in seen.signals):
        excuses += (Signal(FOREIGN_SITE, Family.HOSTING, 0.6, offers[0].words, "html"),)
    return replace(text, signals=(*accusing, *excuses))
