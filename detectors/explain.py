"""Says in plain sentences what a rule means and how a score came about, to be added up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crawler.language import _, language
from crawler.masking import mask_contact, mask_contacts
from crawler.model import Assessment, Family, Findings, Signal, Step, TargetKind
from crawler.printing import plain
from crawler.telling import name_of_place, told_words
from crawler.wording import name_of
from detectors.payees import PAYEES
from detectors.rules import load_rules

LIMITS = ("ceiling", "floor", "condition", "trusted")
"""Labels of steps that are no rules."""


def describe(rule: str) -> str:
    """What a rule says, in the language of output; the empty string for an unknown rule."""
    for each in load_rules().rules:
        if each.name == rule:
            return each.describe_en if language() == "en" else each.describe
    return _sentences().get(rule, "")


def explain(assessment: Assessment) -> list[str]:
    """The verdict, one line for every step of its arithmetic, and the sum.

    Signals that carry no points (a lesser offence's, or beyond the third of a family) are told
    apart, so that nothing found is kept silent.
    """
    verdict = name_of(assessment.verdict)
    head = _("判定：{verdict}；情形：{offence}；页面状态：{condition}；策略版本 {policy}")
    lines = [
        head.format(
            verdict=verdict,
            offence=name_of(assessment.offence),
            condition=name_of(assessment.page_condition),
            policy=assessment.policy,
        )
    ]
    if assessment.imitates:
        lines.append(_("被仿冒的网站：{host}").format(host=assessment.imitates))
    lines += [_step(step, assessment.findings) for step in assessment.steps]
    lines.append(_("合计 {score:g} 分").format(score=assessment.score))
    counted = {step.label for step in assessment.steps}
    idle = [each for each in assessment.findings.signals if each.rule not in counted]
    lines += [
        _("另有发现，未计分：{said}").format(said=_said(signal, assessment.findings))
        for signal in idle
    ]
    lines += [
        _("图片里的二维码指向：{url}").format(url=plain(target.url))
        for target in assessment.findings.targets
        if target.kind is TargetKind.QR
    ]
    lines += [
        _("钱款去向：{payee}").format(payee=f"{name_of(each.type)} {plain(mask_contact(each))}")
        for each in assessment.findings.contacts
        if each.type in PAYEES
    ]
    return lines


def _step(step: Step, findings: Findings) -> str:
    points = f"{step.points:+g}"
    if step.label in LIMITS:
        return f"{points}  {step.reason}"
    own = [signal for signal in findings.signals if signal.rule == step.label]
    strongest = max(own, key=lambda each: each.strength, default=None)
    said = _said(strongest, findings) if strongest else step.label
    return f"{points}  {said}（{step.reason}）"


def _said(signal: Signal, findings: Findings) -> str:
    kind = _("无辜迹象") if signal.family is Family.INNOCENCE else name_of(signal.family)
    text = _("〔{kind}〕{meaning}：「{words}」，见于 {place}")
    meaning = describe(signal.rule) or signal.rule
    place = name_of_place(signal.place)
    words = plain(mask_contacts(told_words(signal), findings.contacts))
    return text.format(kind=kind, meaning=meaning, words=words, place=place)


def _sentences() -> Mapping[str, str]:
    """Sentences of the rules that are code, not phrases."""
    sentences: dict[str, Callable[[], str]] = {
        "claim_title": lambda: _("标题自称官方机构或其平台"),
        "claim_header": lambda: _("页头或标志自称官方机构或其平台"),
        "claim_footer": lambda: _("页脚写明主办、版权单位为官方机构"),
        "claim_meta": lambda: _("网页元信息自称官方网站"),
        "claim_route": lambda: _("含有官方平台的接口或路径"),
        "claim_identity_code": lambda: _("标有政府网站标识码"),
        "claim_official_image": lambda: _("直接引用官方网站的图片、样式或脚本"),
        "claim_invented": lambda: _("自称并不存在的全国性发证、管理机构"),
        "claim_issuer": lambda: _("以官方机构名义列出签发机关"),
        "query_form": lambda: _("要求输入证件号码等以查询证书"),
        "query_result": lambda: _("列出持证人、类别、有效期等查询结果"),
        "query_by_parameter": lambda: _("凭网址参数即可看到查询结果，不经查询和验证码"),
        "claim_likeness": lambda: _("结构与文字同官方页面的参考样本相似"),
        "claim_columns": lambda: _("设有政府网站的栏目"),
        "query_platform_named": lambda: _("自称的是官方证书查询平台"),
        "cloaked": lambda: _("对不同的访问方式显示不同的内容"),
        "led_apart": lambda: _("对不同的访问方式引向不同的网站"),
        "query_ownerless": lambda: _("查询页以操作证查询为名，却不写明主办者"),
        "name_likeness": lambda: _("域名与官方域名相似"),
        "young_registration": lambda: _("域名注册不足 90 天"),
        "recent_registration": lambda: _("域名注册不足一年"),
        "old_registration": lambda: _("域名注册已超过五年"),
        "owner_named": lambda: _("写明了另外的主办单位"),
        "page_explains": lambda: _("页面在讲解、报道假网站或假证"),
        "page_disclaims": lambda: _("写明与官方无关，或以官方查询为准"),
        "page_demo": lambda: _("是软件的演示页面"),
        "sends_elsewhere": lambda: _("请读者到官方网站查询"),
        "own_certificate": lambda: _("查询的是发证单位自己的证书"),
        "hosted_in_foreign_site": lambda: _("页面放在别人网站的文件夹里，网站主人可能是受害者"),
        "contact_given": lambda: _("留有联系方式"),
        "learned_sale": lambda: _("学习所得的模型认为在兜售假操作证，主要依据这些字组"),
        "learned_cheat": lambda: _("学习所得的模型认为在兜售考试作弊，主要依据这些字组"),
        "only_in_pictures": lambda: _("文字只在图片里，未能读取，又有别的可疑之处，请人工查看图片"),
        "pictures_unread": lambda: _("文字只在图片里，未能读取，因此不作结论"),
        "card_shown": lambda: _("图片展示一张证卡，卡上二维码指向陌生网站"),
        "mirror_official": lambda: _("正文抄自官方文字"),
    }
    return {name: sentence() for name, sentence in sentences.items()}
