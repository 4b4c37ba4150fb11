"""Answers an inspector on a site: whose address is this, is it a known case, what to do next."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from urllib.parse import unquote, urlsplit

from crawler.addresses import AddressError, covers, defang, host_of, is_ip, normalise
from crawler.casework import case_key
from crawler.casework.keys import page_key
from crawler.clock import beijing_date, shown
from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import Case, CaseState, Knowledge, TrustedHost, Watchlist
from crawler.numbers import NumberFault, looks_like_number, read_number
from crawler.store import Store
from crawler.telling import name_of_technique
from crawler.wording import name_of
from detectors.images import read_picture
from detectors.names import NameScreen
from detectors.pictured import load_pictured

logger = logging.getLogger(__name__)
_PLATFORM = "cx.mem.gov.cn"
_ADDRESS = re.compile(r"(?i)\bhttps?://[^\s<>\"'，。；、）)]+")


class Outcome(StrEnum):
    """The answer in one word."""

    PLATFORM = "platform"
    """The one official query platform."""
    TRUSTED = "trusted"
    """A host that is never accused."""
    CONFIRMED = "confirmed"
    """People have confirmed it as a case."""
    SUSPECTED = "suspected"
    """The machine suspects it; nobody has decided yet."""
    VICTIM = "victim"
    REJECTED = "rejected"
    """People have looked and found nothing wrong."""
    LOOKALIKE = "lookalike"
    """Nobody has opened it; its name resembles an official one."""
    CONTACT = "contact"
    """It adds a contact or takes a payment."""
    STRANGER = "stranger"
    """Nothing is known, which clears nobody."""
    WELL_FORMED = "well_formed"
    MALFORMED = "malformed"
    UNREADABLE = "unreadable"
    """Nothing could be read, which never means that there is nothing."""


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """One answer for an inspector; identity numbers masked, addresses defanged."""

    subject: str
    outcome: Outcome
    said: str
    """The answer in one sentence."""
    facts: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    """What to do next."""


class FieldDesk:
    """Answers from what is on this machine alone; nothing is opened, looked up or stored."""

    def __init__(self, watchlist: Watchlist, store: Store | None, at: datetime) -> None:
        """Answer by a watchlist and, where there is one, by the cases of a data folder."""
        self._watchlist = watchlist
        self._store = store
        self._today = beijing_date(at)
        self._own = [host for each in watchlist.authorities for host in each.hosts]

    @cached_property
    def _screen(self) -> NameScreen:
        """Made where a name must be judged; that takes half a second."""
        return NameScreen(self._watchlist)

    def answer(self, text: str) -> FieldAnswer:
        """What is known of an address, a number, or the text of a code."""
        found = _ADDRESS.search(text)
        if looks_like_number(text):
            return _number(text, self._today)
        try:
            url = normalise(found.group() if found else text)
        except AddressError:
            return _mere_text(text)
        host = host_of(url)
        return self._address(url, text) if "." in host or is_ip(host) else _mere_text(text)

    def answer_picture(self, data: bytes, name: str) -> tuple[FieldAnswer, ...]:
        """What is known of each code in a picture; `name` is what the picture is called."""
        picture = read_picture(data, name)
        if picture.state is not Knowledge.KNOWN:
            logger.info("%s: picture not read: %s", name, picture.detail)
            said = _("图片读不出来，请换一张清楚的照片；读不出不等于没有二维码")
            return (FieldAnswer(name, Outcome.UNREADABLE, said, (), (_asking_officially(),)),)
        texts = dict.fromkeys(code.text for code in picture.codes)
        answers = tuple(self.answer(text) for text in texts)
        if picture.unread or not answers:
            said = _("照片中有读不出的二维码") if picture.unread else _("照片中没有读出二维码")
            steps = (
                _("对准二维码、在光线好处重拍一张再试；读不出不等于没有"),
                _asking_officially(),
            )
            answers = (*answers, FieldAnswer(name, Outcome.UNREADABLE, said, (), steps))
        return answers

    def _address(self, url: str, asked: str) -> FieldAnswer:
        host = host_of(url)
        subject = defang(mask_identity(unquote(url)))
        facts = _tricks(asked, host)
        own = any(covers(each, host) for each in self._own)
        trusted = next((each for each in self._watchlist.trusted if self._holds(each, host)), None)
        if own or trusted:
            return _official(subject, host, trusted, facts)
        case = self._case(url)
        if case is not None:
            return _known(subject, case, facts)
        if any(covers(each, host) for each in load_pictured().touch):
            said = _("这是加好友、进群或收款的码，不是证书查询页")
            return FieldAnswer(subject, Outcome.CONTACT, said, facts, _steps_against())
        hit = self._screen.judge(host)
        if hit is not None:
            said = _("不是官方网站，名称与官方的 {host} 相似（{technique}）")
            told = said.format(
                host=defang(hit.imitates), technique=name_of_technique(hit.technique)
            )
            return FieldAnswer(subject, Outcome.LOOKALIKE, told, facts, _steps_against())
        said = _("不是官方网站，本机没有它的记录；没有记录不等于没有问题")
        return FieldAnswer(subject, Outcome.STRANGER, said, facts, _steps_against())

    def _holds(self, entry: TrustedHost, host: str) -> bool:
        in_force = entry.expires is None or entry.expires >= self._today
        return in_force and covers(entry.host, host)

    def _case(self, url: str) -> Case | None:
        if self._store is None:
            return None
        keys = (page_key(url), case_key(url, self._watchlist))
        return next((case for key in keys if (case := self._store.case(str(key)))), None)


def _number(text: str, today: date) -> FieldAnswer:
    number = read_number(text, today)
    steps = (_asking_officially(), _("编号由人到官方平台查验，本程序从不查询"))
    if number.is_well_formed:
        said = _("编号的格式和校验位没有问题；格式正确不能证明证书真实")
        return FieldAnswer(number.masked, Outcome.WELL_FORMED, said, (), steps)
    said = _("编号不合特种作业操作证的规则，先核对有没有抄错")
    facts = tuple(_fault(fault) for fault in number.faults)
    return FieldAnswer(number.masked, Outcome.MALFORMED, said, facts, steps)


def _fault(fault: NumberFault) -> str:
    return {
        NumberFault.LENGTH: _("应为字母 T 加 18 位公民身份号码"),
        NumberFault.PREFIX: _("没有开头的字母 T：特种设备等其他证件用身份号码作编号，操作证须有 T"),
        NumberFault.PROVINCE: _("前两位不是任何省份的代码"),
        NumberFault.BIRTHDAY: _("出生日期不存在"),
        NumberFault.AGE: _("按编号持证人未满 18 周岁"),
        NumberFault.CHECK: _("最后一位校验不符：编号是抄错或编造的"),
    }[fault]


def _tricks(asked: str, host: str) -> tuple[str, ...]:
    """What in the address is there to deceive."""
    found = _ADDRESS.search(asked)
    try:
        before = urlsplit(found.group() if found else asked).username
    except ValueError:
        before = None
    if before is None:
        return ()
    said = _("网址中 @ 之前的“{words}”是障眼法，实际打开的是 {host}")
    return (said.format(words=defang(mask_identity(before)), host=defang(host)),)


def _official(
    subject: str, host: str, trusted: TrustedHost | None, facts: tuple[str, ...]
) -> FieldAnswer:
    if host == _PLATFORM:
        said = _("这是官方的特种作业操作证查询平台")
        steps = (
            _("扫码看到的页面仍可能被截图或翻拍，请自己打开平台再查一遍"),
            _asking_officially(),
        )
        return FieldAnswer(subject, Outcome.PLATFORM, said, facts, steps)
    said = _("这是可信网站，但查操作证只认 {platform}").format(platform=defang(_PLATFORM))
    if trusted is not None:
        facts = (*facts, _("可信的理由：{reason}").format(reason=trusted.reason))
    return FieldAnswer(subject, Outcome.TRUSTED, said, facts, (_asking_officially(),))


def _known(subject: str, case: Case, facts: tuple[str, ...]) -> FieldAnswer:
    told = (
        *facts,
        _("案件 {case}：{verdict}，{offence}").format(
            case=mask_identity(str(case.key)),
            verdict=name_of(case.facts.verdict),
            offence=name_of(case.facts.offence),
        ),
        _("首次发现 {first}，复核状态：{state}").format(
            first=shown(case.first_seen), state=name_of(case.state)
        ),
    )
    match case.state:
        case CaseState.CONFIRMED | CaseState.RELEASED:
            outcome, said = Outcome.CONFIRMED, _("已由人确认的案件，页面上的“有效”不可信")
        case CaseState.VICTIM:
            outcome, said = Outcome.VICTIM, _("该网站被人入侵放了假页面，网站主人是受害者")
        case CaseState.DISMISSED | CaseState.CORRECTED:
            outcome, said = Outcome.REJECTED, _("人工复核过，不按仿冒处理；它也不是官方查询平台")
        case _:
            outcome, said = Outcome.SUSPECTED, _("机器怀疑过的网站，尚无人确认；它不是官方查询平台")
    steps = (_asking_officially(),) if outcome is Outcome.REJECTED else _steps_against()
    return FieldAnswer(subject, outcome, said, told, steps)


def _mere_text(text: str) -> FieldAnswer:
    words = mask_identity(" ".join(text.split()))[:200]
    said = _("这里写的不是网址，也不是证书编号，无从核对")
    return FieldAnswer(defang(words), Outcome.STRANGER, said, (), (_asking_officially(),))


def _asking_officially() -> str:
    return _(
        "在微信公众号“国家安全生产考试”中用“证件扫码查询”核验，或自己输入 {platform} 查询；"
        "刚发的证三天内可能查不到，查不到不等于伪造"
    ).format(platform=defang(_PLATFORM))


def _steps_against() -> tuple[str, ...]:
    return (
        _("不要在该页输入姓名和证件号码"),
        _asking_officially(),
        _("拍下证件正反面、二维码和打开后的页面，连同时间、地点、持证人说明交回办公室"),
        _("把网址作为线索登记（tips.csv），由程序取证、由人复核"),
    )
