"""The command line: parse, call app, print, exit."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loopwatch import __version__, app
from loopwatch.entrypoints.audit import audit
from loopwatch.entrypoints.check import check
from loopwatch.entrypoints.config import config
from loopwatch.entrypoints.doctor import doctor
from loopwatch.entrypoints.ignore import ignore
from loopwatch.entrypoints.install import install, uninstall
from loopwatch.entrypoints.ledger import ledger
from loopwatch.entrypoints.options import (
    agents_option,
    all_option,
    explain_format_option,
    filled,
    format_option,
    look_options,
    range_options,
    request,
    result_options,
)
from loopwatch.entrypoints.output import (
    Output,
    exit_status,
    print_baseline,
    print_error,
    print_notices,
    print_result,
    print_warning,
    say,
    style,
    write,
)
from loopwatch.entrypoints.progress import progress
from loopwatch.entrypoints.record import record
from loopwatch.errors import LoopwatchError
from loopwatch.exit_codes import ExitCode
from loopwatch.model.finding import Finding
from loopwatch.reports.style import Style

if TYPE_CHECKING:
    from loopwatch.looking_up import Explained

HOOK = "--hook"  # a command that git, or an agent, runs: people's work goes on whatever happens
DEBUG = "LOOPWATCH_DEBUG"  # set to 1, it shows where an internal error comes from
HELP = {"help_option_names": ["-h", "--help"]}
WITH_PATHS = frozenset({"scan", "explain"})  # commands that take ``-- PATHS``


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its status; every failure is one line, a hint, and status 2."""
    try:
        status = main.main(_with_paths(arguments), prog_name="loopwatch", standalone_mode=False)
    except click.exceptions.Exit as exit_:  # click returns the status, or raises it
        return exit_.exit_code
    except click.ClickException as error:
        return _failed(arguments, error.format_message(), _usage_hint(error))
    except (click.Abort, KeyboardInterrupt):
        return _failed(arguments, "stopped")
    except LoopwatchError as error:
        return _failed(arguments, str(error), error.hint)
    except Exception as error:  # noqa: BLE001  the last place where it can become one line
        return _failed(arguments, *_internal(error))
    return status if isinstance(status, int) else ExitCode.NOTHING


def _failed(arguments: Sequence[str], message: str, hint: str = "") -> ExitCode:
    """Say what failed; a hook fails open, in one line, so that it never stops people's work."""
    if HOOK in arguments:
        line = f"loopwatch could not look: {message}"
        if not _was_said(line, arguments):
            print_warning(line)
        return ExitCode.NOTHING
    print_error(message, hint)
    return ExitCode.FAILED


def _was_said(line: str, arguments: Sequence[str]) -> bool:
    """Tell whether an earlier hook of the same commit has said a line, as far as can be told."""
    from loopwatch.keeping.saying_once import was_said

    try:
        return was_said(line, arguments)
    except (LoopwatchError, OSError):
        return False


def _with_paths(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with what follows ``--`` as options, which click would mix up."""
    if "--" not in arguments or arguments[0] not in WITH_PATHS:
        return list(arguments)
    at = list(arguments).index("--")
    return [*arguments[:at], *(f"--path={path}" for path in arguments[at + 1 :])]


def _usage_hint(error: click.ClickException) -> str:
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    return f"{ctx.command_path} --help" if ctx is not None else "loopwatch --help"


def _internal(error: Exception) -> tuple[str, str]:
    """Return what there is to say of an error that nobody has foreseen, and what to do."""
    if os.environ.get(DEBUG) == "1":
        import traceback

        say(sys.stderr, "".join(traceback.format_exception(error)))
        hint = "this is a bug in loopwatch: please report it with the lines above"
    else:
        hint = f"this is a bug in loopwatch: please report it with what {DEBUG}=1 shows"
    said = str(error)
    name = type(error).__name__
    return f"internal error, {name}: {said}" if said else f"internal error, {name}", hint


class Commands(click.Group):
    """A group that knows what was meant by a command that there is not."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named first.

        Raises:
            UsageError: there is none of that name; says which is nearest.
        """
        name = args[0]
        if name.startswith("-") or self.get_command(ctx, name) is not None:
            return super().resolve_command(ctx, args)
        from difflib import get_close_matches

        near = get_close_matches(name.lower(), self.list_commands(ctx), n=1)
        guess = f" (did you mean {near[0]}?)" if near else ""
        raise click.UsageError(f"there is no command {name!r}{guess}", ctx)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings=HELP,
)
@click.version_option(__version__, prog_name="loopwatch")
@click.pass_context
def main(ctx: click.Context, /) -> None:
    """Find the loops in which a fix brings an old bug back.

    Reads the git repository that this folder lies in. Exits with 0 if nothing is found, 1 if
    something is, 2 if it could not look.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(ExitCode.FAILED)  # nothing was looked at, which is not "nothing found"


@main.command(context_settings=HELP)
@click.argument("range_", metavar="[RANGE] [-- PATHS]", required=False)
@range_options
@all_option
@agents_option
@click.option(
    "--detect",
    "is_detecting",
    is_flag=True,
    help="First run the configured detectors over the versions; only in repositories you trust.",
)
@click.option(
    "--write-baseline",
    "is_baseline",
    is_flag=True,
    help="Accept all warnings and errors that there are today, and exit with 0.",
)
@format_option
@result_options
@look_options
@click.pass_context
def scan(ctx: click.Context, /, **given: Any) -> None:
    """Read the history of this repository and report its loops.

    RANGE is A..B, or a revision; without one, it is HEAD with the index and the working tree.
    PATHS limit what is looked at.
    """
    settings = app.settings(Path(), print_warning)
    given = filled(ctx, given, settings)
    wanted = Output.of(given)
    if given["is_detecting"]:
        with progress(is_shown=not wanted.is_silent, what="running detectors", soon=0) as tell:
            asked = request(given, settings, given["range_"], tell=tell)
            app.detect(asked, settings.detectors, print_warning)
    with progress(is_shown=not wanted.is_silent) as tell:
        asked = request(given, settings, given["range_"], tell=tell)
        options = wanted.telling(asked.options)
        asked = replace(asked, options=options)
        if given["is_baseline"]:
            report, count = app.write_baseline(asked)
        else:
            report, count = app.scan(asked), 0
    write(report, wanted)
    if given["is_baseline"]:
        print_baseline(count, is_silent=wanted.is_silent)
        ctx.exit(ExitCode.NOTHING)
    ctx.exit(exit_status(report, wanted, has_settled=given["has_settled"]))


@main.command(context_settings=HELP)
@click.argument("wanted", metavar="FINDING|COMMIT [-- PATHS]")
@click.option(
    "--range", "range_", metavar="RANGE", help="Where to look: A..B, or a revision; as in scan."
)
@range_options
@explain_format_option
@look_options
@click.pass_context
def explain(ctx: click.Context, /, wanted: str, **given: Any) -> None:
    """Tell all about a finding, or why a commit was raised or not.

    FINDING is an id or the beginning of one, COMMIT any revision, or index or worktree. Of a
    commit it tells what returned to an earlier state and what was made of that.
    """
    settings = app.settings(Path(), print_warning)
    given = filled(ctx, given, settings)
    with progress(is_shown=True) as tell:
        found = app.explain(request(given, settings, given["range_"], tell=tell), wanted)
    print_notices(found.report)
    look = style(verbose=given["verbose"], color=given["color"])
    print_result(_explained(found, given["format_"], look))


@main.command(context_settings=HELP)
@format_option
@result_options
@look_options
def demo(**given: Any) -> None:
    """Build a small example of fixes that undo each other, and scan it."""
    write(app.demo(), Output.of(given))


main.add_command(audit)
main.add_command(check)
main.add_command(record)
main.add_command(ledger)
main.add_command(install)
main.add_command(uninstall)
main.add_command(doctor)
main.add_command(ignore)
main.add_command(config)


def _explained(found: "Explained", format_: str, look: Style) -> str:
    from loopwatch.reports import explain as finding_text
    from loopwatch.reports import explain_commit, json_doc

    if isinstance(found.told, Finding):
        if format_ == "json":
            return json_doc.render_finding(found.told)
        return finding_text.render(found.report, found.told, look, found.ignored.get(found.told.id))
    if format_ == "json":
        return explain_commit.render_json(found.told)
    return explain_commit.render(found.told, found.report, look, found.ignored)
