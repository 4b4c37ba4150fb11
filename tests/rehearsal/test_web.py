import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import rehearsal
from rehearsal.registry import SITES_FOLDER, load_site, load_sites
from rehearsal.server import Ports, Rehearsal
from rehearsal.site import Visitor

ROOT = Path(rehearsal.__file__).parent.parent
TRUTH = rehearsal.truth()
SITES = {site.host: site for site in load_sites()}


def names() -> list[str]:
    return (SITES_FOLDER / "names.txt").read_text(encoding="utf-8").split()


def tips() -> list[dict[str, str]]:
    with (SITES_FOLDER / "tips.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_site_has_its_truth_and_every_truth_its_site() -> None:
    assert [each.host for each in TRUTH] == list(dict.fromkeys(each.host for each in TRUTH))
    assert {each.host for each in TRUTH} == SITES.keys()


def test_there_are_enough_sites_of_each_kind() -> None:
    content = [each for each in TRUTH if each.page_conditions == ("content",)]
    offenders = [each for each in content if each.offender]
    innocent = [each for each in content if not each.offender]
    assert len(TRUTH) >= 62
    assert len(offenders) >= 31
    assert len(innocent) >= len(offenders)
    assert sum(not each.offender for each in TRUTH) > len(offenders)


@pytest.mark.parametrize("each", TRUTH, ids=lambda each: each.host)
def test_truth_is_about_a_page_that_is_there(each: rehearsal.SiteTruth) -> None:
    site = SITES[each.host]
    assert each.why.endswith(".")
    if site.dns == "ok":
        target = each.url.removeprefix(f"http://{each.host}")
        page = site.page(target)
        assert page is not None
    if not each.offender:
        assert "suspect" not in each.verdicts


@pytest.mark.parametrize("each", TRUTH, ids=lambda each: each.host)
def test_sources_really_lead_there(each: rehearsal.SiteTruth) -> None:
    site = SITES[each.host]
    listed = {site.host, *site.aliases} & set(names())
    assert bool(listed) == ("names" in each.found_by)
    tipped = any(tip["url"].startswith(f"http://{each.host}/") for tip in tips())
    assert tipped == ("tips" in each.found_by)


@pytest.mark.parametrize("each", [t for t in TRUTH if t.contacts], ids=lambda each: each.host)
def test_contacts_can_be_read_on_the_page(each: rehearsal.SiteTruth) -> None:
    page = SITES[each.host].page(each.url.removeprefix(f"http://{each.host}"))
    assert page is not None
    # Full-width forms and separators are what a program must undo; here they are undone by hand.
    wide = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in page.text)
    plain = wide.replace("-", "")
    assert all(contact.value in plain for contact in each.contacts)


def test_truth_knows_what_it_takes_to_see() -> None:
    hidden = [each for each in TRUTH if each.vantages or "browser" in each.needs]
    assert len(hidden) >= 9
    for each in hidden:
        plain = each.seen_plainly()
        assert "suspect" not in plain.verdicts
        assert plain.contacts == ()
        assert plain.seen_plainly() == plain
    assert all(each.seen_plainly() == each for each in TRUTH if each.plain is None)


@pytest.mark.parametrize("each", [t for t in TRUTH if t.vantages], ids=lambda each: each.host)
def test_a_vantage_really_makes_the_difference(each: rehearsal.SiteTruth) -> None:
    site, target = SITES[each.host], each.url.removeprefix(f"http://{each.host}")
    others = {
        "desktop": Visitor("Mozilla/5.0 (Windows NT 10.0)"),
        "phone": Visitor("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0)"),
        "wechat": Visitor("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/8.0"),
        "search": Visitor("Mozilla/5.0 (Windows NT 10.0)", "https://www.baidu.com/s?wd=x"),
    }
    seen = {name: site.page(target, visitor) for name, visitor in others.items()}
    shown = [seen[name] for name in each.vantages]
    hidden = [page for name, page in seen.items() if name not in each.vantages]
    assert all(page == shown[0] for page in shown)
    assert hidden
    assert shown[0] not in hidden


def test_pages_that_hot_link_official_pictures_exist() -> None:
    texts = [
        page.body.decode("utf-8", "replace")
        for site in SITES.values()
        for page in site.pages
        if b"https://www.m" in page.body
    ]
    assert sum("gov.cn/images/" in text for text in texts) >= 3


def test_every_phone_is_plainly_invented() -> None:
    for site in SITES.values():
        for page in site.pages:
            for number in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", page.text):
                assert number.startswith("1380000"), (site.host, number)


def test_ordinary_names_resolve_nowhere() -> None:
    known = {name for site in SITES.values() for name in (site.host, *site.aliases)}
    assert sum(name not in known for name in names()) >= 4


def test_profile_keeps_the_contract(tmp_path: Path) -> None:
    with Rehearsal() as web:
        path = web.write_profile(tmp_path)
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        assert data["network"] == {
            "hosts_to": f"127.0.0.1:{web.ports.http}",
            "tls_to": f"127.0.0.1:{web.ports.tls}",
            "dns": f"127.0.0.1:{web.ports.dns}",
            "rdap": f"http://127.0.0.1:{web.ports.rdap}",
            "whois": f"127.0.0.1:{web.ports.whois}",
            "allow_private": True,
        }
        assert data["sources"]["searxng"]["url"] == f"http://127.0.0.1:{web.ports.search}"
    assert data["sources"]["names"]["files"] == ["names.txt"]
    assert data["timestamp"] == {"urls": [f"http://127.0.0.1:{web.ports.tsa}/"]}
    assert data["run"] == {"per_host_delay": 0.05}
    assert (tmp_path / "names.txt").read_text(encoding="utf-8").split() == names()
    with (tmp_path / "tips.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["url", "text", "received_at", "from"]
    assert all("T" in row["received_at"] for row in rows)
    assert rows[-1]["url"] == ""


def test_sites_change_while_the_servers_run(tmp_path: Path) -> None:
    with Rehearsal() as web:
        host = "qwzt7719kd.top"
        parked = replace(web.sites.by_host[host], pages=())
        web.sites.put(parked)
        assert web.sites.site(host) == parked
        web.sites.remove(host)
        assert web.sites.site(host) is None
        assert web.sites.registration(host) is None
        web.sites.reload()
        assert web.sites.site(host) is not None
        web.sites.reload(tmp_path)
        assert web.sites.by_host == {}


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    folder = tmp_path / "sites" / "www.demo-yan.com"
    folder.mkdir(parents=True)
    (folder / "site.toml").write_text(
        '[registration]\nabsent = true\n[[pages]]\npath = "/"\nfile = "a.html"\n', encoding="utf-8"
    )
    (folder / "a.html").write_text("<title> a &amp; b </title>x<b>y</b>", encoding="utf-8")
    site = load_site(folder)
    assert site.registration.domain == "demo-yan.com"
    assert site.registration.absent
    assert (site.pages[0].title, site.pages[0].text) == ("a & b", "xy")
    with Rehearsal(folder=tmp_path / "sites") as web:
        web.write_profile(tmp_path / "out")
    assert (tmp_path / "out" / "names.txt").read_text(encoding="utf-8") == ""


def test_a_taken_port_is_an_error(web: Rehearsal) -> None:
    second = Rehearsal(ports=Ports(http=web.ports.http))
    with pytest.raises(OSError, match="in use"):
        second.start()
    second.stop()


def _wait_for(path: Path) -> None:
    end = time.monotonic() + 15
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_writes_its_ports_and_ends_cleanly(tmp_path: Path, number: int) -> None:
    ports = tmp_path / "ports.json"
    command = [sys.executable, "-m", "rehearsal", "--ports-file", str(ports)]
    command += ["--write-profile", str(tmp_path / "profile"), "--log", str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        _wait_for(ports)
        assert set(json.loads(ports.read_text(encoding="utf-8"))) == {
            "http",
            "dns",
            "whois",
            "search",
            "tls",
            "rdap",
            "tsa",
        }
        process.send_signal(number)
        out, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert out.count("\n") == 1
    assert (tmp_path / "profile" / "profile.toml").exists()


def test_command_ends_with_its_parent(tmp_path: Path) -> None:
    ports, child = tmp_path / "ports.json", tmp_path / "pid"
    script = (
        "import pathlib, subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-m', 'rehearsal', '--with-parent',"
        f" '--ports-file', {str(ports)!r}])\n"
        f"pathlib.Path({str(child)!r}).write_text(str(p.pid))\n"
        f"while not pathlib.Path({str(ports)!r}).exists(): time.sleep(0.05)\n"
    )
    command = [sys.executable, "-c", script]
    subprocess.run(command, cwd=ROOT, check=True, timeout=20)
    pid = int(child.read_text(encoding="utf-8"))
    end = time.monotonic() + 10
    while _alive(pid):
        assert time.monotonic() < end, "the practice web outlived its parent"
        time.sleep(0.1)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Where nobody reaps orphans, an ended process stays as a zombie.
    state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    return state != "Z"
