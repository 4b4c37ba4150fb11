"""When a case is looked at again: by what people decided, and by how long it has been gone."""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler.model import CaseState, PageCondition
from crawler.store import CaseRecord

# Founders' judgement, all of it. What people reject is looked at for whether it grows graver, an
# owner is given days to clean up, and what has been gone for a month rarely comes back in a day.
_INTERVALS = {
    CaseState.DISMISSED: timedelta(days=7),
    CaseState.CORRECTED: timedelta(days=7),
    CaseState.VICTIM: timedelta(days=3),
}
_LONG_GONE = timedelta(days=30)
_GONE_INTERVAL = timedelta(days=7)
_EARLY = timedelta(hours=2)
"""A daily run never starts at the very same second; what is due in this time is due now."""


def next_look(record: CaseRecord, state: CaseState, at: datetime) -> datetime | None:
    """The moment from which a case's pages are due again, `None` for the next run.

    Open, watched, confirmed and released cases are looked at in every run, until they have shown
    nothing for thirty days. What we could not see is never put off.
    """
    condition = record.facts.page_condition
    if condition is PageCondition.UNKNOWN:
        return None
    interval = _INTERVALS.get(state)
    shown_at = record.content_at or record.first_seen
    if condition is not PageCondition.CONTENT and at - shown_at > _LONG_GONE:
        interval = max(interval or _GONE_INTERVAL, _GONE_INTERVAL)
    return at + interval - _EARLY if interval else None
