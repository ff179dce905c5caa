"""``loopwatch audit``: reads the session logs that agents left behind."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from loopwatch import app
from loopwatch.entrypoints.options import (
    filled,
    format_option,
    look_options,
    options_of,
    result_options,
    units_option,
)
from loopwatch.entrypoints.output import Output, exit_status, print_warning, write
from loopwatch.entrypoints.progress import progress
from loopwatch.model.unit import Granularity

SOON = 5  # sessions; fewer are read before a bar is


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--discover", "is_discovering", is_flag=True, help="Read the usual places of this machine."
)
@click.option(
    "--redact/--no-redact",
    "is_redacting",
    default=True,
    help="Take what looks like a secret out of the report; the default.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Read in so many processes; as many as the machine has cores, if there is much to read.",
)
@click.option(
    "--time-limit",
    type=click.IntRange(min=0),
    metavar="SECONDS",
    help="Give up a session after that time, 0 for never; 900 where there are processes.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Read on a dask cluster, whose scheduler is there; its workers see the same files.",
)
@click.option(
    "--commits/--no-commits",
    "reads_commits",
    default=True,
    help="Read the repositories that they worked in too, where these are here; the default.",
)
@click.option(
    "--cache/--no-cache",
    "is_caching",
    default=True,
    help="Take what an earlier audit found in the same logs; the default.",
)
@units_option
@format_option
@result_options
@look_options
@click.pass_context
def audit(ctx: click.Context, /, **given: Any) -> None:
    """Read what agents left behind, and report the loops of their sessions.

    PATH is a session log, or a folder with some; the format is told by what is in them.
    """
    if not given["paths"] and not given["is_discovering"]:
        raise click.UsageError("give a session log, a folder with some, or --discover", ctx)
    if given["scheduler"] and (given["jobs"] or given["time_limit"] is not None):
        raise click.UsageError("--scheduler goes with neither --jobs nor --time-limit", ctx)
    settings = app.settings_anywhere(Path(), print_warning)
    given = filled(ctx, given, settings)
    if given["units"] == {Granularity.TREE}:
        raise click.UsageError("a log never tells a whole tree: give other --units as well", ctx)
    wanted = Output.of(given)
    options = replace(options_of(given, settings), tells_notes=wanted.shows_notes)
    with progress(is_shown=not wanted.is_silent, what="reading sessions", soon=SOON) as tell:
        from loopwatch.auditing.audit import AuditRequest

        report = app.audit(
            AuditRequest(
                paths=given["paths"],
                is_discovering=given["is_discovering"],
                options=options,
                is_redacting=given["is_redacting"],
                jobs=given["jobs"],
                time_limit=given["time_limit"],
                scheduler=given["scheduler"],
                listed=app.listed_anywhere(Path()),
                reads_commits=given["reads_commits"],
                is_caching=given["is_caching"],
                tell=tell,
                say=print_warning,
            )
        )
    write(report, wanted)
    ctx.exit(exit_status(report, wanted, has_settled=False))
