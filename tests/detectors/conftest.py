"""Detectors on the real watchlist, and visits made from pages written for the tests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from crawler.model import (
    Capture,
    Fact,
    Failure,
    Knowledge,
    Registration,
    Vantage,
    Visit,
)
from detectors import Detectors, load_detectors
from seeds import load_watchlist

AT = datetime(2026, 11, 20, tzinfo=UTC)
MakeVisit = Callable[..., Visit]


@pytest.fixture(scope="session")
def detectors() -> Detectors:
    return load_detectors(load_watchlist())


def capture(
    html: str,
    url: str,
    *,
    final: str = "",
    status: int | None = 200,
    failure: Failure | None = None,
    number: int = 1,
) -> Capture:
    return Capture(
        id=f"r.l.{number}",
        run="r",
        lead="l",
        vantage=Vantage.DESKTOP,
        url=url,
        final_url=final or url,
        at=AT,
        exchanges=(),
        status=None if failure else status,
        failure=failure,
        html=html,
    )


@pytest.fixture(scope="session")
def make_visit() -> MakeVisit:
    def make(
        html: str,
        url: str = "http://qx7731.example/",
        *,
        age_days: int | None = None,
        **more: object,
    ) -> Visit:
        registration = None
        if age_days is not None:
            since = Fact.known(AT - timedelta(days=age_days))
            registration = Registration("x.example", Knowledge.KNOWN, AT, registered_on=since)
        only = capture(html, url, **more)  # type: ignore[arg-type]
        return Visit("r.l", "r", "l", url, AT, (only,), registration)

    return make
