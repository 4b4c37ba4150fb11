"""The files that let the program run against the practice web."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

PROFILE = """\
# Written by the practice web: everything stays on loopback.
[network]
hosts_to = "127.0.0.1:{http}"
tls_to = "127.0.0.1:{tls}"
dns = "127.0.0.1:{dns}"
rdap = "http://127.0.0.1:{rdap}"
whois = "127.0.0.1:{whois}"
allow_private = true

[sources.searxng]
enabled = true
url = "http://127.0.0.1:{search}"
delay = 0
pages = 5

[sources.names]
enabled = true
files = ["names.txt"]

[sources.tips]
enabled = true
files = ["tips.csv"]

[timestamp]
urls = ["http://127.0.0.1:{tsa}/"]

[run]
per_host_delay = 0.05
"""

TIP_COLUMNS = ("url", "text", "received_at", "from")


def profile_text(
    *, http: int, tls: int, dns: int, whois: int, rdap: int, search: int, tsa: int
) -> str:
    """The profile for servers on these ports."""
    return PROFILE.format(
        http=http, tls=tls, dns=dns, whois=whois, rdap=rdap, search=search, tsa=tsa
    )


def tips_text(path: Path, now: datetime) -> str:
    """The tips as CSV, with the days-ago of the stored file turned into moments."""
    rows: list[list[str]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))[1:]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(TIP_COLUMNS)
    for row in rows:
        writer.writerow([_moment(cell, now) if i == 2 else cell for i, cell in enumerate(row)])
    return out.getvalue()


def _moment(cell: str, now: datetime) -> str:
    """The moment so many days ago; a cell that is no number stays as it is, garbage included."""
    if not cell.isdigit():
        return cell
    return (now - timedelta(days=int(cell))).replace(microsecond=0).isoformat()
