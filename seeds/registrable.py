"""Reads where the public can register names, and how likely each way of imitating is."""

from __future__ import annotations

from crawler.addresses import AddressError, ascii_host
from crawler.language import _
from crawler.model import LikelyTechnique, Suffix
from crawler.tables import Table

SCRIPTS = ("latin", "cyrillic", "han")


def read_registrable(
    table: Table,
) -> tuple[tuple[Suffix, ...], tuple[LikelyTechnique, ...]]:
    """The suffixes and the likelihoods of techniques in registrable.toml.

    Raises `SeedError` naming file, key and remedy.
    """
    suffixes = tuple(map(_suffix, table.take_tables("suffix")))
    if len({each.suffix for each in suffixes}) != len(suffixes):
        raise table.fail("suffix", _("有重复的文字，请删去一个"))
    likelihood = table.take_table("likelihood")
    techniques = tuple(
        LikelyTechnique(key, _share(likelihood, key)) for key in sorted(likelihood.keys())
    )
    likelihood.finish()
    table.finish()
    return suffixes, techniques


def _suffix(entry: Table) -> Suffix:
    text = entry.take("suffix", str)
    try:
        right = ascii_host(text) == text != ""
    except AddressError:
        right = False
    if not right:
        said = _("{value} 不是域名，应为小写 ASCII 域名，例如 cx.mem.gov.cn")
        raise entry.fail("suffix", said.format(value=text or '""'))
    scripts = entry.take_strings("scripts")
    if not set(scripts) <= set(SCRIPTS):
        raise entry.fail("scripts", _("应为 {kinds} 之一").format(kinds="、".join(SCRIPTS)))
    suffix = Suffix(text, _share(entry, "likelihood"), scripts)
    entry.finish()
    return suffix


def _share(table: Table, key: str) -> float:
    value = table.take(key, float)
    if not 0 < value <= 1:
        raise table.fail(key, _("应大于 0、不大于 1"))
    return value
