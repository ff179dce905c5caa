"""Where reports go: standard output, files, and what is said on standard error."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from loopwatch.errors import OutputError
from loopwatch.exit_codes import ExitCode
from loopwatch.model.finding import Level
from loopwatch.model.options import Options
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.registry import NOTED, PLACED, WRITERS
from loopwatch.reports.style import Style

if TYPE_CHECKING:
    from loopwatch.model.report import Report

HEAVY = 5_000_000  # characters of a page that browsers are slow with
WIDTH = 80  # columns where there is no terminal
LONGEST = 1_000  # characters of an error message
HINT = "--output takes FORMAT=FILE, with a file in a folder that there is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """How a report is written, and from which level on it fails."""

    format: str
    files: tuple[tuple[str, Path], ...]
    fail_on: str
    exit_zero: bool
    is_silent: bool
    verbose: bool
    color: str
    has_settled: bool = False

    @property
    def shows_notes(self) -> bool:
        """Tell whether somebody gets to see the notes one by one."""
        formats = {self.format, *(format_ for format_, _ in self.files)}
        return self.verbose or not formats.isdisjoint(NOTED)

    def telling(self, options: Options) -> Options:
        """Return the choices of a run that finds out what is shown, and no more."""
        formats = {self.format, *(format_ for format_, _ in self.files)}
        places = not formats.isdisjoint(PLACED)
        return replace(options, tells_notes=self.shows_notes, tells_places=places)

    @property
    def file_style(self) -> Style:
        """How a report looks in a file."""
        return Style(verbose=self.verbose, has_settled=self.has_settled)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Output":
        """Return the output that the parameters of a command ask for.

        Raises:
            OutputError: a file cannot be written there; better said before a long scan.
            UsageError: that is no FORMAT=FILE.
        """
        return cls(
            format=given["format_"],
            files=tuple(map(_file, given["outputs"])),
            fail_on=given["fail_on"],
            exit_zero=given["exit_zero"],
            is_silent=given["is_silent"],
            verbose=given["verbose"],
            color=given["color"],
            has_settled=given.get("has_settled", False),
        )


def _file(text: str) -> tuple[str, Path]:
    format_, equals, name = text.partition("=")
    if not equals or not name or format_ not in WRITERS:
        raise click.BadParameter(
            f"{text!r} is not FORMAT=FILE with one of {', '.join(WRITERS)}", param_hint="--output"
        )
    path = Path(name)
    if not path.parent.is_dir():
        raise OutputError(f"cannot write {path}: there is no folder {path.parent}", hint=HINT)
    if path.is_dir():
        raise OutputError(f"cannot write {path}: it is a folder", hint=HINT)
    return format_, path


def write(report: "Report", wanted: Output) -> None:
    """Write a report everywhere it was asked for, and its notices to standard error.

    Raises:
        OutputError: it cannot be written there.
    """
    for format_, path in wanted.files:
        size = _save(WRITERS[format_].pieces(report, wanted.file_style), path)
        if format_ == "html" and size > HEAVY:
            print_warning(f"{path} has {size / 1e6:.0f} MB: a range or --since makes it less")
    if not wanted.is_silent:
        print_notices(report)
        look = style(verbose=wanted.verbose, color=wanted.color)
        look = replace(look, has_settled=wanted.has_settled)
        _print(WRITERS[wanted.format].pieces(report, look))


def exit_status(report: "Report", wanted: Output, *, has_settled: bool) -> ExitCode:
    """Return what the exit status says of a report; settled findings may not count."""
    if wanted.fail_on == "never" or wanted.exit_zero:
        return ExitCode.NOTHING
    least = Level(wanted.fail_on).rank
    is_found = any(
        finding.level.rank >= least and (has_settled or not finding.is_settled)
        for finding in report.findings
    )
    return ExitCode.FOUND if is_found else ExitCode.NOTHING


def print_notices(report: "Report") -> None:
    """Say on standard error what people should know of how much could be seen."""
    for notice in report.notices:
        say(sys.stderr, f"warning: {plain(notice)}\n")


def print_baseline(count: int, *, is_silent: bool) -> None:
    """Say on standard error how many findings a baseline has taken in, and where."""
    if is_silent:
        return
    from loopwatch.sources.ignore_file import NAME

    if count:
        what = "1 finding is" if count == 1 else f"{count:,} findings are"
        say(sys.stderr, f"{what} accepted from now on: see {NAME}, and commit it\n")
    else:
        say(sys.stderr, "nothing to accept: there is no warning or error\n")


def print_error(message: str, hint: str = "") -> None:
    """Say on standard error what failed, and what to do: a line for each."""
    told = f"error: {clipped(message, LONGEST)}\n"
    say(sys.stderr, told + (f"hint: {clipped(hint, LONGEST)}\n" if hint else ""))


def print_warning(line: str) -> None:
    """Say on standard error what could not be used; the work goes on."""
    say(sys.stderr, f"warning: {clipped(line, LONGEST)}\n")


def print_result(text: str) -> None:
    """Write to standard output; a reader who has gone, such as ``head``, has had enough.

    Raises:
        OutputError: it cannot be written, as on a full disk.
    """
    _print((text,))


def _print(pieces: Iterable[str]) -> None:
    try:
        _say_all(sys.stdout, pieces)
    except BrokenPipeError:
        _forget(sys.stdout)
    except OSError as error:
        _forget(sys.stdout)
        raise OutputError(f"cannot write to standard output: {error.strerror or error}") from error


def style(*, verbose: bool, color: str) -> Style:
    """Return how text is to look on standard output."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    is_plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return Style(
        verbose=verbose,
        colour=color == "always" or (color == "auto" and is_terminal and not is_plain),
        width=_columns() if is_terminal else WIDTH,
    )


def _columns() -> int:
    import shutil  # which loads more than the rest of this module

    return shutil.get_terminal_size().columns


def say(stream: TextIO | None, text: str) -> None:
    """Write text in UTF-8, whatever the terminal's own encoding is; to no stream, nothing."""
    _say_all(stream, (text,))


def _say_all(stream: TextIO | None, pieces: Iterable[str]) -> None:
    if stream is None:
        return
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.writelines(pieces)
    else:
        stream.flush()
        buffer.writelines(piece.encode("utf-8", "backslashreplace") for piece in pieces)
    stream.flush()


def _save(pieces: Iterable[str], path: Path) -> int:
    """Write a file; return how many characters it has."""
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            return sum(map(file.write, pieces))
    except OSError as error:
        raise OutputError(
            f"cannot write {path}: {error.strerror or error}", hint="give another file"
        ) from error


def _forget(stream: TextIO) -> None:
    """Lead a stream nowhere, so that Python does not complain of it at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
