"""The truth about every invented site: what a perfect program would say of it."""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

TRUTH_FILE = Path(__file__).parent / "truth.toml"
# What an office would have saved of official pages; their layout is invented.
REFERENCES_FOLDER = Path(__file__).parent / "references"

VERDICTS = frozenset({"suspect", "doubtful", "clear", "unknown"})
OFFENCES = frozenset(
    {
        "imitation_query",
        "imitation_portal",
        "sale_forged",
        "exam_cheating",
        "forged_other",
        "parasite_mirror",
        "none",
    }
)
PAGE_CONDITIONS = frozenset(
    {
        "content",
        "parked",
        "expired",
        "blocked_unfiled",
        "suspended",
        "waf",
        "error",
        "empty",
        "unknown",
    }
)
SOURCES = frozenset({"search", "names", "tips", "links"})
VANTAGES = frozenset({"desktop", "phone", "wechat", "search"})
NEEDS = frozenset({"browser", "images"})


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact is one phone, wechat or qq identifier in its normalised form."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class PlainTruth:
    """A plain truth is every honest answer to what plain HTTP shows of a site."""

    verdicts: tuple[str, ...]
    offences: tuple[str, ...]
    page_conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiteTruth:
    """A site's truth names every answer that is right for it.

    `verdicts`, `offences` and `page_conditions` hold one value, or several where all of them are
    acceptable. `contacts` must all be found; a program may find more. `url` is the address that
    the truth is about, `found_by` the sources that lead there, `shows` words of the page itself,
    which tell whether it was reached.
    """

    host: str
    url: str
    verdicts: tuple[str, ...]
    offences: tuple[str, ...]
    page_conditions: tuple[str, ...]
    contacts: tuple[Contact, ...]
    found_by: tuple[str, ...]
    why: str
    vantages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    plain: PlainTruth | None = None
    shows: str = ""

    def seen_plainly(self) -> "SiteTruth":
        """The truth for a program that asks once over plain HTTP as a desktop visitor."""
        if self.plain is None:
            return self
        return replace(
            self,
            verdicts=self.plain.verdicts,
            offences=self.plain.offences,
            page_conditions=self.plain.page_conditions,
            contacts=(),
            plain=None,
        )

    @property
    def offender(self) -> bool:
        """Whether the site does something that an analyst should see."""
        return self.offences != ("none",)


def _several(value: object, allowed: frozenset[str], where: str) -> tuple[str, ...]:
    """Return one value or a list of them as a tuple, refusing any that is not allowed."""
    values = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
    wrong = [each for each in values if each not in allowed]
    if wrong or not values:
        raise ValueError(f"{where}: {wrong or 'nothing'} is not one of {sorted(allowed)}")
    return values


def _plain(entry: dict[str, Any], where: str) -> PlainTruth:
    return PlainTruth(
        _several(entry["verdict"], VERDICTS, where),
        _several(entry["offence"], OFFENCES, where),
        _several(entry["page_condition"], PAGE_CONDITIONS, where),
    )


def _site(entry: dict[str, Any]) -> SiteTruth:
    host = str(entry["host"])
    return SiteTruth(
        host=host,
        url=str(entry.get("url", f"http://{host}/")),
        verdicts=_several(entry["verdict"], VERDICTS, host),
        offences=_several(entry["offence"], OFFENCES, host),
        page_conditions=_several(entry["page_condition"], PAGE_CONDITIONS, host),
        contacts=tuple(
            Contact(str(each["type"]), str(each["value"])) for each in entry.get("contacts", [])
        ),
        found_by=_several(entry["found_by"], SOURCES, host),
        why=str(entry["why"]),
        vantages=_several(entry["vantages"], VANTAGES, host) if "vantages" in entry else (),
        needs=_several(entry["needs"], NEEDS, host) if "needs" in entry else (),
        plain=_plain(entry["plain"], host) if "plain" in entry else None,
        shows=str(entry.get("shows", "")),
    )


def truth(path: Path = TRUTH_FILE) -> tuple[SiteTruth, ...]:
    """The truth of every site, in the order of the file."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(_site(entry) for entry in data["site"])
