"""Measure how the time of a scan grows with the history: once, 4 and 16 times the commits.

    python benchmarks/growth.py [REPOSITORY…] [--commits N] [--rounds N]

The exponent is 1 where twice the commits take twice the time. CPU time counts, git's
too: other work on the machine does not change it. The goal is judged between 4 and 16
times, where starting up weighs least.

Files and edits of the synthetic history stay of one size, its vocabulary grows as that of
real code, and what returns was left not long ago. Of a repository, the newest commits are
read: the further back, the smaller its files are, so that its exponent is too low. Read the
two beside each other.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from math import log
from pathlib import Path

from _measuring import goal, in_turns, name_of, newest, print_table, run, scan_command, scratch
from synthetic import build

HEAD = ("history", "level", "commits", "CPU seconds", "exponent", "goal")
SCALES = (1, 4, 16)
GOAL = 1.1
LEVELS = ("file", "symbol,site,file")
CAVEAT = (
    "synthetic: files and edits of one size, 3.4 n**0.65 different words in n, as real code has"
    " them.\nOthers: newest commits; older ones are smaller, so that the exponent is too low.\n"
)


@dataclass(frozen=True, slots=True)
class Prefix:
    """The newest commits of a history."""

    folder: Path
    count: int  # 0: all
    commits: int

    def scan(self, units: str) -> Callable[[], float]:
        """Return what measures one scan."""
        return lambda: run(scan_command(units, self.count), self.folder).cpu


def synthetic(folder: Path, commits: int) -> list[Prefix]:
    """Return histories of their own, one for each scale."""
    sizes = [commits * scale for scale in SCALES]
    return [Prefix(build(folder / str(size), size), 0, size) for size in sizes]


def real(folder: Path, commits: int) -> list[Prefix]:
    """Return the prefixes of a repository, as far as it goes."""
    most = len(newest(folder, 0))
    return [Prefix(folder, commits * s, commits * s) for s in SCALES if commits * s <= most]


def rows(name: str, units: str, prefixes: list[Prefix], rounds: int) -> list[list[str]]:
    """Return the figures of one history and level, shortest first."""
    sides = {str(prefix.commits): prefix.scan(units) for prefix in prefixes}
    told, before = [], (0, 0.0)
    for commits, seconds in zip(
        (prefix.commits for prefix in prefixes), in_turns(sides, rounds).values(), strict=True
    ):
        exponent = log(seconds / before[1]) / log(commits / before[0]) if before[0] else 0.0
        is_last = len(prefixes) == len(SCALES) and commits == prefixes[-1].commits
        told.append(
            [
                name,
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
    """Print one table: of the synthetic history, then of each repository."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    arguments.add_argument("repositories", nargs="*", type=Path, metavar="REPOSITORY")
    arguments.add_argument("--commits", type=int, default=500, help="of the shortest history")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--level", choices=["file", "symbol", "both"], default="both")
    given = arguments.parse_args()
    levels = {"file": LEVELS[:1], "symbol": LEVELS[1:], "both": LEVELS}[given.level]
    print(CAVEAT)
    with scratch() as folder:
        histories = {"synthetic": synthetic(folder, given.commits)}
        histories |= {name_of(one): real(one, given.commits) for one in given.repositories}
        told = [
            row
            for name, prefixes in histories.items()
            for level in levels
            for row in rows(name, level, prefixes, given.rounds)
        ]
    print_table(HEAD, told)


if __name__ == "__main__":
    main()
