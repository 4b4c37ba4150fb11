"""`certhound evaluate …`: how right the detectors are on labelled examples; one file per kind."""

from __future__ import annotations

from importlib import import_module

import click

from crawler.language import _

# Name of a subcommand -> the module it lives in, as a function of the same name.
_SUBCOMMANDS = {
    "names": "evaluate_names",
    "texts": "evaluate_texts",
    "pages": "evaluate_pages",
    "listing": "evaluate_listing",
}


class _Kinds(click.Group):
    """A group that imports the file of a subcommand when it is used."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_SUBCOMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in _SUBCOMMANDS:
            return None
        command = getattr(import_module(f"crawler.cli.{_SUBCOMMANDS[name]}"), name)
        assert isinstance(command, click.Command)  # noqa: S101 - the table above is ours
        return command


@click.group(cls=_Kinds, help=_("用标注好的样本检验判断的准确度；不访问网络"))
def evaluate() -> None:
    """Stand before the kinds of examples."""
