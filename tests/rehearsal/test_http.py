import http.client
import json
import socket
from pathlib import Path

import pytest

from rehearsal.server import Rehearsal


def ask(
    web: Rehearsal, host: str, target: str = "/", method: str = "GET"
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", web.ports.http, timeout=5)
    try:
        connection.request(method, target, headers={"Host": host})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_each_host_has_its_own_page(web: Rehearsal) -> None:
    response, body = ask(web, "cx-mem-gov-zjcxpt8.cn")
    assert response.status == 200
    assert "信息查询平台" in body.decode("utf-8")
    _, other = ask(web, "baike.zhishi-cidian-yanlian.com")
    assert "知识词典" in other.decode("utf-8")


def test_host_may_carry_a_port_upper_case_or_an_alias(web: Rehearsal) -> None:
    for host in ("QWZT7719KD.top:80", "www.cx-mem-gov-zjcxpt8.cn"):
        assert ask(web, host)[0].status == 200


def test_unknown_host_and_unknown_path_are_404(web: Rehearsal) -> None:
    assert ask(web, "cx.mem.gov.cn")[0].status == 404
    assert ask(web, "qwzt7719kd.top", "/nothing")[0].status == 404


def test_head_has_no_body_and_post_is_refused(web: Rehearsal) -> None:
    response, body = ask(web, "qwzt7719kd.top", method="HEAD")
    assert response.status == 200
    assert body == b""
    assert int(response.headers["Content-Length"]) > 1000
    assert ask(web, "qwzt7719kd.top", method="POST")[0].status == 405


def test_result_page_needs_its_parameter(web: Rehearsal) -> None:
    assert ask(web, "m.yz-renzheng-ewm66.com", "/v")[0].status == 404
    response, body = ask(web, "m.yz-renzheng-ewm66.com", "/v?id=7")
    assert response.status == 200
    assert "证件有效" in body.decode("utf-8")


def test_redirect_sends_its_location(web: Rehearsal) -> None:
    response, _ = ask(web, "cxm-short-tiaozhuan8.cn")
    assert response.status == 301
    assert response.headers["Location"] == "http://cx-mem-gov-zjcxpt8.cn/special?index=0"


@pytest.mark.parametrize(
    ("host", "charset", "header", "words"),
    [
        ("baoguo-kaozheng-zhitongche.cn", "gbk", "text/html; charset=GBK", "考证直通车"),
        ("www.banzheng-tzzy-kuaisu88.com", "gb2312", "text/html", "诚信办证工作室"),
        ("hk.ganzi-anquan-biji0.com", "big5", "text/html; charset=Big5", "跨境工程筆記"),
    ],
)
def test_old_charsets_are_on_the_wire(
    web: Rehearsal, host: str, charset: str, header: str, words: str
) -> None:
    response, body = ask(web, host)
    assert response.headers["Content-Type"] == header
    assert words in body.decode(charset)
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_gb2312_page_declares_its_charset_nowhere(web: Rehearsal) -> None:
    _, body = ask(web, "www.banzheng-tzzy-kuaisu88.com")
    assert b"charset" not in body.lower()


def test_picture_is_served_as_it_is(web: Rehearsal) -> None:
    response, body = ask(web, "www.banzheng-tzzy-kuaisu88.com", "/img/card.png")
    assert response.headers["Content-Type"] == "image/png"
    assert body.startswith(b"\x89PNG")


def test_connection_stays_open_and_takes_a_proxy_form(web: Rehearsal) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", web.ports.http, timeout=5)
    try:
        for target in ("/", "http://qwzt7719kd.top/"):
            connection.request("GET", target, headers={"Host": "qwzt7719kd.top"})
            response = connection.getresponse()
            response.read()
            assert response.status == 200
    finally:
        connection.close()


def test_garbage_closes_the_connection_only(web: Rehearsal) -> None:
    with socket.create_connection(("127.0.0.1", web.ports.http), 5) as raw:
        raw.sendall(b"\x16\x03\x01 not http\r\n\r\n")
        assert raw.recv(100) == b""
    assert ask(web, "qwzt7719kd.top")[0].status == 200


def test_every_request_is_logged(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with Rehearsal(log=log) as web:
        ask(web, "qwzt7719kd.top")
        ask(web, "qwzt7719kd.top", "/x")
        ask(web, "cx.mem.gov.cn")
        assert web.journal.hits("qwzt7719kd.top") == 2
        assert web.journal.hits("cx.mem.gov.cn") == 1
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(each["host"], each["status"]) for each in lines] == [
        ("qwzt7719kd.top", 200),
        ("qwzt7719kd.top", 404),
        ("cx.mem.gov.cn", 404),
    ]
