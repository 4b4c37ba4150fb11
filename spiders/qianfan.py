"""Search through Baidu's paid service: results of Baidu itself, without its captchas."""

from __future__ import annotations

from typing import Any

from crawler.language import _
from spiders.search_service import Found, ServiceSpider, results_in

_MOST = 50
"""Results of one query, the most that the service gives (cloud.baidu.com, 百度搜索)."""


class QianfanSpider(ServiceSpider):
    """Asks Baidu Qianfan `/v2/ai_search/web_search`; a hundred queries a day are free."""

    name = "qianfan"
    service_url = "https://qianfan.baidubce.com/v2/ai_search/web_search"
    service_key = "QIANFAN_API_KEY"

    def body(self, query: str) -> dict[str, object]:
        """One question to Baidu's web search."""
        return {
            "messages": [{"role": "user", "content": query}],
            "search_source": "baidu_search_v2",
            "resource_type_filter": [{"type": "web", "top_k": _MOST}],
        }

    def read(self, answer: dict[str, Any]) -> tuple[list[Found], str]:
        """The `references`; an answer with a `code` is a refusal."""
        if answer.get("code"):
            return [], _("服务返回错误 {code}").format(code=str(answer["code"])[:40])
        return results_in(answer.get("references"), "title", "date")
