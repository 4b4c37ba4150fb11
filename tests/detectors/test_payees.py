"""Where money is to go is read in plain and evasive spellings, and accuses nobody."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.masking import mask_contact, mask_contacts
from crawler.model import Contact, ContactType, Family, Findings, PageCondition, Verdict
from detectors.contacts import find_contacts
from detectors.explain import explain
from detectors.normal import normalise
from detectors.payees import find_payees, is_luhn, is_personal, is_tron
from detectors.rules import load_rules
from detectors.scoring import load_policy, weigh
from detectors.text import read_text

CARD = "6222020000001234566"
OTHER_CARD = "6217000000000006"
MOBILE = "16500001234"
IDENTITY = "110101199003070011"
ETHER = "0x" + "ab" * 20
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
OFFER = "高仿焊工证四百一张，扫码可查，微信demo_abc123"


def tron(seed: str, first: bytes = b"\x41") -> str:
    """An address that nobody holds the key of."""
    body = first + hashlib.sha256(seed.encode()).digest()[:20]
    body += hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, address = int.from_bytes(body, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        address = BASE58[digit] + address
    return address


TRON = tron("demo")


def payees(text: str) -> tuple[Contact, ...]:
    normal = normalise(text)
    return find_payees(normal, find_contacts(normal))


def found(text: str) -> set[tuple[str, str]]:
    return {(each.type.value, each.value) for each in payees(text)}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (f"卡号{CARD}", "bank", CARD),
        (f"工行卡号：{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:16]} {CARD[16:]}", "bank", CARD),
        ("卡号 62２２-０２００-0000-1234-566", "bank", CARD),
        ("帐号：6222.0200.0000.1234.566", "bank", CARD),
        (f"ka号{CARD}", "bank", CARD),
        ("卡hao：6222o2oooooo1234566", "bank", CARD),
        ("收款人 李四 卡号六二二二零二零零零零零零一二三四五六六", "bank", CARD),
        (f"打钱到农村信用社 王五 {CARD}", "bank", CARD),
        ("转账到６２２２０２０００００01234566工商银行", "bank", CARD),
        ("农商行账号 2010 0012 3456 7890", "bank", "2010001234567890"),
        ("汇款至 户名：某某公司\n账号：110900000010101", "bank", "110900000010101"),
        (f"支付宝{MOBILE}", "alipay", MOBILE),
        ("支fu宝：165 0000 1234", "alipay", MOBILE),
        ("支.付.宝 16500001234", "alipay", MOBILE),
        ("支付寶16500001234", "alipay", MOBILE),
        ("zfb一六五零零零零一二三四", "alipay", MOBILE),
        ("ＺＦＢ：１６５００００１２３４", "alipay", MOBILE),
        ("芝麻宝 16500001234", "alipay", MOBILE),
        ("止付宝16500001234", "alipay", MOBILE),
        ("支付宝 demo@mail.example", "alipay", "demo@mail.example"),
        ("支付宝账号 demo # mail 点 com", "alipay", "demo@mail.com"),
        ("支付宝(微信同号)16500001234", "alipay", MOBILE),
        ("电话16500001234，支付宝微信同号", "alipay", MOBILE),
        ("16500001234（支付宝同号）", "alipay", MOBILE),
        ("电话16500001234，支付宝16500001234", "alipay", MOBILE),
        ("HTTPS://QR.ALIPAY.COM/FKX0123456ABC", "alipay", "qr.alipay.com/fkx0123456abc"),
        ("wxp://f2f0DemoDemo-01", "wechat_pay", "wxp://f2f0DemoDemo-01"),
        (f"USDT-TRC20：{TRON}", "wallet", TRON),
        (f"转到{TRON}", "wallet", TRON),
        (f"Ｔ{TRON[1:]} 收U", "wallet", TRON),
        (f"{TRON[:10]}\u200b{TRON[10:]}", "wallet", TRON),
        (f"ERC20 {ETHER.upper().replace('0X', '0x')}", "wallet", ETHER),
        (f"户名：张三丰 卡号{CARD}", "payee", "张三丰"),
        (f"工行 {CARD}\n收款人：李四", "payee", "李四"),
        (f"户名：某某（北京）科技有限公司 账号 {CARD}", "payee", "某某(北京)科技有限公司"),
    ],
)
def test_payee(text: str, kind: str, value: str) -> None:
    assert (kind, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        f"卡号{CARD[:-1]}0",  # a slip, or no card: its check digit is wrong and no bank is named
        "账号16500001234",
        "QQ账号2000012345，密码在群里",
        f"会员卡号{CARD}",
        f"游戏账号{OTHER_CARD}",
        f"账号 {OTHER_CARD} 密码 123456",
        f"订单号{CARD} 已发货",
        f"快递单号{CARD}",
        f"证书编号{CARD}",
        f"银行卡号 {IDENTITY}",
        f"身份证{IDENTITY} 农业银行",
        f"农业银行 证件号码 {IDENTITY}",
        f"开户行工商银行，证书编号T{IDENTITY}",
        f"工商银行 T{CARD}",
        "支付宝客服电话16500001234",
        "请用支付宝扫码缴费，咨询电话 010-88880000",
        "支付宝转账。电话16500001234",
        f"转账到{tron('demo', bytes([0x42]))}",  # wrong kind of address, and no coin is named
        TRON[:-1] + ("2" if TRON[-1] != "2" else "3"),
        "0x" + "ab" * 19,
        "户名：张三丰",  # a name without an account is a person's, and nobody's payee
        "持证人：张三丰 卡号已寄出",
        "先付定金，资料发来：张三620102199001011230",
        "户名张三，账号11010119900307123X",
    ],
)
def test_no_payee(text: str) -> None:
    assert not found(text)


def test_what_was_written_is_kept_and_the_surer_reading_wins() -> None:
    (card,) = payees(f"卡号：{CARD[:4]} {CARD[4:]}，转账{CARD}")
    assert (card.value, card.raw, card.confidence) == (CARD, f"{CARD[:4]} {CARD[4:]}", 0.85)
    (unnamed,) = payees(f"转账{CARD}")
    (slip,) = payees(f"建行卡号{CARD[:-1]}0")
    assert unnamed.confidence < slip.confidence < card.confidence


def test_a_card_is_masked_but_for_four_digits_a_name_but_for_one() -> None:
    text = f"工行卡号 {CARD[:4]} {CARD[4:]} 户名：张三丰，zfb{MOBILE}"
    hidden = mask_contacts(text, payees(text))
    assert "****4566" in hidden
    assert "165****1234" in hidden
    for secret in (CARD[4:15], "三丰", MOBILE):
        assert secret not in hidden
    assert mask_contact(Contact(ContactType.ALIPAY, "demo@mail.example", "", 1.0)) == (
        "d***@mail.example"
    )


@given(
    st.from_regex(r"[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])[0-2][1-9][0-9]{4}", fullmatch=True)
)
def test_no_number_of_a_person_is_an_account(number: str) -> None:
    assert is_personal(number)
    for text in (f"银行卡号{number}", f"工商银行 户名：张三 账号：{number}", f"转账{number}"):
        assert not any(each.type is ContactType.BANK for each in payees(text))


@given(st.text(alphabet="0123456789 -卡账号银行户名支付宝zfb@T六二张三转:。\n", max_size=80))
def test_a_payee_has_a_value_that_the_text_holds(text: str) -> None:
    for each in payees(text):
        assert each.value
        assert each.raw in text
        assert 0 < each.confidence < 1


@given(st.integers(0, 9), st.integers(1, 9), st.from_regex(r"[0-9]{15}", fullmatch=True))
def test_one_wrong_digit_is_no_card(at: int, more: int, digits: str) -> None:
    number = next(digits + last for last in "0123456789" if is_luhn(digits + last))
    wrong = f"{number[:at]}{(int(number[at]) + more) % 10}{number[at + 1 :]}"
    assert not is_luhn(wrong)


def test_a_wallet_is_told_by_its_checksum() -> None:
    assert is_tron(TRON)
    assert not is_tron(tron("demo", b"\x42"))
    assert not is_tron("T" + "z" * 33)


@pytest.mark.parametrize(
    "text",
    [
        f"某某职业培训学校特种作业培训缴费：开户行工商银行，户名某某职业培训学校，账号{CARD}，考试合格后发证",
        f"警方提醒：“高仿电工证四百一张，转到卡号{CARD}”是骗局，切勿转账",
        f"电工班报名，押金二百元结业退还，可用支付宝{MOBILE}缴费，扫码付款亦可，须本人参加培训考试",
    ],
)
def test_an_account_accuses_nobody(text: str) -> None:
    said = read_text(text, load_rules(), "text")
    assert said.payees
    assert not any(each.family is Family.PAYMENT for each in said.signals)
    opinion = weigh("v", Findings(PageCondition.CONTENT, said.signals), load_policy())
    assert opinion.verdict is Verdict.CLEAR


def test_how_a_seller_is_paid_is_told_and_weighs_nothing() -> None:
    plain = read_text(OFFER, load_rules(), "text")
    paid = read_text(f"{OFFER}，定金五十，支fu宝{MOBILE}", load_rules(), "text")
    told = {each.rule for each in paid.signals if each.family is Family.PAYMENT}
    assert told == {"pay_deposit", "pay_alipay"}
    assert [each.type for each in paid.payees] == [ContactType.ALIPAY]
    findings = Findings(PageCondition.CONTENT, paid.signals, contacts=paid.payees)
    opinion = weigh("v", findings, load_policy())
    without = tuple(each for each in paid.signals if each.family is not Family.PAYMENT)
    bare = weigh("v", replace(findings, signals=without), load_policy())
    assert opinion.steps == bare.steps
    assert (
        opinion.score
        == bare.score
        > weigh("v", Findings(PageCondition.CONTENT), load_policy()).score
    )
    assert not plain.payees
    lines = "\n".join(explain(opinion))
    assert "付款方式" in lines
    assert "钱款去向：支付宝 165****1234" in lines
    assert MOBILE not in lines


def test_a_payee_is_no_way_to_be_reached() -> None:
    """What makes an offer an accusation, and what the model hears, is the same with an account."""
    offer = "办理电工证，"
    for account in (f"工行卡号{CARD}", f"USDT {TRON}", "收款人李四"):
        said = read_text(f"{offer}{account}", load_rules(), "text")
        assert not said.contacts
        assert "sale_offer_contact" not in {each.rule for each in said.signals}


def test_the_words_of_a_way_to_pay_hold_no_part_of_a_number() -> None:
    text = "高仿电工证四百一本，建设银行 6200000000000005，汇到6200000000000005卡上"
    words = [each.words for each in read_text(text, load_rules(), "text").signals]
    assert not any("6200" in each for each in words), words
