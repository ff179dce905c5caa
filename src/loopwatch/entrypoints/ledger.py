"""``loopwatch ledger``: the evidence that is kept, and how it is shared."""

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loopwatch.entrypoints.output import print_result, print_warning
from loopwatch.errors import LedgerError
from loopwatch.reports.escape import clipped

if TYPE_CHECKING:
    from loopwatch.keeping.share import Shared
    from loopwatch.keeping.upkeep import Stats

HELP = {"help_option_names": ["-h", "--help"]}
DAYS = 90
AT_ONCE = 1000  # lines
LONGEST = 1_000  # characters of a line
MB = 1_000_000  # bytes
COLUMNS = ("detector", "trees", "files", "results", "differing", "runs")


@click.group(context_settings=HELP, no_args_is_help=False)
def ledger() -> None:
    """See, share and tidy the evidence that is kept of this repository."""


@ledger.command(context_settings=HELP)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
def export(file: Path | None) -> None:
    """Write all evidence as lines of JSON, to FILE or to standard output."""
    from loopwatch.keeping.share import export_lines

    lines = export_lines(Path(), print_warning)
    if file is None:
        while part := "".join(islice(lines, AT_ONCE)):
            print_result(part)
        return
    try:
        with file.open("w", encoding="ascii", newline="\n") as target:
            target.writelines(lines)
    except OSError as error:
        raise LedgerError(f"cannot write {file}: {error.strerror or error}") from error


@ledger.command("import", context_settings=HELP)
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
def import_(files: tuple[str, ...]) -> None:
    """Keep the evidence in FILES, as export writes them; - is standard input."""
    from loopwatch.keeping.share import import_lines

    for name in files:
        try:
            with click.open_file(name, "rb") as file:
                _tell(import_lines(Path(), file, print_warning), name)
        except OSError as error:
            raise LedgerError(f"cannot read {name}: {error.strerror or error}") from error


@ledger.command(context_settings=HELP)
@click.argument("remote", required=False)
def push(remote: str | None) -> None:
    """Give REMOTE what is known here, as git notes under refs/notes/loopwatch."""
    from loopwatch.keeping.share import push as push_

    shared = push_(Path(), remote, print_warning)
    _warn_of_skipped(shared, shared.remote)
    print_result(f"{shared.remote}: {_count(shared.new, 'content')} with new evidence sent\n")


@ledger.command(context_settings=HELP)
@click.argument("remote", required=False)
def pull(remote: str | None) -> None:
    """Keep what REMOTE knows, from its git notes under refs/notes/loopwatch."""
    from loopwatch.keeping.share import pull as pull_

    shared = pull_(Path(), remote, print_warning)
    _tell(shared, shared.remote)


@ledger.command(context_settings=HELP)
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(min=0),
    default=DAYS,
    show_default=True,
    metavar="DAYS",
    help="Keep what was said within so many days in any case.",
)
@click.option("--dry-run", "is_trial", is_flag=True, help="Only say what would be dropped.")
def gc(*, days: int, is_trial: bool) -> None:
    """Drop evidence of contents that no branch, tag or other ref leads to any more."""
    from loopwatch.keeping.upkeep import collect_garbage

    dropped = collect_garbage(Path(), days, print_warning, is_trial=is_trial)
    verb = "would be dropped" if is_trial else "dropped"
    what = f"{_count(dropped.trees, 'tree')} and {_count(dropped.files, 'file')}"
    print_result(f"{what} {verb}, {_count(dropped.left, 'content')} left\n")


@ledger.command("stats", context_settings=HELP)
def stats_() -> None:
    """Say what is kept, on one screen."""
    from loopwatch.keeping.upkeep import stats

    print_result(_table(stats(Path(), print_warning)))


def _table(found: "Stats") -> str:
    if not found.counts:
        return "The ledger is empty.\n"
    rows = [COLUMNS, *([str(getattr(one, name)) for name in COLUMNS] for one in found.counts)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    lines = []
    for first, *rest in rows:
        numbers = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        lines.append("  ".join((clipped(first, LONGEST).ljust(widths[0]), *numbers)))
    text = "\n".join(lines)
    where = clipped(str(found.path), LONGEST)
    more = f", {found.cache_size / MB:.1f} MB more in its cache" if found.cache_size else ""
    return f"{text}\n\n{found.size / MB:.1f} MB in {where}{more}\n"


def _tell(shared: "Shared", where: str) -> None:
    _warn_of_skipped(shared, where)
    print_result(f"{where}: {_count(shared.new, 'new result')}, {shared.again} known already\n")


def _warn_of_skipped(shared: "Shared", where: str) -> None:
    if shared.skipped:
        reason = f" (the first: {shared.reason})" if shared.reason else ""
        lines = _count(shared.skipped, "line or note", "lines or notes")
        print_warning(f"{where}: {lines} skipped, which hold no evidence that can be read{reason}")


def _count(number: int, one: str, several: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"
