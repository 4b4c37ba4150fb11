"""A stamp authority after RFC 3161 whose tokens verify with `openssl ts -verify`."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from rehearsal.der import (
    BOOLEAN,
    CONTEXT_0,
    INTEGER,
    SEQUENCE,
    UTF8,
    elements,
    general_time,
    integer,
    octets,
    oid,
    sequence,
    set_of,
    tagged,
)
from rehearsal.http import Answer, Handler, Request, plain
from rehearsal.journal import Journal
from rehearsal.tls import Authority

SIGNED_DATA = "1.2.840.113549.1.7.2"
STAMP_INFO = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
SHA256 = "2.16.840.1.101.3.4.2.1"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"
POLICY = "1.3.6.1.4.1.99999.1"  # an arc nobody holds
GRANTED, REJECTED = 0, 2
MODES = frozenset({"ok", "reject", "garbage", "wrong_digest", "unavailable"})


@dataclass(frozen=True, slots=True)
class Question:
    """A question is what a client wants stamped."""

    imprint: bytes  # the whole MessageImprint element
    nonce: bytes  # the whole INTEGER element, or nothing
    wants_certificate: bool


def read_question(body: bytes) -> Question:
    """Read a TimeStampReq.

    Raises:
        ValueError: it is none.
    """
    outer = elements(body)
    if len(outer) != 1 or outer[0][0] != SEQUENCE:
        raise ValueError("no SEQUENCE")
    parts = elements(outer[0][1])
    if len(parts) < 2 or parts[0][0] != INTEGER or parts[1][0] != SEQUENCE:
        raise ValueError("no TimeStampReq")
    nonce = next((whole for tag, _, whole in parts[2:] if tag == INTEGER), b"")
    wants = any(tag == BOOLEAN and value == b"\xff" for tag, value, _ in parts[2:])
    return Question(parts[1][2], nonce, wants)


class StampAuthority:
    """A stamp authority signs what it is asked, or fails in the way that `mode` names.

    `mode` may be changed while it runs: one of MODES. "wrong_digest" signs another digest than the
    one asked for.
    """

    def __init__(self, authority: Authority, journal: Journal, now: Callable[[], datetime]) -> None:
        self.mode = "ok"
        self._journal = journal
        self._now = now
        self._serial = 1000
        self._key, self._certificate = authority.issue(
            "Rehearsal Stamp Authority", purpose=ExtendedKeyUsageOID.TIME_STAMPING
        )

    def handler(self) -> Handler:
        """A handler for `POST` of a timestamp-query."""

        def handle(request: Request) -> Answer:
            self._journal.note("stamp", mode=self.mode, size=len(request.body))
            if self.mode == "unavailable":
                return plain(503, "try again later")
            reply = b"no stamp" if self.mode == "garbage" else self.stamp(request.body)
            return Answer(200, reply, (("Content-Type", "application/timestamp-reply"),))

        return handle

    def stamp(self, body: bytes) -> bytes:
        """The TimeStampResp to a TimeStampReq."""
        try:
            question = read_question(body)
        except ValueError:
            return _refusal("no time-stamp request")
        if self.mode == "reject":
            return _refusal("the practice authority refuses today")
        return sequence(sequence(integer(GRANTED)), self._token(question))

    def _token(self, question: Question) -> bytes:
        """The signed TSTInfo as a CMS ContentInfo."""
        self._serial += 1
        imprint = question.imprint
        if self.mode == "wrong_digest":
            digest = hashlib.sha256(b"something else").digest()
            imprint = sequence(sequence(oid(SHA256)), octets(digest))
        info = sequence(
            integer(1),
            oid(POLICY),
            imprint,
            integer(self._serial),
            general_time(self._now()),
            question.nonce,
        )
        algorithm = sequence(oid(SHA256))
        certificate = self._certificate.public_bytes(serialization.Encoding.DER)
        signed = sequence(
            integer(3),
            set_of([algorithm]),
            sequence(oid(STAMP_INFO), tagged(CONTEXT_0, octets(info))),
            tagged(CONTEXT_0, certificate) if question.wants_certificate else b"",
            set_of([self._signer(info, algorithm, certificate)]),
        )
        return sequence(oid(SIGNED_DATA), tagged(CONTEXT_0, signed))

    def _signer(self, info: bytes, algorithm: bytes, certificate: bytes) -> bytes:
        """The SignerInfo: who signed, and the signature over the signed attributes."""
        # SigningCertificateV2 holds a list of certificate identifiers, each naming a SHA-256.
        identity = sequence(octets(hashlib.sha256(certificate).digest()))
        attributes = [
            _attribute(CONTENT_TYPE, oid(STAMP_INFO)),
            _attribute(MESSAGE_DIGEST, octets(hashlib.sha256(info).digest())),
            _attribute(SIGNING_CERTIFICATE, sequence(sequence(identity))),
        ]
        # The signature is over the attributes as a SET, though they travel under another tag.
        signature = self._key.sign(set_of(attributes), ec.ECDSA(hashes.SHA256()))
        issuer = self._certificate.issuer.public_bytes()
        return sequence(
            integer(1),
            sequence(issuer, integer(self._certificate.serial_number)),
            algorithm,
            set_of(attributes, CONTEXT_0),
            sequence(oid(ECDSA_SHA256)),
            octets(signature),
        )


def _attribute(name: str, value: bytes) -> bytes:
    return sequence(oid(name), set_of([value]))


def _refusal(reason: str) -> bytes:
    return sequence(sequence(integer(REJECTED), sequence(tagged(UTF8, reason.encode()))))
