"""The live profile as it comes: it runs with no key and no service, and finds what there is."""

from pathlib import Path

from rehearsal.server import Rehearsal
from spiders import open_profile
from tests.run.practice import certhound, hit_list
from tests.spiders.ct_log import Log, certificate, serving

ROOT = Path(__file__).resolve().parents[2]
LIVE = ROOT / "profiles" / "live.toml"
FAKE = "cx-mem-gov.top"
SITE = (
    '[registration]\nregistered_on = 10\n[dns]\naddresses = ["203.0.113.9"]\n'
    '[[pages]]\npath = "/"\nfile = "i.html"\n'
)
PAGE = (
    "<title>应急管理部特种作业操作证查询平台</title>"
    "<h1>特种作业操作证及安全生产知识和管理能力考核合格信息查询平台</h1><form><input></form>"
)


def test_what_is_on_needs_nothing_of_ones_own() -> None:
    profile = open_profile(LIVE)
    on = {name for name, options in profile.sources.items() if options.enabled}
    assert on == {"generated", "ct", "tips"}
    assert (LIVE.parent / "tips.csv").read_text(encoding="utf-8").count("\n") == 1
    assert "key_env" not in {
        line.split("=")[0].strip() for line in LIVE.read_text(encoding="utf-8").splitlines()
    }


def test_a_run_by_it_finds_and_judges(tmp_path: Path) -> None:
    """The profile itself; only its network, its logs and its number of names are those here."""
    folder = tmp_path / "sites" / FAKE
    folder.mkdir(parents=True)
    (folder / "site.toml").write_text(SITE, encoding="utf-8")
    (folder / "i.html").write_text(PAGE, encoding="utf-8")
    log = Log([certificate("shop.example.net", "www.example.net"), certificate(FAKE)])
    profile = tmp_path / "live.toml"
    text = LIVE.read_text(encoding="utf-8")
    (tmp_path / "tips.csv").write_bytes((LIVE.parent / "tips.csv").read_bytes())
    with Rehearsal(folder=tmp_path / "sites") as web, serving(log) as port:
        network = (
            f'hosts_to = "127.0.0.1:{web.ports.http}"\ndns = "127.0.0.1:{web.ports.dns}"\n'
            f'whois = "127.0.0.1:{web.ports.whois}"\nallow_private = true\n'
        )
        text = text.replace("control =", f"{network}control =")
        text = text.replace("# limit = 2000", "limit = 30")
        logs = log.options(port)
        text = text.replace("[sources.ct]\nenabled = true", f"[sources.ct]\nenabled = true\n{logs}")
        profile.write_text(text, encoding="utf-8")
        done = certhound("run", "--profile", str(profile), "--data", str(tmp_path / "data"))
    assert done.returncode in (0, 3), done.stderr
    listed = hit_list(tmp_path / "data")
    states = {source["source"]: source for source in listed["sources"]}
    assert {name: state["status"] for name, state in states.items()} == {
        "ct": "done",
        "generated": "done",
        "tips": "done",
    }
    assert "读了 2 条中的 2 条" in states["ct"]["covered"]
    assert [case["case"] for case in listed["cases"]] == [f"domain:{FAKE}"]
