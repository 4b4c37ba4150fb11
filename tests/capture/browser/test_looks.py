"""What a browser makes of honest, cloaked and hostile pages, all of one module in one browser."""

from __future__ import annotations

import asyncio
import gzip
import io
import re
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from crawler.capture.browser.look import BrowserLook, LeftOut
from crawler.capture.browser.pool import BrowserPool, PoolLimits
from crawler.capture.passages import Budget
from crawler.model import Failure, Vantage

if TYPE_CHECKING:
    from tests.capture.browser.conftest import Answer, Asked, Web, Writer

AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0"
TEXT = "<p>" + "特种作业操作证及安全生产知识和管理能力考核合格信息查询平台。" * 2 + "</p>"
VIEWPORT = "<meta name=viewport content='width=device-width'>"
QUERY = "<h1>特种作业操作证查询</h1><input placeholder=证件号码>"
BUDGET = Budget(seconds=6.0)

HTML = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def redirect(where: str) -> Answer:
    async def answer(_asked: Asked, writer: Writer) -> None:
        writer.write(f"HTTP/1.1 302 Found\r\nLocation: {where}\r\n\r\n".encode())

    return answer


def raw(content: bytes, *headers: str) -> Answer:
    async def answer(_asked: Asked, writer: Writer) -> None:
        lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(content)}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + content)
        await writer.drain()

    return answer


async def cloaked(asked: Asked, writer: Writer) -> None:
    agent, referer = asked.headers["user-agent"], asked.headers.get("referer", "")
    shown = TEXT + "装饰公司"
    if "MicroMessenger" in agent:
        shown = TEXT + "微信里的查验结果"
    elif "iPhone" in agent:
        shown = TEXT + "手机上的查验结果"
    elif "baidu.com/s?wd=" in referer:
        shown = TEXT + "搜索来的查验结果<script>document.write(document.referrer)</script>"
    body = f"<meta charset=utf-8><meta name=viewport content='width=device-width'>{shown}"
    writer.write((HTML + "\r\n" + body).encode())


async def drip(_asked: Asked, writer: Writer) -> None:
    writer.write((HTML + "\r\n" + TEXT).encode())
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.1)


async def endless_head(_asked: Asked, writer: Writer) -> None:
    writer.write(HTML.encode())
    while True:
        writer.write(b"X-Filler: " + b"y" * 1_000 + b"\r\n")
        await writer.drain()


async def hang_up(_asked: Asked, writer: Writer) -> None:
    writer.transport.abort()


async def silent(_asked: Asked, _writer: Writer) -> None:
    await asyncio.sleep(60)


def png(width: int, height: int) -> bytes:
    """A black picture of one bit a pixel: a bomb where it is large."""
    rows = zlib.compressobj(9)
    line = b"\0" * (1 + (width + 7) // 8)
    packed = b"".join(rows.compress(line * 100) for _ in range(height // 100)) + rows.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def pages(web: Web) -> dict[str, str | bytes | Answer]:
    decoy = f"127.0.0.1:{web.decoy}"
    post = (
        "<form id=f method=post {0}><input name=q value=110101></form><script>f.submit()</script>"
    )
    return {
        "/plain": QUERY + TEXT,
        "/scripted": "<div id=a></div><script>fetch('/data.json').then(r=>r.json()).then("
        f"d=>setTimeout(()=>a.innerHTML=d.html+'{TEXT}',300))</script>",
        "/data.json": '{"html": "脚本写出的查询结果"}',
        "/slow-script": "<script>setTimeout(()=>document.body.innerHTML='迟来的查询页'+"
        f"'{TEXT}',2500)</script>",
        "/framed": TEXT + "<iframe src='http://frame-yanlian.cn/plain'></iframe>",
        "/hop": redirect("http://second-yanlian.cn/hop2"),
        "/hop2": redirect("/refreshing"),
        "/refreshing": f"<meta http-equiv=refresh content='1;url=/plain'>{TEXT}",
        "/cloaked": cloaked,
        "/tall": TEXT + "<div style='height:100000px;width:1000000px'>长</div>",
        "/clobbered": "<form name=documentElement></form><img name=getElementsByTagName>"
        f"<script>Element.prototype.__defineGetter__('outerHTML',()=>'假');</script>{TEXT}",
        # Protected hosts in every dress.
        "/hotlinks": TEXT + "<link rel=dns-prefetch href=//dns.mem.gov.cn>"
        "<link rel=preconnect href=https://pre.mem.gov.cn><link rel=prefetch href=http://x.mem.gov.cn/>"
        "<link rel=stylesheet href=http://css.mem.gov.cn/a.css><img src=http://www.mem.gov.cn/logo.png>"
        "<img src=https://cx.mem.gov.cn/logo.png><script src=//js.mem.gov.cn/a.js></script>"
        "<iframe src=http://cx.mem.gov.cn/></iframe><video src=http://v.mem.gov.cn/a.mp4></video>"
        '<script type=speculationrules>{"prerender":[{"urls":["http://www.mem.gov.cn/p"]}],'
        '"prefetch":[{"urls":["https://www.mem.gov.cn/q"]}]}</script>'
        "<script>fetch('http://f.mem.gov.cn/',{mode:'no-cors'}).catch(()=>0);"
        "navigator.sendBeacon('http://b.mem.gov.cn/','x');new WebSocket('ws://w.mem.gov.cn/');"
        "new WebSocket('wss://ws.mem.gov.cn/');new EventSource('http://e.mem.gov.cn/');"
        "open('http://o.mem.gov.cn/');new Worker(URL.createObjectURL(new Blob(["
        "\"fetch('http://k.mem.gov.cn/',{mode:'no-cors'});importScripts('http://i.mem.gov.cn/')\""
        "])));fetch('/to-protected',{mode:'no-cors'}).catch(()=>0)</script>",
        "/to-protected": redirect("http://r.mem.gov.cn/"),
        "/leaves": f"{QUERY}{TEXT}<script>location='https://www.mem.gov.cn/'</script>",
        # The machine's own network.
        "/inward": f"{TEXT}<img src=http://{decoy}/><iframe src=http://{decoy}/></iframe>"
        f"<img src=http://localhost:{web.decoy}/><script src=https://{decoy}/></script>"
        f"<img src=http://private-yanlian.cn:{web.decoy}/><img src=http://2130706433:{web.decoy}/>"
        f"<script>new WebSocket('ws://{decoy}/');fetch('http://[::1]:{web.decoy}/').catch(()=>0);"
        f"const c=new RTCPeerConnection({{iceServers:[{{urls:'stun:{decoy}'}},"
        f"{{urls:'turn:{decoy}?transport=tcp',username:'a',credential:'b'}}]}});"
        "c.createDataChannel('x');c.onicecandidate=e=>document.body.append("
        "e.candidate?' ICE:'+e.candidate.candidate:'');"
        "c.createOffer().then(o=>c.setLocalDescription(o))</script>",
        # Things that a page must not make us do.
        "/form": TEXT + post.format("action=/plain"),
        "/form-protected": TEXT + post.format("action=http://www.mem.gov.cn/"),
        "/beacons": f"{TEXT}<script>fetch('/sent',{{method:'POST',body:'x'}}).catch(()=>0);"
        "navigator.sendBeacon('/sent','x');const x=new XMLHttpRequest;x.open('PUT','/sent');"
        "x.send('y')</script>",
        "/download": raw(b"PK\x03\x04" * 50, "Content-Disposition: attachment; filename=a.apk"),
        "/dialogs": f"{TEXT}<script>alert('一');confirm('二');document.body.append("
        "'答'+prompt('三'));onbeforeunload=()=>'留下';print()</script>",
        "/dialog-storm": f"{TEXT}<script>setTimeout(()=>{{for(;;)alert(1)}},50)</script>",
        "/popups": f"{TEXT}<script>for(let i=0;i<300;i++)open('http://pop-yanlian.cn/p'+i,"
        "'_blank')</script>",
        "/history": f"{TEXT}<script>for(let i=0;i<5000;i++)try{{history.pushState(0,'','/h'+i)}}"
        "catch(e){{break}}</script>",
        "/permissions": f"{TEXT}<script>navigator.geolocation.getCurrentPosition(()=>say('GEO'),"
        "()=>say('无'));Notification.requestPermission().then(say);"
        "function say(x){document.body.append(' ['+x+']')}</script>",
        "/media": f"{TEXT}<script>navigator.mediaDevices.getUserMedia({{video:true}}).then("
        "()=>say('CAM'),()=>say('拒'));function say(x){document.body.append(' ['+x+']')}</script>",
        "/worker-service": f"{TEXT}<script>ServiceWorkerContainer.prototype.register.call("
        "navigator.serviceWorker,'/sw.js').then(()=>say('SW'),()=>say('拒'));"
        "function say(x){document.body.append(' ['+x+']')}</script>",
        "/sw.js": raw(
            b"onfetch=e=>e.respondWith(new Response('x'))", "Content-Type: text/javascript"
        ),
        "/files": f"{TEXT}<iframe src=file:///etc/hostname></iframe><img src=file:///etc/hostname>"
        "<script>try{location='file:///etc/hostname'}catch(e){};setTimeout(()=>{"
        "location='data:text/html,bad'},100)</script>",
        # Things that do not end.
        "/loop": f"{TEXT}<script>for(;;);</script>",
        "/late-loop": f"{QUERY}{TEXT}<script>setTimeout(()=>{{for(;;);}},50)</script>",
        "/promises": f"{TEXT}<script>const f=()=>Promise.resolve().then(f);"
        "setTimeout(f,50)</script>",
        "/growing": f"{TEXT}<script>setInterval(()=>document.body.append("
        "document.createElement('p'),'长'),20)</script>",
        "/reloading": f"{TEXT}<script>setTimeout(()=>location.reload(),50)</script>",
        "/redirect-loop": redirect("/redirect-loop"),
        "/drip": drip,
        "/endless-head": endless_head,
        "/hang-up": hang_up,
        "/silent": silent,
        "/bomb": raw(
            gzip.compress((TEXT + "弹" * 30_000_000).encode(), 1),
            "Content-Type: text/html; charset=utf-8",
            "Content-Encoding: gzip",
        ),
        "/huge": f"{TEXT}<script>const t='<b>x</b>'.repeat(1e5);for(let i=0;i<10;i++)"
        "{const d=document.createElement('div');d.innerHTML=t;document.body.append(d)};"
        "const p=document.createElement('pre');p.textContent='y'.repeat(9e7);"
        "document.body.append(p)</script>",
        "/frames": f"{TEXT}<script>for(let i=0;i<10000;i++){{const f=document.createElement("
        "'iframe');f.src='/leaf?'+i;document.body.append(f)}</script>",
        "/leaf": "叶",
        "/fan": TEXT + "".join(f"<img src=/pixel?{i}>" for i in range(400)),
        "/pixel": raw(png(8, 100), "Content-Type: image/png"),
        "/image-bomb": f"{TEXT}<img src=/bomb.png>",
        "/bomb.png": raw(png(30_000, 30_000), "Content-Type: image/png"),
        "/large": f"{TEXT}<img src=/large.png>",
        "/large.png": raw(b"\x89PNG\r\n\x1a\n" + b"\0" * 12_000_000, "Content-Type: image/png"),
        "/memory": f"{TEXT}<script>setTimeout(()=>{{const a=[];for(;;)a.push(new Array(1e6)"
        ".fill(1.5))},50)</script>",
        "/charset": raw(
            "<p>安全生产".encode("gb18030") * 9, "Content-Type: text/html; charset=x-no"
        ),
        "/desktop-only": f"{TEXT}<div style='width:100%;height:300px;background:#00f'></div>",
        "/wide": f"{VIEWPORT}{TEXT}<div style='width:2000px;height:300px;margin:-8px;"
        f"background:#00f'></div>",
        "/wider": f"{VIEWPORT}{TEXT}<div style='width:450px;margin:-8px'>宽</div>",
        "/endlessly-wide": f"{TEXT}<div style='width:90000px;height:3000000px'></div>",
        "/surrogates": f"{TEXT}<script>document.body.append('\\ud800')</script>",
        "/refused": redirect("http://private-yanlian.cn/"),
        "/no-content": redirect("http://absent-yanlian.cn/"),
    }


LOOKS = {
    "cloaked-phone": ("http://a-yanlian.cn/cloaked", Vantage.PHONE),
    "cloaked-wechat": ("http://a-yanlian.cn/cloaked", Vantage.WECHAT),
    "desktop-only-phone": ("http://a-yanlian.cn/desktop-only", Vantage.PHONE),
    "wider-phone": ("http://a-yanlian.cn/wider", Vantage.PHONE),
    "wide-phone": ("http://a-yanlian.cn/wide", Vantage.PHONE),
    "cloaked-search": ("http://a-yanlian.cn/cloaked", Vantage.FROM_SEARCH),
    "tls": ("https://tls-yanlian.cn/plain", Vantage.DESKTOP),
    "tls-beacons": ("https://tls-yanlian.cn/beacons", Vantage.DESKTOP),
    "tls-form": ("https://tls-yanlian.cn/form", Vantage.DESKTOP),
    "tls-fan": ("https://tls-yanlian.cn/fan", Vantage.DESKTOP),
    "tls-worker-service": ("https://tls-yanlian.cn/worker-service", Vantage.DESKTOP),
    "tls-media": ("https://tls-yanlian.cn/media", Vantage.DESKTOP),
    "to-protected": ("http://a-yanlian.cn/to-protected", Vantage.DESKTOP),
    "protected": ("http://www.mem.gov.cn/", Vantage.DESKTOP),
    "private": ("http://private-yanlian.cn/", Vantage.DESKTOP),
    "absent": ("http://absent-yanlian.cn/", Vantage.DESKTOP),
    "file": ("file:///etc/hostname", Vantage.DESKTOP),
    "unsafe-port": ("http://a-yanlian.cn:22/", Vantage.DESKTOP),
}
NOT_BY_THEMSELVES = {
    "/data.json", "/hop2", "/sent", "/sw.js", "/leaf", "/pixel", "/bomb.png", "/large.png",
    "/to-protected", "/worker-service", "/media",
}  # fmt: skip

HOGS = {"bomb", "huge", "frames", "memory", "image-bomb", "loop", "dialog-storm"}
HOG_SECONDS = 18.0


@pytest.fixture(scope="module")
def looks(loop: asyncio.AbstractEventLoop, web: Web, browser: Path) -> dict[str, BrowserLook]:
    """Every page of this module, looked at by one pool at the same time."""
    web.pages |= pages(web)
    wanted = dict(LOOKS)
    for path in web.pages:
        if path not in NOT_BY_THEMSELVES:
            wanted[path.strip("/")] = (f"http://a-yanlian.cn{path}", Vantage.DESKTOP)

    async def work(limits: PoolLimits, names: set[str]) -> dict[str, BrowserLook]:
        async with BrowserPool(browser, web.router(), user_agent=AGENT, limits=limits) as pool:
            found = await asyncio.gather(*(pool.capture(*wanted[name]) for name in names))
        return dict(zip(names, found, strict=True))

    gentle = work(PoolLimits(budget=BUDGET), wanted.keys() - HOGS)
    # Those that eat a whole core go by themselves: here is no judging of innocents beside them.
    greedy = work(PoolLimits(pages=2, visit_seconds=HOG_SECONDS, budget=BUDGET), HOGS)
    return loop.run_until_complete(gentle) | loop.run_until_complete(greedy)


def vias(look: BrowserLook, failure: Failure | None = None) -> set[tuple[str, str]]:
    return {(e.via, e.url) for e in look.exchanges if e.failure is failure}


def texts(look: BrowserLook) -> str:
    return re.sub(r"(?s)<script.*?</script>|<[^>]*>", "", look.html)


def picture(look: BrowserLook) -> tuple[int, int]:
    assert look.screenshot.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", look.screenshot[16:24])
    return width, height


def colour_at(look: BrowserLook, x: int, y: int) -> tuple[int, ...]:
    with Image.open(io.BytesIO(look.screenshot)) as shown:
        colour = shown.convert("RGB").getpixel((x, y))
    assert isinstance(colour, tuple)
    return colour


# What honest and cloaking sites show.


def test_a_plain_page_is_kept_whole(looks: dict[str, BrowserLook]) -> None:
    look = looks["plain"]
    assert (look.status, look.failure, look.protocol) == (200, None, "http/1.1")
    assert "特种作业操作证查询" in look.html
    assert picture(look)[0] == 1366
    assert b"snapshot" in look.mhtml.lower() or b"MIME-Version" in look.mhtml
    assert [e.via for e in look.exchanges] == ["document"]
    assert look.exchanges[0].address == "192.31.196.9"
    assert (look.truncated, look.script_stopped, look.dialogs, look.popups) == (0, 0, 0, ())


@pytest.mark.parametrize(
    ("name", "shown", "via"),
    [
        ("scripted", "脚本写出的查询结果", "xhr"),
        ("slow-script", "迟来的查询页", "document"),
        ("hop", "特种作业操作证查询", "redirect"),
        ("refreshing", "特种作业操作证查询", "document"),
        ("cloaked", "装饰公司", "document"),
        ("cloaked-phone", "手机上的查验结果", "document"),
        ("cloaked-wechat", "微信里的查验结果", "document"),
        ("cloaked-search", "搜索来的查验结果https://www.baidu.com/s?wd=", "document"),
        ("tls", "特种作业操作证查询", "document"),
        ("surrogates", "\ufffd", "document"),
    ],
)
def test_content_is_reached(looks: dict[str, BrowserLook], name: str, shown: str, via: str) -> None:
    look = looks[name]
    assert look.failure is None, look.detail
    assert shown in texts(look)
    assert via in {exchange.via for exchange in look.exchanges}
    look.html.encode()


def test_the_chain_of_a_redirecting_page_is_the_servers_own(
    looks: dict[str, BrowserLook],
) -> None:
    look = looks["hop"]
    assert [(e.via, e.status) for e in look.exchanges] == [
        ("document", 302),
        ("redirect", 302),
        ("redirect", 200),
        ("document", 200),
    ]
    assert look.final_url == "http://second-yanlian.cn/plain"
    assert [passage.target for passage in look.passages] == [e.url for e in look.exchanges]


def test_frames_are_kept_with_their_addresses(looks: dict[str, BrowserLook]) -> None:
    (frame,) = looks["framed"].frames
    assert frame.url == "http://frame-yanlian.cn/plain"
    assert "特种作业操作证查询" in frame.html
    assert ("frame", frame.url) in vias(looks["framed"])


def test_a_phone_sees_a_phones_width(looks: dict[str, BrowserLook]) -> None:
    assert picture(looks["cloaked-phone"])[0] == 780
    assert picture(looks["cloaked-wechat"])[0] == 780


def test_tls_is_opened_though_nobody_vouches_for_it(looks: dict[str, BrowserLook]) -> None:
    look = looks["tls"]
    assert look.status == 200
    assert dict(look.certificate)["subjectName"] == "yanlian.cn"
    assert look.exchanges[0].address == "192.31.196.9"


# Protected hosts and the machine's own network.


def test_no_request_ever_reached_a_protected_host(looks: dict[str, BrowserLook], web: Web) -> None:
    assert looks
    assert not [a for a in web.asked if "mem.gov.cn" in a.host]
    assert not [name for name in web.names if "mem.gov.cn" in name]


def test_what_a_page_wanted_of_protected_hosts_is_kept(looks: dict[str, BrowserLook]) -> None:
    refused = {
        re.sub(r"^\w+://|/.*", "", url)
        for _, url in vias(looks["hotlinks"], Failure.PROTECTED_HOST)
    }
    wanted = {"css", "www", "cx", "js", "f", "e", "r"}
    assert {f"{name}.mem.gov.cn" for name in wanted} <= refused
    passages = {p.target for p in looks["hotlinks"].passages if p.failure}
    assert {"w.mem.gov.cn:80", "ws.mem.gov.cn:443"} <= passages
    assert "http://o.mem.gov.cn/" in looks["hotlinks"].popups


def test_a_page_that_leaves_for_a_protected_host_stays_in_view(
    looks: dict[str, BrowserLook],
) -> None:
    look = looks["leaves"]
    assert look.failure is None
    assert "特种作业操作证查询" in look.html
    assert look.final_url == "http://a-yanlian.cn/leaves"
    assert ("document", "https://www.mem.gov.cn/") in vias(look, Failure.PROTECTED_HOST)


def test_nothing_reaches_the_machine_itself(looks: dict[str, BrowserLook], web: Web) -> None:
    look = looks["inward"]
    assert web.strays == []
    assert look.failure is None
    assert len(vias(look, Failure.REFUSED_ADDRESS)) >= 4
    assert not re.search(r"ICE:.*(192\.168|10\.|172\.)", texts(look))


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        ("protected", Failure.PROTECTED_HOST),
        ("to-protected", Failure.PROTECTED_HOST),
        ("private", Failure.REFUSED_ADDRESS),
        ("refused", Failure.REFUSED_ADDRESS),
        ("absent", Failure.NAME_ABSENT),
        ("no-content", Failure.NAME_ABSENT),
        ("file", Failure.UNSUPPORTED),
        ("unsafe-port", Failure.UNSUPPORTED),
        ("redirect-loop", Failure.TOO_MANY_REDIRECTS),
        ("download", Failure.BROKEN_ANSWER),
        ("hang-up", Failure.NO_CONNECTION),
        ("silent", Failure.TIMEOUT),
        ("endless-head", Failure.BROKEN_ANSWER),
    ],
)
def test_no_page_has_a_reason_and_shows_nothing(
    looks: dict[str, BrowserLook], name: str, failure: Failure
) -> None:
    look = looks[name]
    assert look.failure is failure, look.detail
    assert look.detail
    assert (look.status, look.html, look.screenshot) == (None, "", b"")


# What a page must not make us do.


def test_nothing_is_ever_sent(looks: dict[str, BrowserLook], web: Web) -> None:
    assert {asked.method for asked in web.asked} == {"GET"}
    assert not [asked for asked in web.asked if asked.path == "/sent"]
    for name in ("form", "form-protected", "beacons", "tls-form", "tls-beacons"):
        assert looks[name].failure is None
        assert "安全生产知识" in looks[name].html
        assert vias(looks[name], Failure.NOT_SENT), name


def test_downloads_dialogs_and_windows_are_refused_and_told(
    looks: dict[str, BrowserLook], web: Web
) -> None:
    assert looks["download"].downloads == ("http://a-yanlian.cn/download",)
    assert looks["dialogs"].dialogs >= 3
    assert "答null" in texts(looks["dialogs"])
    assert "http://pop-yanlian.cn/p0" in looks["popups"].popups
    assert len(looks["popups"].popups) == 20
    assert not [asked for asked in web.asked if asked.host == "pop-yanlian.cn"]


def test_permissions_files_and_service_workers_are_refused(
    looks: dict[str, BrowserLook],
) -> None:
    assert "[GEO]" not in texts(looks["permissions"])
    assert "[无]" in texts(looks["permissions"])
    assert "[granted]" not in texts(looks["permissions"])
    assert "[拒]" in texts(looks["tls-media"])
    assert "[SW]" not in texts(looks["tls-worker-service"])
    assert looks["files"].final_url == "http://a-yanlian.cn/files"
    name = Path("/etc/hostname").read_text(encoding="utf-8").strip()
    assert name not in " ".join(frame.html for frame in looks["files"].frames)


def test_a_page_cannot_forge_what_is_read_of_it(looks: dict[str, BrowserLook]) -> None:
    assert "安全生产知识" in looks["clobbered"].html


# Things that do not end, or are too large.


@pytest.mark.long  # they hold a clock, which a busy machine breaks
@pytest.mark.parametrize("name", ["loop", "late-loop", "promises", "dialog-storm"])
def test_scripts_that_do_not_end_are_ended_and_the_page_is_kept(
    looks: dict[str, BrowserLook], name: str
) -> None:
    look = looks[name]
    # A loop that takes memory too ends sooner, and is then shown without its scripts.
    assert look.script_stopped or look.left_out is LeftOut.SCRIPTS
    assert look.failure is None, look.detail
    assert "安全生产知识" in look.html
    assert look.screenshot


@pytest.mark.parametrize("name", ["growing", "reloading", "history", "drip", "charset", "large"])
def test_restless_pages_are_kept_as_they_are(looks: dict[str, BrowserLook], name: str) -> None:
    look = looks[name]
    assert look.failure is None, look.detail
    assert "安全生产" in look.html
    assert look.screenshot


@pytest.mark.long  # they hold a clock, which a busy machine breaks
@pytest.mark.parametrize("name", ["bomb", "huge", "frames", "memory", "image-bomb"])
def test_bombs_cost_one_page_and_no_more(looks: dict[str, BrowserLook], name: str) -> None:
    look = looks[name]
    assert look.seconds < HOG_SECONDS + 6
    if look.failure is None:
        assert look.html
    else:
        assert look.failure in {Failure.TIMEOUT, Failure.BROKEN_ANSWER}
        assert look.detail


def test_every_visit_ended_in_its_time(looks: dict[str, BrowserLook]) -> None:
    slow = {name: look.seconds for name, look in looks.items() if look.seconds > 66}
    assert not slow
    assert not [name for name, look in looks.items() if look.failure is Failure.OUR_FAULT]


def test_a_picture_has_an_end(looks: dict[str, BrowserLook]) -> None:
    assert picture(looks["tall"]) == (1366, 8_000)
    assert looks["tall"].truncated


def test_a_picture_is_as_wide_as_the_page_is_laid_out(looks: dict[str, BrowserLook]) -> None:
    # A phone lays out what was not made for it as 980 pixels, and as a whole.
    assert picture(looks["desktop-only-phone"])[0] == 980
    assert colour_at(looks["desktop-only-phone"], 960, 250) == (0, 0, 255)
    assert not looks["desktop-only-phone"].truncated
    assert picture(looks["wide"])[0] == 2_000
    assert colour_at(looks["wide"], 1_990, 250) == (0, 0, 255)
    assert not looks["wide"].truncated
    # One that was made for phones but for one thing stays as narrow, and the thing is whole.
    assert picture(looks["wide-phone"])[0] == 2_000
    assert colour_at(looks["wide-phone"], 1_990, 250) == (0, 0, 255)
    assert not looks["wide-phone"].truncated
    # A little wider, it is as sharp as others are.
    assert picture(looks["wider-phone"])[0] == 2 * 450
    # A bomb of width is cut, and no page is pictured in more pixels than others.
    assert picture(looks["endlessly-wide"])[0] == 1_366
    assert looks["endlessly-wide"].truncated
    for name, look in looks.items():
        if look.screenshot:
            width, height = picture(look)
            assert width * height <= 1_366 * 8_000, name


def test_the_budget_of_requests_holds(looks: dict[str, BrowserLook], web: Web) -> None:
    for name, scheme in (("fan", "http"), ("tls-fan", "https")):
        asked = [a for a in web.asked if a.path.startswith("/pixel?") and a.scheme == scheme]
        # Inside TLS only the browser counts, and what it has begun by then still goes out.
        assert 150 <= len(asked) <= BUDGET.requests + (40 if scheme == "https" else 0)
        assert looks[name].failure is None
        assert len(looks[name].exchanges) >= 401
        assert vias(looks[name], Failure.BUDGET_SPENT)
    frames = [asked for asked in web.asked if asked.path.startswith("/leaf?")]
    assert len(frames) <= BUDGET.requests


def test_one_answer_is_cut_at_its_budget(looks: dict[str, BrowserLook]) -> None:
    last = looks["large"].passages[-1]
    assert last.failure is Failure.BUDGET_SPENT
    assert last.received < BUDGET.answer_bytes + 100_000
