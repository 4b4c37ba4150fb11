"""Cuts a WHOIS reply into labelled values, and tells the domain's own from everybody else's."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from crawler.capture.registration.terms import Field, label_of, lines_of, terms

# What no registry sends; every pattern here is linear in a line, and a line has an end.
_LONGEST_LINE = 1000
_MOST_LINES = 4000

_BRACKET = re.compile(r"\s*(?:[a-z]\.\s*)?\[([^\[\]]{1,60})\]\s*(.*)")
_COLON = re.compile(r"([^:：]{1,80})[:：]+(.*)")
# «Domain Name ..................... example.cn», as HiChina's server printed.
_LEADER = re.compile(r"([^.:：]{2,60}?)\s*\.{3,}\s*(?![.:：])(.*)")
_BULLET = re.compile(r"^[*#\-\s]+")
_WORD = re.compile(r"[^\W_]+")
# «Domain EXAMPLE.KG (ACTIVE)»
_BRACED = re.compile(r"domain\s+(\S+\.\S+)\s+\(([\w ]+)\)\s*$", re.IGNORECASE)
_DIGITS = "0123456789 "


class Part(Enum):
    """Whom a piece of a reply is about."""

    DOMAIN = "domain"
    REGISTRAR = "registrar"
    SERVERS = "servers"
    OTHER = "other"


@dataclass(slots=True)
class Entry:
    """What a reply says under one label that we know; several lines give several values."""

    field: Field
    label: str
    counts: bool
    """Whether the domain is meant, not a contact or a set of name servers."""
    values: list[str] = dataclasses.field(default_factory=list)


@dataclass(slots=True)
class _Line:
    text: str
    indent: int
    after_blank: bool
    after_rule: bool
    bracketed: bool = False
    label: str = ""
    value: str = ""
    labelled: bool = False


def _lines(text: str) -> Iterator[_Line]:
    blank, rule = True, False
    for raw in lines_of(text)[:_MOST_LINES]:
        line = raw[:_LONGEST_LINE].expandtabs(8).replace("\x00", "").rstrip()
        body = line.lstrip()
        if not body:
            blank = True
            continue
        # Registries comment with % (RPSL) or #, JPRS in [ ]; Verisign's and ICANN's trailer stands
        # in >>> <<<, and behind a drawn line begins something else.
        if body[0] in "%#" or body.startswith((">>>", "[ ", "---", "===")):
            rule = rule or body.startswith((">>>", "---", "==="))
            blank = True
            continue
        made = _Line(body, len(line) - len(body), blank, rule)
        blank, rule = False, False
        _label(made)
        yield made


def _label(line: _Line) -> None:
    """Find the label of a line and the value behind it."""
    found = _BRACKET.match(line.text)
    line.bracketed = found is not None
    if found is None:
        found = _LEADER.match(line.text)
    if found is None:
        found = _COLON.match(line.text)
        if found is not None and (found[2].startswith("//") or not found[1].strip()):
            found = None
    words = terms()
    if found is not None:
        line.label, line.value, line.labelled = label_of(found[1]), found[2].strip(), True
        if line.label in words.labels:
            return
    phrase = words.phrase.match(line.text)
    if phrase is not None:
        line.label, line.value = (
            label_of(phrase[1] or phrase[2]),
            line.text[phrase.end() :].strip(" :."),
        )
        line.labelled = True


def _part_of(heading: str) -> Part | None:
    """Whom the part below a heading is about; `None` where the words are none of ours."""
    words = terms()
    if heading in words.registrar_parts:
        return Part.REGISTRAR
    if heading in words.labels:
        return Part.SERVERS if words.labels[heading][0] is Field.SERVERS else Part.DOMAIN
    if heading in words.server_objects:
        return Part.SERVERS
    if any(word in words.other_parts for word in _WORD.findall(heading)):
        return Part.OTHER
    return None


class _Reader:
    """Goes through the lines once, knowing where it is."""

    def __init__(self, lines: list[_Line]) -> None:
        self._lines = lines
        self._part = Part.DOMAIN
        self._heading_indent = -1
        """Indentation of the heading we are under, or -1 under none."""
        self._deeper = False
        """Whether what stands under the heading is indented more than it."""
        self._filled = False
        """Whether anything has stood under the heading yet."""
        self._open: Entry | None = None
        """The entry that lines without a label still belong to."""
        self._open_indent = 0
        self._open_block = False
        self.entries: list[Entry] = []

    def read(self) -> list[Entry]:
        """All entries in the order they stand."""
        for number, line in enumerate(self._lines):
            following = self._lines[number + 1] if number + 1 < len(self._lines) else None
            self._leave(line)
            heading = self._is_heading(line, following)
            if heading:
                self._head(line)
            else:
                if self._heading_indent >= 0 and line.indent > self._heading_indent:
                    self._deeper = True
                if line.labelled:
                    self._take(line)
                else:
                    self._continue(line)
            self._filled = not heading
        return self.entries

    def _leave(self, line: _Line) -> None:
        """Leave the part we are in where a line no longer belongs to it."""
        left = line.after_rule
        if left:
            self._open = None
        elif self._heading_indent >= 0:
            if self._deeper and line.indent <= self._heading_indent:
                left = True
            if line.after_blank and self._filled and line.indent <= self._heading_indent:
                left = True
        elif line.after_blank:
            left = True
        if left:
            self._part, self._heading_indent, self._deeper = Part.DOMAIN, -1, False
            if self._open_block:
                self._open = None
        if line.after_blank and line.labelled and self._heading_indent < 0:
            self._open_paragraph(line)

    def _open_paragraph(self, line: _Line) -> None:
        """Tell from its first label whom a paragraph of `label: value` lines is about."""
        words = terms()
        if line.label in words.objects:
            self._part = Part.OTHER
        elif line.label in words.server_objects:
            self._part = Part.SERVERS
        elif line.label in words.registrar_parts and self.entries:
            self._part = Part.REGISTRAR

    def _is_heading(self, line: _Line, following: _Line | None) -> bool:
        if line.labelled and line.value:
            return False
        if following is None:
            return False
        if not line.labelled:
            # A bare line such as «Nameservers» or «Technical Contacts» above what belongs to it.
            if not line.after_blank or len(line.text) > 50 or not line.text[0].isalpha():
                return False
            label = label_of(line.text)
            known = label in terms().labels or _part_of(label) is not None
            return known and len(label.split()) <= 5
        if line.bracketed and following.bracketed:
            return False  # JPRS prints every field, empty ones too
        if following.indent > line.indent or not following.labelled:
            return True
        return line.after_blank or line.bracketed or line.text.startswith("**")

    def _head(self, line: _Line) -> None:
        label = line.label if line.labelled else label_of(line.text)
        part = _part_of(label)
        self._open, self._open_block = None, False
        if part is not None or line.after_blank or self._heading_indent >= 0:
            self._part = part or Part.DOMAIN
            self._heading_indent, self._deeper, self._filled = line.indent, False, False
        known = terms().labels.get(label)
        if known is not None:
            # «Registrar:» above its own name and address; «Name servers:» above their list.
            self._open = Entry(known[0], label, counts=known[1] or self._part is not Part.OTHER)
            self._open_indent, self._open_block = line.indent, True
            self.entries.append(self._open)

    def _take(self, line: _Line) -> None:
        words = terms()
        known = words.labels.get(line.label) or words.labels.get(line.label.rstrip(_DIGITS))
        if known is not None and known[0] is Field.DOMAIN:
            # Whatever stood above, here begins the record of a domain.
            self._part, self._heading_indent, self._deeper = Part.DOMAIN, -1, False
        if self._part is Part.REGISTRAR and line.label in words.registrar_names:
            known = (Field.REGISTRAR, True)
        if known is None:
            self._unknown(line)
            return
        home = Part.SERVERS if known[0] is Field.SERVERS else Part.DOMAIN
        counts = known[1] or self._part in (Part.DOMAIN, home)
        label = f"{self._part.value} {line.label}"
        entry = Entry(known[0], label, counts, [line.value])
        self.entries.append(entry)
        self._open, self._open_indent, self._open_block = entry, line.indent, False

    def _unknown(self, line: _Line) -> None:
        """A label that says nothing to us ends an entry; IPv6 in a list of servers is no label."""
        if self._open is None or not self._open_block:
            self._open = None
        elif self._open.field is Field.SERVERS:
            self._open.values.append(_BULLET.sub("", line.text))
        elif line.indent <= self._open_indent:
            self._open = None

    def _continue(self, line: _Line) -> None:
        found = _BRACED.match(line.text)
        if found is not None:
            self.entries.append(Entry(Field.DOMAIN, "domain", counts=True, values=[found[1]]))
            self.entries.append(Entry(Field.STATUSES, "domain", counts=True, values=[found[2]]))
            return
        entry, deeper = self._open, line.indent > self._open_indent
        if entry is None:
            return
        # HKIRC leaves a blank line above its list of servers, and prints empty headings too.
        listed = not line.after_blank or deeper or entry.field is Field.SERVERS
        if listed if self._open_block else deeper and not line.after_blank:
            entry.values.append(_BULLET.sub("", line.text))
        else:
            self._open = None


def entries_of(text: str) -> list[Entry]:
    """The labelled values of a reply that we know a meaning for, in the order they stand."""
    return list(_read(text))


@lru_cache(maxsize=4)  # a reply is read for its facts, then for whom it refers to
def _read(text: str) -> tuple[Entry, ...]:
    return tuple(_Reader(list(_lines(text))).read())
