"""How values of a case are written for people: defanged, masked, dated in Beijing time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby

from crawler.addresses import defang, host_of, is_ip, parts, unicode_host
from crawler.clock import shown
from crawler.language import _
from crawler.masking import mask_contact, mask_contacts
from crawler.model import Case, CaseFacts, Change, Contact, Family, Signal
from crawler.printing import plain
from crawler.telling import name_of_place, told_words
from crawler.wording import name_of, name_of_field

Describe = Callable[[str], str]
"""From the name of a rule to the sentence that says what it means, empty where none is known."""

_FIRST = (
    Family.CLAIM,
    Family.QUERY,
    Family.OFFER,
    Family.SALE,
    Family.CHEATING,
    Family.OTHER_PAPERS,
    Family.MIRROR,
    Family.CLOAKING,
)
_TOLD = (*_FIRST, *(family for family in Family if family not in _FIRST))
"""The order in which reasons are told."""
_OF_ADDRESSES = frozenset({"url", "link", "img", "script", "style", "vantages", "picture"})
"""Places whose words are addresses or hold them."""


def address(url: str) -> str:
    """The address defanged and masked, with a Chinese name written out beside its ASCII form."""
    host = host_of(url)
    readable = unicode_host(host)
    text = defang(plain(url))
    return f"{text}（{defang(readable)}）" if readable != host else text


def masked_address(host: str) -> str:
    """The host defanged with the middle of its name hidden, so that nobody is led there.

    >>> masked_address("cx-chaxun.top")
    'cx***un[.]top'
    >>> masked_address("192.0.2.7")
    '192[.]0[.]*[.]*'
    """
    if is_ip(host):
        kept = host.split(".")[:2] if "." in host else host.split(":")[:2]
        return defang(".".join([*kept, "*", "*"]))
    suffix = parts(host).suffix
    name = unicode_host(host.removesuffix(suffix).strip("."))
    hidden = [_hide(label) for label in name.split(".")]
    return defang(".".join([*hidden, unicode_host(suffix)]))


def _hide(label: str) -> str:
    kept = 2 if len(label) >= 6 else 1
    return f"{label[:kept]}***{label[-kept:] if len(label) > 2 * kept else ''}"


def contacts(facts: CaseFacts) -> str:
    """The contacts of a case, one a line, masked."""
    lines = [f"{name_of(item.type)} {plain(mask_contact(item))}" for item in facts.contacts]
    return "\n".join(dict.fromkeys(lines))


def targets(facts: CaseFacts, most: int = 5) -> str:
    """Other addresses that the page names, QR codes first, at most `most` of them."""
    ordered = sorted(facts.targets, key=lambda item: (item.kind.value != "qr", item.kind, item.url))
    lines = [f"{name_of(item.kind)} {address(item.url)}" for item in ordered[:most]]
    if len(ordered) > most:
        lines.append(_("另有 {count} 个，见 JSON 清单").format(count=len(ordered) - most))
    return "\n".join(lines)


def change(value: Change) -> str:
    """What is different since the last run, with the fields that differ."""
    fields = "、".join(name_of_field(field) for field in value.fields)
    said = _("{kind}（{fields}）").format(kind=name_of(value.kind), fields=fields)
    return said if fields else name_of(value.kind)


def meaning(signal: Signal, describe: Describe) -> str:
    """What the signal says, or the name of its family where no sentence is known for its rule."""
    return describe(signal.rule) or name_of(signal.family)


def reasons(
    signals: Sequence[Signal],
    describe: Describe,
    *,
    innocent: bool,
    hide: Sequence[Contact] = (),
) -> tuple[str, ...]:
    """Why the machine thinks so, one sentence per rule with the very words; or why it doubts it.

    What the page says of itself comes first, what is known about it last. The contacts to `hide`
    are masked in the words as everywhere.
    """
    wanted = [item for item in signals if (item.family is Family.INNOCENCE) == innocent]
    wanted.sort(key=lambda item: item.rule)
    found = []
    for _rule, group in groupby(wanted, key=lambda item: item.rule):
        members = sorted(group, key=lambda item: -item.strength)
        said = dict.fromkeys(quoted(item, hide) for item in members if item.words)
        sentence = meaning(members[0], describe).rstrip("。.")
        words = "、".join(said)
        told = _("{sentence}：{words}").format(sentence=sentence, words=words)
        told = told if words else sentence
        found.append((_TOLD.index(members[0].family), -members[0].strength, told))
    return tuple(told for _family, _strength, told in sorted(found))


def quoted(signal: Signal, hide: Sequence[Contact] = ()) -> str:
    """The very words of a signal and where they stand; addresses defanged, contacts to hide masked.

    What the machine put together (a likeness, what each vantage saw) is told without quotes.
    """
    told = plain(mask_contacts(told_words(signal), hide))
    # Where the words are an address they are defanged like every other one.
    told = defang(told) if signal.place in _OF_ADDRESSES else told
    if told_words(signal) != signal.words:
        return told
    place = name_of_place(signal.place)
    return _("「{words}」（{place}）").format(words=told, place=place)


def registration(facts: CaseFacts) -> str:
    """Registration facts of the domain in a few lines; what is not known is said."""
    day = shown(facts.registered_on)[:10] if facts.registered_on else _("未知")
    servers = "、".join(defang(name) for name in facts.name_servers) or _("未知")
    return "\n".join(
        (
            _("注册日期 {value}").format(value=day),
            _("注册商 {value}").format(value=plain(facts.registrar) or _("未知")),
            _("域名服务器 {value}").format(value=plain(servers)),
        )
    )


def moment(value: datetime | None) -> str:
    """The moment in Beijing time, or «unknown»."""
    return shown(value) if value else _("未知")


def by_gravity(cases: Sequence[Case]) -> tuple[Case, ...]:
    """The cases as a reviewer wants them: gravest verdict, offence and score first, then by key."""
    return tuple(
        sorted(
            cases,
            key=lambda case: (
                -case.facts.verdict.gravity,
                -case.facts.offence.gravity,
                -case.facts.score,
                str(case.key),
            ),
        )
    )
