"""Who is told that a run is over: the table `[notify]` of a profile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crawler.language import _
from crawler.tables import Table


class WebhookKind(StrEnum):
    """Whose robot it is that takes a message."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A group robot; its address is a secret, so the environment holds it."""

    kind: WebhookKind
    url_env: str
    secret_env: str = ""
    """DingTalk's signing secret, where the robot asks for one."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server that takes a message."""

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    starttls: bool = True
    user_env: str = ""
    key_env: str = ""


@dataclass(frozen=True, slots=True)
class Notify:
    """Who is told that a run is over."""

    webhook: Webhook | None = None
    mail: Mail | None = None


def read_notify(table: Table) -> Notify:
    """The table `[notify]` of a profile, nobody where it is empty."""
    hook = mail = None
    if "webhook" in table:
        name = table.take("webhook", str)
        if name not in [kind.value for kind in WebhookKind]:
            raise table.fail("webhook", _("应为 wecom 或 dingtalk"))
        hook = Webhook(
            WebhookKind(name), table.take("url_env", str), table.take("secret_env", str, "")
        )
    own = table.take_table("mail")
    if "host" in own:
        mail = Mail(
            host=own.take("host", str),
            port=own.take("port", int, 587),
            sender=own.take("sender", str),
            to=own.take_strings("to"),
            starttls=own.take("starttls", bool, True),
            user_env=own.take("user_env", str, ""),
            key_env=own.take("key_env", str, ""),
        )
        if not 0 < mail.port < 65_536:
            raise own.fail("port", _("应为 1 到 65535 的整数"))
        if not mail.to:
            raise own.fail("to", _("请至少写一个收件人"))
    own.finish()
    table.finish()
    return Notify(hook, mail)
