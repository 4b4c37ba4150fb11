from hypothesis import given
from hypothesis import strategies as st

from crawler.masking import mask_contact, mask_contacts, mask_identity
from crawler.model import Contact, ContactType


def contact(kind: ContactType, value: str) -> str:
    return mask_contact(Contact(kind, value, value, 1.0))


def test_identity_numbers_lose_their_middle_in_texts_and_addresses() -> None:
    assert mask_identity("姓名：某某 11010119900307123X。") == "姓名：某某 110101**********3X。"
    assert mask_identity("http://a.test/?no=T110101199003071234&x=1") == (
        "http://a.test/?no=T110101**********34&x=1"
    )


def test_numbers_with_gaps_full_width_or_inside_a_longer_run_are_found() -> None:
    assert mask_identity("110101 19900307 1234") == "110101**********34"
    assert mask_identity("１１０１０１１９９００３０７１２３Ｘ") == "１１０１０１**********３Ｘ"
    assert "19900307" not in mask_identity("/2026110101199003071234.html")


def test_numbers_written_apart_or_as_addresses_may_write_them_are_found() -> None:
    number = "110101199003071233"  # its check digit is right
    for written in (
        " ".join(number),
        "-".join(number),
        "1101 0119 9003 071233",
        "110101 1990-03-07 1233",
        "\u200b".join(number),
        "".join(f"%3{digit}" for digit in number),
        "%31%31%30" + number[3:],
    ):
        assert mask_identity(f"证号{written}。") == "证号110101**********33。", written


def test_dates_and_times_beside_other_numbers_stay() -> None:
    for text in (
        "100000 2026-01-02 11:04:05",
        "010101 2026.01.02 1104",
        "13800005678 13900005678 400",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
        "1101 0119 9003 071231",  # whose check digit is wrong
    ):
        assert mask_identity(text) == text


def test_other_numbers_stay() -> None:
    for text in ("13800005678", "6222021234567890123", "京ICP备12345678号", "2026-01-02 11:04:05"):
        assert mask_identity(text) == text


@given(
    st.text(max_size=20),
    st.from_regex(r"[1-9][0-9]{5}19[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9])[0-9]{3}[0-9X]\Z"),
    st.text(max_size=20),
)
def test_no_number_survives_wherever_it_stands(before: str, number: str, after: str) -> None:
    masked = mask_identity(before + number + after)
    assert number not in masked
    assert mask_identity(masked) == masked


def test_contacts_keep_enough_to_tell_them_apart() -> None:
    assert contact(ContactType.PHONE, "13800005678") == "138****5678"
    assert contact(ContactType.WECHAT, "banzheng8866") == "ba****66"
    assert contact(ContactType.EMAIL, "sale@a.test") == "s***@a.test"
    assert contact(ContactType.QQ, "123") == "1****"


def test_contacts_are_hidden_in_the_words_of_a_page_as_it_wrote_them() -> None:
    found = [
        Contact(ContactType.WECHAT, "banzheng8866", "banZheng8866", 0.9),
        Contact(ContactType.PHONE, "13800005678", "138-0000-5678", 0.9),
    ]
    assert mask_contacts("加BANZHENG8866或138-0000-5678，13800005678", found) == (
        "加ba****66或138****5678，138****5678"
    )
    assert mask_contacts("加我", []) == "加我"


@given(st.sampled_from(ContactType), st.from_regex(r"[0-9A-Za-z@._-]{2,30}\Z"))
def test_a_masked_contact_never_holds_the_whole(kind: ContactType, value: str) -> None:
    assert value not in contact(kind, value)
