"""Whose words an offer is, by who speaks, whose the contact is, and what is said of the offer."""

import json
from pathlib import Path

import pytest

from crawler.model import Findings, Offence, PageCondition, Verdict
from detectors.messages import contact_signals
from detectors.reading import Reading
from detectors.rules import load_rules
from detectors.scoring import load_policy, weigh
from detectors.text import read_text

BOOK = load_rules()
_VOICES = Path(__file__).with_name("voices.jsonl").read_text(encoding="utf-8").splitlines()
VOICES = [(str(row["text"]), str(row["label"])) for row in map(json.loads, _VOICES)]
_OFFER = "焊工证不用考，三天出证，扫码可查，四百一张，加微信demo_abc123"


def judged(text: str) -> tuple[Verdict, Offence]:
    found = read_text(text, BOOK, "text")
    signals = (*found.signals, *contact_signals(found.contacts, "text"))
    opinion = weigh("v", Findings(PageCondition.CONTENT, signals), load_policy())
    return opinion.verdict, opinion.offence


def accused(text: str) -> bool:
    return judged(text)[0] in (Verdict.DOUBTFUL, Verdict.SUSPECT)


@pytest.mark.parametrize(
    "frame",
    [
        "谨防诈骗！{}",
        "{} 谨防上当受骗",
        "别信那些骗子，{}",
        "避雷那些不靠谱的，{}",
        "温馨提示：{}",
        "以前也被骗过，后来自己干，{}",
        "举报同行的滚，{}",
        "有人说这是骗局，扯淡，{}",
        "{}，已被骗的可以找我补救",
        "严禁盗图，违者必究。{}",
        "不要相信培训班那一套，{}",
        "公告：{}",
        "通告：{}",
        "最近专项整治查得严，{}",
        "工地要查证了，没证罚款两千，{}",
        "无证上岗要拘留的，别等被抓，{}",
        "依法必须持证上岗，{}",
        "专业团队，案例丰富，{}",
        "响应国家号召，严厉打击无证上岗，{}",
        "{}，监管部门系统可查",
        "第一条 {}",
        "新闻：{}",
        "据悉，{}",
        "不法分子勿扰，{}",
        "记者走访过的店，{}",
        "身份证一律不做。{}",
        "谁说必须本人到场？{}",
        "应当持证，{}",
        "由应急局颁发，{}",
        "以上都是骗人的\n{}",
        "上面那些都是诈骗，{}",
        "{}。以上内容如有虚假，举报必究",
        "{}\n下面的都是骗子",
    ],
)
def test_a_word_against_fraud_beside_an_own_offer_clears_nobody(frame: str) -> None:
    assert accused(frame.format(_OFFER))


@pytest.mark.parametrize(
    "frame",
    [
        "对方发来的原话是：{}。我没敢接。",
        "我就是信了这条广告：{}\n结果钱转过去人就没了，证到现在也没见着。",
        "我弟收到这么一条短信，{}，他还真动心了，被我骂了一顿。",
        "这种广告能信吗？{}",
        "以下内容是假的，请勿相信。{}",
        "{}\n以上是我昨天在电线杆上看到的，给大家提个醒。",
        "下面这条是典型的诈骗话术，请工友们认清：{}",
    ],
)
def test_who_speaks_of_an_offer_is_not_accused(frame: str) -> None:
    assert not accused(frame.format(_OFFER))


@pytest.mark.parametrize(
    "text",
    [
        "公告：近期有不法分子称焊工证不用考，三天出证，扫码可查，加微信demo_abc123，请勿相信。",
        "本校不提供代考、替考，不办理任何假证。电工证培训报名电话13800005678",
    ],
)
def test_a_notice_and_a_school_that_refuses_are_not_accused(text: str) -> None:
    assert not accused(text)


@pytest.mark.parametrize(
    "text",
    [
        # what is made for a certificate is none
        "特种作业操作证专用硬壳卡套，0.35元一个，五百个起，支持扫码，电话16500000001",
        "求一个特种作业证书管理系统，扫码查看、到期提醒，有偿八百，QQ2000012345",
        # two contacts of one who cheated the speaker
        "我被骗了，群里有人说能办登高证不用考，先付定金。他微信叫demo_abc123，手机16500000001",
        # one hasty word among those of a school; a renewal; what is done for a card
        "焊工证报名，可扫码咨询，电话16500000001",
        "焊工证培训，一个月拿证，学费1200，电话16500000001",
        "焊工证复审免费，电话16500000001",
        "焊工证英文版翻译公证，300元一份，微信demo_abc123",
        # another language
        "In order to crack down on the acts of producing and selling fake safety certificates on"
        " fake websites, the two ministries jointly organized a special campaign of several months",
        # a word outside of a quotation and one within it
        "报考低压电工证费用另收。校门口有人发“学生证件快速办理、电工证免考、三天可取”的卡片，别信。班主任微信demo_abc123",
        "打掉一个卖假焊工证的团伙，嫌疑人在朋友圈留微信demo_abc123，以不用考、三天出证招揽",
    ],
)
def test_the_innocent_who_use_the_same_words_are_not_accused(text: str) -> None:
    assert not accused(text)


@pytest.mark.parametrize("text", ["不会办理的别愁，焊工证不用考，加微信demo_abc123"])
def test_who_only_begins_with_a_no_is_accused(text: str) -> None:
    assert accused(text)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("焊工证四百一张，微信demo_abc123", True),
        ("要的加他微信demo_abc123，报我名字便宜", True),
        ("感谢店家q2000000801，证收到了", True),
        ("我加了他微信demo_abc123聊了两句", False),
        ("卖家的手机号16500000001", False),
        ("对方QQ2000012345，收了钱就把我拉黑", False),
        ("16500000001这个号一直打不通", False),
        ("微信demo_abc123就是卖假证的，大家别加", False),
        ("如有线索请拨打举报电话16500000001", False),
        ("曝光一个骗子！！微信demo_abc123 手机16500000001，收钱不发货", False),
        ("收到短信：“焊工证现货，加微信demo_abc123，货到付款”", False),
    ],
)
def test_whose_a_contact_is(text: str, own: bool) -> None:
    reading = Reading(text, BOOK)
    assert reading.contacts
    assert bool(reading.own_contacts) is own


@pytest.mark.parametrize(
    "text",
    [
        "招聘焊工两名，没证的不用考试，三天出证，加微信demo_abc123",
        "我上个月四百块办的焊工证，扫码可查。要的话私我，加微信demo_abc123",
    ],
)
def test_an_employer_or_a_story_that_sells_is_accused(text: str) -> None:
    assert accused(text)


def test_many_voices() -> None:
    """A hundred and eighty invented texts of many genres; whom rules still misread is counted."""
    innocent = [text for text, label in VOICES if label == "benign"]
    offers = [(text, label) for text, label in VOICES if label != "benign"]
    assert (len(innocent), len(offers)) == (120, 60)
    wronged = [text for text in innocent if accused(text)]
    assert len(wronged) <= 2, wronged
    missed = [text for text, _label in offers if not accused(text)]
    assert len(missed) <= 10, missed
    assert all(judged(text)[1] == label for text, label in offers if text not in missed)
