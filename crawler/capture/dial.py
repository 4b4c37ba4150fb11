"""Connects to registries' servers: a name is resolved once, the guard asked, the address pinned."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.capture.resolve import Resolver
from crawler.clock import now
from crawler.guard import Guard
from crawler.model import Knowledge


class DialError(Exception):
    """A server may not or cannot be reached: refused by the guard, or without an address."""


@dataclass(frozen=True, slots=True)
class Dialler:
    """Finds the address of a server that registries name, where the guard allows it."""

    resolver: Resolver
    guard: Guard

    async def address(self, host: str, *, named_by_reply: bool) -> str:
        """The one address to connect to; raises `DialError` where there is none to.

        A host that a reply names may be anybody's, a protected one too; a registry's own server
        may stand below a trusted name (whois.cnnic.cn).
        """
        if named_by_reply and self.guard.protects(host, now()):
            raise DialError(f"{host} is protected")
        answer = await self.resolver.resolve(host)
        if answer.state is not Knowledge.KNOWN:
            raise DialError(f"{host}: {answer.detail}")
        # One private address among public ones is how a name is rebound: all must be allowed.
        for address in answer.addresses:
            if reason := self.guard.refuses(address):
                raise DialError(f"{host} is at {address}: {reason}")
        return answer.addresses[0]
