"""``loopwatch doctor``: what is installed, what works, and what to do."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loopwatch import app
from loopwatch.entrypoints.options import explain_format_option
from loopwatch.entrypoints.output import print_result
from loopwatch.exit_codes import ExitCode
from loopwatch.reports.escape import clipped

if TYPE_CHECKING:
    from loopwatch.installing.checkup import Check

HELP = {"help_option_names": ["-h", "--help"]}
SCHEMA = "loopwatch.doctor/1"
LONGEST = 500  # characters of what is told


@click.command(context_settings=HELP)
@explain_format_option
@click.pass_context
def doctor(ctx: click.Context, /, format_: str) -> None:
    """Say what is installed, what works here, and what to do about the rest."""
    from loopwatch.installing.checkup import State, checkup

    found = tuple(checkup(Path(), lambda: app.settings(Path())))
    print_result(_json(found) if format_ == "json" else _text(found))
    is_ill = any(check.state is State.ERROR for check in found)
    ctx.exit(ExitCode.FOUND if is_ill else ExitCode.NOTHING)


def _json(found: "Sequence[Check]") -> str:
    from loopwatch.reports.json_doc import printed

    checks = [
        {"name": one.name, "state": one.state, "told": one.told, "to_do": one.to_do}
        for one in found
    ]
    document = {"schema": SCHEMA, "checks": checks}
    return f"{printed(json.dumps(document, ensure_ascii=False, indent=2))}\n"


def _text(found: "Sequence[Check]") -> str:
    names = max(len(one.name) for one in found)
    states = max(len(one.state) for one in found)
    lines = []
    for one in found:
        lines.append(f"{one.name:<{names}}  {one.state:<{states}}  {clipped(one.told, LONGEST)}\n")
        if one.to_do:
            lines.append(f"{'':<{names}}  {'':<{states}}  do: {clipped(one.to_do, LONGEST)}\n")
    return "".join(lines)
