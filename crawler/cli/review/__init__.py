"""`certhound review`: what people decide about cases, two of them before anything leaves."""

from __future__ import annotations

import click

from crawler.cli.review import again, decisions, importing, listing, triage
from crawler.language import _

COMMANDS: tuple[click.Command, ...] = (
    listing.list_cases,
    listing.show,
    triage.triage,
    *decisions.COMMANDS,
    importing.import_list,
    again.again,
)


@click.group(
    help=_(
        "复核案件：机器只提出怀疑，确认须由两个人先后作出；其他决定由一人作出并写明理由。"
        "\n\n\b\n示例：\n  certhound review list"
    )
)
def review() -> None:
    """Stand before the commands of the group."""


for _command in COMMANDS:
    review.add_command(_command)
