"""What detectors found in a Visit, and the weighed opinion that follows."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.model.enums import (
    ContactType,
    Family,
    Offence,
    PageCondition,
    TargetKind,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule that fired, with the very words and the place.

    A signal of the family `innocence` only lowers suspicion.
    """

    rule: str
    """Name of the rule, as in `detectors/rules/*.toml` or the detector's docs."""
    family: Family
    strength: float
    """0 to 1: how much of the rule's weight this occurrence earns."""
    words: str
    """The very words or values that fired, at most 120 characters, identity numbers masked."""
    place: str
    """Where: `title`, `text`, `url`, `header`, `form`, `registration`, `link`, …"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of the page that it is an authority or its platform."""

    authority: str
    """Id of the authority in `seeds/authorities.toml`."""
    platform: str
    """Protected host whose platform is claimed, or the empty string."""
    words: str
    place: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach who speaks on the page, or by which money is to reach him."""

    type: ContactType
    value: str
    """Normalised: digits of a phone, a QQ or a bank account, the bare WeChat id."""
    raw: str
    """As written."""
    confidence: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A technical mark that can tie two sites together."""

    kind: str
    """`baidu_tongji`, `cnzz`, `icp`, `psb` (公安备案号)."""
    value: str


@dataclass(frozen=True, slots=True)
class Target:
    """Another address that the page names."""

    kind: TargetKind
    url: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything detectors found in one Visit."""

    page_condition: PageCondition
    signals: tuple[Signal, ...] = ()
    claims: tuple[Claim, ...] = ()
    contacts: tuple[Contact, ...] = ()
    traces: tuple[Trace, ...] = ()
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the arithmetic of a verdict; the points of all steps add up to the score."""

    label: str
    """Rule or family, or the name of a limit."""
    points: float
    reason: str
    """One plain sentence."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The machine's weighed opinion of one Visit; a person decides."""

    visit: str
    verdict: Verdict
    offence: Offence
    page_condition: PageCondition
    score: float
    """0 to 100."""
    imitates: str
    """Protected host imitated, or the empty string."""
    findings: Findings
    steps: tuple[Step, ...]
    policy: str
    """Version of the policy that weighed it."""
