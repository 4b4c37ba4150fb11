"""An office whose captures are on disk: page, screenshot and archive."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from crawler.addresses import lead_id
from crawler.evidence import Blobs
from crawler.model import Lead, LeadReason
from tests.casework.conftest import Office, Seen, look

PAGE = b"<p>page</p>"


@dataclass
class KeptOffice(Office):
    """Days of looking of which every byte is kept."""

    data: Path = field(default_factory=Path)
    blank: bool = False
    """Whether all pages look the same, so that they share one screenshot."""

    def add(self, run: str, pages: dict[str, Seen]) -> None:
        """Look at more pages in a run."""
        blobs = Blobs(self.data / "blobs")
        for url, seen in pages.items():
            self.store.add_leads(
                run, [Lead(lead_id(url), url, (LeadReason("names", "", self.now),))]
            )
            visit, assessment = look(run, url, seen, self.now)
            shot = b"blank" if self.blank else f"shot of {visit.id}".encode()
            capture = replace(
                visit.captures[0],
                body=blobs.put(PAGE, "text/html"),
                screenshot=blobs.put(shot, "image/png"),
                archive=blobs.put(f"archive of {visit.id}".encode(), "multipart/related"),
            )
            self.store.save_visits([replace(visit, captures=(capture,))])
            self.store.save_assessments(run, [(assessment, self.now)])
