"""Takes out of a text whatever speaks of one person, firm, contact or number.

What is left may be shared between cases: runs of Chinese characters that name nobody. Rather too
much goes than too little; no letter and no digit is left at all, and with them no account, address
or number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_HAN = "\u3400-\u9fff"
# Common family names: among them the hundred of 公安部《二〇二〇年全国姓名报告》; the others are
# general knowledge, as the double ones are.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏"
    "苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵"
    "万覃武钱戴莫孔向常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包"
)
_DOUBLE = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木|长孙|南宫"
_NAME = rf"(?:(?:{_DOUBLE})[{_HAN}]{{1,2}}|[{_SURNAMES}][{_HAN}]{{1,2}})"
_LABELLED = re.compile(
    r"(?:姓名|联系人|联系|法人代表?|法定代表人|负责人|持证人|持有人|经办人|客服|考生|学员|校长|主任|作者|"
    r"编辑|记者|店主|站长|老师|经理|同学|微信|找|请问|我是|我叫)"
    rf"(?:是|为|叫|：|:|\s){{0,4}}(?P<name>{_NAME})"
)
_TITLED = re.compile(
    rf"(?P<name>(?:{_DOUBLE}|[{_SURNAMES}])[{_HAN}]{{0,2}}?)"
    r"(?:老师|经理|先生|女士|师傅|主任|校长|同学|小姐|工程师|总监|教练|老板|总|哥|姐|叔|姨)"
)
_NICKNAMED = re.compile(rf"[小老阿大][{_SURNAMES}](?![{_HAN}])")
_ALONE = re.compile(rf"(?<![{_HAN}])(?P<name>{_NAME})(?![{_HAN}])")
_ACCOUNT = re.compile(
    r"(?:微信|威信|薇信|公众号|抖音|快手|小红书|闲鱼|店铺|旺旺|昵称|账号|帐号)\s*(?:号|名|叫)?\s*[:：]\s*"
    rf"[{_HAN}]{{1,12}}"
)
_FIRM = re.compile(
    rf"[{_HAN}（）()]{{2,16}}?(?:有限公司|公司|学校|学院|培训中心|集团|事务所|工作室|经营部|商行)"
)
_NUMERALS = re.compile(r"[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾幺]{3,}")
_RUN = re.compile(rf"[{_HAN}]{{2,}}")
_THING = re.compile("[证考照书卡本查办]")
"""A short term with one of these is a thing and no name, though it begins with 安, 高 or 万."""


def runs_of(text: str) -> list[str]:
    """The runs of at least two Chinese characters that speak of nobody, in order."""
    plain = unicodedata.normalize("NFKC", text)
    for pattern in (_ACCOUNT, _FIRM, _LABELLED, _TITLED, _NICKNAMED, _NUMERALS):
        plain = pattern.sub("\n", plain)
    return _RUN.findall(plain)


def names_in(text: str) -> frozenset[str]:
    """What a text writes as a person is written: behind a label, before a title, or by itself."""
    plain = unicodedata.normalize("NFKC", text)
    found = {
        match["name"]
        for pattern in (_LABELLED, _TITLED, _ALONE)
        for match in pattern.finditer(plain)
    }
    return frozenset(name for name in found if len(name) >= 2 and not _THING.search(name))


def may_name_somebody(term: str, names: Iterable[str] = ()) -> bool:
    """Whether a term is, or holds, what may be a person's name; `names` are those known."""
    is_short = len(term) <= 3 or term.startswith(tuple(_DOUBLE.split("|")))
    is_like_one = re.fullmatch(_NAME, term) is not None and not _THING.search(term)
    return (is_short and is_like_one) or any(name in term for name in names)
