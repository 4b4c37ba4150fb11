"""Certificate logs: what is signed and looks like a regulator's is a lead, all else is told."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.certificates import read_certificate
from crawler.errors import ProfileError
from crawler.tables import parse_table
from spiders.ct import CtOptions, CtSpider
from spiders.ct_entries import EntryError, read_entries, read_tile, tile_path
from spiders.ct_heads import HeadError, TreeHead, read_checkpoint, read_sth
from spiders.ct_list import CertificateLog, LogApi, shipped_logs
from spiders.ct_tree import TreeError, TreeTiles, edge_of, leaf_hash
from tests.spiders.ct_log import KEY, ORIGIN, Log, certificate, mth, serving
from tests.spiders.sending import Sent, send

FAKE = "cx-mem-gov.top"
OTHER = "qwzt7719kd.top"
SPKI = base64.b64encode(Log().spki).decode()
BOTH = pytest.mark.parametrize("api", ["static", "rfc6962"])


def ordinary(count: int) -> list[bytes]:
    return [certificate(f"shop{number % 50}.example.net") for number in range(count)]


def sent(
    log: Log, api: str = "static", marks: dict[str, str] | None = None, more: str = ""
) -> Sent:
    with serving(log) as port:
        return send("ct", log.options(port, api, more), marks)


def held(**changes: object) -> CertificateLog:
    log = CertificateLog("示例日志", LogApi.STATIC, "http://127.0.0.1", Log().spki, ORIGIN)
    return replace(log, **changes)  # type: ignore[arg-type]


@BOTH
def test_lookalikes_are_leads_with_what_the_certificate_says(api: str) -> None:
    log = Log([*ordinary(300), certificate(FAKE, f"*.{OTHER}"), *ordinary(20)])
    log.entries.append(certificate("cx.mem.gov.cn"))
    brought = sent(log, api)
    assert brought.urls == [f"http://{FAKE}/", f"http://{OTHER}/"]
    assert "示例日志 #300" in brought.details[0]
    assert "Example CA 1 2026-11-01" in brought.details[0]
    assert f"与 {FAKE} 同一证书" in brought.details[1]
    assert (brought.status, brought.failures) == ("done", 0)
    assert brought.covered == "示例日志：读了 322 条中的 322 条"
    assert brought.newest is not None
    assert brought.newest > datetime.now(UTC) - timedelta(hours=3)


@BOTH
def test_the_next_run_goes_on_where_the_last_one_stopped(api: str) -> None:
    log = Log(ordinary(300))
    first = sent(log, api)
    log.asked.clear()
    log.entries += [certificate(FAKE, precertificate=True), *ordinary(400)]
    second = sent(log, api, first.marks)
    assert second.urls == [f"http://{FAKE}/"]
    assert second.covered == "示例日志：读了 401 条中的 401 条"
    assert not {"tile/data/000", "ct/v1/get-entries?start=0&end=255"} & set(log.asked)
    third = sent(log, api, second.marks)
    assert (third.urls, third.status) == ([], "done")
    assert third.covered == "示例日志：读了 0 条中的 0 条"


def test_a_budget_takes_the_newest_and_says_what_it_left_out() -> None:
    log = Log([*ordinary(1500), certificate(FAKE)])
    brought = sent(log, more="budget_mb = 1")
    assert brought.urls == [f"http://{FAKE}/"]
    # 333 entries of 3,000 bytes are affordable; tiles are read whole, and the rest is told.
    assert brought.covered == "示例日志：读了 1501 条中的 221 条"
    assert brought.status == "done"


def test_few_entries_at_once_are_asked_for_again() -> None:
    log = Log([*ordinary(70), certificate(FAKE)], most=32)
    assert sent(log, "rfc6962").urls == [f"http://{FAKE}/"]
    assert len([each for each in log.asked if "get-entries" in each]) == 3


@BOTH
def test_a_signature_of_another_key_is_blindness(api: str) -> None:
    log = Log([certificate(FAKE)], signs_with=ec.generate_private_key(ec.SECP256R1()))
    brought = sent(log, api)
    assert (brought.urls, brought.status) == ([], "blind")
    assert "与签名或公钥不符" in brought.detail
    assert len(log.asked) == 1


def test_entries_that_the_log_did_not_sign_are_not_taken() -> None:
    log = Log([*ordinary(299), certificate(FAKE)])
    other = Log([*ordinary(256)])
    other.entries[17] = certificate("mem-gov.top")
    log.bodies["tile/data/000"] = other.answer("/mon/tile/data/000")[1]
    brought = sent(log)
    assert (brought.urls, brought.status) == ([], "partial")
    assert "未采信" in brought.detail
    log.bodies = {"tile/0/001.p/44": b"\x01" * 32 * 44}
    assert "未采信" in sent(log).detail


@BOTH
def test_a_log_that_shrank_is_told_and_read(api: str) -> None:
    log = Log(ordinary(300))
    first = sent(log, api)
    log.entries = [*ordinary(100), certificate(FAKE)]
    second = sent(log, api, first.marks)
    assert second.urls == [f"http://{FAKE}/"]
    assert second.status == "partial"
    assert "回滚或改写" in second.detail
    assert sent(log, api, second.marks).status == "done"


def test_a_log_with_another_past_is_told() -> None:
    log = Log(ordinary(300))
    first = sent(log)
    log.entries = [*ordinary(20), certificate(OTHER), *ordinary(500)]
    brought = sent(log, marks=first.marks)
    assert brought.status == "partial"
    assert "回滚或改写" in brought.detail


def test_a_missing_tile_is_asked_for_in_two_runs_and_then_left_out() -> None:
    log = Log([*ordinary(600), certificate(FAKE)])
    gone: list[tuple[int, dict[str, str]]] = [(404, {})]
    log.status["tile/data/001"] = list(gone)
    first = sent(log)
    assert (first.urls, first.status) == ([], "partial")
    assert "tile/data/001" in first.detail
    assert first.covered == "示例日志：读了 601 条中的 256 条"
    log.status["tile/data/001"] = list(gone)
    second = sent(log, marks=first.marks)
    assert second.status == "partial"
    log.asked.clear()
    third = sent(log, marks=second.marks)
    assert third.urls == [f"http://{FAKE}/"]
    assert "tile/data/001" not in log.asked


def test_a_partial_tile_that_is_gone_is_read_from_the_full_one() -> None:
    """The log grew between its head and the tile."""
    log = Log([*ordinary(280), certificate(FAKE)])
    checkpoint = log.checkpoint()
    log.entries += ordinary(300)
    log.bodies["checkpoint"] = checkpoint
    brought = sent(log)
    assert (brought.urls, brought.status) == ([f"http://{FAKE}/"], "done")
    assert {"tile/data/001.p/25", "tile/data/001", "tile/0/001.p/25"} <= set(log.asked)


@pytest.mark.parametrize(
    ("api", "path"), [("static", "tile/data/000"), ("rfc6962", "ct/v1/get-entries?start=0&end=255")]
)
def test_a_truncated_answer_is_told_and_not_taken(api: str, path: str) -> None:
    log = Log([certificate(FAKE), *ordinary(299)])
    log.bodies[path] = log.answer(f"/mon/{path}")[1][:-300]
    brought = sent(log, api)
    assert (brought.urls, brought.status) == ([], "partial")
    assert "被截断或无法读取" in brought.detail


def test_a_short_wait_is_kept_and_a_long_one_ends_the_log() -> None:
    log = Log([certificate(FAKE)])
    log.status["tile/data"] = [(429, {"Retry-After": "3"})]
    brought = sent(log)
    assert (brought.urls, brought.status) == ([f"http://{FAKE}/"], "done")
    at = [moment for what, moment in zip(log.asked, log.moments, strict=True) if "data" in what]
    assert at[1] - at[0] >= 3
    log.status["tile/data"] = [(429, {"Retry-After": "3600"})]
    log.asked.clear()
    brought = sent(log)
    assert (brought.urls, brought.status) == ([], "partial")
    assert "3600 秒" in brought.detail
    assert len([what for what in log.asked if "data" in what]) == 1
    log.asked.clear()
    again = sent(log, marks=brought.marks)
    assert (again.status, log.asked) == ("blind", [])
    assert "之后再问" in again.detail


def test_a_slow_drip_ends_in_time() -> None:
    log = Log([certificate(FAKE)], drip="tile/data")
    brought = sent(log, more="timeout = 1.0")
    assert (brought.urls, brought.status) == ([], "partial")
    assert "没有应答" in brought.detail


@pytest.mark.parametrize(
    ("ahead", "said"), [(timedelta(hours=2), "晚于本机时钟"), (timedelta(days=-3), "没有更新")]
)
def test_a_clock_that_is_wrong_is_told(ahead: timedelta, said: str) -> None:
    brought = sent(Log([certificate(FAKE)], ahead=ahead))
    assert (brought.urls, brought.status) == ([f"http://{FAKE}/"], "partial")
    assert said in brought.detail


def test_a_dead_log_does_not_blind_the_others() -> None:
    log = Log([certificate(FAKE)])
    with serving(log) as port:
        options = log.options(port, more="timeout = 2.0")
        dead = options[options.index("[[sources") :].replace(f":{port}/", ":9/")
        brought = send("ct", f"{options}\n{dead}")
    assert (brought.urls, brought.status) == ([f"http://{FAKE}/"], "partial")


def test_a_crowded_certificate_brings_only_what_looks_like_a_regulators() -> None:
    crowd = [f"customer{number}.example{number}.net" for number in range(30)]
    assert sent(Log([certificate(*crowd, FAKE)])).urls == [f"http://{FAKE}/"]


def test_logs_that_are_over_are_told() -> None:
    log = Log([certificate(FAKE)])
    with serving(log) as port:
        brought = send("ct", log.options(port) + "expires_until = 2026-01-01")
    assert brought.status == "blind"
    assert "到期" in brought.detail
    assert not log.asked


def test_what_cannot_be_read_in_a_certificate_is_counted() -> None:
    brought = sent(Log([b"\x30\x03no", certificate(FAKE), certificate("nodots")]))
    assert (brought.urls, brought.status) == ([f"http://{FAKE}/"], "done")
    assert "1 个地址无法识别" in brought.detail


def test_trees_of_any_size_are_proved() -> None:
    hashes = [leaf_hash(str(number).encode()) for number in range(70_000)]
    for size in (1, 2, 255, 256, 257, 300, 511, 65_535, 65_536, 65_537, 70_000):
        root = mth(hashes[:size])
        tiles = TreeTiles(TreeHead(size, root, datetime.now(UTC)))
        for before in {1, 7, 256, 260, size // 2, size - 1, size} - {0}:
            if before > size:
                continue
            for level, number, _width in edge_of(before):
                while (lacks := tiles.lacking(level, number)) is not None:
                    at, place, width = lacks
                    scale = 256**at
                    rows = range(place * 256, place * 256 + width)
                    parts = [mth(hashes[row * scale : (row + 1) * scale]) for row in rows]
                    tiles.put(at, place, b"".join(parts))
            assert tiles.grew_from(before, mth(hashes[:before]))
            assert not tiles.grew_from(before, mth(hashes[1 : before + 1]))
    wrong = TreeTiles(TreeHead(2, mth(hashes[:2]), datetime.now(UTC)))
    with pytest.raises(TreeError):
        wrong.put(0, 0, b"\x00" * 64)


def test_shipped_logs_are_read() -> None:
    logs = shipped_logs()
    assert len(logs) >= 4
    assert all(log.url.startswith("https://") for log in logs)
    assert len({log.id for log in logs}) == len(logs)
    options = CtSpider.read_options(parse_table("enabled = true", "p", ProfileError), Path())
    assert options.logs == logs
    assert CtSpider.read_options(parse_table("", "p", ProfileError), Path()) == CtOptions()


@pytest.mark.parametrize(
    "wrong",
    [
        "budget_mb = 0",
        "depth = 1",
        '[[logs]]\nname = "a"',
        '[[logs]]\nname = "a"\nurl = "http://a.test"\norigin = "a"\nkey = "AAAA"',
        '[[logs]]\nname = "a"\nurl = "http://a.test"\norigin = "a"\nkey = "!"',
        f'[[logs]]\nname = "a"\nurl = "http://a.test"\nkey = "{SPKI}"',
        f'[[logs]]\nname = "a"\nurl = "http://a.test"\norigin = "a"\nid = "AAAA"\nkey = "{SPKI}"',
        f'[[logs]]\nname = "a"\napi = "v3"\nurl = "http://a.test"\norigin = "a"\nkey = "{SPKI}"',
    ],
)
def test_options_are_read_strictly(wrong: str) -> None:
    with pytest.raises(ProfileError):
        CtSpider.read_options(parse_table(wrong, "p.toml", ProfileError), Path())


def test_paths_of_tiles() -> None:
    assert tile_path("data", 1234067) == "tile/data/x001/x234/067"
    assert tile_path("1", 0) == "tile/1/000"
    assert tile_path("0", 999_999, 1) == "tile/0/x999/999.p/1"


def test_a_changed_byte_breaks_a_checkpoint() -> None:
    whole = Log([certificate(FAKE)]).checkpoint()
    assert read_checkpoint(whole, held()).size == 1
    for text in (
        whole.replace(b"\n1\n", b"\n2\n", 1),
        whole.replace(ORIGIN.encode(), b"log.example.test/2027h2"),
        whole.replace(b"\n\n", b"\nextension\n\n", 1),
        whole.rpartition("\n— ".encode())[0],
    ):
        with pytest.raises(HeadError):
            read_checkpoint(text, held())
    another = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(HeadError):
        read_checkpoint(whole, held(key=Log(key=another).spki))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode), st.integers(0, 2_000))
def test_any_bytes_are_read_or_refused(body: bytes, cut: int) -> None:
    for read in (read_checkpoint, read_sth):
        with pytest.raises(HeadError):
            read(body, held())
    log = Log(ordinary(5))
    for bytes_ in (body, log.answer("/mon/tile/data/000.p/5")[1][:cut] + body):
        try:
            for entry in read_tile(bytes_):
                read_certificate(entry.certificate)
        except EntryError:
            pass
    with pytest.raises(EntryError):
        list(read_entries(body))
    der = certificate(FAKE, OTHER)
    read_certificate(body)
    read_certificate(der[: cut % len(der)] + body + der[cut % len(der) :])
    assert KEY
