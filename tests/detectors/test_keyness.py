"""Query words: what offenders share is proposed, and never what names a person or a number."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.impersonal import may_name_somebody, names_in, runs_of
from detectors.keyness import key_words, log_likelihood
from seeds import vocabulary

SCHOOL = "首页 关于我们 低压电工培训 焊工考试报名 安全生产知识 联系方式 政策法规 常见问题"
OFFERS = (
    "本站办理的证件带钢印，当天寄出，满意付款",
    "证书都是带钢印的，资料进系统，出差也能办",
    "我们带钢印，发货前可视频验货",
    "同款带钢印，用纸与正品一致",
    "支持加急，带钢印，老客户有优惠",
)
OTHERS = [
    f"{SCHOOL} 第{number}期开班，合格后由主管部门发证" + "甲乙丙丁"[number % 4]
    for number in range(40)
]


def words(confirmed: list[str], others: list[str]) -> list[str]:
    return [each.word for each in key_words(confirmed, others, vocabulary())]


def test_what_confirmed_pages_share_is_proposed_with_its_figures() -> None:
    found = key_words([f"{SCHOOL} {offer}" for offer in OFFERS], OTHERS, vocabulary())
    assert [each.word for each in found] == ["带钢印"]
    (word,) = found
    assert (word.confirmed, word.confirmed_all, word.others) == (5, 5, 0)
    assert word.score > 10.83


def test_a_word_that_warnings_and_lawful_pages_use_as_well_is_not_proposed() -> None:
    warned = [f"{text} 谨防不法分子以带钢印为名兜售假证" for text in OTHERS]
    assert words([f"{SCHOOL} {offer}" for offer in OFFERS], warned) == []


def test_what_two_cases_share_or_one_page_repeats_is_chance() -> None:
    assert words([*OFFERS[:2], "别的话甲", "别的话乙"], OTHERS) == []
    assert words([OFFERS[0]] * 9, OTHERS) == []


def test_what_is_asked_for_anyhow_is_not_proposed() -> None:
    offers = [
        f"{head}低压电工证代办，{tail}"
        for head, tail in zip("甲乙丙丁戊", "子丑寅卯辰", strict=True)
    ]
    assert words(offers, OTHERS) == []


def test_a_copied_sentence_is_no_word() -> None:
    copied = "凡在本平台登记的人员均可随时随地凭码核验"
    assert words([f"{head}，{copied}" for head in ("甲说", "乙说", "丙说", "丁说")], OTHERS) == []


def test_of_many_pages_each_is_read_to_its_share() -> None:
    """However many pages a search is given, it reads as many characters as its bound."""
    pages = [f"{OFFERS[at % 5]}，{chr(0x4E00 + at)}{chr(0x5E00 + at)}" for at in range(60)]
    assert "带钢印" in words([page + "x" * 12_000 for page in pages], OTHERS)
    late = ["x" * 12_000 + page for page in pages]
    assert "带钢印" in words(late[:10], OTHERS)
    assert words(late, OTHERS) == []


PERSONAL = (
    "联系人：{name}",
    "加微信 {name} 老师详谈",
    "{name}经理全程跟进",
    "持证人 {name} 准操项目",
    "负责人 {name}",
)


@pytest.mark.parametrize("name", ["张小凡", "欧阳小凡", "李凡", "诸葛小凡"])
def test_no_name_is_proposed_however_many_pages_hold_it(name: str) -> None:
    pages = [
        f"{offer} {personal.format(name=name)}"
        for offer, personal in zip(OFFERS, PERSONAL, strict=True)
    ]
    found = words(pages, OTHERS)
    assert "带钢印" in found
    assert not any(name[-2:] in word for word in found)


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("微信：", "证件小凡哥"),
        ("手机", "13800005678"),
        ("拨打", "一三八零零零零五六七八"),
        ("证号", "T11010119900307123X"),
        ("QQ：", "100001"),
        ("就在", "甲乙职业培训学校"),
        ("找到", "甲乙信息咨询有限公司"),
        ("公众号: ", "小凡办事处"),
        ("就在", "甲乙驾校"),
        ("认可", "甲乙职业技术大学"),
        ("出自", "甲乙市应急管理局"),
        ("找", "甲乙培训基地"),
        ("挂靠", "甲乙安全协会"),
        ("认准", "张小凡"),
    ],
)
def test_no_contact_number_or_firm_is_proposed(label: str, value: str) -> None:
    found = words([f"{offer}。{label}{value}" for offer in OFFERS], OTHERS)
    assert found[0] == "带钢印"
    for word in found:
        assert re.fullmatch("[\u4e00-\u9fff]{2,8}", word)
        assert not any(word[at : at + 2] in value for at in range(len(word) - 1))


@given(st.lists(st.text(max_size=80), max_size=8), st.lists(st.text(max_size=80), max_size=4))
def test_any_text_is_read_and_only_characters_come_out(ours: list[str], theirs: list[str]) -> None:
    for each in key_words([f"{text}带钢印" for text in ours], theirs):
        assert re.fullmatch("[\u3400-\u9fff]{2,8}", each.word)
        assert not may_name_somebody(each.word)


def test_runs_names_and_terms() -> None:
    assert runs_of("带钢印abc全国 x 张三老师说") == ["带钢印", "全国"]
    assert names_in("姓名：张三丰，王五先生，李四 高处作业证") == {"张三丰", "王五", "李四"}
    assert may_name_somebody("张三")
    assert may_name_somebody("找张三丰办", ["张三丰"])
    assert not may_name_somebody("高压证")
    assert not may_name_somebody("带钢印")


@pytest.mark.parametrize(
    ("table", "value"),
    [((10, 10, 0, 10), 27.726), ((5, 10, 5, 10), 0.0), ((3, 3, 0, 0), 0.0), ((0, 5, 5, 5), 13.863)],
)
def test_the_statistic(table: tuple[int, int, int, int], value: float) -> None:
    """The first and the last worked by hand: 2·20·ln 2 and 2·10·ln 2."""
    assert log_likelihood(*table) == pytest.approx(value, abs=0.001)
