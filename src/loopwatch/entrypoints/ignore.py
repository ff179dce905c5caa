"""``loopwatch ignore``: accepts a finding as it is, or no longer."""

from pathlib import Path
from typing import Any

import click

from loopwatch import app
from loopwatch.entrypoints.options import filled, range_options, request
from loopwatch.entrypoints.output import print_result, print_warning
from loopwatch.entrypoints.progress import progress
from loopwatch.reports.escape import clipped

HELP = {"help_option_names": ["-h", "--help"]}
LONGEST = 1_000  # characters of a line


@click.command(context_settings=HELP)
@click.argument("wanted", metavar="FINDING")
@click.option("--reason", metavar="TEXT", help="Why it is accepted; needed.")
@click.option("--until", metavar="DATE", help="The last day on which it is: 2026-12-31.")
@click.option(
    "--remove", "is_removed", is_flag=True, help="Take the entry out again: report it as ever."
)
@click.option(
    "--range", "range_", metavar="RANGE", help="Where to look: A..B, or a revision; as in scan."
)
@range_options
@click.pass_context
def ignore(ctx: click.Context, /, wanted: str, **given: Any) -> None:
    """Accept a finding: reports leave it out from now on.

    FINDING is an id or the beginning of one. Writes a line into .loopwatch-ignore at the root of
    the working tree, which is meant to be committed.
    """
    if given["is_removed"]:
        if given["reason"] is not None or given["until"] is not None:
            raise click.UsageError("--remove takes neither --reason nor --until", ctx)
        gone = app.stop_ignoring(Path(), wanted)
        _tell(f"{gone.id} is no longer ignored ({gone.reason})")
        return
    if given["reason"] is None:
        raise click.UsageError('say why: --reason "..."', ctx)
    settings = app.settings(Path(), print_warning)
    asked = filled(ctx, given, settings)
    with progress(is_shown=True) as tell:
        looked = request(asked, settings, asked["range_"], tell=tell)
        finding, entry = app.ignore(looked, wanted, given["reason"], given["until"] or "")
    until = f" until {entry.until}" if entry.until else ""
    what = finding.symbol or finding.path or "the whole tree"
    _tell(f"{entry.id} ({finding.kind}, {what}) is ignored{until}: {entry.where}")


def _tell(line: str) -> None:
    print_result(f"{clipped(line, LONGEST)}\n")
