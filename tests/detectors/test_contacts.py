"""Contacts are read in plain and evasive spellings; numbers of other kinds are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.model import ContactType
from detectors.contacts import find_contacts
from detectors.normal import normalise


def found(text: str) -> set[tuple[str, str]]:
    return {(p.contact.type.value, p.contact.value) for p in find_contacts(normalise(text))}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("电话16500001234", "phone", "16500001234"),
        ("165 0000 1234", "phone", "16500001234"),
        ("165(电)0000(微)1234同步", "phone", "16500001234"),
        ("１６５００００１２３４", "phone", "16500001234"),
        ("一六五零零零零一二三四", "phone", "16500001234"),
        ("1️⃣6️⃣5️⃣0️⃣0️⃣0️⃣0️⃣1️⃣2️⃣3️⃣4️⃣", "phone", "16500001234"),
        ("0571-88880000", "phone", "057188880000"),
        ("加微信：demo_abc1", "wechat", "demo_abc1"),
        ("╬溦demo_abc1", "wechat", "demo_abc1"),
        ("V❤ demo_abc1", "wechat", "demo_abc1"),
        ("佳薇 d e m o _ a b c 1", "wechat", "demo_abc1"),
        ("绿泡泡dеmо_аbс1", "wechat", "demo_abc1"),
        ("扣扣2000012345", "qq", "2000012345"),
        ("企鹅号:２００００１２３４５", "qq", "2000012345"),
        ("QQ群:200001234", "group", "200001234"),
        ("TG:demo_abc1", "telegram", "demo_abc1"),
        ("飞机搜 demo_abc1", "telegram", "demo_abc1"),
        ("💚信 demo_abc1", "wechat", "demo_abc1"),
        ("V我：demo-abc1", "wechat", "demo-abc1"),
        ("Wei：demo_abc1", "wechat", "demo_abc1"),
        ("邮箱 demo@mail.example", "email", "demo@mail.example"),
        ("邮箱 demo # qq 点 com", "email", "demo@qq.com"),
        ("电话16500001234（微信同号）", "wechat", "16500001234"),
        ("微信同号16500001234", "phone", "16500001234"),
        ("要的加 demo_abc1", "wechat", "demo_abc1"),
        ("demo_abc1（微信）", "wechat", "demo_abc1"),
        ("微信只认 demo_abc1", "wechat", "demo_abc1"),
        ("纸飞机 @demo_abc1", "telegram", "demo_abc1"),
        ("有事找 @demo_abc1", "telegram", "demo_abc1"),
        ("Q是2000012345", "qq", "2000012345"),
        ("进群领资料 200001234", "group", "200001234"),
        ("一六五\n零零零零\n一二三四", "phone", "16500001234"),
        ("要溜舞零零零零一二三四", "phone", "16500001234"),
    ],
)
def test_contact(text: str, kind: str, value: str) -> None:
    assert (kind, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "举报电话12350、12345、12377",
        "身份证110101199003070011",
        "证书编号T110101199003070011",
        "1 1 0 1 0 1 1 9 9 0 0 3 0 7 0 0 1 1",
        "订单号202611200001234567",
        "微信公众号国家安全生产考试",
        "010-12321",
        "价格980元 2026-11-20",
        "请联系 GB30871 标准起草组",
        "关注微信公众号 demo_news1",
        "今天要溜舞一段",
    ],
)
def test_no_contact(text: str) -> None:
    assert not found(text)


def test_what_was_written_is_kept() -> None:
    (place,) = find_contacts(normalise("电话１６５－００００－１２３４。"))
    assert place.contact.raw == "１６５－００００－１２３４"
    assert place.contact.type is ContactType.PHONE
    assert place.contact.confidence < 0.95


@given(st.text(alphabet="0123456789 -电微信qq扣:vx加demo_T", max_size=60))
def test_a_contact_has_a_place_and_a_value(text: str) -> None:
    normal = normalise(text)
    for place in find_contacts(normal):
        assert place.contact.value
        assert 0 <= place.start < place.end <= len(normal.text)
        assert place.contact.raw in text


def test_no_part_of_an_identity_number_is_a_contact() -> None:
    for text in ("QQ 110101199003071230", "QQ号：110101199003071230", "群 110101199003071230"):
        assert find_contacts(normalise(text)) == ()


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("扣23456", "qq", "23456"),
        ("群号234567", "group", "234567"),
        ("加微信abcdef", "wechat", "abcdef"),
        ("加微信16500001234", "phone", "16500001234"),
        ("丁一@12.34", "email", "丁一@12.34"),
        ("电话4001234567", "phone", "4001234567"),
        ("幺六五零零零零幺二三四", "phone", "16500001234"),
    ],
)
def test_a_text_with_hardly_a_digit_or_letter_beside_its_contact(
    text: str, kind: str, value: str
) -> None:
    assert (kind, value) in found(text)
