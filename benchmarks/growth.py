"""Measure how the time of a scan grows with the history: once, 4 and 16 times the commits.

    python benchmarks/growth.py [--commits N] [--rounds N]

The exponent is 1 where twice the commits take twice the time. CPU time counts, git's
too: other work on the machine does not change it. The goal is judged between 4 and 16
times, where starting up weighs least.
"""

import argparse
from collections.abc import Callable
from math import log
from pathlib import Path

from _measuring import goal, in_turns, print_table, run, scan_command, scratch
from synthetic import build

HEAD = ("level", "commits", "CPU seconds", "exponent", "goal")
SCALES = (1, 4, 16)
GOAL = 1.1
LEVELS = ("file", "symbol,site,file")


def scan(repository: Path, units: str) -> Callable[[], float]:
    """Return what measures one scan."""
    return lambda: run(scan_command(units, 0), repository).cpu


def rows(units: str, repositories: dict[int, Path], rounds: int) -> list[list[str]]:
    """Return the figures of one level, smallest history first."""
    sides = {str(commits): scan(folder, units) for commits, folder in repositories.items()}
    told, before = [], (0, 0.0)
    for name, seconds in in_turns(sides, rounds).items():
        commits = int(name)
        exponent = log(seconds / before[1]) / log(commits / before[0]) if before[0] else 0.0
        is_last = commits == max(repositories)
        told.append(
            [
                units,
                f"{commits:,}",
                f"{seconds:.2f}",
                f"{exponent:.2f}" if before[0] else "",
                goal(exponent, most=GOAL, unit="") if is_last else "",
            ]
        )
        before = commits, seconds
    return told


def main() -> None:
    """Build three histories and print one table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    arguments.add_argument("--commits", type=int, default=500, help="of the shortest history")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--level", choices=["file", "symbol", "both"], default="both")
    given = arguments.parse_args()
    levels = {"file": LEVELS[:1], "symbol": LEVELS[1:], "both": LEVELS}[given.level]
    with scratch() as folder:
        repositories = {
            given.commits * scale: build(folder / str(scale), given.commits * scale)
            for scale in SCALES
        }
        print_table(HEAD, [r for level in levels for r in rows(level, repositories, given.rounds)])


if __name__ == "__main__":
    main()
