"""Cards and posters with codes on them, rendered and then spoilt as pictures on pages are.

`harshness` 1 is what a careless seller's photograph looks like; 0 spoils nothing, 2 twice as much.
Everything follows from the seed.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy
import segno
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

_HOSTS = ("m.yan-{}.test", "cx{}.zhengshu-yan.test", "{}.yan.test", "www.cha-zheng{}.cn.test")
_PATHS = ("/v?id={}", "/cert/{}.html", "/q/{}?from=ewm&t=1", "/{}", "/wap/show.aspx?no={}&k=a8F")
_OTHERS = ("demo_wx{}", "https://u.wechat.test/kQ{}zZ", "证书编号 {} 有效", "HTTP://YAN{}.TEST/A")
_LINES = (
    "SAMPLE CARD 2026-08-11",
    "No. T3400************12",
    "Valid until 2032-08-10",
    "Issued by ............",
    "Tel 138****0000",
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A picture and what its code says."""

    image: Image.Image
    text: str
    corners: tuple[tuple[float, float], ...]
    """Of the code, clockwise from its upper left, in pixels."""
    module: float
    """Width of one of the code's modules, in pixels."""


def a_text(rng: random.Random) -> str:
    number = rng.randrange(10**4, 10**10)
    if rng.random() < 0.2:
        return rng.choice(_OTHERS).format(number)
    host = rng.choice(_HOSTS).format(rng.randrange(10**6))
    return rng.choice(("http://", "https://")) + host + rng.choice(_PATHS).format(number)


def a_code(text: str, rng: random.Random, module: int, least: str = "L") -> Image.Image:
    """The code's own picture with its quiet zone, as makers of codes draw it."""
    levels = "LMQH"[("LMQH").index(least) :]
    made = segno.make(text, error=rng.choice(levels), boost_error=False, micro=False)
    stream = io.BytesIO()
    made.save(stream, kind="png", scale=module, border=rng.choice((2, 4)))
    return Image.open(stream).convert("RGB")


def _written(draw: ImageDraw.ImageDraw, x: int, y: int, size: int, rng: random.Random) -> None:
    font = ImageFont.load_default(size)
    ink = tuple(rng.randrange(0, 90) for _channel in range(3))
    for number, line in enumerate(rng.sample(_LINES, 4)):
        draw.text((x, y + number * round(size * 1.8)), line, fill=ink, font=font)


def a_picture(seed: int, *, module: int = 6, least: str = "L") -> Rendered:
    """A card or a poster with one code."""
    rng = random.Random(seed)
    text = a_text(rng)
    code = a_code(text, rng, module, least)
    side = code.width
    if rng.random() < 0.5:
        width = round(side * rng.uniform(2.6, 3.6))
        height = max(round(width / 1.58), side + 40)
        at = (width - side - rng.randrange(15, 40), rng.randrange(15, height - side - 14))
        words = (side // 9, height // 6, max(10, side // 14))
    else:
        width = round(side * rng.uniform(1.6, 3.0))
        height = round(width * rng.uniform(1.3, 1.8))
        at = (rng.randrange(5, width - side - 4), rng.randrange(height // 3, height - side - 4))
        words = (width // 12, height // 20, max(10, width // 20))
    ground = tuple(rng.randrange(180, 256) for _channel in range(3))
    image = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(image)
    for _stripe in range(rng.randrange(6)):
        y = rng.randrange(height)
        draw.rectangle((0, y, width, y + rng.randrange(3, 30)), outline=(200, 30, 30))
    _written(draw, *words, rng)
    image.paste(code, at)
    x, y = at
    corners = ((x, y), (x + side, y), (x + side, y + side), (x, y + side))
    return Rendered(image, text, tuple((float(a), float(b)) for a, b in corners), module)


def _resized(image: Image.Image, factor: float) -> Image.Image:
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.BICUBIC)


def rotated(made: Rendered, rng: random.Random, harshness: float) -> Image.Image:
    """Turned by any angle, as a card lies on a table."""
    angle = rng.uniform(-180, 180) * min(1.0, harshness)
    turned = made.image.rotate(
        angle, expand=True, resample=Image.Resampling.BICUBIC, fillcolor=(120, 110, 100)
    )
    return _resized(turned, rng.uniform(3.0, 5.0) / made.module / max(1.0, harshness))


def noisy(made: Rendered, rng: random.Random, harshness: float) -> Image.Image:
    """With the grain of a dark room."""
    image = _resized(made.image, rng.uniform(3.0, 5.0) / made.module)
    return _grained(image, rng, rng.uniform(15, 45) * harshness)


def _grained(image: Image.Image, rng: random.Random, deviation: float) -> Image.Image:
    source = numpy.random.default_rng(rng.randrange(2**32))
    pixels = numpy.asarray(image, dtype=numpy.float64)
    pixels = pixels + source.normal(0, deviation, pixels.shape)
    return Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8))


def small(made: Rendered, rng: random.Random, harshness: float) -> Image.Image:
    """A thumbnail: two pixels to a module, and a little less."""
    wanted = rng.uniform(1.7, 2.6) / max(0.6, harshness)
    return squeezed(_resized(made.image, wanted / made.module), rng, harshness)


def squeezed(image: Image.Image, rng: random.Random, harshness: float) -> Image.Image:
    """Saved as JPEG, now and then twice."""
    for _time in range(rng.choice((1, 1, 2))):
        quality = max(8, round(95 - rng.uniform(10, 45) * harshness))
        stream = io.BytesIO()
        image.convert("RGB").save(stream, "JPEG", quality=quality)
        image = Image.open(stream)
        image.load()
    return image


def inverted(made: Rendered, rng: random.Random, harshness: float) -> Image.Image:
    """Light on dark, in two colours of any hue."""
    grey = made.image.convert("L")
    dark = tuple(rng.randrange(0, 70) for _channel in range(3))
    light = tuple(round(255 - rng.uniform(0, 90) * harshness) for _channel in range(3))
    table = [
        max(0, min(255, round(light[c] + (dark[c] - light[c]) * v / 255)))
        for c in range(3)
        for v in range(256)
    ]
    image = Image.merge("RGB", (grey,) * 3).point(table)
    return squeezed(_resized(image, rng.uniform(2.5, 5.0) / made.module), rng, harshness)


def covered(made: Rendered, rng: random.Random, harshness: float) -> Image.Image:
    """With a logo in the code's middle, a finger, a stroke or a stamp over it."""
    image = made.image.copy()
    draw = ImageDraw.Draw(image, "RGBA")
    (x, y), _right, (far, _low), _left = made.corners
    side = far - x
    kind = rng.choice(("logo", "stroke", "stamp", "corner"))
    ink = (*(rng.randrange(256) for _channel in range(3)), 255)
    part = math.sqrt(rng.uniform(0.01, 0.045) * harshness) * side
    if kind == "logo":
        a, b = x + (side - part) / 2, y + (side - part) / 2
        draw.rectangle((a, b, a + part, b + part), fill=(255, 255, 255, 255))
        draw.ellipse((a + 3, b + 3, a + part - 3, b + part - 3), fill=ink)
    elif kind == "stroke":
        a, b = x + rng.uniform(0.35, 0.65) * side, y
        wide = max(2, round(part * 0.2))
        draw.line((a, b, a + rng.uniform(-0.3, 0.3) * side, y + side), fill=ink, width=wide)
    elif kind == "stamp":
        a, b = x + rng.uniform(0.35, 0.6) * side, y + rng.uniform(0.35, 0.6) * side
        draw.ellipse((a, b, a + part, b + part), outline=ink, width=max(3, round(part / 6)))
    else:  # the lower right corner, where no finder pattern stands
        a = x + side - part
        draw.pieslice((a, y + side - part, a + 2 * part, y + side + part), 180, 270, fill=ink)
    return squeezed(_resized(image, rng.uniform(3.0, 5.0) / made.module), rng, harshness)


def photographed(made: Rendered, rng: random.Random, harshness: float) -> Image.Image:
    """Seen aslant by a cheap camera: perspective, uneven light, blur, grain, JPEG."""
    image = _resized(made.image, rng.uniform(4.0, 6.0) / made.module)
    scale = image.width / made.image.width
    image = _aslant(image, rng, 0.10 * harshness)
    image = _unevenly_lit(image, rng, 0.45 * harshness)
    pixels = rng.uniform(0.4, 1.2) * harshness * scale * made.module / 5
    image = image.filter(ImageFilter.GaussianBlur(pixels))
    if rng.random() < 0.4:
        image = _shaken(image, rng, 2.0 * harshness)
    return squeezed(_grained(image, rng, rng.uniform(2, 10) * harshness), rng, harshness)


def _aslant(image: Image.Image, rng: random.Random, most: float) -> Image.Image:
    w, h = image.size
    edge = round(0.12 * max(w, h))
    stage = Image.new("RGB", (w + 2 * edge, h + 2 * edge), (90, 84, 76))
    stage.paste(image, (edge, edge))
    shifts = [(rng.uniform(-most, most) * w, rng.uniform(-most, most) * h) for _corner in range(4)]
    corners = ((edge, edge), (edge + w, edge), (edge + w, edge + h), (edge, edge + h))
    wanted = [(x + a, y + b) for (x, y), (a, b) in zip(corners, shifts, strict=True)]
    stage = stage.transform(
        stage.size,
        Image.Transform.PERSPECTIVE,
        _homography(wanted, corners),
        Image.Resampling.BICUBIC,
        fillcolor=(90, 84, 76),
    )
    return stage.rotate(
        rng.uniform(-25, 25), expand=True, resample=Image.Resampling.BICUBIC, fillcolor=(90, 84, 76)
    )


def _homography(
    there: list[tuple[float, float]], here: tuple[tuple[float, float], ...]
) -> list[float]:
    """The eight numbers that lead from the corners `there` to those `here`."""
    rows, right = [], []
    for (x, y), (u, v) in zip(there, here, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    solved = numpy.linalg.solve(numpy.array(rows, float), numpy.array(right, float))
    return [float(each) for each in solved]


def _unevenly_lit(image: Image.Image, rng: random.Random, most: float) -> Image.Image:
    w, h = image.size
    angle = rng.uniform(0, 2 * math.pi)
    y, x = numpy.mgrid[0:h, 0:w]
    along = (x / w - 0.5) * math.cos(angle) + (y / h - 0.5) * math.sin(angle)
    light = numpy.clip(1 + along * 2 * rng.uniform(0.3, 1) * most, 0.05, 1.6)
    if rng.random() < 0.4:  # a lamp that shines back
        cx, cy, r = rng.random() * w, rng.random() * h, rng.uniform(0.1, 0.25) * max(w, h)
        light = light + 0.5 * most * numpy.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * r * r))
    pixels = numpy.asarray(image.convert("RGB"), dtype=numpy.float32) * light[..., None]
    return Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8))


def _shaken(image: Image.Image, rng: random.Random, pixels: float) -> Image.Image:
    """Moved while it was taken."""
    angle = rng.uniform(0, math.pi)
    steps = 5
    mixed = image
    for step in range(1, steps):
        far = pixels * step / steps
        moved = ImageChops.offset(image, round(far * math.cos(angle)), round(far * math.sin(angle)))
        mixed = Image.blend(mixed, moved, 1 / (step + 1))
    return mixed


SPOILT: dict[str, Callable[[Rendered, random.Random, float], Image.Image]] = {
    "rotated": rotated,
    "noisy": noisy,
    "small": small,
    "inverted": inverted,
    "covered": covered,
    "photographed": photographed,
}


def spoilt(kind: str, seed: int, harshness: float = 1.0) -> tuple[bytes, str]:
    """A spoilt picture as a page would send it, and what its code says."""
    rng = random.Random(f"{kind} {seed}")
    made = a_picture(rng.randrange(2**32), least="M" if kind == "covered" else "L")
    image = SPOILT[kind](made, rng, harshness)
    stream = io.BytesIO()
    if rng.random() < 0.5:
        image.save(stream, "PNG")
    else:
        image.convert("RGB").save(stream, rng.choice(("JPEG", "WEBP")), quality=88)
    return stream.getvalue(), made.text
