"""Certificates are kept as they are, however strange; those that are none are left out."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from crawler.capture.tls import chain_from_der, facts_of
from rehearsal.tls import Authority


def test_the_chain_is_kept_in_order() -> None:
    authority = Authority()
    _key, own = authority.issue("a-yanlian.cn")
    facts = facts_of("TLSv1.3", "TLS_AES_256_GCM_SHA384", (own, authority.certificate))
    said = dict(facts.facts)
    assert said["subjectName"] == "a-yanlian.cn"
    assert said["issuer"] == "Rehearsal Practice Authority"
    assert said["validFrom"] == str(int(own.not_valid_before_utc.timestamp()))
    assert x509.load_pem_x509_certificates(facts.pem) == [own, authority.certificate]


def test_what_is_no_certificate_is_left_out() -> None:
    authority = Authority()
    der = x509.load_pem_x509_certificate(authority.pem).public_bytes(Encoding.DER)
    assert chain_from_der([b"", b"\x30\x82", der]) == authority.pem
    assert chain_from_der([]) == b""
    assert facts_of("TLSv1.2", "x", ()).pem == b""


def test_a_flood_of_certificates_is_cut() -> None:
    authority = Authority()
    many = (authority.certificate,) * 100
    assert len(x509.load_pem_x509_certificates(facts_of("", "", many).pem)) == 10
