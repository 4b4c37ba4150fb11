"""Reads from a certificate whom it is for, who issued it and since when."""

from __future__ import annotations

import re
import ssl
import warnings
from dataclasses import dataclass
from datetime import datetime

from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import (
    Certificate,
    DNSName,
    DuplicateExtension,
    ExtensionNotFound,
    InvalidVersion,
    Name,
    NameOID,
    SubjectAlternativeName,
    UnsupportedGeneralNameType,
    load_der_x509_certificate,
)

_HOST = re.compile(r"[!-~]+\.[!-~]+")
"""Nothing that would end a line; whether it is a host is for the names engine to say."""
_FIRST = re.compile(rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
_UNREADABLE = (
    ValueError,
    TypeError,
    DuplicateExtension,
    InvalidVersion,
    UnsupportedGeneralNameType,
)


@dataclass(frozen=True, slots=True)
class NamedCertificate:
    """A certificate and the hosts that it is for."""

    names: tuple[str, ...]
    """Lower case, each once, `*.` taken off."""
    certificate: Certificate

    @property
    def issuer(self) -> str:
        """Who issued it: organisation and common name as written there."""
        issuer = self.certificate.issuer
        parts = (_value(issuer, NameOID.ORGANIZATION_NAME), _value(issuer, NameOID.COMMON_NAME))
        return " ".join(filter(None, parts))

    @property
    def not_before(self) -> datetime:
        """From when it holds, UTC."""
        return self.certificate.not_valid_before_utc


def read_certificate(der: bytes) -> NamedCertificate | None:
    """The certificate in DER with its names, or `None` where it cannot be read."""
    with warnings.catch_warnings():
        # What a certificate does against the standard is no concern of ours.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            certificate = load_der_x509_certificate(der)
            return NamedCertificate(_names(certificate), certificate)
        except _UNREADABLE:
            return None


def first_in(pem: bytes) -> NamedCertificate | None:
    """The first certificate of a chain in PEM, a server's own, or `None` where it is none."""
    block = _FIRST.search(pem)
    try:
        return (
            read_certificate(ssl.PEM_cert_to_DER_cert(block[0].decode("ascii"))) if block else None
        )
    except ValueError:
        return None


def _names(certificate: Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_class(SubjectAlternativeName)
        names = extension.value.get_values_for_type(DNSName)
    except ExtensionNotFound:
        names = []
    # RFC 6125, section 6.4.4: the common name counts only where no other name is given.
    names = names or [_value(certificate.subject, NameOID.COMMON_NAME)]
    low = (name.lower().removeprefix("*.").rstrip(".") for name in names)
    return tuple(dict.fromkeys(name for name in low if _HOST.fullmatch(name)))


def _value(name: Name, kind: object) -> str:
    return next((str(each.value) for each in name if each.oid == kind), "")
