"""HTML pages that work from a disk without a network: escaped, no script, no live link."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from crawler.language import _, language


@cache
def _environment() -> Environment:
    # Escaping is on for every template whatever its name; what is shown comes from hostile pages.
    environment = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = _
    return environment


def render_page(template: str, **values: object) -> bytes:
    """The page as UTF-8; `template` is a file in `reports/templates`."""
    tongue = {"zh": "zh-CN", "en": "en"}[language()]
    page = _environment().get_template(template).render(tongue=tongue, **values)
    return page.encode("utf-8", "replace")
