"""The step of ``action.yml``: checks what a pull request brings, and says so where it is read.

All that it is told comes from the environment, for text in a workflow's script can be made to run.
It runs nothing that the repository holds. See ``docs/ci.md``.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from loopwatch import app
from loopwatch.checking import CheckRequest
from loopwatch.entrypoints.check import check
from loopwatch.entrypoints.options import filled, options_of
from loopwatch.entrypoints.output import Output, exit_status, write
from loopwatch.errors import ConfigError, LoopwatchError
from loopwatch.exit_codes import ExitCode
from loopwatch.hosting.api import Api, BusyError, RefusedError
from loopwatch.hosting.comment import Thread
from loopwatch.hosting.commits import (
    Commits,
    asked,
    changed_settings,
    commits,
    deepened,
    is_checked_out,
)
from loopwatch.hosting.event import Event, read_event
from loopwatch.hosting.remarks import Telling, settings_remark
from loopwatch.hosting.workflow import Log, add_summary, set_outputs
from loopwatch.model.report import Report
from loopwatch.reports.escape import clipped
from loopwatch.reports.markdown_text import code
from loopwatch.reports.registry import WRITERS
from loopwatch.reports.style import PLAIN
from loopwatch.sources.repository import Repository, find_repository

PREFIX = "INPUT_"  # of the variables that hold the inputs of the action
FILES = ("html", "json", "markdown", "sarif")  # what is written into the folder of reports
ENDINGS = {"markdown": "md"}
REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
GITHUB = "https://api.github.com"
LONGEST = 1_000  # characters of a line


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the user of the action wants; an input that is empty was not given."""

    given: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return an input."""
        return self.given.get(PREFIX + name.upper().replace("-", "_"), "").strip()

    def is_true(self, name: str) -> bool:
        """Return an input that is true or false; not given, it is false.

        Raises:
            ConfigError: it is neither.
        """
        told = self.text(name).lower()
        if told not in {"", "false", "true"}:
            raise ConfigError(f"`{name}` must be true or false, not {told!r}")
        return told == "true"

    def lines(self, name: str) -> list[str]:
        """Return an input of several lines."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def words(self) -> list[str]:
        """Return the options that ``loopwatch check`` would be given."""
        words = [
            f"--{name}={self.text(name)}" for name in ("fail-on", "max-count") if self.text(name)
        ]
        if self.text("fail-on"):
            words.append("--no-exit-zero")  # what the workflow asks for goes before the file
        return [*words, *(["--agents-only"] if self.is_true("agents-only") else [])]


def main() -> int:
    """Run the step and return its exit status."""
    with Log(sys.stdout) as log:
        try:
            return _run(Inputs(os.environ), log)
        except LoopwatchError as error:
            return _failed(log, str(error), error.hint)
        except click.ClickException as error:
            return _failed(log, error.format_message())
        except Exception as error:  # noqa: BLE001  the last place where it can become one line
            return _failed(log, f"internal error, {type(error).__name__}: {error}")


def _failed(log: Log, message: str, hint: str = "") -> ExitCode:
    """Say what failed; that nobody could look is never "nothing found"."""
    log.note(f"{message}; {hint}" if hint else message, "error")
    told = f"loopwatch could not look: {code(clipped(message, LONGEST))}\n"
    try:
        add_summary(told + (f"\n{code(clipped(hint, LONGEST))}\n" if hint else ""))
    except LoopwatchError as error:
        log.line(str(error))
    return ExitCode.FAILED


def _run(inputs: Inputs, log: Log) -> int:
    repository, event = find_repository(Path()), _event(inputs)
    is_asked = {name: inputs.is_true(name) for name in ("comment", "deepen", "evidence")}
    if is_asked["deepen"]:
        deepened(repository, event)
        repository = find_repository(Path())
    found = commits(repository, event, log.note)
    _take_in_evidence(inputs, repository, found, log)
    settings = app.settings(Path(), log.line)
    ctx = check.make_context("check", inputs.words())
    given = filled(ctx, ctx.params, settings)
    wanted = Output.of(given)
    report = app.check(
        CheckRequest(
            folder=Path(),
            revision=found.revision,
            max_count=given["max_count"],
            options=replace(options_of(given, settings), tells_notes=True, tells_places=True),
            say=log.line,
        )
    )
    telling = _telling(report, wanted, repository, found)
    folder = _write(telling, wanted)
    for remark in telling.remarks:
        log.note(remark)
    log.text(WRITERS["text"](report, replace(PLAIN, has_settled=wanted.has_settled)))
    log.obeyed(WRITERS["github"](telling.annotated(), wanted.file_style))
    if is_asked["comment"]:
        _comment(telling, event, log)
    sarif = str(folder / _name("sarif"))
    set_outputs({**telling.counts(), "report": str(folder), "report-sarif": sarif})
    return exit_status(telling.annotated(), wanted, has_settled=given["has_settled"])


def _event(inputs: Inputs) -> Event:
    path = os.environ.get("GITHUB_EVENT_PATH")
    told = read_event(Path(path)) if path else Event()
    return asked(told, inputs.text("base"), inputs.text("head"), os.environ.get("GITHUB_SHA", ""))


def _take_in_evidence(inputs: Inputs, repository: Repository, found: Commits, log: Log) -> None:
    """Keep what other jobs know; what cannot be had is said, and the check goes on without."""
    from loopwatch.keeping.record import RecordRequest, record_files
    from loopwatch.keeping.share import pull

    if inputs.is_true("evidence"):
        try:
            shared = pull(Path(), None, log.line)
            log.line(f"{shared.new:,} new results of other runs taken in from {shared.remote}")
        except LoopwatchError as error:
            log.note(f"evidence of other runs is not here: {error}")
    files = list(_files(inputs))
    if files and not is_checked_out(repository.git, found.head):
        log.note(
            "results are about what is checked out, which is not the head of the request: "
            "they are kept, and say nothing of it"
        )
    for file in files:
        try:
            record_files(RecordRequest(folder=Path(), files=(file,), version="HEAD"), log.line)
            log.line(f"results taken in from {file.path}")
        except LoopwatchError as error:
            log.note(f"results are left out: {error}")


def _files(inputs: Inputs) -> "Iterator[Any]":
    from loopwatch.keeping.record import ResultFile

    for format_ in ("junit", "sarif"):
        for name in inputs.lines(f"{format_}-results"):
            yield ResultFile(path=Path(name), format=format_)


def _telling(report: Report, wanted: Output, repository: Repository, found: Commits) -> Telling:
    changed = changed_settings(repository.git, found)
    remarks = (*report.notices, *([settings_remark(changed)] if changed else []))
    return Telling(
        report=report,
        style=wanted.file_style,
        head=found.head,
        remarks=remarks,
        where=_where(os.environ),
    )


def _where(given: Mapping[str, str]) -> str:
    """Return where the whole report is, as far as the runner says."""
    server, name = given.get("GITHUB_SERVER_URL", ""), given.get("GITHUB_REPOSITORY", "")
    number = given.get("GITHUB_RUN_ID", "")
    if not (re.fullmatch(r"https://[\w.:-]+", server) and number.isdecimal()):
        return ""
    if not REPOSITORY.fullmatch(name):
        return ""
    return f"\n<sub>[The whole report]({server}/{name}/actions/runs/{number})</sub>\n"


def _write(telling: Telling, wanted: Output) -> Path:
    """Write the reports into a folder of their own, and the summary; return the folder."""
    folder = Path(tempfile.mkdtemp(prefix="loopwatch-", dir=os.environ.get("RUNNER_TEMP") or None))
    quiet = replace(wanted, is_silent=True)
    files = tuple((name, folder / _name(name)) for name in FILES)
    write(telling.report, replace(quiet, files=files[:-1]))
    write(telling.annotated(), replace(quiet, files=files[-1:]))  # alerts that ask for something
    add_summary(telling.summary())
    return folder


def _name(format_: str) -> str:
    return f"loopwatch.{ENDINGS.get(format_, format_)}"


def _comment(telling: Telling, event: Event, log: Log) -> None:
    """Write or edit the comment; where that cannot be, say so in one line, and no more."""
    token, name = os.environ.get("GITHUB_TOKEN", ""), os.environ.get("GITHUB_REPOSITORY", "")
    if event.number is None or not token or not REPOSITORY.fullmatch(name):
        log.line("no comment: this is no pull request, or there is no token")
        return
    address = os.environ.get("GITHUB_API_URL") or GITHUB
    try:
        thread = Thread(
            api=Api(address, token),
            identity=Api(os.environ.get("GITHUB_GRAPHQL_URL") or _graphql(address), token),
            repository=name,
            number=event.number,
        )
        outcome = thread.put(telling.comment(), is_news=telling.is_news)
        log.line(f"comment on the pull request: {outcome}")
    except RefusedError as error:
        log.note(
            f"no comment: {error} (the token may not write to this pull request, as on one from "
            "a fork); the findings are in the summary and beside the lines"
        )
    except (BusyError, LoopwatchError) as error:
        log.note(f"no comment: {error}; the findings are in the summary and beside the lines")


def _graphql(address: str) -> str:
    """Return where a host answers in GraphQL, by where it answers else."""
    return f"{address.rstrip('/').removesuffix('/v3')}/graphql"


if __name__ == "__main__":
    sys.exit(main())
