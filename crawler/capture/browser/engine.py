"""One browser process with its own driver, started tightly shut and ended for certain."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path

from playwright.async_api import Browser, Error, Playwright, async_playwright

from crawler.capture.browser import warden
from crawler.capture.browser.memory import MemoryWatch

logger = logging.getLogger(__name__)

# Founders' judgement: an honest close takes 0.1 s; what needs ten seconds is stuck.
CLOSE_SECONDS = 10.0
_START_SECONDS = 30.0
# Nothing listens there (RFC 863's discard port): what belongs to no visit has no way out.
_NOWHERE = "http://127.0.0.1:9"
_FLAGS = (
    "--disable-quic",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND,EXCLUDE 127.0.0.1",
    "--proxy-bypass-list=<-loopback>",
    # The headless shell then opens no second window whatever a page does; others block popups.
    "--block-new-web-contents",
    # Contexts never share a process, and inside one visit there is nothing to steal: with one
    # process for all frames the guard in the page sees them all, and 10,000 frames stay cheap.
    "--disable-site-isolation-trials",
    "--disable-blink-features=AutomationControlled",
    # Megabytes; a page that holds more would be ended by the warden (founders' judgement).
    "--js-flags=--max-old-space-size=320",
    # Megabytes of one unfolded JPEG; larger ones are then drawn smaller (founders' judgement).
    "--max-decoded-image-size-mb=128",
)
_PROFILE_FLAG = b"--user-data-dir="
# Playwright's defaults that would disarm Chromium's own defences against hostile pages.
_KEEP_DEFENCES = ("--disable-popup-blocking", "--disable-ipc-flooding-protection")

# Asks the driver to leave Chromium's newer way of taking pictures off: there Chromium breaks off
# whole, with all its pages, where one page ends while its picture is taken (156; driver 1.65).
_OLD_PICTURES = ("PLAYWRIGHT_LEGACY_SCREENSHOT", "1")


class EngineLostError(Exception):
    """The browser went away under a visit."""


class Engine:
    """A running browser, to be given up after some visits."""

    def __init__(self, driver: Playwright, browser: Browser, pid: int, home: str) -> None:
        self._driver = driver
        self._home = home
        self.browser = browser
        self.pid = pid
        """The browser's process id, or 0 where it would not tell."""
        self.served = 0
        """Visits begun."""
        self.busy = 0
        """Visits under way."""
        self.gone = asyncio.Event()
        """Set once the browser is lost; a driver's call under way then may never return."""
        self.memory = MemoryWatch()
        """What it takes of the machine."""
        self._ending = False
        self._profile = _profile_of(pid)
        browser.on("disconnected", self._gone)

    def _gone(self, _browser: Browser) -> None:
        self.gone.set()

    @property
    def lost(self) -> bool:
        """Whether the browser is to be used no more."""
        return self.gone.is_set()

    @classmethod
    async def start(cls, executable: Path) -> Engine:
        """A new browser; raises `EngineLostError` where it does not start."""
        os.environ.setdefault(*_OLD_PICTURES)  # the driver has no other ear
        driver = await async_playwright().start()
        home = tempfile.mkdtemp(prefix="certhound-browser-")
        try:
            async with asyncio.timeout(_START_SECONDS):
                browser = await driver.chromium.launch(
                    executable_path=executable,
                    args=list(_FLAGS),
                    ignore_default_args=list(_KEEP_DEFENCES),
                    proxy={"server": _NOWHERE},
                    chromium_sandbox=os.geteuid() != 0,
                    downloads_path=home,
                    # Chromium keeps a certificate store in the home folder: not in the operator's.
                    env={**os.environ, "HOME": home},
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                )
                engine = cls(driver, browser, await _process_of(browser), home)
                await engine.memory.start(engine.pid, engine._unwatched)
                return engine
        except (Error, TimeoutError, OSError) as problem:
            shutil.rmtree(home, ignore_errors=True)
            with suppress(Error, TimeoutError, OSError):
                await asyncio.wait_for(driver.stop(), CLOSE_SECONDS)
            said = str(problem).partition("\n")[0][:200]
            raise EngineLostError(f"the browser does not start: {said}") from problem

    def kill(self) -> None:
        """End the browser's process at once, and its children."""
        self.gone.set()
        for pid in warden.family(self.pid) if self.pid else ():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def stop(self, patience: float = CLOSE_SECONDS) -> None:
        """End browser and driver, politely first, each within so many seconds."""
        self._ending = True
        try:
            await asyncio.wait_for(self.browser.close(), patience)
        except (Error, TimeoutError, OSError):
            self.kill()
        try:
            await asyncio.wait_for(self._driver.stop(), patience)
        except (Error, TimeoutError, OSError) as problem:
            logger.warning("the browser's driver did not stop: %s", problem)
        await self.memory.stop()
        shutil.rmtree(self._home, ignore_errors=True)
        if self._profile is not None:
            shutil.rmtree(self._profile, ignore_errors=True)

    def _unwatched(self) -> None:
        if not self._ending:
            self.kill()  # pages that nobody watches are not opened


def _profile_of(browser: int) -> Path | None:
    """The folder that the driver made for a browser; a browser that is killed may leave it.

    `None` where the system does not tell, or where it is no folder made for us.
    """
    try:
        words = (warden.PROC / str(browser) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    folder = next((word for word in words if word.startswith(_PROFILE_FLAG)), b"")
    path = Path(os.fsdecode(folder.removeprefix(_PROFILE_FLAG)))
    return path if path.name.startswith("playwright_") else None


async def _process_of(browser: Browser) -> int:
    session = await browser.new_browser_cdp_session()
    try:
        answer = await session.send("SystemInfo.getProcessInfo")
    except Error:
        return 0
    finally:
        await session.detach()
    return next((int(one["id"]) for one in answer["processInfo"] if one["type"] == "browser"), 0)
