"""Signed tree heads of certificate logs, in both forms, taken only where the signature holds."""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from spiders.ct_list import CertificateLog

# c2sp.org/static-ct-api: the type of an RFC6962NoteSignature in a signed note.
_NOTE_TYPE = b"\x05"
# RFC 5246, section 7.4.1.4.1: SHA-256 and ECDSA.
_SHA256_ECDSA = b"\x04\x03"
_LARGEST = 1 << 40
"""Leaves; a static log's index has 40 bits."""


class HeadError(ValueError):
    """A text is no tree head of this log, or its signature does not hold."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """How large a log was at a moment, and the hash over all of it, signed by the log."""

    size: int
    root: bytes
    made_at: datetime


def read_checkpoint(body: bytes, log: CertificateLog) -> TreeHead:
    """The head in a static log's checkpoint, a signed note (c2sp.org/signed-note).

    Signatures by other keys and by witnesses are passed over. Raises `HeadError`.
    """
    try:
        text, blank, signatures = body.decode().partition("\n\n")
        origin, size, root = text.split("\n")
        number, hashed = _number(size), base64.b64decode(root, validate=True)
    except ValueError as problem:
        raise HeadError("not a checkpoint") from problem
    if not blank or origin != log.origin:
        raise HeadError(f"a checkpoint of another log: {origin[:80]!r}")
    own = sha256(f"{origin}\n".encode() + _NOTE_TYPE + log.id).digest()[:4]
    for line in signatures.splitlines():
        dash, _space, rest = line.partition(" ")
        name, _space, encoded = rest.rpartition(" ")
        try:
            signed = base64.b64decode(encoded, validate=True)
        except ValueError:
            continue
        if dash == "—" and name == origin and signed[:4] == own and len(signed) > 12:
            (stamp,) = struct.unpack(">Q", signed[4:12])
            return _verified(log, number, hashed, stamp, signed[12:])
    raise HeadError("no signature by the log's key")


def read_sth(body: bytes, log: CertificateLog) -> TreeHead:
    """The head in an answer to `get-sth` (RFC 6962, section 4.3); raises `HeadError`."""
    try:
        answer = json.loads(body)
        size, stamp = answer["tree_size"], answer["timestamp"]
        root = base64.b64decode(answer["sha256_root_hash"], validate=True)
        signature = base64.b64decode(answer["tree_head_signature"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise HeadError("not a signed tree head") from problem
    if type(size) is not int or type(stamp) is not int:
        raise HeadError("not a signed tree head")
    return _verified(log, size, root, stamp, signature)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or (text[0] == "0" and text != "0"):
        raise ValueError(text)
    return int(text[:20])


def _verified(
    log: CertificateLog, size: int, root: bytes, stamp: int, signature: bytes
) -> TreeHead:
    """The head where the log's key signed it (RFC 6962, section 3.5: TreeHeadSignature)."""
    if not 0 <= size < _LARGEST or len(root) != 32 or not 0 <= stamp < 1 << 63:
        raise HeadError("a tree head out of bounds")
    if signature[:2] != _SHA256_ECDSA or len(signature) != 4 + int.from_bytes(signature[2:4]):
        raise HeadError("a signature of another kind")
    # Version 1 is written as 0; a tree's hash is signature type 1.
    signed = b"\x00\x01" + struct.pack(">QQ", stamp, size) + root
    try:
        log.public_key.verify(signature[4:], signed, ECDSA(SHA256()))
        made_at = datetime.fromtimestamp(stamp / 1000, UTC)
    except (InvalidSignature, ValueError, OverflowError, OSError) as problem:
        raise HeadError("the signature does not hold") from problem
    return TreeHead(size, root, made_at)
