"""Reads what is no page: the text of a message or a post, without an address or served plainly."""

from __future__ import annotations

from crawler.model import Capture, Contact, Family, Findings, PageCondition, Signal
from detectors.rules import RuleBook
from detectors.shown import shown
from detectors.text import read_text


def is_plain_text(capture: Capture) -> bool:
    """Whether a capture was served as plain text."""
    media = capture.body.media_type if capture.body else ""
    if not media:
        media = next((v for name, v in capture.headers if name.lower() == "content-type"), "")
    return media.split(";")[0].strip().lower() == "text/plain"


def read_message(capture: Capture, book: RuleBook) -> Findings:
    """What a bare text says; our own failure is `unknown`."""
    if capture.failure is not None:
        return Findings(PageCondition.UNKNOWN)
    text = read_text(capture.html, book, "text")
    condition = PageCondition.CONTENT if capture.html.strip() else PageCondition.EMPTY
    signals = (*text.signals, *contact_signals(text.contacts, "text"))
    return Findings(condition, signals, contacts=(*text.contacts, *text.payees))


def contact_signals(contacts: tuple[Contact, ...], place: str) -> tuple[Signal, ...]:
    """The signal that whoever speaks can be reached, by the surest contact; often none."""
    if not contacts:
        return ()
    best = max(contacts, key=lambda each: each.confidence)
    return (Signal("contact_given", Family.CONTACT, best.confidence, shown(best.raw), place),)
