"""What a browser saw of one address, frozen, and the four ways in which we look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from urllib.parse import quote

from crawler.capture.passages import Passage
from crawler.model import DnsAnswer, Exchange, Failure, Vantage

_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) "
)
_PHONE_AGENT = _IPHONE + "Version/17.5 Mobile/15E148 Safari/604.1"
_WECHAT_AGENT = (
    _IPHONE + "Mobile/15E148 MicroMessenger/8.0.50(0x18003237) NetType/WIFI Language/zh_CN"
)


class LeftOut(Enum):
    """What a page is shown without, after it broke its renderer: each time more."""

    NOTHING = ""
    PICTURES = "pictures"
    SCRIPTS = "pictures and scripts"


@dataclass(frozen=True, slots=True)
class Sight:
    """How a browser presents itself from one vantage."""

    width: int
    """CSS pixels."""
    height: int
    mobile: bool = False
    agent: str = ""
    """The user agent, or the empty string for the run's own."""
    referer: str = ""


# Sizes are those of the commonest desktop and phone; the words are a searcher's (founders'
# judgement), since cloaks look for the search engine's host and seldom for more.
SIGHTS = {
    Vantage.DESKTOP: Sight(1366, 900),
    Vantage.FROM_SEARCH: Sight(
        1366, 900, referer="https://www.baidu.com/s?wd=" + quote("特种作业操作证查询")
    ),
    Vantage.PHONE: Sight(390, 844, mobile=True, agent=_PHONE_AGENT),
    Vantage.WECHAT: Sight(390, 844, mobile=True, agent=_WECHAT_AGENT),
}


@dataclass(frozen=True, slots=True)
class FrameLook:
    """One frame inside a page, as rendered."""

    url: str
    html: str
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class BrowserLook:
    """What one address showed to a browser from one vantage."""

    url: str
    """The address asked for."""
    vantage: Vantage
    at: datetime
    final_url: str
    """The address shown at the end, a fragment included."""
    status: int | None
    """HTTP status of the document shown, or `None` where none came."""
    exchanges: tuple[Exchange, ...]
    """Requests in order; `via` is `document`, `redirect`, `frame`, `script`, `xhr`, `image`, …

    `failure` marks what was not let out: a protected host, a refused address, a budget.
    """
    html: str = ""
    """The main frame's document as scripts have left it, in UTF-8 terms; no doctype."""
    frames: tuple[FrameLook, ...] = ()
    screenshot: bytes = b""
    """PNG of the whole page, cut at the height cap; empty where none could be taken."""
    mhtml: bytes = b""
    """The page with what it is made of, or empty where none could be made."""
    truncated: bool = False
    """Whether document or screenshot were cut, something was left out, or the document was still
    on its way."""
    page_errors: int = 0
    dialogs: int = 0
    popups: tuple[str, ...] = ()
    """Addresses that the page tried to open in windows of their own; closed unseen."""
    downloads: tuple[str, ...] = ()
    """Addresses that answered with a file to be saved; refused."""
    script_stopped: bool = False
    """Whether the page's scripts did not end by themselves and were ended by us."""
    left_out: LeftOut = LeftOut.NOTHING
    """What the page was shown without, since with it it broke its renderer."""
    protocol: str = ""
    """The protocol of the document shown, e.g. `h2`."""
    certificate: tuple[tuple[str, str], ...] = ()
    """The browser's reading of the document's certificate; empty without TLS."""
    chain: bytes = b""
    """PEM of the certificates that the document's server sent; empty without TLS."""
    agent: str = ""
    """The user agent that was sent."""
    browser: str = ""
    """The browser and its version."""
    dns: tuple[DnsAnswer, ...] = ()
    passages: tuple[Passage, ...] = ()
    """The log of the egress proxy."""
    seconds: float = 0.0
    failure: Failure | None = None
    """Why there is nothing to judge, or `None` where there is."""
    detail: str = ""
