"""Posters and sample cards of the practice web: their codes lead on, their words are judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import segno
from PIL import Image

from crawler.cli.practice import compare
from crawler.model import Assessment, Knowledge, Offence, TargetKind, Verdict, Visit
from crawler.store import Store
from detectors.images import can_read_words, read_picture
from rehearsal.facts import truth
from rehearsal.registry import SITES_FOLDER, load_site, load_sites
from rehearsal.server import Rehearsal
from tests.run.practice import Practice, certhound, hit_list

POSTER, SAMPLE = "haibao-yizhang-ban33.cn", "zhengka-yangban-zk52.top"
SPLASH, RESULT = "www.yunshan-jineng-huanying37.com", "m.yz-renzheng-ewm66.com"
HOSTS = (POSTER, SAMPLE, SPLASH, RESULT)
LOUD = "THE EXTRA `ocr` IS NOT INSTALLED: nobody has tested how words in pictures are judged"
with_words = pytest.mark.skipif(not can_read_words(), reason=LOUD)
without_words = pytest.mark.skipif(can_read_words(), reason="the extra `ocr` is installed")


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    folder = tmp_path_factory.mktemp("posters")
    sites = [load_site(SITES_FOLDER / host) for host in HOSTS]
    with Rehearsal(sites=sites) as server:
        profile = server.write_profile(folder)
        (folder / "names.txt").write_text("\n".join((POSTER, SAMPLE, SPLASH)), encoding="utf-8")
        (folder / "tips.csv").write_text("url,text,received_at,from\n", encoding="utf-8")
        yield Practice(server, profile)


@pytest.fixture(scope="module")
def data(web: Practice, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first") / "data"
    done = web.run(folder)
    assert done.returncode in (0, 3), done.stderr
    return folder


def looks(data: Path) -> dict[str, tuple[Visit, Assessment]]:
    with Store.open(data, create=False) as store:
        run = store.last_completed_run()
        assert run is not None
        return {visit.url: (visit, opinion) for visit, opinion in store.assessments(run.id)}


def case_of(data: Path, name: str) -> dict[str, object]:
    found: dict[str, object] = next(
        each for each in hit_list(data)["cases"] if each["case"] == f"domain:{name}"
    )
    return found


def codes_of(host: str) -> list[str]:
    return [page.qr for page in load_site(SITES_FOLDER / host).pages if page.qr]


def test_every_picture_of_the_practice_web_says_what_it_should() -> None:
    pages = [page for site in load_sites() for page in site.pages if page.qr]
    assert len(pages) >= 3
    for page in pages:
        picture = read_picture(page.body, page.path)
        assert [code.text for code in picture.codes] == [page.qr]


@pytest.mark.parametrize("host", [POSTER, SAMPLE])
def test_a_posters_code_leads_to_the_fake_query_page(data: Path, host: str) -> None:
    (address,) = codes_of(host)
    visit, opinion = looks(data)[address]
    assert "snowball qr" in visit.told_by
    assert (opinion.verdict, opinion.offence) == (Verdict.SUSPECT, Offence.IMITATION_QUERY)
    targets = case_of(data, host)["targets"]
    assert isinstance(targets, list)
    assert {"kind": "qr", "url": address}.items() <= targets[0].items()
    said = certhound("explain", host, "--data", str(data)).stdout
    assert RESULT in said
    assert "图片" in said


def test_the_list_shows_where_the_code_leads(data: Path) -> None:
    page = max(data.glob("reports/*/hitlist.html")).read_text(encoding="utf-8")
    assert "二维码 hxxp://m[.]yz-renzheng-ewm66[.]com/v?id=26090233" in page


def test_what_was_read_is_evidence_beside_the_capture(data: Path) -> None:
    visit, _opinion = looks(data)[f"http://{SAMPLE}/"]
    own = [each for each in visit.captures[0].pictures if each.url == f"http://{SAMPLE}/1.jpg"]
    (picture,) = own
    body = (SITES_FOLDER / SAMPLE / "1.jpg").read_bytes()
    assert (picture.size, picture.state, picture.format) == (len(body), Knowledge.KNOWN, "JPEG")
    assert picture.look == read_picture(body, "x").look
    assert certhound("verify", "--data", str(data)).returncode == 0


def test_a_schools_welcome_page_is_not_listed(data: Path) -> None:
    _visit, opinion = looks(data)[f"http://{SPLASH}/"]
    assert opinion.verdict in (Verdict.UNKNOWN, Verdict.CLEAR)
    assert not any(SPLASH in str(each["urls"]) for each in hit_list(data)["cases"])


@without_words
def test_without_the_extra_a_poster_is_doubtful_and_never_clear(data: Path) -> None:
    for host in (POSTER, SAMPLE):
        _visit, opinion = looks(data)[f"http://{host}/"]
        assert (opinion.verdict, opinion.offence) == (Verdict.DOUBTFUL, Offence.NONE)
        said = certhound("explain", host, "--data", str(data)).stdout
        assert "文字只在图片里" in said


@with_words
def test_with_the_extra_posters_are_judged_as_their_truth_says(data: Path) -> None:
    sites = [site for site in truth() if site.host in (POSTER, SAMPLE, SPLASH)]
    compared = compare(data, sites)
    assert len(compared) == 3
    assert [(each.truth.host, each.faults) for each in compared if each.faults] == []
    _visit, opinion = looks(data)[f"http://{POSTER}/"]
    assert any(each.place == "image" for each in opinion.findings.signals)


@with_words
def test_with_the_extra_a_welcome_page_is_clear(data: Path) -> None:
    assert looks(data)[f"http://{SPLASH}/"][1].verdict is Verdict.CLEAR


def repainted(png: bytes, text: str) -> bytes:
    """The poster with another code in the place of its own."""
    image = Image.open(BytesIO(png)).convert("RGB")
    (code,) = read_picture(png, "x").codes
    left, top = min(code.place[0::2]), min(code.place[1::2])
    side = max(code.place[0::2]) - left
    stream = BytesIO()
    segno.make(text, micro=False).save(stream, kind="png", scale=8, border=0)
    image.paste(Image.open(stream).convert("RGB").resize((side, side)), (left, top))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_another_code_on_the_poster_is_told_as_a_change(web: Practice, data: Path) -> None:
    site = load_site(SITES_FOLDER / POSTER)
    fresh = f"http://{RESULT}/v?id=26099999"
    pages = tuple(
        replace(page, body=repainted(page.body, fresh)) if page.qr else page for page in site.pages
    )
    web.server.sites.put(replace(site, pages=pages))
    done = web.run(data)
    assert done.returncode in (0, 3), done.stderr
    case = case_of(data, POSTER)
    targets = case["targets"]
    assert isinstance(targets, list)
    assert [each["url"] for each in targets if each["kind"] == TargetKind.QR] == [fresh]
    assert case["change"] == "changed"
    assert fresh in looks(data)
