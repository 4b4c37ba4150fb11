"""The sites behind their host names: which page a visitor gets, and how it fails."""

from collections import Counter

from rehearsal.faults import faulty
from rehearsal.http import Answer, Handler, Request, plain
from rehearsal.journal import Journal
from rehearsal.registry import Registry


def site_handler(registry: Registry, journal: Journal) -> Handler:
    """A handler that answers for every site by its Host header."""
    failed: Counter[tuple[str, str]] = Counter()

    def handle(request: Request) -> Answer:
        answer = _site_answer(registry, request, failed)
        journal.note(
            "http",
            scheme=request.scheme,
            method=request.method,
            host=request.host,
            target=request.target,
            status=answer.status,
            agent=request.headers.get("user-agent", ""),
            referer=request.headers.get("referer", ""),
        )
        return answer

    return handle


def _site_answer(registry: Registry, request: Request, failed: Counter[tuple[str, str]]) -> Answer:
    site = registry.site(request.host)
    if site is None:
        return plain(404, "no such host")
    page = site.page(request.target, request.visitor)
    if page is None:
        return Answer(
            404,
            b"<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1>"
            b"</center><hr><center>nginx</center></body></html>",
            (("Content-Type", "text/html"),),
        )
    kind = (("Content-Type", page.content_type),) if page.content_type else ()
    answer = Answer(page.status, page.body, kind + page.headers)
    if page.fault is None:
        return answer
    key = (site.host, page.path)
    failed[key] += 1
    if 0 < page.fault.times < failed[key]:
        return answer
    return faulty(page.fault, answer)
