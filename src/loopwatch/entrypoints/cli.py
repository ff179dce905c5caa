"""The command line: parse, call app, print, exit."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from loopwatch import __version__, app
from loopwatch.entrypoints.output import Output, print_error, write
from loopwatch.errors import LoopwatchError
from loopwatch.exit_codes import ExitCode
from loopwatch.model.finding import Level
from loopwatch.model.options import ALL_UNITS, Options
from loopwatch.model.report import Report
from loopwatch.model.unit import Granularity
from loopwatch.reports.registry import DEFAULT_FORMAT, WRITERS
from loopwatch.sources.scan_range import ScanRange

UNITS = [unit.value for unit in Granularity if unit in ALL_UNITS]


def run(arguments: Sequence[str]) -> int:
    """Run one command; every failure is one line, and status 2."""
    try:
        # click 8.2 and newer return the status of ctx.exit(), older ones raise it
        status = main.main(_with_paths(arguments), prog_name="loopwatch", standalone_mode=False)
        return status if isinstance(status, int) else ExitCode.NOTHING
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        error.show()
        return ExitCode.FAILED
    except (click.Abort, KeyboardInterrupt):
        print_error("stopped")
        return ExitCode.FAILED
    except LoopwatchError as error:
        print_error(str(error), error.hint)
        return ExitCode.FAILED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  the reader has gone; so do we
        return ExitCode.NOTHING
    return ExitCode.NOTHING


def _with_paths(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with what follows ``--`` as options, which click would mix up."""
    if "--" not in arguments or not arguments or arguments[0] != "scan":
        return list(arguments)
    at = list(arguments).index("--")
    return [*arguments[:at], *(f"--path={path}" for path in arguments[at + 1 :])]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="loopwatch")
def main() -> None:
    """Find the loops in which a fix brings an old bug back."""


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how a report is written and what it decides."""
    for option in reversed(
        [
            click.option("--format", "format_", type=click.Choice(list(WRITERS)), default=DEFAULT_FORMAT, show_default=True, help="How the report is written to standard output."),
            click.option("--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="Write the report to a file too; repeatable."),
            click.option("--fail-on", type=click.Choice(["never", *(level.value for level in Level)]), default="warning", show_default=True, help="Exit with 1 from this level on."),
            click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found."),
            click.option("-q", "--quiet", "is_silent", is_flag=True, help="Print nothing; --output and the exit status remain."),
            click.option("-v", "--verbose", is_flag=True, help="Notes too."),
            click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Colour adds nothing that the text does not say."),
        ]
    ):
        command = option(command)
    return command


@main.command()
@click.argument("range_", metavar="[RANGE] [-- PATHS]", required=False)
@click.option("--max-count", type=click.IntRange(min=0), default=1000, show_default=True, help="Newest commits to read; 0 for all.")
@click.option("--since", metavar="DATE", help="Commits after a date, in git's words.")
@click.option("--units", default=",".join(UNITS), show_default=True, help="What to follow.")
@click.option("--all", "heeds_settled", is_flag=True, help="Old, settled findings decide the exit status too.")
@click.option("--agents-only", is_flag=True, help="Only cycles that a coding agent took part in.")
@click.option("--path", "paths", multiple=True, hidden=True)
@report_options
@click.pass_context
def scan(
    ctx: click.Context,
    range_: str | None,
    max_count: int,
    since: str | None,
    units: str,
    heeds_settled: bool,
    agents_only: bool,
    paths: tuple[str, ...],
    **output: Any,
) -> None:
    """Read the history of this repository and report its loops.

    RANGE is A..B, or a revision; without one, HEAD with the index and the working tree.
    """
    wanted = Output.of(**output)
    request = app.ScanRequest(
        folder=Path(),
        range=ScanRange(revision=range_, max_count=max_count, since=since, paths=paths),
        options=Options(units=_units(units), is_agents_only=agents_only),
    )
    report = app.scan(request)
    write(report, wanted)
    ctx.exit(_status(report, wanted, heeds_settled=heeds_settled))


@main.command()
@report_options
@click.pass_context
def demo(ctx: click.Context, **output: Any) -> None:
    """Build the vibe-coding example in a temporary folder and scan it."""
    wanted = Output.of(**output)
    write(app.demo(), wanted)
    ctx.exit(ExitCode.NOTHING)


def _units(text: str) -> frozenset[Granularity]:
    chosen = [part.strip() for part in text.split(",") if part.strip()]
    for unit in chosen:
        if unit not in UNITS:
            raise click.BadParameter(f"{unit!r} is none of {', '.join(UNITS)}", param_hint="--units")
    return frozenset(Granularity(unit) for unit in chosen)


def _status(report: Report, wanted: Output, *, heeds_settled: bool) -> ExitCode:
    if wanted.fail_on == "never" or wanted.exit_zero:
        return ExitCode.NOTHING
    least = Level(wanted.fail_on).rank
    found = any(
        finding.level.rank >= least and (heeds_settled or not finding.is_settled)
        for finding in report.findings
    )
    return ExitCode.FOUND if found else ExitCode.NOTHING
