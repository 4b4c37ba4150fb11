"""Just enough DER to read a time-stamp request and to write its answer."""

from collections.abc import Iterable
from datetime import UTC, datetime

INTEGER, OCTETS, OID, SEQUENCE, SET = 0x02, 0x04, 0x06, 0x30, 0x31
BOOLEAN, UTF8, GENERAL_TIME, CONTEXT_0 = 0x01, 0x0C, 0x18, 0xA0


def tagged(tag: int, content: bytes) -> bytes:
    """One element: its tag, its length, its content."""
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of elements."""
    return tagged(SEQUENCE, b"".join(parts))


def set_of(parts: Iterable[bytes], tag: int = SET) -> bytes:
    """A SET OF elements, sorted as DER wants it."""
    return tagged(tag, b"".join(sorted(parts)))


def integer(value: int) -> bytes:
    """An INTEGER that is not negative."""
    return tagged(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(value: bytes) -> bytes:
    """An OCTET STRING."""
    return tagged(OCTETS, value)


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        out += bytes(reversed(groups))
    return tagged(OID, bytes(out))


def general_time(moment: datetime) -> bytes:
    """A GeneralizedTime in UTC, to the second."""
    return tagged(GENERAL_TIME, moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode())


def elements(content: bytes) -> list[tuple[int, bytes, bytes]]:
    """The elements of a content as (tag, content, whole element).

    Raises:
        ValueError: the bytes are not DER.
    """
    found: list[tuple[int, bytes, bytes]] = []
    place = 0
    while place < len(content):
        if place + 2 > len(content):
            raise ValueError("an element has no length")
        start, tag, size = place, content[place], content[place + 1]
        place += 2
        if size & 0x80:
            many = size & 0x7F
            size = int.from_bytes(content[place : place + many], "big")
            place += many
        if place + size > len(content):
            raise ValueError("an element is longer than what holds it")
        found.append((tag, content[place : place + size], content[start : place + size]))
        place += size
    return found
