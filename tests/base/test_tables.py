"""Profiles and tables: whatever is wrong is named with file, key and remedy."""

from pathlib import Path

import pytest

from crawler.config import Endpoint
from crawler.errors import ProfileError
from spiders import open_profile

WHOLE = """
[network]
hosts_to = "127.0.0.1:8080"
tls_to = "127.0.0.1:8443"
dns = "127.0.0.1:5353"
whois = "127.0.0.1:4343"
rdap = "http://127.0.0.1:8081"
allow_private = true
[sources.searxng]
enabled = true
url = "http://127.0.0.1:8082"
[sources.names]
enabled = true
files = ["names.txt"]
screen = false
[sources.tips]
enabled = true
files = ["tips.csv"]
[timestamp]
urls = []
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "profile.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_whole_contract_is_read(tmp_path: Path) -> None:
    profile = open_profile(write(tmp_path, WHOLE))
    assert profile.network.hosts_to == Endpoint("127.0.0.1", 8080)
    assert profile.network.allow_private
    assert {name for name, source in profile.sources.items() if source.enabled} == {
        "names",
        "searxng",
        "tips",
    }


def test_an_empty_profile_is_the_internet_without_sources(tmp_path: Path) -> None:
    profile = open_profile(write(tmp_path, ""))
    assert profile.network.hosts_to is None
    assert not any(source.enabled for source in profile.sources.values())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[network]\nhost_to = '127.0.0.1:1'", "network.host_to"),
        ("[sources.searx]\nenabled = true", "sources.searx"),
        ("[sources.searxng]\nenabled = true", "sources.searxng.url"),
        ("[sources.searxng]\nenabled = true\nurl = 'search'", "sources.searxng.url"),
        ("[sources.names]\nenabled = true", "sources.names.files"),
        ("[sources.tips]\nenabled = 'yes'", "sources.tips.enabled"),
        ("[network]\ndns = '127.0.0.1'", "network.dns"),
        ("[network]\ndns = '127.0.0.1:99999'", "network.dns"),
        ("[network]\ndns = 'a b:53'", "network.dns"),
        ("[network]\ncontrol = ['x']", "network.control"),
        ("[timestamp]\nurls = ['x']", "timestamp.urls"),
        ('[run]\ndiscovery_agent = "a\\nb: c"', "run.discovery_agent"),
        ("[run]\nconcurrency = 0", "run.concurrency"),
        ("[run]\nrounds = 9", "run.rounds"),
        ("[run]\ntimeout = -1", "run.timeout"),
        ("run = 3", "run"),
        ("colour = 'red'", "colour"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(ProfileError) as caught:
        open_profile(write(tmp_path, text))
    assert key in str(caught.value)
    assert "profile.toml" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_the_remedy_names_the_likely_key(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="hosts_to"):
        open_profile(write(tmp_path, "[network]\nhost_to = '127.0.0.1:1'"))


@pytest.mark.parametrize("content", [b"[network", b"\xff\xfe\x00", b"a = 1\na = 2"])
def test_no_toml_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "profile.toml"
    path.write_bytes(content)
    with pytest.raises(ProfileError, match=r"profile\.toml"):
        open_profile(path)


def test_a_missing_profile_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"nowhere\.toml"):
        open_profile(tmp_path / "nowhere.toml")


def test_files_are_relative_to_the_profile(tmp_path: Path) -> None:
    profile = open_profile(write(tmp_path, WHOLE))
    assert getattr(profile.sources["names"], "files") == (tmp_path / "names.txt",)  # noqa: B009
