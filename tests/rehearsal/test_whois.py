import re
import socket
from datetime import UTC, datetime, timedelta

import pytest

from rehearsal.server import Rehearsal

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # the 24th in Beijing
IDN = "xn--fiqxs462aj3cnwbyqo62ablelvap40m930bolau04n.xn--fiqs8s"


def ask(web: Rehearsal, query: str) -> str:
    with socket.create_connection(("127.0.0.1", web.ports.whois), 5) as raw:
        raw.sendall(query.encode() + b"\r\n")
        return b"".join(iter(lambda: raw.recv(4096), b"")).decode()


def test_cn_answers_in_cnnic_form_and_beijing_time() -> None:
    with Rehearsal(now=lambda: NOW) as web:
        text = ask(web, "cx-mem-gov-zjcxpt8.cn")
    assert "Registration Time: 2026-10-14 10:00:00\n" in text
    assert "Sponsoring Registrar: 北川演练网络科技有限公司" in text
    assert "Name Server: dns7.beichuan-yanlian.net" in text


def test_generic_suffix_answers_in_the_common_form() -> None:
    with Rehearsal(now=lambda: NOW) as web:
        text = ask(web, "yz-renzheng-ewm66.com")
    assert "Creation Date: 2026-09-22T02:00:00Z" in text
    assert "Registrar: Lanhu Practice Domains Pte Ltd" in text


def test_ages_stay_true_over_time() -> None:
    with Rehearsal(now=lambda: NOW + timedelta(days=100)) as web:
        found = re.search(r"Registration Time: (\S+)", ask(web, "cx-mem-gov-zjcxpt8.cn"))
    assert found
    assert found[1] == "2027-01-22"


@pytest.mark.parametrize("name", [IDN, "应急证件核验查询官方中心站.中国"])
def test_chinese_name_in_either_form(web: Rehearsal, name: str) -> None:
    assert "Domain Name: 应急证件核验查询官方中心站.中国" in ask(web, name)


def test_absent_is_said_in_the_words_of_the_registry(web: Rehearsal) -> None:
    assert ask(web, "laojiekou-niuroumian-yan5.cn") == "No matching record.\n"
    assert ask(web, "nobody-yan.com").startswith('No match for "NOBODY-YAN.COM"')


def test_refusals_are_not_absence(web: Rehearsal) -> None:
    assert "limit exceeded" in ask(web, "qwzt7719kd.top")
    assert ask(web, "haochaxun-daohang-yan0.com") == ""
