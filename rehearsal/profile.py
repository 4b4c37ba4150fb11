"""The files that let the program run against the practice web."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

PROFILE = """\
# Written by the practice web: everything stays on loopback.
[network]
hosts_to = "127.0.0.1:{http}"
dns = "127.0.0.1:{dns}"
whois = "127.0.0.1:{whois}"
allow_private = true

[sources.searxng]
enabled = true
url = "http://127.0.0.1:{search}"
delay = 0

[sources.names]
enabled = true
files = ["names.txt"]

[sources.tips]
enabled = true
files = ["tips.csv"]

[run]
per_host_delay = 0.05
"""

TIP_COLUMNS = ("url", "text", "received_at", "from")


def profile_text(*, http: int, dns: int, whois: int, search: int) -> str:
    """The profile for servers on these ports."""
    return PROFILE.format(http=http, dns=dns, whois=whois, search=search)


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
