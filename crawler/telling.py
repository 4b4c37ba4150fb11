"""Tells people what detectors wrote into a signal: the place, the technique, the vantages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crawler.language import _
from crawler.model import PageCondition, Signal, Vantage, Verdict
from crawler.wording import name_of

_LIKENESS = re.compile(r"(?P<name>.+) ~ (?P<imitates>\S+)（(?P<technique>\w+)）", re.DOTALL)
"""What the words of `name_likeness` look like."""
_SEEN_BY = re.compile(r"(?P<vantage>\w+)：(?P<shown>[^、]+)")
"""One part of the words of `cloaked`: a vantage, and what it was shown or where it was led."""


def name_of_place(place: str) -> str:
    """Where on a page or around it a signal was found, or the place itself where it has no name."""
    return _places().get(place, place)


def name_of_technique(technique: str) -> str:
    """How a name imitates another one, or the technique itself where it has no name."""
    return _techniques().get(technique, technique)


def name_of_source(source: str) -> str:
    """Where leads come from, or the source's own name where it has no other."""
    return _sources().get(source, source)


def titled_source(source: str) -> str:
    """The source by its name and, as the profile calls it, in brackets."""
    name = name_of_source(source)
    return name if name == source else _("{name}（{source}）").format(name=name, source=source)


def told_words(signal: Signal) -> str:
    """The words of a signal as people read them.

    What a page wrote stays as it is; what the machine put together (a likeness, what each vantage
    saw) is told in the language of output.
    """
    if signal.rule == "name_likeness":
        match = _LIKENESS.fullmatch(signal.words)
        if match:
            told = _("{name} 形似 {imitates}（{technique}）")
            return told.format(
                name=match["name"],
                imitates=match["imitates"],
                technique=name_of_technique(match["technique"]),
            )
    if signal.rule == "cloaked":
        return _SEEN_BY.sub(_seen_by, signal.words)
    return signal.words


def _seen_by(match: re.Match[str]) -> str:
    known = {each.value: name_of(each) for each in Vantage}
    shown = {each.value: name_of(each) for each in (*PageCondition, *Verdict)}
    vantage = known.get(match["vantage"], match["vantage"])
    return f"{vantage}：{shown.get(match['shown'], match['shown'])}"


def _places() -> Mapping[str, str]:
    return {
        "title": _("标题"),
        "text": _("正文"),
        "passage": _("同一段落"),
        "header": _("页头"),
        "footer": _("页脚"),
        "meta": _("网页元信息"),
        "form": _("表单"),
        "url": _("网址"),
        "link": _("链接"),
        "img": _("图片引用"),
        "script": _("脚本"),
        "style": _("样式引用"),
        "image": _("图片中的文字"),
        "qr": _("二维码"),
        "picture": _("图片"),
        "icon": _("网站图标"),
        "html": _("网页代码"),
        "page": _("整个页面"),
        "registration": _("域名注册信息"),
        "vantages": _("不同访问方式的对比"),
    }


def _sources() -> Mapping[str, str]:
    return {
        "searxng": _("搜索服务"),
        "qianfan": _("百度千帆搜索"),
        "bocha": _("博查搜索"),
        "generated": _("推算的仿冒域名"),
        "names": _("域名名单"),
        "registrations": _("新注册域名"),
        "ct": _("证书日志"),
        "listings": _("论坛和交易网站的列表"),
        "saved_posts": _("保存的帖子和商品页"),
        "live_results": _("直接询问搜索引擎"),
        "saved_results": _("保存的搜索结果页"),
        "tips": _("举报线索"),
        "import": _("他人采集的存档"),
        "snowball": _("可疑页面的指向"),
    }


def _techniques() -> Mapping[str, str]:
    return {
        "typo": _("拼写近似"),
        "dot_to_hyphen": _("以连字符代替圆点"),
        "glued": _("省去圆点连写"),
        "official_leading_labels": _("将官方域名置于他人域名之前"),
        "subdomain_words": _("在子域名中使用官方用语"),
        "gov_label": _("加上 gov 字样"),
        "tld_swap": _("更换域名后缀"),
        "homoglyph_idn": _("以其他文字的相似字母代替"),
        "digit_for_letter": _("以数字代替字母"),
        "pinyin_full": _("官方名称的全拼"),
        "pinyin_fuzzy": _("官方名称的近音拼音"),
        "pinyin_initials": _("官方名称的拼音首字母"),
        "abbreviation": _("官方名称的缩写"),
        "chinese_idn": _("使用官方中文名称"),
        "traditional_idn": _("使用官方名称的繁体字"),
        "province_city": _("地名加主管部门简称"),
        "service_word": _("官方名称加服务用语"),
    }
