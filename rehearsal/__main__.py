"""The command `python -m rehearsal` runs the practice web until it is told to stop."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from rehearsal.hostile import HostileWeb
from rehearsal.registry import SITES_FOLDER
from rehearsal.server import Ports, Rehearsal

PORTS = tuple(field.name for field in fields(Ports))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description=__doc__)
    parser.add_argument("--ports-file", type=Path, metavar="FILE", help="write the ports as JSON")
    parser.add_argument("--log", type=Path, metavar="FILE", help="log every request as JSON lines")
    parser.add_argument(
        "--write-profile", type=Path, metavar="DIR", help="write profile.toml, names.txt, tips.csv"
    )
    parser.add_argument(
        "--sites", type=Path, default=SITES_FOLDER, metavar="DIR", help="the folder of the sites"
    )
    parser.add_argument("--hostile", action="store_true", help="run the misbehaving web instead")
    parser.add_argument("--with-parent", action="store_true", help="end when the parent ends")
    for name in PORTS:
        parser.add_argument(f"--{name}", type=int, default=0, metavar="PORT", help="0: any free")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGTERM, SIGINT or, if asked, the end of the parent process."""
    parent = os.getppid()
    options = _arguments(argv)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    ports = Ports(**{name: getattr(options, name) for name in PORTS})
    chosen = (
        HostileWeb(log=options.log, ports=ports)
        if options.hostile
        else Rehearsal(log=options.log, folder=options.sites, ports=ports)
    )
    with chosen as web:
        if options.write_profile:
            web.write_profile(options.write_profile)
        if options.ports_file:
            web.write_ports(options.ports_file)
        listening = ", ".join(f"{name} {getattr(web.ports, name)}" for name in PORTS)
        count = len(web.sites.by_host)
        sys.stdout.write(f"rehearsal: {count} sites; {listening} on 127.0.0.1\n")
        sys.stdout.flush()
        # The event is looked at in steps because nobody announces the death of a parent.
        while not stop.wait(0.5):
            if options.with_parent and os.getppid() != parent:
                break
    return 0


if __name__ == "__main__":
    sys.exit(main())
