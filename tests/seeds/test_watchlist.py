from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.addresses import ascii_host, covers
from crawler.errors import SeedError
from crawler.guard import Guard
from crawler.model import TrustKind, WordRole
from seeds import SEEDS, load_watchlist

FILES = ("authorities", "trusted", "certificates", "platforms", "words")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in SEEDS.glob("*.toml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_own_seeds_hold_what_is_imitated_most() -> None:
    watchlist = load_watchlist()
    assert watchlist.authorities[0].hosts[0] == "cx.mem.gov.cn"
    assert {"zscx.osta.org.cn", "cnse.e-cqs.cn", "yjgl.gd.gov.cn"} <= {
        host for authority in watchlist.authorities for host in authority.hosts
    }
    assert {"cx", "chaxun"} <= set(watchlist.service_words)
    assert "guangdong" in watchlist.province_words
    assert any(word.role is WordRole.PRODUCT for word in watchlist.name_words)
    assert not next(kind for kind in watchlist.certificates if kind.name == "毕业证书").ours
    assert next(kind for kind in watchlist.certificates if kind.name == "叉车司机").issuer == "samr"


def test_every_protected_host_is_covered_by_a_trusted_one() -> None:
    watchlist = load_watchlist()
    for authority in watchlist.authorities:
        for host in authority.hosts:
            assert any(covers(trusted.host, host) for trusted in watchlist.trusted), host


def test_suffixes_that_anybody_gets_are_not_trusted() -> None:
    trusted = [entry.host for entry in load_watchlist().trusted]
    for host in ("x.edu.cn", "x.org.cn", "x.com.cn", "erbgov.cn", "mem.gov.cn.evil.top"):
        assert not any(covers(entry, host) for entry in trusted), host


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_empty_file_is_named(folder: Path, name: str) -> None:
    path = folder / f"{name}.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(SeedError, match=name):
        load_watchlist(folder)
    path.unlink()
    with pytest.raises(SeedError, match=name):
        load_watchlist(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_toml_is_named(folder: Path, name: str) -> None:
    (folder / f"{name}.toml").write_text("[[x", encoding="utf-8")
    with pytest.raises(SeedError, match=f"{name}.toml"):
        load_watchlist(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("authorities", 'hosts = ["yjj.lishui.gov.cn"]', "hosts = []", "hosts"),
        ("authorities", '"yjj.lishui.gov.cn"', '"yjj lishui"', "yjj lishui"),
        ("authorities", '"yjj.lishui.gov.cn"', '"YJJ.lishui.gov.cn"', "YJJ.lishui"),
        ("authorities", '"yjj.lishui.gov.cn"', '"cx.mem.gov.cn"', "cx.mem.gov.cn 重复"),
        ("authorities", 'id = "saws"', 'id = "mem"', "mem 重复"),
        ("authorities", 'id = "saws"', 'ids = "saws"', "id"),
        ("authorities", '"mohurd",', '"MOHURD",', "MOHURD"),
        ("trusted", 'kind = "known_safe"', 'kind = "friend"', "known_safe"),
        ("trusted", 'host = "gov.cn"', 'host = ".gov.cn"', "host"),
        ("trusted", 'owner = "founders"', 'owner = ""', "owner"),
        ("trusted", 'owner = "founders"', 'expires = "soon"\nowner = "founders"', "expires"),
        ("certificates", 'issuer = "samr"', 'issuer = "nobody"', "nobody"),
        ("certificates", 'issuer = "samr"', 'issuer = ""', "issuer"),
        ("certificates", "ours = true", 'ours = "yes"', "ours"),
        ("platforms", "(?P<account>[^/?#]+)", "(?P<account>[^/?#]+", "account"),
        ("platforms", "(?P<account>[^/?#]+)", "([^/?#]+)", "account"),
        ("platforms", 'domain = "58.com"', 'domain = "csdn.net"', "csdn.net 重复"),
        ("words", 'role = "product"', 'role = "produce"', "role"),
        ("words", 'host = "cx.mem.gov.cn"', 'host = "cx.mem.example"', "cx.mem.example"),
        ("words", '"tzzy"', '"czz"', "czz 重复"),
    ],
)
def test_a_wrong_entry_is_told_with_file_and_key(
    folder: Path, name: str, old: str, new: str, said: str
) -> None:
    edit(folder, name, old, new)
    with pytest.raises(SeedError) as caught:
        load_watchlist(folder)
    assert f"{name}.toml" in str(caught.value)
    assert said in str(caught.value)


def test_an_entry_may_end(folder: Path) -> None:
    edit(folder, "trusted", 'owner = "founders"', 'expires = 2027-01-31\nowner = "founders"')
    assert str(load_watchlist(folder).trusted[0].expires) == "2027-01-31"


def test_a_review_has_a_last_day(folder: Path) -> None:
    edit(folder, "trusted", 'kind = "known_safe"', 'kind = "under_review"')
    with pytest.raises(SeedError, match="到期日"):
        load_watchlist(folder)
    edit(folder, "trusted", 'kind = "under_review"', 'kind = "under_review"\nexpires = 2027-01-31')
    assert load_watchlist(folder).trusted[0].kind is TrustKind.UNDER_REVIEW


@pytest.mark.parametrize("suffix", ["gov.cn", "政务", "公益"])
def test_suffixes_for_institutions_alone_are_trusted_as_they_are_looked_up(suffix: str) -> None:
    guard = Guard(load_watchlist())
    assert guard.protects(ascii_host(f"演练.{suffix}"), datetime(2026, 11, 20, tzinfo=UTC))
