"""What a server's TLS says of itself: protocol, cipher, and the certificates as they were sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from OpenSSL.SSL import Error

PEM = "application/pem-certificate-chain"
"""The media type of a chain (RFC 8555, 9.1)."""
# Founders' judgement: honest chains have two to four certificates of some kilobytes.
_MOST = 10
_LARGEST = 65_536


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """The TLS of one connection."""

    facts: tuple[tuple[str, str], ...]
    """`protocol`, `cipher`, `subjectName`, `issuer`, `validFrom`, `validTo`: names and forms as
    Chromium's; the last two are seconds since 1970."""
    pem: bytes
    """The certificates in the order sent, the server's own first."""


def read_tls(connection: Any) -> TlsFacts:
    """The facts of an OpenSSL connection after its handshake; never raises for what it holds."""
    try:
        sent = connection.get_peer_cert_chain(as_cryptography=True) or ()
    except (ValueError, Error):  # certificates that cannot be parsed were accepted all the same
        sent = ()
    protocol = connection.get_protocol_version_name()
    return facts_of(protocol, connection.get_cipher_name() or "", sent)


def facts_of(protocol: str, cipher: str, sent: tuple[x509.Certificate, ...]) -> TlsFacts:
    """The facts of a handshake and the certificates sent in it."""
    coded = [certificate.public_bytes(Encoding.PEM) for certificate in sent[:_MOST]]
    pem = b"".join(each for each in coded if len(each) <= _LARGEST)
    facts = [("protocol", protocol), ("cipher", cipher)]
    if sent:
        facts += _said(sent[0])
    return TlsFacts(tuple(facts), pem)


def _said(certificate: x509.Certificate) -> list[tuple[str, str]]:
    try:
        return [
            ("subjectName", _name(certificate.subject)),
            ("issuer", _name(certificate.issuer)),
            ("validFrom", f"{certificate.not_valid_before_utc.timestamp():.0f}"),
            ("validTo", f"{certificate.not_valid_after_utc.timestamp():.0f}"),
        ]
    except (ValueError, TypeError):  # fields are parsed when asked for, and anything can be there
        return []


def _name(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def chain_from_der(sent: list[bytes]) -> bytes:
    """PEM of certificates in DER, those that are none left out."""
    coded = []
    for der in sent[:_MOST]:
        try:
            coded.append(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
        except ValueError:
            continue
    return b"".join(each for each in coded if len(each) <= _LARGEST)
