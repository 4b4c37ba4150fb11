"""The names by which people know our states: one word or short phrase for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from crawler.language import _
from crawler.model import (
    CaseState,
    ChangeKind,
    ContactType,
    Decision,
    Family,
    KeyKind,
    Offence,
    PageCondition,
    Ruling,
    ShiftKind,
    SourceStatus,
    TargetKind,
    TrustKind,
    Vantage,
    Verdict,
    WordState,
)


def name_of(state: StrEnum) -> str:
    """The name of a state in the language of output.

    Raises `KeyError` for a state that no person is ever shown.
    """
    return _NAMES[type(state)]()[state]


def name_of_field(field: str) -> str:
    """The name of a changed field of a case, or the field itself where it has none."""
    return _fields().get(field, field)


def _verdicts() -> Mapping[StrEnum, str]:
    return {
        Verdict.SUSPECT: _("可疑"),
        Verdict.DOUBTFUL: _("存疑"),
        Verdict.CLEAR: _("正常"),
        Verdict.UNKNOWN: _("未知"),
    }


def _offences() -> Mapping[StrEnum, str]:
    return {
        Offence.IMITATION_QUERY: _("假查验页"),
        Offence.IMITATION_PORTAL: _("仿冒门户"),
        Offence.SALE_FORGED: _("兜售假操作证"),
        Offence.EXAM_CHEATING: _("包过代考"),
        Offence.FORGED_OTHER: _("综合办证"),
        Offence.PARASITE_MIRROR: _("寄生镜像"),
        Offence.NONE: _("无"),
    }


def _conditions() -> Mapping[StrEnum, str]:
    return {
        PageCondition.CONTENT: _("有内容"),
        PageCondition.PARKED: _("域名停放"),
        PageCondition.EXPIRED: _("域名过期"),
        PageCondition.BLOCKED_UNFILED: _("未备案阻断"),
        PageCondition.SUSPENDED: _("已被停用"),
        PageCondition.WAF: _("防火墙或验证码拦截"),
        PageCondition.ERROR: _("服务器报错"),
        PageCondition.EMPTY: _("空白页"),
        PageCondition.UNKNOWN: _("未能查看"),
    }


def _changes() -> Mapping[StrEnum, str]:
    return {
        ChangeKind.BACK: _("复活"),
        ChangeKind.NEW: _("新发现"),
        ChangeKind.ESCALATED: _("升级"),
        ChangeKind.ACTIVATED: _("启用"),
        ChangeKind.CHANGED: _("有变化"),
        ChangeKind.DOWN: _("已失效"),
        ChangeKind.SAME: _("无变化"),
    }


def _sources() -> Mapping[StrEnum, str]:
    return {
        SourceStatus.PENDING: _("未完成"),
        SourceStatus.DONE: _("正常"),
        SourceStatus.BLIND: _("失明"),
        SourceStatus.PARTIAL: _("部分失败"),
        SourceStatus.SILENT: _("沉默"),
        SourceStatus.UNKNOWN: _("未知"),
    }


def _contacts() -> Mapping[StrEnum, str]:
    return {
        ContactType.PHONE: _("电话"),
        ContactType.WECHAT: _("微信"),
        ContactType.QQ: _("QQ"),
        ContactType.GROUP: _("群"),
        ContactType.TELEGRAM: _("Telegram"),
        ContactType.EMAIL: _("邮箱"),
        ContactType.BANK: _("银行账号"),
        ContactType.ALIPAY: _("支付宝"),
        ContactType.WECHAT_PAY: _("微信收款码"),
        ContactType.WALLET: _("虚拟币钱包"),
        ContactType.PAYEE: _("收款人"),
    }


def _targets() -> Mapping[StrEnum, str]:
    return {
        TargetKind.LINK: _("链接"),
        TargetKind.FRAME: _("内嵌框架"),
        TargetKind.REFRESH: _("自动跳转"),
        TargetKind.QR: _("二维码"),
    }


def _keys() -> Mapping[StrEnum, str]:
    return {
        KeyKind.DOMAIN: _("域名"),
        KeyKind.HOST: _("主机名"),
        KeyKind.IP_PORT: _("IP 地址与端口"),
        KeyKind.ACCOUNT: _("平台账号"),
        KeyKind.PATH: _("路径"),
    }


def _vantages() -> Mapping[StrEnum, str]:
    return {
        Vantage.DESKTOP: _("电脑浏览器"),
        Vantage.PHONE: _("手机浏览器"),
        Vantage.WECHAT: _("微信浏览器"),
        Vantage.FROM_SEARCH: _("从搜索结果进入"),
    }


def _states() -> Mapping[StrEnum, str]:
    return {
        CaseState.OPEN: _("待复核"),
        CaseState.WATCHED: _("观察中"),
        CaseState.CONFIRMED: _("一人已确认"),
        CaseState.RELEASED: _("两人已确认"),
        CaseState.DISMISSED: _("已排除"),
        CaseState.VICTIM: _("受害单位"),
        CaseState.APPEALED: _("申诉待处理"),
        CaseState.CORRECTED: _("已更正"),
        CaseState.MERGED: _("已并入他案"),
    }


def _decisions() -> Mapping[StrEnum, str]:
    return {
        Decision.CONFIRM: _("确认"),
        Decision.DISMISS: _("排除"),
        Decision.WATCH: _("观察"),
        Decision.VICTIM: _("受害单位"),
        Decision.NOTE: _("备注"),
        Decision.UNDO: _("撤回"),
        Decision.MUTE: _("静默"),
        Decision.MERGE: _("并案"),
        Decision.SPLIT: _("分案"),
        Decision.REOPEN: _("重新打开"),
        Decision.APPEAL: _("登记申诉"),
        Decision.CORRECT: _("更正"),
    }


def _trusts() -> Mapping[StrEnum, str]:
    return {
        TrustKind.OWN: _("官方网站"),
        TrustKind.PARTNER: _("合作单位"),
        TrustKind.KNOWN_SAFE: _("已知可信"),
        TrustKind.UNDER_REVIEW: _("核查中"),
    }


def _families() -> Mapping[StrEnum, str]:
    return {
        Family.NAME: _("域名相似"),
        Family.CLAIM: _("自称主管部门"),
        Family.QUERY: _("查验页面"),
        Family.OFFER: _("招揽"),
        Family.SALE: _("兜售"),
        Family.CHEATING: _("考试作弊"),
        Family.OTHER_PAPERS: _("其他证件"),
        Family.MIRROR: _("镜像"),
        Family.CONTACT: _("联系方式"),
        Family.REGISTRATION: _("域名注册"),
        Family.CLOAKING: _("区别对待"),
        Family.LEARNED: _("模型意见"),
        Family.PICTURE: _("图片"),
        Family.CONDITION: _("网页状态"),
        Family.HOSTING: _("所在网站"),
        Family.PAYMENT: _("付款方式"),
        Family.INNOCENCE: _("无辜迹象"),
    }


def _fields() -> Mapping[str, str]:
    return {
        "verdict": _("结论"),
        "offence": _("行为"),
        "page_condition": _("网页状态"),
        "imitates": _("仿冒对象"),
        "claims": _("自称"),
        "contacts": _("联系方式"),
        "targets": _("二维码指向"),
        "qr": _("二维码指向"),
        "qr_target": _("二维码指向"),
        "final_domain": _("最终域名"),
        "registrar": _("注册商"),
        "name_servers": _("域名服务器"),
    }


def _rulings() -> Mapping[StrEnum, str]:
    return {
        Ruling.CONFIRMED: _("已确认"),
        Ruling.REJECTED: _("已排除"),
        Ruling.UNDECIDED: _("未决定"),
    }


def _shifts() -> Mapping[StrEnum, str]:
    return {
        ShiftKind.ADDED: _("新增"),
        ShiftKind.DROPPED: _("撤出"),
        ShiftKind.REGRADED: _("改判"),
    }


def _word_states() -> Mapping[StrEnum, str]:
    return {
        WordState.PROPOSED: _("待决定"),
        WordState.ACCEPTED: _("已接受"),
        WordState.REFUSED: _("已拒绝"),
    }


_NAMES: Mapping[type[StrEnum], Callable[[], Mapping[StrEnum, str]]] = {
    Verdict: _verdicts,
    Offence: _offences,
    PageCondition: _conditions,
    ChangeKind: _changes,
    SourceStatus: _sources,
    ContactType: _contacts,
    TargetKind: _targets,
    KeyKind: _keys,
    Vantage: _vantages,
    CaseState: _states,
    Decision: _decisions,
    Family: _families,
    TrustKind: _trusts,
    Ruling: _rulings,
    ShiftKind: _shifts,
    WordState: _word_states,
}
