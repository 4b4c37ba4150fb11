"""Search through Bocha's paid service, whose answers are built as Bing's were."""

from __future__ import annotations

from typing import Any

from crawler.language import _
from spiders.search_service import Found, ServiceSpider, results_in

_MOST = 50
"""Results of one query, the most that the service gives."""
_GOOD = 200


class BochaSpider(ServiceSpider):
    """Asks Bocha `/v1/web-search`."""

    name = "bocha"
    service_url = "https://api.bochaai.com/v1/web-search"
    service_key = "BOCHA_API_KEY"

    def body(self, query: str) -> dict[str, object]:
        """One question of any time, without the summaries that cost more."""
        return {"query": query, "freshness": "noLimit", "summary": False, "count": _MOST}

    def read(self, answer: dict[str, Any]) -> tuple[list[Found], str]:
        """The `data.webPages.value`; a `code` other than 200 is a refusal."""
        if answer.get("code") not in (None, _GOOD, str(_GOOD)):
            return [], _("服务返回错误 {code}").format(code=str(answer["code"])[:40])
        data = answer.get("data", answer)
        pages = data.get("webPages") if isinstance(data, dict) else None
        return results_in(
            pages.get("value") if isinstance(pages, dict) else None, "name", "datePublished"
        )
