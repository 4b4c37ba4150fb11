"""The sources of leads, one file each; a new file here is a new source."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

from crawler.config import Profile, load_profile
from spiders.base import SourceSpider


def sources() -> dict[str, type[SourceSpider]]:
    """Every source that exists, by its name, in alphabetical order."""
    found: dict[str, type[SourceSpider]] = {}
    for module in pkgutil.iter_modules(__path__):
        face = import_module(f"spiders.{module.name}")
        for value in vars(face).values():
            if (
                isinstance(value, type)
                and issubclass(value, SourceSpider)
                and "name" in vars(value)
            ):
                found[value.name] = value
    return dict(sorted(found.items()))


def open_profile(path: Path) -> Profile:
    """The profile in a file, its sources read by the files here; raises `ProfileError`."""
    return load_profile(path, {name: spider.read_options for name, spider in sources().items()})
