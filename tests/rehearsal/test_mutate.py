import random
import re
from pathlib import Path

import pytest

import rehearsal
from rehearsal.mutate import main, mutate, rearranged, reworded, tables, twin_domain
from rehearsal.registry import SITES_FOLDER, load_sites
from rehearsal.server import Rehearsal

TRUTH = rehearsal.truth()
IDN = "xn--fiqxs462aj3cnwbyqo62ablelvap40m930bolau04n.xn--fiqs8s"
KEPT = {"m.yz-renzheng-ewm66.com", "cx-mem-gov-zjcxpt8.cn"}


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("twins") / "sites"
    mutate(folder, seed=7)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_the_same_seed_makes_the_same_twins(twins: Path, tmp_path: Path) -> None:
    mutate(tmp_path / "again", seed=7)
    assert contents(tmp_path / "again") == contents(twins)
    mutate(tmp_path / "other", seed=8)
    assert contents(tmp_path / "other").keys() != contents(twins).keys()


def test_every_site_has_a_twin_of_another_name_and_the_same_truth(twins: Path) -> None:
    made = rehearsal.truth(twins / "truth.toml")
    assert len(made) == len(TRUTH)
    for old, new in zip(TRUTH, made, strict=True):
        assert (old.host == new.host) == (old.host in KEPT)
        assert (old.verdicts, old.offences, old.contacts) == (
            new.verdicts,
            new.offences,
            new.contacts,
        )
        assert new.url.startswith(f"http://{new.host}/")
    assert {each.host for each in made} == {site.host for site in load_sites(twins)}


def test_twins_can_be_served_and_truth_is_about_pages_there(twins: Path) -> None:
    with Rehearsal(folder=twins) as web:
        for each in rehearsal.truth(twins / "truth.toml"):
            site = web.sites.site(each.host)
            assert site is not None
            if site.dns == "ok":
                page = site.page(each.url.removeprefix(f"http://{each.host}"))
                assert page is not None
                if page.content_type.endswith(("gbk", "gb18030")):
                    page.body.decode(page.content_type.rpartition("=")[2])
        assert web.journal.entries() == []


def test_no_old_name_is_left_in_the_twins(twins: Path) -> None:
    old = {site.host for site in load_sites()} - {site.host for site in load_sites(twins)}
    for path in twins.rglob("*"):
        if path.is_file() and path.suffix not in {".png", ".jpg"}:
            text = path.read_text(encoding="utf-8")
            for host in old:
                assert not re.search(rf"(?<![\w-]){re.escape(host)}(?![\w-])", text), path


def test_pages_really_differ(twins: Path) -> None:
    pairs = {
        old.host: new.host
        for old, new in zip(TRUTH, rehearsal.truth(twins / "truth.toml"), strict=True)
    }
    both = [(SITES_FOLDER / o / "index.html", twins / n / "index.html") for o, n in pairs.items()]
    there = [(old, new) for old, new in both if old.exists()]
    changed = [old for old, new in there if old.read_bytes() != new.read_bytes()]
    assert len(changed) > 0.7 * len(there)
    charsets = {
        page.content_type.rpartition("=")[2] for site in load_sites(twins) for page in site.pages
    }
    assert {"utf-8", "gbk", "gb18030"} <= charsets


def test_what_a_twin_declares_is_what_it_sends(twins: Path) -> None:
    declared = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)
    checked = 0
    for site in load_sites(twins):
        for page in site.pages:
            named = declared.search(page.content_type) or declared.search(
                page.body.decode("latin-1")
            )
            if named and page.text:
                charset = named[1].lower().replace("gb2312", "gb18030")
                assert "\ufffd" not in page.body.decode(charset), (site.host, page.path)
                checked += 1
    assert checked > 80


def test_contacts_are_still_there(twins: Path) -> None:
    sites = {site.host: site for site in load_sites(twins)}
    for each in rehearsal.truth(twins / "truth.toml"):
        page = sites[each.host].page(each.url.removeprefix(f"http://{each.host}"))
        for contact in each.contacts:
            assert page is not None
            wide = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in page.text)
            assert contact.value in wide.replace("-", "")


def test_words_change_in_text_only() -> None:
    page = '<a title="电话">电话</a><script>"电话"</script>'
    seen = {reworded(page, tables(), random.Random(seed)) for seed in range(9)}
    assert seen == {page, '<a title="电话">联系电话</a><script>"电话"</script>'}


def test_layout_turns_blocks() -> None:
    page = "<html><body><div>一</div><div style='color:#123456'>二</div></body></html>"
    made = rearranged(page, random.Random(1))
    assert made.index("二") < made.index("一")
    assert "#561234" in made
    scripted = page.replace("<div>一", "<script></script><div>一")
    assert rearranged(scripted, random.Random(1)) == scripted


def test_names_stay_of_their_kind() -> None:
    for seed in range(20):
        dice = random.Random(seed)
        assert twin_domain("tzzy-chaxun-demo12.cn", tables(), dice).endswith(".cn")
        assert twin_domain(
            "xn--fiqxs462aj3cnwbyqo62ablelvap40m930bolau04n.xn--fiqs8s", tables(), dice
        ).endswith(".xn--fiqs8s")


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "t"), "--seed", "3"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 't' / 'truth.toml'}\n"
    with pytest.raises(FileExistsError):
        main([str(tmp_path / "t"), "--seed", "3"])
