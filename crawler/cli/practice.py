"""A whole run on the practice web, held against the truth about every site in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from crawler.addresses import host_of, lead_id, normalise, parts
from crawler.errors import CerthoundError, StoreError, UsageError
from crawler.language import _, language, said_by_system
from crawler.locks import locked
from crawler.model import Assessment
from crawler.references import FILE, import_references
from crawler.store import Store
from detectors.images import can_read_words
from rehearsal.facts import REFERENCES_FOLDER, SiteTruth, truth
from seeds import load_watchlist

PROFILE = "profile.toml"
KNOWN_MISSES: dict[str, str] = {}
"""Offenders of the practice web that we do not recognise yet, and why; never an innocent one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is true of one site, and what was judged."""

    truth: SiteTruth
    assessment: Assessment | None
    """`None` where the run did not judge the address at all."""

    @property
    def is_known_miss(self) -> bool:
        """Whether we know that we do not recognise this offender, and do not."""
        return bool(self.faults) and self.truth.host in KNOWN_MISSES

    @property
    def faults(self) -> tuple[str, ...]:
        """What differs from the truth, one short sentence each."""
        judged = self.assessment
        if judged is None:
            return (_("没有判定"),)
        pairs = (
            (_("判定"), judged.verdict, self.truth.verdicts),
            (_("行为"), judged.offence, self.truth.offences),
            (_("页面状态"), judged.page_condition, self.truth.page_conditions),
        )
        said = _("{what}为 {judged}，应为 {right}")
        found = [
            said.format(what=what, judged=value.value, right="/".join(right))
            for what, value, right in pairs
            if value.value not in right
        ]
        have = {(contact.type.value, contact.value) for contact in judged.findings.contacts}
        found += [
            _("漏了联系方式 {contact}").format(contact=f"{contact.type} {contact.value}")
            for contact in self.truth.contacts
            if (contact.type, contact.value) not in have
        ]
        return tuple(found)


@contextmanager
def practice_folder(folder: Path) -> Iterator[Path]:
    """The folder of practice data inside `folder`, empty, and nobody else's while it is used.

    Raises `CerthoundError` where it cannot be made, is in use, or holds data of real runs.
    """
    data = folder / "data"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        said = _("无法写入 {folder}（{problem}），请检查权限或换一个 --data 文件夹")
        raise StoreError(said.format(folder=folder, problem=said_by_system(problem))) from problem
    busy = _("文件夹 {folder} 中已有一次演练在进行，请等它结束")
    with locked(folder / "rehearsal.lock", busy=busy):
        if data.exists():
            # Pages once judged clear would not be looked at again: practice begins from nothing.
            if not (folder / PROFILE).exists():
                said = _("{folder} 不是演练留下的文件夹，不会清空；请换一个 --data 文件夹")
                raise UsageError(said.format(folder=data))
            shutil.rmtree(data)
        yield data


@contextmanager
def practice_web(folder: Path) -> Iterator[Path]:
    """The practice web in a process of its own; gives the profile for it, in `folder`.

    Raises `CerthoundError` where it does not start.
    """
    command = [sys.executable, "-m", "rehearsal", "--with-parent"]
    command += ["--write-profile", str(folder), "--log", str(folder / "requests.jsonl")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as web:  # noqa: S603 - ours
        try:
            # Its one line says that every server answers.
            if web.stdout is None or not web.stdout.readline():
                raise CerthoundError(_("演练网络没有启动，请查看上面的错误信息"))
            yield folder / PROFILE
        finally:
            web.terminate()


def run_on(profile: Path, data: Path, output: IO[str] | None = None) -> int:
    """Exit code of `certhound run` by a profile, in a process of its own.

    It writes to `output` in place of standard output.
    """
    command = [sys.executable, "-m", "crawler.cli", "--lang", language(), "run"]
    command += ["--profile", str(profile), "--data", str(data)]
    return subprocess.run(command, check=False, stdout=output).returncode  # noqa: S603 - ours


def import_practice_references(data: Path) -> None:
    """Give practice data the invented captures of official pages that belong to the web."""
    import_references(REFERENCES_FOLDER, "", load_watchlist(), data / FILE)


def compare(data: Path, sites: Sequence[SiteTruth] | None = None) -> tuple[Comparison, ...]:
    """Every site of the practice web, or of its twins, with what was judged of it last."""
    with Store.open(data, create=False) as store:
        run = store.last_completed_run()
        looks = list(store.assessments(run.id)) if run else []
    by_lead = {visit.lead: assessment for visit, assessment in looks}
    # A name on a list leads to the front page of the bare domain, which the truth may call www.
    by_domain = {
        parts(host_of(visit.url)).registrable: assessment
        for visit, assessment in looks
        if urlsplit(visit.url).path == "/"
    }
    found = []
    for site in truth() if sites is None else sites:
        judged = by_lead.get(lead_id(normalise(site.url)))
        if judged is None and urlsplit(site.url).path == "/":
            judged = by_domain.get(parts(host_of(site.url)).registrable)
        # What only other pages link to is opened where those are suspects: no miss if not.
        if judged is not None or site.found_by != ("links",):
            # Without a reader of words in pictures an image says little.
            blind = "images" in site.needs and not can_read_words()
            seen = site.seen_plainly() if blind else site
            found.append(Comparison(seen, judged))
    return tuple(found)
