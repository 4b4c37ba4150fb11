"""What people decide about cases: each act is stored once, sealed, and told apart from a race."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from crawler.addresses import AddressError, covers, normalise
from crawler.casework.keys import page_key
from crawler.casework.persons import written
from crawler.casework.transitions import leads_to, muted, printed, taken_back
from crawler.clock import shown
from crawler.errors import CaseworkError
from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import (
    Case,
    CaseKey,
    CaseState,
    Decision,
    Judgement,
    KeyKind,
    Standing,
)
from crawler.store import Store
from crawler.wording import name_of

_SITES = frozenset({KeyKind.DOMAIN, KeyKind.HOST, KeyKind.IP_PORT})


def find_case(store: Store, text: str) -> Case:
    """The case of a key as printed, of its masked form, or of the domain alone where one fits.

    Raises `CaseworkError` where there is none, or several.
    """
    case = store.case(text)
    if case is not None:
        return case
    fitting = [f"{kind.value}:{text}" for kind in KeyKind]
    fitting = [key for key in fitting if store.case(key) is not None]
    if not fitting and "*" in text:
        fitting = [key for key in store.case_keys() if mask_identity(key) == text]
    found = store.case(fitting[0]) if len(fitting) == 1 else None
    if found is None:
        said = _("没有案件 {case}，请用 certhound review list 查看案件编号")
        if len(fitting) > 1:
            said = _("{case} 对应多个案件，请写完整的案件编号")
        raise CaseworkError(said.format(case=mask_identity(text)))
    return found


def decide(
    store: Store,
    key: CaseKey | str,
    decision: Decision,
    by: str,
    reason: str,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """The case after a person confirms, dismisses, watches, reopens it, or names a victim.

    So are a remark and an appeal by somebody accused told: `by` is who registers it, `reason` says
    who objects and why. Two different people confirm; for everything else one is enough, with a
    reason. Whoever confirmed a case before it was reopened has to do so anew. Raises
    `CaseworkError` for an unknown case, a rule broken, or a case that somebody else decided since
    `expected_version` was read. All acts below raise it alike.
    """
    case = find_case(store, str(key))
    return _act(store, case, Judgement(case.key, decision, by, at, reason), expected_version)


def undo(
    store: Store,
    key: CaseKey | str,
    by: str,
    reason: str,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """The case as it stood before its last decision, which stays on record as taken back.

    What has been published cannot be taken back in silence: `correct` is for that.
    """
    case = find_case(store, str(key))
    last = taken_back(case, store.judgements(str(case.key)))
    if last.decision is Decision.CONFIRM and papers_of(store, case.key):
        said = _("案件 {case} 已写入对外材料，请用 certhound review correct 更正")
        raise CaseworkError(said.format(case=printed(case)))
    judgement = Judgement(case.key, Decision.UNDO, by, at, reason, undoes=last.version)
    return _act(store, case, judgement, expected_version)


def mute(
    store: Store,
    key: CaseKey | str,
    by: str,
    reason: str,
    at: datetime,
    until: datetime | None,
    expected_version: int | None = None,
) -> Case:
    """The case, off the list before `until` unless it looks graver; `None` ends a mute."""
    case = find_case(store, str(key))
    judgement = Judgement(case.key, Decision.MUTE, by, at, reason, leads_to=muted(case, until, at))
    return _act(store, case, judgement, expected_version)


def merge(
    store: Store,
    key: CaseKey | str,
    into: CaseKey | str,
    by: str,
    reason: str,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """The case, now part of another one, whose pages the next run joins to that one's.

    Only what one owner can answer for is merged: sites with sites, pages and accounts with those
    of the same host. Returns the merged case, off the list.
    """
    case, other = find_case(store, str(key)), find_case(store, str(into))
    if case.key == other.key or other.state is CaseState.MERGED:
        said = _("案件 {case} 不能并入 {other}，请选另一个案件")
        raise CaseworkError(said.format(case=printed(case), other=printed(other)))
    if not _may_share_an_owner(case.key, other.key):
        said = _("案件 {case} 与 {other} 可能属于不同的主人（路径、平台账号只能在同一主机内合并）")
        raise CaseworkError(said.format(case=printed(case), other=printed(other)))
    standing = Standing(CaseState.MERGED, part_of=other.key)
    judgement = Judgement(case.key, Decision.MERGE, by, at, reason, leads_to=standing)
    return _act(store, case, judgement, expected_version)


def split(
    store: Store,
    key: CaseKey | str,
    urls: Sequence[str],
    by: str,
    reason: str,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """The case without some of its pages: from the next run on each is a case by its path.

    Returns the case that they leave.
    """
    case = find_case(store, str(key))
    try:
        wanted = tuple(normalise(url) for url in urls)
    except AddressError as problem:
        raise CaseworkError(
            _("网址无效（{problem}），请写完整的 http 网址").format(problem=problem)
        ) from problem
    strange = sorted(set(wanted) - set(case.facts.urls))
    if strange or not wanted:
        said = _("案件 {case} 中没有网址 {url}，请用 certhound review show 查看其网址")
        url = mask_identity("、".join(strange) or "-")
        raise CaseworkError(said.format(case=printed(case), url=url))
    judgement = Judgement(case.key, Decision.SPLIT, by, at, reason, urls=wanted)
    return _act(store, case, judgement, expected_version, [page_key(url) for url in wanted])


def correct(
    store: Store,
    key: CaseKey | str,
    by: str,
    reason: str,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """The case, withdrawn after it was published; the record names every paper that held it."""
    case = find_case(store, str(key))
    papers = papers_of(store, case.key)
    if not papers:
        said = _("案件 {case} 从未写入对外材料，无需更正；请用 certhound review dismiss 排除")
        raise CaseworkError(said.format(case=printed(case)))
    judgement = Judgement(case.key, Decision.CORRECT, by, at, reason, papers=papers)
    return _act(store, case, judgement, expected_version)


def papers_of(store: Store, key: CaseKey) -> tuple[str, ...]:
    """The files that left the house and named a case, in the order in which they were written."""
    return store.papers_of(str(key))


def published(store: Store, keys: Sequence[CaseKey], paper: str, digest: str, at: datetime) -> None:
    """Seal that a file which leaves the house names these cases.

    `paper` is the file's name, `digest` its SHA-256.
    """
    store.save_paper([str(key) for key in keys], paper, digest, at)


def _act(
    store: Store,
    case: Case,
    judgement: Judgement,
    expected: int | None,
    opened: Sequence[CaseKey] = (),
) -> Case:
    judgement = replace(judgement, by=written(judgement.by), reason=judgement.reason.strip())
    before = store.judgements(str(case.key))
    if expected is not None and expected != case.version:
        raise _conflict(case, before)
    standing = leads_to(case, judgement, before)
    if judgement.leads_to is None:
        judgement = replace(judgement, leads_to=standing)
    if not store.save_judgement(judgement, case, opened):
        raise _conflict(case, store.judgements(str(case.key)))
    return find_case(store, str(case.key))


def _may_share_an_owner(one: CaseKey, other: CaseKey) -> bool:
    if one.kind in _SITES and other.kind in _SITES:
        return True
    if KeyKind.ACCOUNT in (one.kind, other.kind):
        return one.kind is other.kind and _place(one) == _place(other)
    # A page beside a page of the same host, or beside the site that it stands in.
    return covers(_place(other), _place(one)) or covers(_place(one), _place(other))


def _place(key: CaseKey) -> str:
    return key.value.partition("/")[0] if key.kind in (KeyKind.PATH, KeyKind.ACCOUNT) else key.value


def _conflict(case: Case, judgements: Sequence[Judgement]) -> CaseworkError:
    if not judgements:
        return CaseworkError(_("案件 {case} 已有变化，请查看后重新决定").format(case=printed(case)))
    last = judgements[-1]
    said = _("{by} 已于 {at} 对案件 {case} 作出决定（{decision}），请查看后重新决定")
    return CaseworkError(
        said.format(
            by=last.by, at=shown(last.at), case=printed(case), decision=name_of(last.decision)
        )
    )
