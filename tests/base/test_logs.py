"""Logs are JSON lines without numbers of people and secrets, and leave the terminal alone."""

import json
import logging
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.logs import log_to, redact


@pytest.mark.parametrize(
    ("text", "gone", "left"),
    [
        ("Authorization: Bearer abc.def-123", "abc.def-123", "Authorization"),
        ("authorization=Basic dXNlcjpwYXNz", "dXNlcjpwYXNz", "Basic"),
        ('{"api_key": "k-99887766", "q": "x"}', "k-99887766", '"q": "x"'),
        ("http://h/search?access_token=t0k3n&format=json", "t0k3n", "format=json"),
        ("https://user:geheim@search.example/x", "geheim", "search.example/x"),
        ("Cookie: sid=12345678abc", "12345678abc", "Cookie"),
        ("password hunter2", "hunter2", "password"),
        ("证号 110101199003071234 电话 13800005678", "19900307", "证号"),
        ("证号 110101199003071234 电话 13800005678", "13800005678", "电话"),
        ("GET http://h/search?q=%2213800005678%22&format=json", "13800005678", "format=json"),
    ],
)
def test_what_must_not_be_in_a_log_is_not(text: str, gone: str, left: str) -> None:
    assert gone not in redact(text)
    assert left in redact(text)


@pytest.mark.parametrize(
    "text", ["the key of a case", "运行 20260303-010000 完成", "secretary: Li"]
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text).startswith(text[:10])


def test_a_line_is_one_json_object_with_where_it_failed(tmp_path: Path) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        path = log_to(tmp_path / "logs")
        try:
            int("token=abcdef\nline two")
        except ValueError:
            logging.getLogger("x").exception("could not: %s", "password=p4ss")
        (line,) = path.read_text("utf-8").splitlines()
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:] = before
        root.setLevel(level)
    said = json.loads(line)
    assert set(said) == {"at", "level", "logger", "message", "error"}
    assert "Traceback" in said["error"]
    assert "abcdef" not in line
    assert "p4ss" not in line


def test_a_full_disk_leaves_the_terminal_alone(tmp_path: Path) -> None:
    program = (
        "import logging, sys; from pathlib import Path; from crawler.logs import log_to\n"
        "log_to(Path(sys.argv[1]))\n"
        "for _ in range(100): logging.getLogger('x').error('y' * 1000)\n"
    )

    def no_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=no_room,
        cwd=Path(__file__).parents[2],
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
