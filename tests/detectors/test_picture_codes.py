"""Codes are read in spoilt pictures, and what is no sound picture is unknown, never «no code»."""

from __future__ import annotations

import io
import struct
import zlib

import numpy
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from crawler.model import Knowledge
from detectors.images import alike, read_picture
from detectors.images.opening import MOST_PIXELS
from tests.detectors.rendering import SPOILT, a_picture, spoilt

EACH = 25
ADDRESS = "http://yan.test/v?id=1"


def bytes_of(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **more)
    return stream.getvalue()


def code_of(text: str, **colours: str | None) -> Image.Image:
    stream = io.BytesIO()
    made = segno.make(text, micro=False)
    made.save(stream, kind="png", scale=5, border=4, **colours)
    return Image.open(stream)


def texts(data: bytes) -> list[str]:
    picture = read_picture(data, "x")
    assert picture.state is Knowledge.KNOWN, picture.detail
    return [code.text for code in picture.codes]


def test_spoilt_cards_and_posters_are_read_to_the_letter() -> None:
    wrong, missed = [], []
    for kind in SPOILT:
        for seed in range(EACH):
            data, text = spoilt(kind, seed)
            found = texts(data)
            missed += [(kind, seed)] * (text not in found)
            wrong += [(kind, seed, each) for each in found if each != text]
    assert not wrong
    assert len(missed) <= 0.05 * EACH * len(SPOILT), missed


@pytest.mark.long
def test_other_seeds_and_worse_pictures_are_read_too() -> None:
    made = read = 0
    for kind in SPOILT:
        for seed in range(70_000, 70_100):
            data, text = spoilt(kind, seed, 1.4)
            found = texts(data)
            made, read = made + 1, read + (text in found)
            assert set(found) <= {text}, (kind, seed)
    assert read >= 0.95 * made


def test_a_place_is_that_of_the_code() -> None:
    made = a_picture(11)
    (code,) = read_picture(bytes_of(made.image), "x").codes
    xs, ys = code.place[0::2], code.place[1::2]
    (left, top), _right, (right, low), _left = made.corners
    assert (left, top) < (min(xs), min(ys)) < (left + 40, top + 40)
    assert (right - 40, low - 40) < (max(xs), max(ys)) < (right, low)


@pytest.mark.parametrize(
    ("dark", "light"),
    [
        ("black", "white"),
        ("white", None),  # for a dark page
        ("black", None),
        ("#ffff66", "white"),  # seen in blue alone
        ("#d02020", "#20a020"),  # of the same grey
        ("#0000ff", "black"),
        ("#777777", "#888888"),
    ],
)
def test_codes_of_any_colour(dark: str, light: str | None) -> None:
    assert texts(bytes_of(code_of(ADDRESS, dark=dark, light=light))) == [ADDRESS]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "AVIF"])
def test_every_kind_of_file(kind: str) -> None:
    picture = read_picture(bytes_of(code_of(ADDRESS).convert("RGB"), kind), "x")
    assert (picture.format, [code.text for code in picture.codes]) == (kind, [ADDRESS])


@pytest.mark.parametrize("mode", ["1", "P", "LA", "CMYK", "I;16"])
def test_every_kind_of_pixels(mode: str) -> None:
    grey = code_of(ADDRESS).convert("L")
    if mode == "I;16":
        wide = Image.fromarray(numpy.asarray(grey, dtype=numpy.uint16) * 257)
        data = bytes_of(wide)
    elif mode == "CMYK":
        data = bytes_of(grey.convert("RGB").convert("CMYK"), "JPEG")
    else:
        data = bytes_of(grey.convert(mode))
    assert texts(data) == [ADDRESS]


def test_chinese_in_the_old_charset_is_read() -> None:
    stream = io.BytesIO()
    segno.make("证书编号123有效", encoding="gb18030", micro=False).save(stream, kind="png", scale=5)
    assert texts(stream.getvalue()) == ["证书编号123有效"]


def test_of_two_codes_the_faint_one_is_read_too() -> None:
    plain, faint = code_of(ADDRESS).convert("L"), code_of("http://yan.test/2").convert("L")
    sheet = Image.new("L", (700, 400), 255)
    sheet.paste(plain, (20, 20))
    sheet.paste(faint.resize((100, 100)).point(lambda value: 170 + value // 4), (500, 250))
    assert set(texts(bytes_of(sheet))) == {ADDRESS, "http://yan.test/2"}


def test_a_code_that_cannot_be_read_is_counted() -> None:
    image = code_of("http://yan.test/" + "a" * 60).convert("RGB")
    side = image.width
    image.paste((255, 255, 255), (side // 3, side // 3, side * 4 // 5, side * 3 // 4))
    picture = read_picture(bytes_of(image), "x")
    assert (picture.codes, picture.unread) == ((), 1)


def test_print_and_noise_hold_no_codes() -> None:
    source = numpy.random.default_rng(4)
    noise = Image.fromarray(source.integers(0, 255, (500, 500, 3), dtype=numpy.uint8))
    picture = read_picture(bytes_of(noise), "x")
    assert (picture.state, picture.codes, picture.unread) == (Knowledge.KNOWN, (), 0)


def header_only(width: int, height: int) -> bytes:
    """A PNG of so many pixels with next to nothing in it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pieces = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in pieces
    )


WHOLE = bytes_of(Image.effect_noise((300, 200), 80))
BROKEN = {
    "nothing": b"",
    "text": b"<html>no picture</html>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
    "cut": WHOLE[: len(WHOLE) // 2],
    "bomb": header_only(60_000, 60_000),
    "wide bomb": header_only(MOST_PIXELS + 1, 1),
    "no pixels": header_only(2_000, 2_000),
    "damaged": WHOLE[:60] + bytes(200) + WHOLE[260:],
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_sound_picture_is_unknown(name: str) -> None:
    picture = read_picture(BROKEN[name], "http://a.test/x.png")
    assert picture.state is Knowledge.UNKNOWN
    assert picture.detail
    assert (picture.codes, picture.size) == ((), len(BROKEN[name]))


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff"]),
)
def test_nothing_that_comes_raises(data: bytes, start: bytes) -> None:
    assert read_picture(start + data, "x").sha256


def test_reading_is_the_same_every_time() -> None:
    data, _text = spoilt("photographed", 3)
    assert read_picture(data, "x") == read_picture(data, "x")


def test_identity_numbers_in_a_picture_are_masked_at_once() -> None:
    data = bytes_of(a_picture(2).image)
    picture = read_picture(data, "x", lambda _image: "证号：T11010119900307123X\n有效")
    assert picture.text == "证号：T110101**********3X\n有效"
    assert read_picture(data, "x").text is None


def test_copies_look_alike_and_other_cards_do_not() -> None:
    cards = [a_picture(seed).image for seed in range(30)]
    looks = [read_picture(bytes_of(card), "x").look for card in cards]
    for card, look in zip(cards, looks, strict=True):
        small = card.resize((card.width * 2 // 3, card.height * 2 // 3))
        assert alike(look, read_picture(bytes_of(small, "JPEG", quality=60), "x").look)
    pairs = [alike(one, other) for n, one in enumerate(looks) for other in looks[:n]]
    assert sum(pairs) <= 0.02 * len(pairs)
    assert not alike("", "")


def test_the_degrader_spoils() -> None:
    """What is photographed badly enough can be read no more: the bar is not one that all pass."""
    read = 0
    for seed in range(12):
        data, text = spoilt("photographed", seed, 4.0)
        read += text in texts(data)
    assert read < 6
