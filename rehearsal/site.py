"""The invented sites as values: pages, who sees them, how they fail, who registered them."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

DEFAULT_ADDRESSES = ("203.0.113.10",)

WHOIS_FAULTS = frozenset(
    {"ok", "ratelimited", "none", "drip", "garbage", "hang", "endless", "drop", "refer_private"}
)
RDAP_FAULTS = frozenset(
    {"ok", "ratelimited", "none", "error", "garbage", "endless", "hang", "loop", "empty", "deep"}
    | {"huge", "private", "drip", "drop", "other", "html_404"}
)
DNS_FAULTS = frozenset({"ok", "nxdomain", "servfail", "timeout", "truncated", "malformed", "loop"})
CERTIFICATES = frozenset(
    {"valid", "expired", "self_signed", "wrong_name", "refused", "garbage", "hang", "drop", "plain"}
)
FAULTS = frozenset(
    {"busy", "slow", "drip", "drop", "endless", "gzip_bomb", "long_length", "short_length"}
)


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration is what the registry says of one registrable domain."""

    domain: str
    registered_days_ago: int = 1000
    registrar: str = "云桥演练域名服务有限公司"
    name_servers: tuple[str, ...] = ("ns1.yunqiao-yanlian-dns.net", "ns2.yunqiao-yanlian-dns.net")
    status: str = "ok"
    absent: bool = False
    whois: str = "ok"  # or one of WHOIS_FAULTS
    rdap: str = "ok"  # or one of RDAP_FAULTS


@dataclass(frozen=True, slots=True)
class When:
    """A condition on the visitor: a header holds one of these words, the scheme is this one.

    An empty field asks for nothing; letters' case does not count.
    """

    user_agent: tuple[str, ...] = ()
    referer: tuple[str, ...] = ()
    scheme: str = ""

    def holds(self, visitor: "Visitor") -> bool:
        """Whether a visitor fulfils every part of the condition."""
        asked = ((self.user_agent, visitor.user_agent), (self.referer, visitor.referer))
        words_fit = all(
            not words or any(word.lower() in value.lower() for word in words)
            for words, value in asked
        )
        return words_fit and self.scheme in ("", visitor.scheme)

    @property
    def parts(self) -> int:
        """How many things it asks for; the most demanding page wins."""
        return sum(map(bool, (self.user_agent, self.referer, self.scheme)))


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor is what a request tells of who asks."""

    user_agent: str = ""
    referer: str = ""
    scheme: str = "http"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault is a way in which the server fails while it answers; see rehearsal.faults."""

    kind: str
    times: int = 0  # fails so many times, then answers; 0: always
    seconds: float = 1.0


ANYBODY = When()
NOBODY_SPECIAL = Visitor()


@dataclass(frozen=True, slots=True)
class Page:
    """A page is the answer to one path, or to one path with certain query parameters.

    A path that ends with `*` stands for every path that begins so.
    """

    path: str
    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    search: tuple[str, ...] | None = None  # None: search engines have not indexed it
    title: str = ""
    text: str = ""
    when: When = ANYBODY
    fault: Fault | None = None
    qr: str = ""  # what the picture's QR code says

    def answers(self, target: str) -> bool:
        """Whether this page is what the request target asks for."""
        parts = urlsplit(target)
        path = parts.path or "/"
        fits = path.startswith(self.path[:-1]) if self.path.endswith("*") else path == self.path
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        return fits and all(
            name in asked and value in ("*", asked[name]) for name, value in self.query
        )


@dataclass(frozen=True, slots=True)
class Site:
    """A site is one host with its pages, addresses and registration."""

    host: str
    registration: Registration
    pages: tuple[Page, ...] = ()
    addresses: tuple[str, ...] = DEFAULT_ADDRESSES
    dns: str = "ok"  # or one of DNS_FAULTS
    aliases: tuple[str, ...] = ()
    rotating: tuple[tuple[str, ...], ...] = ()  # answers in turn, query by query, for ever
    tls: str = "valid"  # or one of CERTIFICATES
    certified: tuple[str, ...] = ()  # further names on its certificate

    def page(self, target: str, visitor: Visitor = NOBODY_SPECIAL) -> Page | None:
        """The page for a request target; the one that asks for most wins."""
        found = [p for p in self.pages if p.answers(target) and p.when.holds(visitor)]
        return max(found, key=_demands, default=None)


def _demands(page: Page) -> tuple[bool, int, int]:
    return not page.path.endswith("*"), len(page.query), page.when.parts
