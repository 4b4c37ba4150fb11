import socket

import dns.message
import dns.query
import dns.rcode
import pytest

from rehearsal.server import Rehearsal


def ask(web: Rehearsal, name: str, kind: str = "A", *, tcp: bool = False) -> dns.message.Message:
    query = dns.message.make_query(name, kind)
    if tcp:
        return dns.query.tcp(query, "127.0.0.1", port=web.ports.dns, timeout=5)
    return dns.query.udp(query, "127.0.0.1", port=web.ports.dns, timeout=5)


def values(reply: dns.message.Message) -> list[str]:
    return [record.to_text() for rrset in reply.answer for record in rrset]


@pytest.mark.parametrize("tcp", [False, True])
def test_known_host_resolves(web: Rehearsal, tcp: bool) -> None:
    assert values(ask(web, "qwzt7719kd.top", tcp=tcp)) == ["203.0.113.22"]


def test_ipv6_only_where_there_is_one(web: Rehearsal) -> None:
    idn = "xn--fiqxs462aj3cnwbyqo62ablelvap40m930bolau04n.xn--fiqs8s"
    assert values(ask(web, idn, "AAAA")) == ["2001:db8::25"]
    reply = ask(web, "qwzt7719kd.top", "AAAA")
    assert reply.rcode() == dns.rcode.NOERROR
    assert values(reply) == []


def test_failures_are_told_apart(web: Rehearsal) -> None:
    assert ask(web, "mem-gov-zhengshu-wjx31.cn").rcode() == dns.rcode.NXDOMAIN
    assert ask(web, "cx-mem-gov-jiexi-shibai4.com").rcode() == dns.rcode.SERVFAIL
    assert ask(web, "nobody-has-this-name-yan.cn").rcode() == dns.rcode.NXDOMAIN


def test_a_name_above_a_host_exists_and_is_empty(web: Rehearsal) -> None:
    reply = ask(web, "yz-renzheng-ewm66.com")
    assert reply.rcode() == dns.rcode.NOERROR
    assert values(reply) == []


def test_official_hosts_resolve_so_that_a_wrong_request_shows(web: Rehearsal) -> None:
    for name in ("mem.gov.cn", "cx.mem.gov.cn", "zscx.osta.org.cn"):
        assert values(ask(web, name)) == ["198.51.100.10"]
    assert ask(web, "notgov.cn").rcode() == dns.rcode.NXDOMAIN


def test_name_servers_come_from_the_registration(web: Rehearsal) -> None:
    assert "dns7.beichuan-yanlian.net." in values(ask(web, "cx-mem-gov-zjcxpt8.cn", "NS"))


def test_garbage_gets_no_answer(web: Rehearsal) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as raw:
        raw.settimeout(0.2)
        raw.sendto(b"garbage", ("127.0.0.1", web.ports.dns))
        with pytest.raises(TimeoutError):
            raw.recv(512)
    assert values(ask(web, "qwzt7719kd.top"))
