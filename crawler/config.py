"""The operator's choices: one TOML profile, read strictly into frozen values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from crawler.addresses import host_of
from crawler.errors import ProfileError
from crawler.language import _
from crawler.notify_options import Notify, read_notify
from crawler.tables import Table, read_table


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host and port that a profile names."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Network:
    """How the outside is reached; all `None` is the internet as it is."""

    hosts_to: Endpoint | None = None
    """Where http:// connects once DNS has answered; URL and Host stay as they are."""
    tls_to: Endpoint | None = None
    """The same for https://; absent beside `hosts_to` means that https is refused."""
    dns: Endpoint | None = None
    whois: Endpoint | None = None
    rdap: str | None = None
    allow_private: bool = False
    control: tuple[str, ...] = ()
    """Addresses that are always there; where none answers, it is our network that failed."""


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What every source has in common in a profile; each source adds its own below it."""

    enabled: bool = False


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a source that works brings in every run."""

    leads: int = 0
    fresh_days: float = 0.0
    """Age that the newest thing it reads may have; 0 for any."""


SourceReader = Callable[[Table, Path], SourceOptions]
"""Reads the table `[sources.NAME]`; relative file names in it are below the folder given."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Budgets of a run. The defaults are the founders' judgement and DESIGN's budgets."""

    rounds: int = 3
    max_pages: int = 20_000
    """Addresses opened in one run; what is left over is opened by the next."""
    concurrency: int = 16
    per_host_delay: float = 1.0
    """Seconds between two requests to one host."""
    timeout: float = 20.0
    """Seconds for one exchange."""
    max_body_mb: float = 5.0
    max_redirects: int = 10
    min_free_gb: float = 1.0
    """Captures stop below this much free disk."""
    keep_clear_days: int = 30
    """Pictures and archives of pages judged clear are kept so long; facts for ever. DESIGN's."""
    processes: int = 2
    """Processes that judge pages."""
    policy: Path | None = None
    """The office's own weights in place of those that come with the program."""
    discovery_agent: str = "certhound/0.1"
    """How we name ourselves to search services; an office adds how to reach it."""
    user_agent: str = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Safari/537.36"
    )


@dataclass(frozen=True, slots=True)
class Office:
    """Who signs the papers."""

    name: str = ""
    hotline: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """The operator's choices for one kind of run."""

    path: Path
    network: Network = field(default_factory=Network)
    sources: Mapping[str, SourceOptions] = field(default_factory=dict)
    """Options of every source that exists, by its name."""
    expected: Mapping[str, Expectation] = field(default_factory=dict)
    """What each of these sources should bring, by its name."""
    run: RunOptions = field(default_factory=RunOptions)
    office: Office = field(default_factory=Office)
    timestamp_urls: tuple[str, ...] = ()
    notify: Notify = field(default_factory=Notify)


def load_profile(path: Path, readers: Mapping[str, SourceReader]) -> Profile:
    """The profile in a TOML file; `readers` are those of the sources that exist, by name.

    Raises `ProfileError` naming file, key and remedy for anything it does not understand.
    """
    table = read_table(path, ProfileError)
    network = _network(table.take_table("network"))
    sources = table.take_table("sources")
    options, expected = {}, {}
    for name, reader in readers.items():
        own = sources.take_table(name)
        expected[name] = _expectation(own)
        options[name] = reader(own, path.parent)
    sources.finish()
    profile = Profile(
        path=path,
        network=network,
        sources=options,
        expected=expected,
        run=_run(table.take_table("run"), path.parent),
        office=_office(table.take_table("office")),
        timestamp_urls=_timestamp(table.take_table("timestamp")),
        notify=read_notify(table.take_table("notify")),
    )
    table.finish()
    return profile


def _network(table: Table) -> Network:
    network = Network(
        hosts_to=_endpoint(table, "hosts_to"),
        tls_to=_endpoint(table, "tls_to"),
        dns=_endpoint(table, "dns"),
        whois=_endpoint(table, "whois"),
        rdap=read_http_url(table, "rdap") or None,
        allow_private=table.take("allow_private", bool, False),
        control=_addresses(table, "control"),
    )
    table.finish()
    return network


def _addresses(table: Table, key: str) -> tuple[str, ...]:
    urls = table.take_strings(key, ())
    for url in urls:
        if urlsplit(url).scheme not in ("http", "https") or not host_of(url):
            raise table.fail(key, _('应为网址列表，例如 ["https://www.example.com/"]'))
    return urls


def _expectation(table: Table) -> Expectation:
    """What every source's table may say besides its own options."""
    leads = table.take("expect_leads", int, 0)
    if leads < 0:
        raise table.fail("expect_leads", _("应为不小于 0 的整数"))
    return Expectation(leads, read_amount(table, "fresh_days", 0.0, most=3_650))


def _endpoint(table: Table, key: str) -> Endpoint | None:
    if key not in table:
        return None
    text = table.take(key, str)
    host, colon, port = text.rpartition(":")
    if (
        not colon
        or not host
        or " " in host
        or not host.isprintable()
        or not port.isdecimal()
        or not port.isascii()
        or not 0 < int(port) < 65_536
    ):
        raise table.fail(key, _('应写成 "主机:端口"，例如 "127.0.0.1:8080"'))
    return Endpoint(host.strip("[]"), int(port))


def read_http_url(table: Table, key: str) -> str:
    """The http or https address under a key without its last slash, or the empty string."""
    text = table.take(key, str, "")
    if not text:
        return ""
    try:
        split = urlsplit(text)
        valid = split.scheme in ("http", "https") and bool(split.hostname) and split.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise table.fail(key, _('应为 http 或 https 地址，例如 "http://127.0.0.1:8082"'))
    return text.rstrip("/")


def read_files(table: Table, folder: Path, *, enabled: bool) -> tuple[Path, ...]:
    """The paths under `files`, relative ones below the folder; an enabled source needs one."""
    names = table.take_strings("files", ())
    if enabled and not names:
        raise table.fail("files", _("已启用此来源，请至少列出一个文件"))
    return tuple(folder / name for name in names)


def _run(table: Table, folder: Path) -> RunOptions:
    default = RunOptions()
    options = RunOptions(
        rounds=read_positive(table, "rounds", default.rounds),
        # Founders' judgement: beyond these bounds a value is a slip of the hand.
        max_pages=read_positive(table, "max_pages", default.max_pages),
        concurrency=read_positive(table, "concurrency", default.concurrency, most=64),
        per_host_delay=read_amount(table, "per_host_delay", default.per_host_delay, most=600),
        timeout=read_amount(table, "timeout", default.timeout, least=1, most=120),
        max_body_mb=read_amount(table, "max_body_mb", default.max_body_mb, least=0.1, most=50),
        max_redirects=read_positive(table, "max_redirects", default.max_redirects, most=30),
        min_free_gb=read_amount(table, "min_free_gb", default.min_free_gb),
        keep_clear_days=read_positive(
            table, "keep_clear_days", default.keep_clear_days, most=3_650
        ),
        processes=read_positive(table, "processes", default.processes, most=64),
        policy=folder / table.take("policy", str) if "policy" in table else None,
        discovery_agent=_agent(table, "discovery_agent", default.discovery_agent),
        user_agent=_agent(table, "user_agent", default.user_agent),
    )
    if options.rounds > default.rounds:
        raise table.fail("rounds", _("最多 3 轮"))
    table.finish()
    return options


def _agent(table: Table, key: str, default: str) -> str:
    """What we call ourselves in a header of HTTP: one line."""
    text = table.take(key, str, default)
    if text and not text.isprintable():
        raise table.fail(key, _("应为一行文字"))
    return text


def read_positive(table: Table, key: str, default: int, *, most: int = 1_000_000) -> int:
    """The whole number above zero, and of at most `most`, under a key."""
    value = table.take(key, int, default)
    if value < 1:
        raise table.fail(key, _("应为大于 0 的整数"))
    if value > most:
        raise table.fail(key, _("最多为 {most}").format(most=most))
    return value


def read_amount(
    table: Table, key: str, default: float, *, least: float = 0, most: float = 1e9
) -> float:
    """The number of at least `least` and at most `most` under a key."""
    value = table.take(key, float, default)
    if not value >= 0:
        raise table.fail(key, _("应为不小于 0 的数字"))
    if not least <= value <= most:
        raise table.fail(key, _("应在 {least:g} 到 {most:g} 之间").format(least=least, most=most))
    return value


def _office(table: Table) -> Office:
    office = Office(table.take("name", str, ""), table.take("hotline", str, ""))
    table.finish()
    return office


def _timestamp(table: Table) -> tuple[str, ...]:
    urls = _addresses(table, "urls")
    table.finish()
    return urls
