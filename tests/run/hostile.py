"""Runs of the real command over the misbehaving web, watched from outside."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from crawler.evidence import Blobs, load_visit
from crawler.model import Assessment, Visit
from crawler.store import Store
from rehearsal.hostile import Behaviour, HostileWeb, behaviours
from rehearsal.journal import Entry

KNOWN = {each.name: each for each in behaviours()}
# The misbehaving web lives at addresses kept for documentation, which the guard refuses as it
# should. These belong to the public internet; nothing is sent there, for `hosts_to` is loopback.
_DOCUMENTATION, _PUBLIC = "203.0.113.", "93.184.216."
_NETWORK = """\
[network]
hosts_to = "127.0.0.1:{http}"
tls_to = "127.0.0.1:{tls}"
dns = "127.0.0.1:{dns}"
rdap = "http://127.0.0.1:{rdap}"
whois = "127.0.0.1:{whois}"

[sources.tips]
enabled = true
files = ["tips.csv"]

[run]
per_host_delay = 0
timeout = {timeout}
"""


@dataclass(slots=True)
class Watched:
    """What a run over the misbehaving web did and left."""

    asked: tuple[Behaviour, ...]
    code: int = -1
    said: str = ""
    seconds: float = 0.0
    peak: int = 0
    """Most memory that the run and all its children held at one moment, shared parts once."""
    left_running: list[str] = field(default_factory=list)
    left_files: list[str] = field(default_factory=list)
    visits: dict[str, Visit] = field(default_factory=dict)
    opinions: dict[str, Assessment] = field(default_factory=dict)
    journal: list[Entry] = field(default_factory=list)
    data: Path = Path()


def run_over(names: Iterable[str], folder: Path, timeout: int, most_seconds: int) -> Watched:
    """One run of the command with these behaviours as tips; killed after the time given."""
    asked = tuple(KNOWN[name] for name in names)
    found = Watched(asked, data=folder / "data")
    with HostileWeb() as web:
        _move_to_public_addresses(web)
        profile = _write_profile(web, folder, asked, timeout)
        _watch(found, profile, folder, most_seconds)
        found.journal = web.journal.entries()
    _read(found)
    return found


def _move_to_public_addresses(web: HostileWeb) -> None:
    def moved(addresses: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(address.replace(_DOCUMENTATION, _PUBLIC) for address in addresses)

    for host in {each.host for each in KNOWN.values()}:
        site = web.sites.site(host)
        assert site is not None
        turns = tuple(moved(each) for each in site.rotating)
        web.sites.put(replace(site, addresses=moved(site.addresses), rotating=turns))


def _write_profile(
    web: HostileWeb, folder: Path, asked: tuple[Behaviour, ...], timeout: int
) -> Path:
    ports = web.ports
    text = _NETWORK.format(
        http=ports.http,
        tls=ports.tls,
        dns=ports.dns,
        rdap=ports.rdap,
        whois=ports.whois,
        timeout=timeout,
    )
    (folder / "profile.toml").write_text(text, encoding="utf-8")
    with (folder / "tips.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("url", "text", "received_at", "from"))
        rows.writerows((each.where, "", "", "") for each in asked)
    return folder / "profile.toml"


def _watch(found: Watched, profile: Path, folder: Path, most_seconds: int) -> None:
    private = {name: folder / name for name in ("home", "tmp")}
    for each in private.values():
        each.mkdir()
    environment = os.environ | {
        "HOME": str(private["home"]),
        "TMPDIR": str(private["tmp"]),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "crawler.cli", "run", "--json"]
    command += ["--profile", str(profile), "--data", str(found.data)]
    start = time.monotonic()
    seen: dict[int, str] = {}
    with (
        (folder / "said").open("w+", encoding="utf-8") as said,
        subprocess.Popen(
            command, cwd=private["home"], env=environment, stdout=said, stderr=said
        ) as run,
    ):
        while run.poll() is None:
            now = family(run.pid)
            seen |= {pid: birth(pid) for pid in now if pid not in seen}
            found.peak = max(found.peak, sum(_memory(pid) for pid in now))
            if time.monotonic() - start > most_seconds:
                run.kill()
            time.sleep(0.25)
        found.seconds = time.monotonic() - start
        found.code = run.returncode
        said.seek(0)
        found.said = said.read()
    time.sleep(1)  # children of a process that ended go a moment later
    found.left_running = [_name(pid) for pid, born in seen.items() if born and born == birth(pid)]
    found.left_files = [
        str(path.relative_to(folder))
        for each in private.values()
        for path in each.rglob("*")
        if path.is_file()
    ]


def _read(found: Watched) -> None:
    named = {each.where: each.name for each in found.asked}
    blobs = Blobs(found.data / "blobs")
    with Store.open(found.data) as store:
        run = store.last_completed_run()
        if run is None:
            return
        for visit, opinion in store.assessments(run.id):
            name = named.get(visit.url)
            if name is not None:
                found.visits[name] = load_visit(store, blobs, visit.id)
                found.opinions[name] = opinion


def family(root: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (after := _stat(int(entry.name))):
            children[int(after[1])].append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += children[found[-1]]
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on (proc(5)), or none where it has gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def birth(pid: int) -> str:
    """When a process that has not ended began; the empty string for others."""
    after = _stat(pid)
    return after[19] if after and after[0] != "Z" else ""


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")[:120]
    except OSError:
        return ""


def _memory(pid: int) -> int:
    """Bytes that a process holds, what it shares counted in part."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
