import http.client
import socket
import ssl

import pytest

from crawler.certificates import read_certificate
from rehearsal.server import Rehearsal
from rehearsal.tls import server_name
from tests.rehearsal.conftest import PLAIN_PAGE, MakeSite


def connect(web: Rehearsal, host: str) -> tuple[ssl.SSLSocket, str]:
    context = ssl.create_default_context(cadata=web.authority.pem.decode())
    raw = socket.create_connection(("127.0.0.1", web.ports.tls), 5)
    try:
        return context.wrap_socket(raw, server_hostname=host), host
    except BaseException:
        raw.close()
        raise


def page(web: Rehearsal, host: str) -> bytes:
    secured, name = connect(web, host)
    with secured:
        secured.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        response = http.client.HTTPResponse(secured)
        response.begin()
        return response.read()


def test_every_host_has_a_certificate_of_its_own(web: Rehearsal) -> None:
    for host in ("qwzt7719kd.top", "cx-mem-gov-zjcxpt8.cn"):
        assert "查询" in page(web, host).decode()
    last = web.journal.entries("http")[-1]
    assert (last["host"], last["scheme"]) == ("cx-mem-gov-zjcxpt8.cn", "https")


def test_a_wrong_request_to_an_official_host_gets_through_and_shows(web: Rehearsal) -> None:
    assert page(web, "cx.mem.gov.cn") == b"no such host"


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("expired", "certificate has expired"),
        ("self_signed", "self-signed certificate"),
        ("wrong_name", "Hostname mismatch"),
    ],
)
def test_bad_certificates(make_site: MakeSite, kind: str, message: str) -> None:
    folder = make_site(f'[tls]\ncertificate = "{kind}"\n{PLAIN_PAGE}')
    with (
        Rehearsal(folder=folder) as web,
        pytest.raises(ssl.SSLCertVerificationError, match=message),
    ):
        connect(web, "demo-yan.com")


@pytest.mark.parametrize("kind", ["refused", "garbage", "drop", "plain"])
def test_what_is_no_tls(make_site: MakeSite, kind: str) -> None:
    folder = make_site(f'[tls]\ncertificate = "{kind}"\n{PLAIN_PAGE}')
    with Rehearsal(folder=folder) as web:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            connect(web, "demo-yan.com")
        # The server goes on.
        with pytest.raises((ssl.SSLError, ConnectionError)):
            connect(web, "nobody-has-this-yan.com")


def test_a_scheme_may_decide_the_page(make_site: MakeSite) -> None:
    toml = PLAIN_PAGE + PLAIN_PAGE.replace("index", "secure") + 'when = {scheme = "https"}\n'
    with Rehearsal(folder=make_site(toml, secure="<p>secure</p>")) as web:
        assert page(web, "demo-yan.com") == b"<p>secure</p>"


def test_garbage_has_no_server_name() -> None:
    for hello in (b"", b"GET / HTTP/1.1", b"\x16\x03\x01\x00\x05\x01\x00", bytes(300)):
        assert server_name(hello) == ""


def test_a_certificate_may_be_for_further_names(make_site: MakeSite) -> None:
    toml = f'[tls]\nnames = ["other-yan.com", "*.third-yan.com"]\n{PLAIN_PAGE}'
    with Rehearsal(folder=make_site(toml)) as web:
        secured, _host = connect(web, "demo-yan.com")
        with secured:
            seen = secured.getpeercert(binary_form=True)
    assert seen is not None
    read = read_certificate(seen)
    assert read is not None
    assert read.names == ("demo-yan.com", "other-yan.com", "third-yan.com")
