"""The office is told counts and turns; what fails to tell it is told of, and no secret is."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.config import load_profile
from crawler.errors import ProfileError
from crawler.model import Run, RunStatus, SourceState, SourceStatus
from crawler.notices import send, summary
from crawler.notify_options import Mail, Notify, Webhook, WebhookKind
from crawler.store import Store
from tests.casework.conftest import Office, Seen

AT = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
RUN = Run("20260310-090000", RunStatus.COMPLETED, AT, AT, ("来源失明",))
SECRET = "robot-key-0001"


class Robot(HTTPServer):
    """A group robot as WeCom and DingTalk have it: JSON in, `errcode` out."""

    def __init__(self, answer: bytes, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), RobotHandler)
        self.answer, self.status = answer, status
        self.asked: list[tuple[str, dict[str, object]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/send?key={SECRET}"


class RobotHandler(BaseHTTPRequestHandler):
    server: Robot

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_said: object) -> None:
        """Keep the tests' output clean."""


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class Post(socketserver.ThreadingTCPServer):
    """A mail server that speaks as much of RFC 5321 as a sender needs."""

    def __init__(self, *, refusing: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), PostHandler)
        self.refusing = refusing
        self.taken: list[Message] = []


class PostHandler(socketserver.StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        self.say("220 ready")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.say("354 go on")
                self.take()
            elif word == b"MAIL" and self.server.refusing:
                self.say("550 no")
            else:
                self.say("221 bye" if word == b"QUIT" else "250 ok")
                if word == b"QUIT":
                    return

    def take(self) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        self.server.taken.append(message_from_bytes(b"".join(lines)))
        self.say("250 taken")

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


def hook(signed_by: str = "") -> Notify:
    return Notify(Webhook(WebhookKind.WECOM, "ROBOT", signed_by))


def mail(server: Post) -> Notify:
    port = int(server.server_address[1])
    return Notify(
        mail=Mail("127.0.0.1", port, "lz@office.test", ("a@office.test",), starttls=False)
    )


def test_counts_and_turns_are_told_and_nothing_else(tmp_path: Path) -> None:
    turned = SourceState("searxng", SourceStatus.BLIND, since=AT, was=SourceStatus.DONE)
    steady = SourceState("names", SourceStatus.BLIND, since=AT)
    with Store.open(tmp_path) as store:
        cases = tuple(
            Office(store).day({"http://a.test/": Seen(), "http://b.test/": Seen()}).values()
        )
    said = summary(RUN, (turned, steady), cases)
    assert "2 个案件" in said
    assert "可疑 2" in said
    assert said.count("来源 ") == 1
    assert "正常 → 失明" in said
    assert "不完整" in said
    for case in cases:
        contacts = (contact.value for contact in case.facts.contacts)
        for evidence in (case.key.value, *case.facts.urls, *contacts):
            assert evidence not in said


def test_a_robot_is_told_in_its_own_form() -> None:
    robot = Robot(b'{"errcode": 0, "errmsg": "ok"}')
    with serving(robot):
        assert send(hook(), "运行已完成", {"ROBOT": robot.url}) == ()
    path, body = robot.asked[0]
    assert path.endswith(SECRET)
    assert body == {"msgtype": "text", "text": {"content": "运行已完成"}}


def test_a_signed_robot_gets_time_and_signature() -> None:
    robot = Robot(b'{"errcode": 0}')
    with serving(robot):
        wanted = {"ROBOT": robot.url, "SIGN": "SEC0001"}
        assert send(hook("SIGN"), "x", wanted) == ()
    asked = parse_qs(urlsplit(robot.asked[0][0]).query)
    assert asked["timestamp"][0].isdecimal()
    assert len(asked["sign"][0]) == 44
    assert "SEC0001" not in robot.asked[0][0]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b'{"errcode": 310000}', 200),
        (b"<html>portal</html>", 200),
        (b"[]", 200),
        (b"", 500),
        (b"{}", 200),
    ],
)
def test_a_robot_that_refuses_is_told_of_without_its_key(answer: bytes, status: int) -> None:
    robot = Robot(answer, status)
    with serving(robot):
        (said,) = send(hook(), "x", {"ROBOT": robot.url})
    assert "请检查" in said
    assert SECRET not in said


def test_an_unset_variable_and_a_dead_server_are_told_of() -> None:
    (said,) = send(hook(), "x", {})
    assert "ROBOT" in said
    robot = Robot(b"")
    robot.server_close()
    (said,) = send(hook(), "x", {"ROBOT": robot.url})
    assert "未能发出通知" in said


def test_mail_goes_out_and_a_refusal_is_told_of() -> None:
    post = Post()
    with serving(post):
        assert send(mail(post), "运行已完成\n可疑 2", {}) == ()
    (taken,) = post.taken
    assert "=?utf-8?" in str(taken["Subject"])
    body = taken.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "可疑 2" in body.decode()
    with serving(refusing := Post(refusing=True)):
        (said,) = send(mail(refusing), "x", {})
    assert "未能发出邮件" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[notify]\nwebhook = "feishu"\nurl_env = "A"', "webhook"),
        ('[notify]\nwebhook = "wecom"', "url_env"),
        ('[notify.mail]\nhost = "a"\nsender = "b"\nto = []', "to"),
        ('[notify.mail]\nhost = "a"\nport = 0\nsender = "b"\nto = ["c"]', "port"),
        ('[notify]\nwebhok = "wecom"', "webhok"),
    ],
)
def test_slips_in_the_profile_are_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError, match=said):
        load_profile(path, {})
