import http.client
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from rehearsal.server import Rehearsal
from tests.rehearsal.conftest import PLAIN_PAGE, MakeSite

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def ask(web: Rehearsal, name: str) -> tuple[http.client.HTTPResponse, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", web.ports.rdap, timeout=5)
    try:
        connection.request("GET", f"/domain/{name}")
        response = connection.getresponse()
        return response, json.loads(response.read() or b"null")
    finally:
        connection.close()


def test_a_known_domain_is_a_domain_object() -> None:
    with Rehearsal(now=lambda: NOW) as web:
        response, found = ask(web, "YZ-renzheng-ewm66.com")
    assert response.headers["Content-Type"] == "application/rdap+json"
    assert found["objectClassName"] == "domain"
    assert found["ldhName"] == "yz-renzheng-ewm66.com"
    assert found["status"] == ["active"]
    events = {each["eventAction"]: each["eventDate"] for each in found["events"]}
    assert events["registration"] == "2026-09-22T02:00:00Z"
    assert events["expiration"] > "2026-11-23"
    registrar = found["entities"][0]
    assert registrar["roles"] == ["registrar"]
    assert ["fn", {}, "text", "Lanhu Practice Domains Pte Ltd"] in registrar["vcardArray"][1]
    assert registrar["entities"][0]["roles"] == ["abuse"]
    assert found["nameservers"][0]["ldhName"] == "ns1.yunqiao-yanlian-dns.net"


def test_epp_status_is_spelt_as_rdap_does(web: Rehearsal) -> None:
    assert ask(web, "tezhongzuoye-zsyz-wang77.com")[1]["status"] == ["client hold"]


def test_absent_limited_and_unserved_are_told_apart(web: Rehearsal) -> None:
    assert ask(web, "nobody-yan.com")[0].status == 404
    response, _ = ask(web, "qwzt7719kd.top")
    assert response.status == 429
    assert response.headers["Retry-After"] == "2"
    for name in ("cx-mem-gov-zjcxpt8.cn", "nobody-yan.cn", "haochaxun-daohang-yan0.com"):
        assert ask(web, name)[0].status == 400


def test_questions_are_logged(web: Rehearsal) -> None:
    ask(web, "yz-renzheng-ewm66.com")
    assert web.journal.entries("rdap")[-1]["name"] == "yz-renzheng-ewm66.com"


def asked_with(folder_toml: str, make_site: MakeSite) -> Rehearsal:
    return Rehearsal(folder=make_site(f"[registration]\n{folder_toml}\n{PLAIN_PAGE}"))


def test_a_registry_may_break(make_site: MakeSite) -> None:
    with asked_with('rdap = "garbage"', make_site) as web, pytest.raises(json.JSONDecodeError):
        ask(web, "demo-yan.com")


def test_a_registry_may_send_in_circles(make_site: MakeSite) -> None:
    with asked_with('rdap = "loop"', make_site) as web:
        response, _ = ask(web, "demo-yan.com")
        here = f"http://127.0.0.1:{web.ports.rdap}/domain/demo-yan.com"
    assert (response.status, response.headers["Location"]) == (302, here)


def test_a_registry_may_never_end(make_site: MakeSite) -> None:
    with asked_with('rdap = "endless"', make_site) as web:
        connection = http.client.HTTPConnection("127.0.0.1", web.ports.rdap, timeout=5)
        connection.request("GET", "/domain/demo-yan.com")
        assert len(connection.getresponse().read(5_000_000)) == 5_000_000
        connection.close()


def test_an_unknown_fault_is_refused(make_site: MakeSite) -> None:
    with pytest.raises(ValueError, match="'sleepy' is not one of"):
        asked_with('rdap = "sleepy"', make_site)
