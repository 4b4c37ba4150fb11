"""`certhound review again`: a person asks for a fresh look, whatever the schedule says."""

from __future__ import annotations

from pathlib import Path

import click

from crawler import casework
from crawler.cli.options import data_option, json_option, print_json
from crawler.cli.review.listing import case_argument
from crawler.cli.review.telling import printed_key
from crawler.clock import now
from crawler.language import _
from crawler.masking import mask_identity
from crawler.store import Store


@click.command(
    help=_(
        "下次运行时再看一遍案件的全部页面，不论原定何时再看；"
        "例如对外报送之前须有 24 小时内的查看记录。"
        "\n\n\b\n示例：\n  certhound review again domain:example.cn"
    )
)
@case_argument
@data_option
@json_option
def again(case: str, data: Path, as_json: bool) -> None:
    """Make the pages of a case due."""
    with Store.open(data, create=False) as store:
        found = casework.find_case(store, case)
        at = now()
        leads = [visit.rpartition(".")[2] for visit in found.facts.visits]
        for lead in leads:
            store.ask_for(lead, at)
    if as_json:
        print_json({"case": mask_identity(str(found.key)), "pages": len(leads)})
        return
    said = _("案件 {case}：下次运行再看 {count} 个页面")
    click.echo(said.format(case=printed_key(found), count=len(leads)))
