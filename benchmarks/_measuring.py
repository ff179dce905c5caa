"""What the benchmarks share: timed children, medians, and tables in Markdown."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from compileall import compile_dir
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import loopwatch

LOOPWATCH = (sys.executable, "-P", "-m", "loopwatch")


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took, and the processes that it waited for."""

    seconds: float  # on the clock
    cpu: float  # seconds
    peak: float  # MB of the largest of them
    output: bytes = b""


def run(
    command: Sequence[str], folder: Path, *, given: bytes | None = None, keeps: bool = False
) -> Run:
    """Run a command to its end; what it prints is thrown away unless ``keeps``.

    Raises:
        SystemExit: it failed.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(
        list(command),
        cwd=folder,
        stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
        stdout=subprocess.PIPE if keeps else subprocess.DEVNULL,
    )
    if process.stdin is not None:
        process.stdin.write(given or b"")
        process.stdin.close()
    output = process.stdout.read() if process.stdout is not None else b""
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed with status {process.returncode}")
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10  # macOS counts bytes, Linux KB
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / scale, output)


def scan_command(units: str, max_count: int, within: str = "HEAD") -> list[str]:
    """Return the command line of a scan that heeds ``max_count`` commits; 0: all."""
    # A revision leaves out the index and the working tree, which git log does not read either.
    options = ["--units", units, "--max-count", str(max_count), "--exit-zero"]
    return [*LOOPWATCH, "scan", *options, within]


def in_turns(sides: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Return the median of each side; sides take turns, so that other load falls on all alike."""
    measured: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, measure in sides.items():
            measured[name].append(measure())
    return {name: median(values) for name, values in measured.items()}


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, ["-" * width for width in widths], *rows):
        print("| " + " | ".join(map(str.ljust, row, widths)) + " |")
    print(flush=True)


def goal(value: float, *, most: float = 0.0, least: float = 0.0, unit: str = "x") -> str:
    """Return a goal and whether a value meets it."""
    is_met = value <= most if most else value >= least
    sign, bound = ("≤", most) if most else ("≥", least)
    return f"{sign} {bound:g}{unit}: {'met' if is_met else 'MISSED'}"


def git(repository: Path, *arguments: str) -> str:
    """Return what git prints."""
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()


def newest(repository: Path, count: int) -> list[str]:
    """Return the ids of the newest commits, newest first; 0: of all."""
    limit = [f"--max-count={count}"] if count else []
    return git(repository, "rev-list", "--date-order", *limit, "HEAD").split()


def name_of(repository: Path) -> str:
    """Return what a repository is called."""
    folder = repository.resolve()
    return folder.parent.name if folder.name in {".git", "repo"} else folder.name


@contextmanager
def scratch() -> Iterator[Path]:
    """Lend a temporary folder, once loopwatch is compiled: an installed one is."""
    compile_dir(Path(loopwatch.__file__).parent, quiet=2)
    with TemporaryDirectory(prefix="loopwatch-bench-") as folder:
        yield Path(folder)
