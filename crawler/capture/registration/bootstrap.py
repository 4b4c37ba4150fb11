"""Which RDAP server knows which suffix, by IANA's bootstrap file (RFC 9224).

`rdap_bootstrap.json` beside this module is IANA's `dns.json` of the day in its `publication`, one
service a line. A newer one may be put in its place; nothing else changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from crawler.errors import SeedError
from crawler.language import _

_FILE = "rdap_bootstrap.json"


@cache
def rdap_services() -> Mapping[str, str]:
    """The address of the RDAP service of each suffix that has one; HTTPS where there is a choice.

    Raises `SeedError` where the file is not such a file.
    """
    text = (files(__package__) / _FILE).read_text(encoding="utf-8")
    try:
        return read_bootstrap(text)
    except (ValueError, TypeError, RecursionError) as problem:
        said = _("{file} 不是 IANA 的 RDAP 引导文件（{problem}），请换上原文件")
        raise SeedError(said.format(file=_FILE, problem=problem)) from problem


def read_bootstrap(text: str) -> dict[str, str]:
    """The services in a bootstrap file; raises `ValueError` or `TypeError` for what is none."""
    said = json.loads(text)
    services: dict[str, str] = {}
    if not isinstance(said, dict) or not isinstance(said.get("services"), list):
        raise TypeError("no services")
    for suffixes, urls in said["services"]:
        secure = [url for url in urls if url.startswith("https://")]
        plain = [url for url in urls if url.startswith("http://")]
        if not secure + plain:
            raise ValueError(f"no address for {suffixes}")
        services |= {suffix.lower(): (secure + plain)[0] for suffix in suffixes}
    return services
