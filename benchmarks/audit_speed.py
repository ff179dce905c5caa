"""Measure how fast session logs are read and audited, and how much memory that takes.

    python benchmarks/audit_speed.py [PATH ...] [--large MB] [--long MB] [--rounds N]

Reads the logs in the given places, or, without any, sessions that are written on the spot. The
first table has four sides, in CPU seconds: ``json.loads`` over every line (or over the document,
where a log is one); the same over the lines alone that hold a call, a result or a prompt, which is
the most that a reader can do without a faster parser, the ceiling; the reading of all events; and
the whole audit of the session. The second one is of loopwatch's own processes: copies of the logs
with other ids up to ``--large`` MB, read by one process and by two, and one single log of
``--long`` MB. Memory is the peak of the largest process.
"""

import argparse
import gc
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from _measuring import LOOPWATCH, Run, goal, in_turns, print_table, run, scratch

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._long_sessions import copied, story, written
from loopwatch.auditing.task import result, task_of
from loopwatch.entrypoints.main import RARELY
from loopwatch.model.options import Options
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.registry import readers, recognise
from loopwatch.sources.session_log.survey import Session, survey
from tests.sources.session_log.formats import FORMATS

READING_GOAL, JOBS_GOAL, MEMORY_GOAL = 2.0, 1.6, 400  # times, times, MB
SIZES = ((100, "to 100 KB"), (1_000, "to 1 MB"), (10**9, "larger"))
ROUNDS = (10, 60, 300)  # of sessions that are written here
HEAD = ("logs", "number", "MB", "json s", "ceiling x", "reading x", "audit x", "goal")
MARKS = {  # of lines that cannot be done without
    "claude-code": (b'"tool_use"', b'"tool_result"', b'"type":"user"', b'"type": "user"'),
    "codex": (b"function_call", b"custom_tool_call", b"local_shell_call", b"user_message"),
}
LARGE_HEAD = ("logs", "MB", "processes", "seconds", "CPU s", "MB/s", "peak MB", "goal")
KNOWN = readers(print)


def loads(log: Path) -> None:
    """Parse what the log is: one document, or every line."""
    content = log.read_bytes()
    try:
        json.loads(content)
    except ValueError:
        pass
    else:
        return
    with log.open("rb") as file:
        for line in file:
            if line.strip():
                json.loads(line)


def needed(log: Path, marks: Sequence[bytes]) -> None:
    """Parse the lines that a reader needs; without marks, all."""
    if not marks:
        loads(log)
        return
    with log.open("rb") as file:
        for line in file:
            if any(mark in line for mark in marks):
                json.loads(line)


def read(log: Path) -> None:
    """Do all that an audit does to get the events of a log."""
    for session in survey([log], KNOWN).sessions:
        for one in session.logs:
            one.file.refresh()
            for _ in one.reader.events(one.file):
                pass


def audit(log: Path) -> None:
    """Do all that an audit does for a session, without the cache and the writing of the report."""
    for session in survey([log], KNOWN).sessions:
        result(task_of(session, KNOWN, Options(), is_redacting=True), KNOWN)


def name_of(side: Callable[[Path], None]) -> str:
    """Return the name of a side."""
    return side.func.__name__ if isinstance(side, partial) else side.__name__


def spent(work: Callable[[Path], None], logs: Sequence[Path]) -> float:
    """Return the CPU seconds that it takes to do something to each log."""
    begin = time.process_time()
    for log in logs:
        work(log)
    return time.process_time() - begin


def speed(logs: Sequence[Path], rounds: int) -> None:
    """Print the first table."""
    groups: dict[tuple[str, int], list[Path]] = defaultdict(list)
    for log in logs:
        reader = recognise(LogFile(log, log.name), KNOWN)
        if reader is not None and log.suffix != ".md":
            size = next(n for n, (most, _) in enumerate(SIZES) if log.stat().st_size <= most * 1000)
            groups[reader.name, size].append(log)
    rows = []
    for (name, size), some in sorted(groups.items()):
        spent(audit, some[:1])  # what is loaded later is loaded
        sides = {
            name_of(side): lambda side=side, some=some: spent(side, some)
            for side in (loads, partial(needed, marks=MARKS.get(name, ())), read, audit)
        }
        took = in_turns(sides, rounds)
        ceiling, reading, whole = (took["loads"] / took[one] for one in ("needed", "read", "audit"))
        rows.append(
            [
                f"{name}, {SIZES[size][1]}",
                str(len(some)),
                f"{sum(log.stat().st_size for log in some) / 1e6:.2f}",
                f"{took['loads']:.4f}",
                f"{ceiling:.2f}",
                f"{reading:.2f}",
                f"{whole:.2f}",
                goal(reading, least=READING_GOAL),
            ]
        )
    print_table(HEAD, rows)


def audited(place: Path, *options: str) -> Run:
    """Run the command."""
    given = ("--no-cache", "--format", "json", "--exit-zero", *options)
    return run([*LOOPWATCH, "audit", str(place), *given], place.parent, keeps=True)


def large(logs: list[Path], folder: Path, size: int) -> None:
    """Print what many logs take, read by one process and by two."""
    place = copied(logs, folder / "copies", size * 1_000_000)
    volume = sum(log.stat().st_size for log in place.iterdir()) / 1e6
    one, two = (audited(place, "--jobs", jobs) for jobs in ("1", "2"))
    if one.output != two.output:
        raise SystemExit("one process and two do not say the same")
    faster = one.seconds / two.seconds
    rows = [
        _row(f"{len(list(place.iterdir()))} copies", volume, "1", one),
        _row(f"the same: {faster:.2f}x", volume, "2", two, goal(faster, least=JOBS_GOAL)),
    ]
    print_table(LARGE_HEAD, rows)


def long(folder: Path, size: int) -> None:
    """Print what one log takes."""
    # A child starts with the peak of its parent: what takes much memory is done elsewhere.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as aside:
        path = aside.submit(long_log, folder, size * 1_000_000).result()
    volume = path.stat().st_size / 1e6
    print_table(LARGE_HEAD, [_row("one log", volume, "1", audited(path, "--jobs", "1"))])


def long_log(folder: Path, size: int) -> Path:
    """Write one long session."""
    form = next(form for form in FORMATS if form.name == "claude-code")
    each = len(form.write(story("one", 10))) // 10
    path = folder / f"long{form.ending}"
    path.write_text(form.write(story("long", size // each)), encoding="utf-8")
    return path


def _row(name: str, volume: float, jobs: str, took: Run, told: str = "") -> list[str]:
    return [
        name,
        f"{volume:.0f}",
        jobs,
        f"{took.seconds:.1f}",
        f"{took.cpu:.1f}",
        f"{volume / took.seconds:.1f}",
        f"{took.peak:.0f}",
        told or goal(took.peak, most=MEMORY_GOAL, unit=" MB"),
    ]


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    arguments.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    arguments.add_argument("--rounds", type=int, default=7, help="of which the median counts")
    arguments.add_argument("--large", type=int, default=128, metavar="MB", help="0: none")
    arguments.add_argument("--long", type=int, default=32, metavar="MB", help="0: none")
    given = arguments.parse_args()
    gc.set_threshold(RARELY)  # as the command does
    gc.freeze()
    with scratch() as folder:
        logs = sorted({log for path in given.paths for log in _logs(path)})
        logs = logs or written(folder, ROUNDS)
        speed(logs, given.rounds)
        if given.large:
            large([log for log in logs if is_read(log)], folder, given.large)
        if given.long:
            long(folder, given.long)


def _logs(path: Path) -> list[Path]:
    return [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]


def is_read(log: Path) -> bool:
    """Tell whether a log is one of a session by itself."""
    sessions: list[Session] = survey([log], KNOWN).sessions
    return bool(sessions)


if __name__ == "__main__":
    main()
