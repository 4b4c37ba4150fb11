"""A search engine over the invented sites that answers in SearXNG's JSON."""

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from rehearsal.http import Answer, Handler, Request, plain
from rehearsal.journal import Journal
from rehearsal.registry import Page, Registry

PAGE_SIZE = 10
THRESHOLD = 0.34  # a third of the query's words, which keeps pages that are merely near
ENGINE = "rehearsal"


@dataclass(frozen=True, slots=True)
class Result:
    """A result is one indexed page with how well it answers the query."""

    url: str
    title: str
    content: str
    score: float


def words_of(query: str) -> list[str]:
    """The words of a query, without quotation marks and operators."""
    bare = re.sub(r"[\"“”'()+]|\b(site|inurl|intitle):\S*", " ", query)
    return [word for word in bare.split() if not word.startswith("-")]


def _bigrams(word: str) -> set[str]:
    return {word[i : i + 2] for i in range(len(word) - 1)} or {word}


def _presence(word: str, text: str) -> float:
    """How much of a word a text holds: all of it, or a part of its pairs of characters."""
    if word in text:
        return 1.0
    pairs = _bigrams(word)
    share = sum(pair in text for pair in pairs) / len(pairs)
    return 0.6 * share if len(pairs) > 1 else 0.0


def score_of(words: list[str], page: Page) -> float:
    """How well a page answers the words, from 0 to 1; the title counts for more."""
    if not words:
        return 0.0
    title = page.title.lower()
    text = " ".join([title, page.text.lower(), *(page.search or ())])
    total = sum(0.7 * _presence(word, text) + 0.3 * _presence(word, title) for word in words)
    return total / len(words)


def snippet(words: list[str], page: Page) -> str:
    """The piece of a page's text around the first word that it holds."""
    text = page.text
    spots = [text.lower().find(word) for word in words]
    start = max(0, min((spot for spot in spots if spot >= 0), default=0) - 30)
    return text[start : start + 140]


def search(registry: Registry, query: str) -> list[Result]:
    """Every indexed page that answers a query, best first."""
    words = [word.lower() for word in words_of(query)]
    only = re.search(r"\bsite:(\S+)", query)
    found: list[Result] = []
    for host, site in registry.by_host.items():
        if only and not f".{host}".endswith(f".{only[1]}"):
            continue
        for page in site.pages:
            if page.search is None:
                continue
            score = score_of(words, page)
            if score >= THRESHOLD:
                tail = "?" + "&".join(f"{k}={v}" for k, v in page.query) if page.query else ""
                url = f"http://{host}{page.path}{tail}"
                found.append(Result(url, page.title, snippet(words, page), round(score, 4)))
    return sorted(found, key=lambda result: (-result.score, result.url))


def _as_json(result: Result, position: int) -> dict[str, object]:
    return {
        "url": result.url,
        "title": result.title,
        "content": result.content,
        "engine": ENGINE,
        "engines": [ENGINE],
        "parsed_url": [*urlsplit(result.url), ""],
        "positions": [position],
        "score": result.score,
        "category": "general",
    }


def search_handler(registry: Registry, journal: Journal) -> Handler:
    """A handler for `GET /search?q=…&format=json[&pageno=N]`."""

    def handle(request: Request) -> Answer:
        parts = urlsplit(request.target)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        query = asked.get("q", "")
        journal.note("search", query=query, page=asked.get("pageno", "1"))
        if parts.path != "/search":
            return plain(404, "not found")
        if asked.get("format") != "json":
            return plain(403, "403 Forbidden")  # as SearXNG does when a format is not enabled
        number = asked.get("pageno", "1")
        first = (max(1, int(number) if number.isdigit() else 1) - 1) * PAGE_SIZE
        results = [] if registry.search_blind else search(registry, query)
        payload = {
            "query": query,
            "number_of_results": len(results),
            "results": [
                _as_json(result, first + place)
                for place, result in enumerate(results[first : first + PAGE_SIZE], start=1)
            ],
            "answers": [],
            "corrections": [],
            "infoboxes": [],
            "suggestions": [],
            "unresponsive_engines": [[ENGINE, "timeout"]] if registry.search_blind else [],
        }
        body = json.dumps(payload, ensure_ascii=False).encode()
        return Answer(200, body, (("Content-Type", "application/json"),))

    return handle
