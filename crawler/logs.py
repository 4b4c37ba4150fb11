"""Logs are JSON lines in the data folder, with identity numbers, phones and keys blotted out."""

from __future__ import annotations

import json
import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path

from crawler.clock import now, stamp
from crawler.errors import StoreError
from crawler.language import _, said_by_system
from crawler.masking import mask_identity

# Behind a percent sign stand two digits of a quotation mark, and then the number that is asked for.
_PHONE = re.compile(r"(?:(?<!\d)|(?<=%[0-9A-Fa-f]{2}))1[3-9]\d{9}(?!\d)")
# The name of a secret, what stands between, perhaps the scheme of RFC 9110, then the value.
_SECRET = re.compile(
    r"(?i)(authorization|cookie|api[-_]?key|token|passw(?:or)?d|pwd|secret)"
    r"(['\"]?\s{0,2}[:=]\s{0,2}['\"]?|\s)((?:basic|bearer|digest|token)\s+)?[^\s'\"&,;}]+"
)
_LOGIN = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@]+@")
"""Name and password in an address (RFC 3986, userinfo)."""
_MEGABYTE = 1024 * 1024


def redact(text: str) -> str:
    """The text without identity and phone numbers and without the value of any secret."""
    text = _LOGIN.sub(r"\1***@", _SECRET.sub(r"\1\2\3***", text))
    return _PHONE.sub("1**********", mask_identity(text))


class _Lines(RotatingFileHandler):
    """A log that a full disk stops without a word: whoever stores results tells of the disk."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Let the line go; logging would write a traceback onto the user's terminal."""


class _JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and where it failed."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": stamp(now()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if record.exc_info:
            line["error"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def log_to(folder: Path) -> Path:
    """Send all logs of this process to `folder/certhound.jsonl` and nowhere else.

    Raises `StoreError` where the folder cannot be written.
    """
    path = folder / "certhound.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = _Lines(path, maxBytes=20 * _MEGABYTE, backupCount=5, encoding="utf-8")
    except OSError as problem:
        said = _("无法写入日志文件夹 {folder}（{problem}），请检查权限或换一个 --data 文件夹")
        raise StoreError(said.format(folder=folder, problem=said_by_system(problem))) from problem
    handler.setFormatter(_JsonLines())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return path
