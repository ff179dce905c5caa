"""``loopwatch record``: keeps what tools say about a version."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loopwatch.entrypoints.output import say
from loopwatch.exit_codes import ExitCode
from loopwatch.reports.escape import clipped

if TYPE_CHECKING:
    from loopwatch.keeping.record import ResultFile

LONGEST = 1_000  # characters of a line
FILE = click.Path(path_type=Path)


@click.command(
    context_settings={
        "help_option_names": ["-h", "--help"],
        "allow_interspersed_args": False,  # what follows the command is the command's
    }
)
@click.option(
    "--version",
    "version",
    metavar="REV",
    help="The version that the files are about; without it, the working tree as it is.",
)
@click.option(
    "--junit", "junit", multiple=True, type=FILE, metavar="FILE", help="A JUnit report to keep."
)
@click.option(
    "--sarif", "sarif", multiple=True, type=FILE, metavar="FILE", help="A SARIF report to keep."
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="NAME",
    help="The tool that printed the next --input, or the command's output.",
)
@click.option(
    "--input",
    "inputs",
    multiple=True,
    type=FILE,
    metavar="FILE",
    help="What a tool printed, to keep; may be given again.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say what is kept.")
@click.option("-q", "--quiet", "is_silent", is_flag=True, help="Say nothing, whatever happens.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
@click.pass_context
def record(ctx: click.Context, /, **given: Any) -> None:
    """Run a command as ever, and keep what it says about the content it ran on.

    Output and exit status are those of COMMAND. Without one, keep results from files.
    """
    from loopwatch.keeping.record import RecordRequest, record_command, record_files

    formats = _formats(given)
    request = RecordRequest(
        folder=Path(),
        command=tuple(given["command"]),
        format=formats.pop() if len(formats) > len(given["inputs"]) else None,
        files=tuple(_files(given, formats)),
        version=given["version"],
    )
    if not request.command:
        for evidence in record_files(request, _say):
            if given["verbose"]:
                _say(f"recorded what {evidence.detector} said")
        ctx.exit(ExitCode.NOTHING)
    silent = given["is_silent"]
    done = record_command(
        request, _nobody if silent else _say, _say if given["verbose"] else _nobody
    )
    if done.complaint and silent:
        _say(done.complaint)
    ctx.exit(_ended(done.status))


def _formats(given: dict[str, Any]) -> list[str]:
    """Return the names of formats; one for each input, and one more for a command."""
    formats, inputs = list(given["formats"]), given["inputs"]
    is_run = bool(given["command"])
    if given["version"] is not None and is_run:
        raise click.UsageError("a command runs on the working tree, so --version cannot be heeded")
    if not is_run and not (inputs or given["junit"] or given["sarif"]):
        raise click.UsageError("there is nothing to record: give a command, or a file")
    if len(formats) not in {0, len(inputs), len(inputs) + is_run}:
        raise click.UsageError("each --input wants its own --format in front")
    return formats


def _files(given: dict[str, Any], formats: Sequence[str]) -> "Iterator[ResultFile]":
    from loopwatch.keeping.record import ResultFile

    named: Sequence[str | None] = formats or [None] * len(given["inputs"])
    for format_, path in zip(named, given["inputs"], strict=True):
        yield ResultFile(path=path, format=format_)
    for format_ in ("junit", "sarif"):
        for path in given[format_]:
            yield ResultFile(path=path, format=format_)


def _ended(status: int) -> int:
    """Return the exit status of the command, or end as it did."""
    if status >= 0:
        return status
    if sys.platform != "win32":
        from loopwatch.sources.signal_relay import die_by

        die_by(-status)
    return 128 - status


def _say(line: str) -> None:
    say(sys.stderr, f"loopwatch: {clipped(line, LONGEST)}\n")


def _nobody(line: str) -> None:
    del line
