"""``loopwatch check``: the gate for a staged change, or for the commits of a range."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loopwatch import app
from loopwatch.entrypoints.options import (
    agents_option,
    all_option,
    filled,
    format_option,
    look_options,
    options_of,
    result_options,
    units_option,
)
from loopwatch.entrypoints.output import Output, exit_status, print_warning, write
from loopwatch.entrypoints.progress import progress
from loopwatch.model.finding import Level
from loopwatch.sources.scan_range import NEWEST

if TYPE_CHECKING:
    from loopwatch.model.report import Report

HELP = {"help_option_names": ["-h", "--help"]}


@click.command(context_settings=HELP)
@click.argument("range_", metavar="[RANGE]", required=False)
@click.option(
    "--staged", "is_staged", is_flag=True, help="Check what is staged, as without a RANGE."
)
@click.option(
    "--message",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The message of the staged change, as git gives it to commit-msg.",
)
@click.option(
    "--hook", "is_hook", is_flag=True, help="Be silent if nothing is found, and never exit with 2."
)
@click.option(
    "--max-count",
    type=click.IntRange(min=0),
    default=NEWEST,
    show_default=True,
    metavar="N",
    help="Newest commits to remember, 0 for all; for a range, at least twice its length.",
)
@units_option
@all_option
@agents_option
@format_option
@result_options
@look_options
@click.pass_context
def check(ctx: click.Context, /, **given: Any) -> None:
    """Tell whether a change closes a loop, or goes on with one.

    Without RANGE it is what is staged. RANGE is A..B, or one commit. Earlier history is memory:
    only what the change itself brings back is reported.
    """
    from loopwatch.checking import CheckRequest

    _see_to_it(ctx, given)
    settings = app.settings(Path(), print_warning)
    given = filled(ctx, given, settings)
    wanted = Output.of(given)
    with progress(is_shown=not (wanted.is_silent or given["is_hook"])) as tell:
        options = wanted.telling(options_of(given, settings))
        report = app.check(
            CheckRequest(
                folder=Path(),
                revision=given["range_"],
                message=given["message"],
                max_count=given["max_count"],
                options=options,
                tell=tell,
                say=print_warning,
            )
        )
    is_silent = given["is_hook"] and not _is_telling(report, wanted)
    write(report, replace(wanted, is_silent=wanted.is_silent or is_silent))
    for skip in report.skipped if is_silent and wanted.verbose else ():
        print_warning(f"not analysed: {skip.reason}")
    ctx.exit(exit_status(report, wanted, has_settled=given["has_settled"]))


def _see_to_it(ctx: click.Context, given: dict[str, Any]) -> None:
    """See to it that one thing is asked about.

    Raises:
        UsageError: it is two things.
    """
    if given["range_"] is not None and given["is_staged"]:
        raise click.UsageError("--staged takes no RANGE", ctx)
    if given["range_"] is not None and given["message"] is not None:
        raise click.UsageError("--message is about what is staged: it takes no RANGE", ctx)


def _is_telling(report: "Report", wanted: Output) -> bool:
    """Tell whether there is anything to say that a hook should not be silent about."""
    if wanted.verbose:
        return bool(report.findings)
    return any(finding.level is not Level.NOTE for finding in report.findings)
