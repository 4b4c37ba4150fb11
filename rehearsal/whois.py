"""A WHOIS server that answers like CNNIC for .cn and .中国, like a common registry elsewhere."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from rehearsal.faults import PATIENCE, pour, repeat, slowly
from rehearsal.journal import Journal
from rehearsal.registry import Registration, Registry

BEIJING = timezone(timedelta(hours=8))
CHINESE_SUFFIXES = (".cn", ".xn--fiqs8s")
CHINESE_LIMIT = "Queried interval is too short.\n"
GENERIC_LIMIT = (
    "Your connection limit exceeded. Please slow down and try again later.\nWHOIS LIMIT EXCEEDED\n"
)

PRIVATE_ADDRESS = "10.66.66.66"
BROKEN = frozenset({"drip", "garbage", "hang", "endless", "drop"})

Now = Callable[[], datetime]


def to_ascii(name: str) -> str:
    """The ASCII form of a domain name; a name that has none comes back as it is."""
    name = name.strip().rstrip(".").lower()
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def to_unicode(name: str) -> str:
    """The U-label form of an ASCII domain name."""
    try:
        return name.encode("ascii").decode("idna")
    except UnicodeError:
        return name


def registered_at(registration: Registration, now: datetime) -> datetime:
    """The moment of registration: ten in the morning, Beijing time, so many days before today."""
    day = now.astimezone(BEIJING) - timedelta(days=registration.registered_days_ago)
    return day.replace(hour=10, minute=0, second=0, microsecond=0)


def expires_at(registration: Registration, now: datetime) -> datetime:
    """The next anniversary of the registration, which keeps old domains alive."""
    start = registered_at(registration, now)
    years = registration.registered_days_ago // 365 + 1
    return start + timedelta(days=365 * years)


def chinese_text(registration: Registration, now: datetime) -> str:
    """The record in CNNIC's form, whose times are Beijing time without a zone."""
    domain = to_unicode(registration.domain)
    stamp = "%Y-%m-%d %H:%M:%S"
    lines = [
        f"Domain Name: {domain}",
        f"ROID: 2026{sum(registration.domain.encode()):06d}s10001s{len(domain):08d}-cn",
        f"Domain Status: {registration.status}",
        "Registrant: 演练注册人",
        "Registrant Contact Email: yanlian@yunqiao-yanlian-dns.net",
        f"Sponsoring Registrar: {registration.registrar}",
        *(f"Name Server: {server}" for server in registration.name_servers),
        f"Registration Time: {registered_at(registration, now).strftime(stamp)}",
        f"Expiration Time: {expires_at(registration, now).strftime(stamp)}",
        "DNSSEC: unsigned",
    ]
    return "\n".join(lines) + "\n"


def generic_text(registration: Registration, now: datetime) -> str:
    """The record in the form that most generic registries share, in UTC."""
    private = registration.whois == "refer_private"
    registrar = PRIVATE_ADDRESS if private else "whois.yunqiao-yanlian-dns.net"
    stamp = "%Y-%m-%dT%H:%M:%SZ"
    created = registered_at(registration, now).astimezone(UTC).strftime(stamp)
    expires = expires_at(registration, now).astimezone(UTC).strftime(stamp)
    number = sum(registration.domain.encode())
    lines = [
        f"   Domain Name: {registration.domain.upper()}",
        f"   Registry Domain ID: {number}0001_DOMAIN_COM-VRSN",
        f"   Registrar WHOIS Server: {registrar}",
        f"   Updated Date: {created}",
        f"   Creation Date: {created}",
        f"   Registry Expiry Date: {expires}",
        f"   Registrar: {registration.registrar}",
        "   Registrar IANA ID: 9999",
        "   Registrar Abuse Contact Email: abuse@yunqiao-yanlian-dns.net",
        f"   Domain Status: {registration.status} https://icann.org/epp#{registration.status}",
        *(f"   Name Server: {server.upper()}" for server in registration.name_servers),
        "   DNSSEC: unsigned",
        f">>> Last update of whois database: {now.astimezone(UTC).strftime(stamp)} <<<",
    ]
    return "\r\n".join(lines) + "\r\n"


def whois_text(registry: Registry, domain: str, now: datetime) -> str:
    """The answer to one query, as the registry of that suffix would word it."""
    chinese = domain.endswith(CHINESE_SUFFIXES)
    registration = registry.registration(domain)
    if registration and registration.whois == "none":
        return ""
    if registration and registration.whois == "ratelimited":
        return CHINESE_LIMIT if chinese else GENERIC_LIMIT
    if registration is None or registration.absent:
        return "No matching record.\n" if chinese else f'No match for "{domain.upper()}".\r\n'
    form = chinese_text if chinese else generic_text
    return form(registration, now)


async def _fail(writer: asyncio.StreamWriter, fault: str, text: str) -> None:
    """Answer as a broken server does."""
    match fault:
        case "garbage":
            writer.write(bytes(range(256)) * 40)
        case "hang":
            await asyncio.sleep(PATIENCE)
        case "drop":
            writer.transport.abort()
        case "drip":
            await pour(writer, b"", slowly(text.encode("utf-8"), 0.5))
        case _:  # endless
            await pour(writer, b"", repeat(b"% please wait\r\n" * 1000))


async def serve_whois(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    registry: Registry,
    journal: Journal,
    now: Now,
) -> None:
    """Answer the one query line of a client and close."""
    try:
        line = await asyncio.wait_for(reader.readline(), 10)
        # Some clients send options before the name («-T dn,ace example.com»).
        words = line.decode("utf-8", errors="replace").split()
        if words:
            domain = to_ascii(words[-1])
            journal.note("whois", name=domain)
            text = whois_text(registry, domain, now())
            registration = registry.registration(domain)
            if registration and registration.whois in BROKEN:
                await _fail(writer, registration.whois, text)
            else:
                writer.write(text.encode("utf-8"))
            await writer.drain()
    except (OSError, TimeoutError, ValueError, asyncio.CancelledError):
        # a client that sends nothing gets nothing;
        # what it did not read is thrown away, or the socket would stay open for it.
        writer.transport.abort()
    finally:
        writer.close()
