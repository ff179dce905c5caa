"""Runs a command as if nobody stood between it and the terminal, and keeps what it said."""

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from loopwatch.sources.output_copy import OutputCopy
from loopwatch.sources.output_ends import STDERR, STDOUT, End, output_ends
from loopwatch.sources.signal_relay import SignalRelay

NOT_FOUND, NOT_RUNNABLE = 127, 126  # as in a shell
QUIET = 0.3  # seconds; what a command left running in the background is not waited for longer


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRun:
    """How a command ended, and what it printed."""

    status: int  # negative: killed by that signal
    stdout: bytes = b""
    stderr: bytes = b""  # empty where both went to the same place
    is_cut: bool = False
    complaint: str = ""  # why it was not started at all


def run_command(command: Sequence[str], environment: dict[str, str]) -> CommandRun:
    """Run a command to its end with our own input, output, terminal and signals.

    Args:
        command: its words; the first is looked for as a shell would.
        environment: all that it gets.
    """
    ends = output_ends()
    try:
        return _run(command, environment, ends)
    except FileNotFoundError:
        return CommandRun(status=NOT_FOUND, complaint=f"{command[0]}: command not found")
    except OSError as error:
        return CommandRun(status=NOT_RUNNABLE, complaint=f"{command[0]}: {error.strerror}")


def _run(command: Sequence[str], environment: dict[str, str], ends: dict[int, End]) -> CommandRun:
    relay = SignalRelay() if hasattr(signal, "pthread_sigmask") else None
    try:
        process = _started(command, environment, ends, relay)
    except BaseException:
        for end in set(ends.values()):
            os.close(end.ours)
        if relay:
            relay.unblock()
        raise
    copies = {end: OutputCopy(end.ours, end.target) for end in set(ends.values())}
    if relay:
        relay.start(process.pid, partial(_resize, tuple(copies)))
    status = process.wait()
    if relay:
        relay.stop()
    for copy in copies.values():
        copy.finish(QUIET)
    return _result(status, ends, copies)


def _started(
    command: Sequence[str],
    environment: dict[str, str],
    ends: dict[int, End],
    relay: SignalRelay | None,
) -> subprocess.Popen[bytes]:
    theirs = {number: end.theirs for number, end in ends.items()}
    try:
        return subprocess.Popen(
            list(command),
            stdout=theirs.get(STDOUT),
            stderr=theirs.get(STDERR),
            env=environment,
            preexec_fn=relay.unblock if relay else None,  # noqa: PLW1509  no threads run yet
        )
    finally:
        for end in set(theirs.values()):
            os.close(end)


def _resize(ends: Sequence[End]) -> None:
    for end in ends:
        end.resize()


def _result(status: int, ends: dict[int, End], copies: dict[End, OutputCopy]) -> CommandRun:
    kept = {number: copies[end].kept for number, end in ends.items()}
    if ends.get(STDOUT) == ends.get(STDERR):
        kept.pop(STDERR, None)
    said = {number: output.content() for number, output in kept.items()}
    return CommandRun(
        status=status,
        stdout=said.get(STDOUT, b""),
        stderr=said.get(STDERR, b""),
        is_cut=any(output.is_cut for output in kept.values()),
    )
