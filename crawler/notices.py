"""Tells the office that a run is over: counts and what turned, never evidence or addresses."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import smtplib
import ssl
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from email.message import EmailMessage
from enum import StrEnum
from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import quote_plus, urlencode
from urllib.request import Request, urlopen

from crawler.clock import now, shown
from crawler.language import _
from crawler.model import Case, ChangeKind, Run, SourceState, Verdict
from crawler.notify_options import Mail, Notify, Webhook
from crawler.silence import turns
from crawler.telling import titled_source
from crawler.wording import name_of

_SECONDS = 20.0
_LONGEST = 100_000
"""Bytes of an answer that are read."""


def summary(run: Run, sources: Sequence[SourceState], cases: Sequence[Case]) -> str:
    """What is told: counts of cases and changes, sources that turned, whether the list is whole."""
    lines = [
        _("猎证运行 {run} 已完成，清单上有 {count} 个案件").format(run=run.id, count=len(cases))
    ]
    lines += _counted(Verdict, (case.facts.verdict for case in cases))
    lines += _counted(
        ChangeKind,
        (case.change.kind for case in cases if case.change.kind is not ChangeKind.SAME),
    )
    said = _("来源 {source}：{was} → {status}")
    for state in turns(sources):
        assert state.was is not None  # noqa: S101 - that is what turned means
        lines.append(
            said.format(
                source=titled_source(state.source),
                was=name_of(state.was),
                status=name_of(state.status),
            )
        )
    if run.degraded:
        lines.append(_("本次结果不完整，共 {count} 项原因，见清单").format(count=len(run.degraded)))
    if run.finished_at is not None:
        lines.append(_("完成于 {at}（北京时间）").format(at=shown(run.finished_at)))
    return "\n".join(lines)


def _counted(kinds: type[StrEnum], values: Iterable[StrEnum]) -> list[str]:
    counts = Counter(values)
    told = [f"{name_of(kind)} {counts[kind]}" for kind in kinds if counts[kind]]
    return ["，".join(told)] if told else []


def send(notify: Notify, text: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Send a text by every way that a profile names; returns why each one failed, a sentence each.

    Secrets come from the environment and stand in no sentence.
    """
    failures = []
    if notify.webhook is not None:
        failures.append(_call(notify.webhook, text, environment))
    if notify.mail is not None:
        failures.append(_mail(notify.mail, text, environment))
    return tuple(failure for failure in failures if failure)


def _call(hook: Webhook, text: str, environment: Mapping[str, str]) -> str:
    url = environment.get(hook.url_env, "")
    if not url.startswith(("https://", "http://")):
        said = _("未能发出通知：环境变量 {name} 没有写明网址，请设置")
        return said.format(name=hook.url_env)
    if hook.secret_env:
        url += "&" + _signature(environment.get(hook.secret_env, ""))
    body = json.dumps({"msgtype": "text", "text": {"content": text}}).encode()
    request = Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - checked above
    try:
        with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - checked above
            told = json.loads(answer.read(_LONGEST))
    except (URLError, HTTPException, OSError, ValueError) as problem:
        reason = getattr(problem, "reason", None) or type(problem).__name__
        said = _("未能发出通知（{kind}：{reason}），请检查网络和机器人网址")
        return said.format(kind=hook.kind.value, reason=reason)
    code = told.get("errcode") if isinstance(told, dict) else None
    if code == 0:
        return ""
    said = _("机器人 {kind} 拒收通知（错误码 {code}），请检查网址、关键词和签名")
    return said.format(kind=hook.kind.value, code=code)


def _signature(secret: str) -> str:
    """What DingTalk asks for: HMAC-SHA256 over time and secret (open.dingtalk.com, 加签)."""
    moment = str(round(now().timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    return urlencode({"timestamp": moment}) + "&sign=" + quote_plus(base64.b64encode(digest))


def _mail(mail: Mail, text: str, environment: Mapping[str, str]) -> str:
    message = EmailMessage()
    message["Subject"] = text.partition("\n")[0]
    message["From"], message["To"] = mail.sender, ", ".join(mail.to)
    message.set_content(text)
    try:
        with smtplib.SMTP(mail.host, mail.port, timeout=_SECONDS) as server:
            if mail.starttls:
                server.starttls(context=ssl.create_default_context())
            if mail.user_env:
                server.login(environment.get(mail.user_env, ""), environment.get(mail.key_env, ""))
            server.send_message(message)
    except (smtplib.SMTPException, OSError) as problem:
        said = _("未能发出邮件（{host}：{reason}），请检查 [notify.mail]")
        return said.format(host=mail.host, reason=type(problem).__name__)
    return ""
