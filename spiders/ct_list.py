"""Which certificate logs are read: those that come with the program, or those of the profile."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from crawler.config import read_http_url
from crawler.errors import ProfileError
from crawler.language import _
from crawler.tables import Table, read_table

SHIPPED = Path(__file__).with_name("ct_logs.toml")


class LogApi(StrEnum):
    """How a log is read."""

    STATIC = "static"
    """Tiles, by c2sp.org/static-ct-api."""
    RFC6962 = "rfc6962"
    """`get-sth` and `get-entries`, by RFC 6962."""


@dataclass(frozen=True)
class CertificateLog:
    """One certificate log."""

    name: str
    api: LogApi
    url: str
    """Where it is read, without the last slash."""
    key: bytes
    """Its public key, DER of SubjectPublicKeyInfo."""
    origin: str = ""
    """First line of a static log's checkpoints: where it is written to, without the scheme."""
    expires_from: date | None = None
    expires_until: date | None = None
    """It takes certificates that expire before this day."""

    @cached_property
    def id(self) -> bytes:
        """The log's ID, SHA-256 of its key (RFC 6962, section 3.2)."""
        return sha256(self.key).digest()

    @cached_property
    def public_key(self) -> EllipticCurvePublicKey:
        """The key for signatures; raises `ValueError` for one that is not ECDSA."""
        try:
            key = load_der_public_key(self.key)
        except UnsupportedAlgorithm as problem:
            raise ValueError(str(problem)) from problem
        if not isinstance(key, EllipticCurvePublicKey):
            raise ValueError("not an ECDSA key")  # noqa: TRY004 - it is the value of a key
        return key


def shipped_logs() -> tuple[CertificateLog, ...]:
    """The logs that come with the program; raises `ProfileError` where the list is broken."""
    table = read_table(SHIPPED, ProfileError)
    logs = tuple(read_log(each) for each in table.take_tables("logs"))
    table.finish()
    return logs


def read_log(table: Table) -> CertificateLog:
    """One log of a list; raises the table's error for what is missing or contradicts itself."""
    api = table.take("api", str, LogApi.STATIC.value)
    if api not in set(LogApi):
        raise table.fail("api", _("应为 static 或 rfc6962"))
    log = CertificateLog(
        name=table.take("name", str),
        api=LogApi(api),
        url=read_http_url(table, "url"),
        key=_decoded(table, "key"),
        origin=table.take("origin", str, ""),
        expires_from=table.take("expires_from", date) if "expires_from" in table else None,
        expires_until=table.take("expires_until", date) if "expires_until" in table else None,
    )
    if not log.url:
        raise table.fail("url", _("请写明日志的读取地址"))
    if log.api is LogApi.STATIC and not log.origin:
        raise table.fail("origin", _("请写明提交地址，不含 https:// 和末尾的斜杠"))
    if "id" in table and _decoded(table, "id") != log.id:
        raise table.fail("id", _("与 key 不符，请从日志清单重新抄录"))
    try:
        log.public_key  # noqa: B018 - a key that is none is told now
    except ValueError as problem:
        raise table.fail("key", _("不是 ECDSA 公钥，请从日志清单重新抄录")) from problem
    table.finish()
    return log


def _decoded(table: Table, key: str) -> bytes:
    try:
        return base64.b64decode(table.take(key, str), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise table.fail(key, _("应为 Base64，请从日志清单重新抄录")) from problem
