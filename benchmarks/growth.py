"""Measure how the time of a scan grows with the history: once, 4 and 16 times the commits.

    python benchmarks/growth.py [REPOSITORY…] [--commits N] [--rounds N]

The exponent is 1 where twice the commits take twice the time. CPU time counts, git's
too: other work on the machine does not change it. The goal is judged between 4 and 16
times, where starting up weighs least.

Files and edits of the synthetic history stay of one size, its vocabulary grows as that of
real code, and what returns was left not long ago. Of a repository the same commits are read
three times: in 16 pieces, in 4 and in one, of which each remembers nothing but its own. So
what counts is how far it remembers, and not that some years have larger files than others.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from math import log
from pathlib import Path
from statistics import mean

from _measuring import goal, in_turns, name_of, print_table, run, scan_command, scratch
from synthetic import build

HEAD = ("history", "level", "commits", "CPU seconds of one", "exponent", "goal")
SCALES = (1, 4, 16)
GOAL = 1.1
LEVELS = ("file", "symbol,site,file")


@dataclass(frozen=True, slots=True)
class Part:
    """Some commits of a repository."""

    folder: Path
    commits: int
    since: str = ""  # the commit before them; none: they are all there are
    tip: str = "HEAD"

    def cpu(self, units: str) -> float:
        """Measure one scan, in seconds."""
        within = f"{self.since}..{self.tip}" if self.since else self.tip
        return run(scan_command(units, 0, within), self.folder).cpu


def synthetic(folder: Path, commits: int) -> list[list[Part]]:
    """Return histories of their own, one for each scale."""
    sizes = [commits * scale for scale in SCALES]
    return [[Part(build(folder / str(size), size), size)] for size in sizes]


def real(folder: Path, commits: int) -> list[list[Part]]:
    """Return the newest commits of a repository, in ever fewer pieces; newest first."""
    most = SCALES[-1]
    small = list(islice(pieces(folder, commits), most))
    if len(small) < most:
        raise SystemExit(f"{name_of(folder)} has too few commits for {most} times {commits:,}")
    return [[_joined(small[at : at + scale]) for at in range(0, most, scale)] for scale in SCALES]


def pieces(folder: Path, each: int) -> Iterator[Part]:
    """Yield so many commits each time, or some more: cut where the main line has a commit."""
    came = brought(folder)
    tip, count = came[0][0], 0
    for commit, brings in came:
        if count >= each:
            yield Part(folder, count, commit, tip)
            tip, count = commit, 0
        count += brings


def _joined(parts: list[Part]) -> Part:
    """Return neighbours, newest first, as one."""
    return replace(parts[0], commits=sum(one.commits for one in parts), since=parts[-1].since)


def brought(folder: Path) -> list[tuple[str, int]]:
    """Return the commits of the main line, newest first, and how many each brings in."""
    log = ["git", "rev-list", "--parents", "HEAD"]
    told = run(log, folder, keeps=True).output.decode().splitlines()
    parents = {commit: before for commit, *before in map(str.split, told)}
    line: list[str] = []
    at = told[0].split()[0]
    while at:
        line.append(at)
        at = next(iter(parents[at]), "")
    seen: set[str] = set()
    counts: list[tuple[str, int]] = []
    for commit in reversed(line):
        waiting, before = [commit], len(seen)
        while waiting:
            if (one := waiting.pop()) not in seen:
                seen.add(one)
                waiting += parents[one]
        counts.append((commit, len(seen) - before))
    return counts[::-1]


def rows(name: str, units: str, scales: list[list[Part]], rounds: int) -> list[list[str]]:
    """Return the figures of one history and level, shortest first."""

    def mean_of(parts: list[Part]) -> Callable[[], float]:
        return lambda: mean(part.cpu(units) for part in parts)

    sides = {str(scale): mean_of(parts) for scale, parts in zip(SCALES, scales, strict=True)}
    told, before = [], (0.0, 0.0)
    for parts, seconds in zip(scales, in_turns(sides, rounds).values(), strict=True):
        commits = mean(part.commits for part in parts)
        exponent = log(seconds / before[1]) / log(commits / before[0]) if before[0] else 0.0
        told.append(
            [
                name,
                units,
                f"{len(parts)} x {commits:,.0f}",
                f"{seconds:.2f}",
                f"{exponent:.2f}" if before[0] else "",
                goal(exponent, most=GOAL, unit="") if parts is scales[-1] else "",
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
