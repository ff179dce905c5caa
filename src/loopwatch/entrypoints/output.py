"""Where reports go: standard output, files, and what is said on standard error."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click

from loopwatch.errors import OutputError
from loopwatch.model.report import Report
from loopwatch.reports.registry import WRITERS
from loopwatch.reports.escape import plain
from loopwatch.reports.style import PLAIN, Style

WIDTH = 80  # columns where there is no terminal


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

    @classmethod
    def of(
        cls,
        *,
        format_: str,
        outputs: tuple[str, ...],
        fail_on: str,
        exit_zero: bool,
        is_silent: bool,
        verbose: bool,
        color: str,
    ) -> "Output":
        """Return the output that the options ask for."""
        return cls(
            format=format_,
            files=tuple(map(_file, outputs)),
            fail_on=fail_on,
            exit_zero=exit_zero,
            is_silent=is_silent,
            verbose=verbose,
            color=color,
        )


def _file(text: str) -> tuple[str, Path]:
    format_, equals, path = text.partition("=")
    if not equals or not path or format_ not in WRITERS:
        raise click.BadParameter(
            f"{text!r} is not FORMAT=FILE with one of {', '.join(WRITERS)}", param_hint="--output"
        )
    return format_, Path(path)


def write(report: Report, wanted: Output) -> None:
    """Write a report everywhere it was asked for, and its notices to standard error.

    Raises:
        OutputError: a file cannot be written.
    """
    for format_, path in wanted.files:
        _save(WRITERS[format_](report, Style(verbose=wanted.verbose)), path)
    if wanted.is_silent:
        return
    for notice in report.notices:
        _say(sys.stderr, f"warning: {plain(notice)}\n")
    _say(sys.stdout, WRITERS[wanted.format](report, _style(wanted)))


def print_error(message: str, hint: str = "") -> None:
    """Say on standard error what failed, and what to do."""
    _say(sys.stderr, f"error: {plain(message)}\n" + (f"hint: {plain(hint)}\n" if hint else ""))


def _style(wanted: Output) -> Style:
    is_terminal = sys.stdout.isatty()
    is_plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return Style(
        verbose=wanted.verbose,
        colour=wanted.color == "always" or (wanted.color == "auto" and is_terminal and not is_plain),
        width=shutil.get_terminal_size().columns if is_terminal else WIDTH,
    )


def _save(text: str, path: Path) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(
            f"cannot write {path}: {error.strerror or error}", hint="give another file"
        ) from error


def _say(stream: TextIO, text: str) -> None:
    """Write text in UTF-8, whatever the terminal's own encoding is."""
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(text)
    else:
        stream.flush()
        buffer.write(text.encode("utf-8", "backslashreplace"))
    stream.flush()


__all__ = ["PLAIN", "Output", "print_error", "write"]
