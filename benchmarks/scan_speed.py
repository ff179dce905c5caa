"""Measure a scan against git itself, GitPython and PyDriller.

    python benchmarks/scan_speed.py [REPOSITORY…] [--level file|symbol|both] [--newest N]

The sides take turns, so that what counts are the ratios. GitPython and PyDriller
would take hours for a whole history: for them, commits per second of a sample.
A scan works beside git, on a second core: where other work keeps that one busy, compare
CPU time. Without a repository, a synthetic one is made.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

from _measuring import git, goal, in_turns, name_of, newest, print_table, run, scan_command, scratch
from synthetic import build

from loopwatch.diffing.languages import LANGUAGES, is_installed

HEAD = ("side", "seconds", "commits/s", "loopwatch", "goal")
MERGES = ("--diff-merges=first-parent", "--no-renames")  # what a scan asks git for
LONG = 10_000  # commits; a goal for long histories says nothing of shorter ones
LESS_LONG = 2_000


@dataclass(frozen=True, slots=True)
class Times:
    """Medians, in seconds."""

    plain: float
    merges: float
    scan: float
    plain_cpu: float
    scan_cpu: float


@dataclass(frozen=True, slots=True)
class Rate:
    """How many commits are read."""

    wall: float  # in a second on the clock
    cpu: float  # in a second of CPU time


def cpu_seconds() -> float:
    """Return the CPU time of this process, and of the children that it has waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


@dataclass(frozen=True, slots=True)
class Subject:
    """One repository, and a copy that shares its objects: PyDriller writes its settings."""

    folder: Path
    copy: Path
    rounds: int
    peer_seconds: float  # for each peer

    def times(
        self, log: Sequence[str], code: Sequence[str], scan: Sequence[str], ids: bytes | None
    ) -> Times:
        """Return what git takes, git with merges as a scan reads them, and a scan."""
        merges = [*log, *MERGES, "--", *code]
        cpu: dict[str, list[float]] = {"plain": [], "scan": []}

        def seconds(side: str, command: Sequence[str], given: bytes | None) -> float:
            done = run(command, self.folder, given=given)
            cpu[side].append(done.cpu)
            return done.seconds

        sides = {
            "plain": lambda: seconds("plain", [*log, "--", *code], ids),
            "merges": lambda: run(merges, self.folder, given=ids).seconds,
            "scan": lambda: seconds("scan", scan, None),
        }
        found = in_turns(sides, self.rounds)
        return Times(**found, plain_cpu=median(cpu["plain"]), scan_cpu=median(cpu["scan"]))

    def rate(self, read: Callable[[str], object], ids: Sequence[str]) -> Rate:
        """Return how fast a peer reads commits, from a sample of ``ids``."""
        sample = Random(1).sample(ids, len(ids))  # noqa: S311  no secret
        read(sample.pop())  # the first costs more
        begin, cpu, done = time.perf_counter(), cpu_seconds(), 0
        while sample and time.perf_counter() - begin < self.peer_seconds:
            read(sample.pop())
            done += 1
        return Rate(done / (time.perf_counter() - begin), done / (cpu_seconds() - cpu))


def file_rows(subject: Subject) -> list[list[str]]:
    """Return the rows of target 4."""
    ids = newest(subject.folder, 0)
    log = ["git", "--no-pager", "log", "--raw"]
    took = subject.times(log, [], scan_command("file", 0), None)
    plainly = no_merges(subject, 0)
    changes = subject.rate(gitpython(subject.copy), plainly)
    files = subject.rate(pydriller(subject.copy), plainly)
    most, least = 1.5 * (len(ids) >= LONG), 50 * (len(ids) >= LESS_LONG)
    return [
        *git_rows("git log --raw", took, len(ids), most),
        git_row(" ".join(["git log --raw", *MERGES]), took.merges, took.scan, len(ids), 0),
        *peer_rows("GitPython commit.diff()", changes, took, len(ids), least),
        *peer_rows("PyDriller modified_files", files, took, len(ids), 0),
        scan_row("file", took, len(ids)),
    ]


def symbol_rows(subject: Subject, count: int) -> list[list[str]]:
    """Return the rows of target 5, for the newest ``count`` commits."""
    ids = newest(subject.folder, count)
    given = "".join(f"{one}\n" for one in ids).encode()
    log = ["git", "--no-pager", "log", "--no-walk", "--stdin", "-p", "-U0"]
    code = [f"*.{e}" for e, language in sorted(LANGUAGES.items()) if is_installed(language)]
    took = subject.times(log, code, scan_command("symbol,site,file", count), given)
    methods = subject.rate(pydriller(subject.copy, has_methods=True), no_merges(subject, count))
    merges = " ".join(["git log -p -U0", *MERGES]) + ", code"
    return [
        *git_rows("git log -p -U0, code", took, len(ids), 20),
        git_row(merges, took.merges, took.scan, len(ids), 0),
        *peer_rows("PyDriller changed_methods", methods, took, len(ids), 10),
        scan_row("symbol,site,file", took, len(ids)),
    ]


def no_merges(subject: Subject, count: int) -> list[str]:
    """Return which of the newest commits have one parent: peers say little of others."""
    ids = newest(subject.folder, count)
    plain = set(git(subject.folder, "rev-list", "--no-merges", "--min-parents=1", "HEAD").split())
    return [one for one in ids if one in plain]


def git_rows(side: str, took: Times, commits: int, most: float) -> list[list[str]]:
    """Return the rows of a git command, by the clock and by CPU time."""
    cpu = took.scan_cpu / took.plain_cpu
    return [
        git_row(side, took.plain, took.scan, commits, most),
        [f"{side}: CPU time", f"{took.plain_cpu:.2f}", "", f"{cpu:.2f}x", ""],
    ]


def git_row(side: str, seconds: float, scan: float, commits: int, most: float) -> list[str]:
    """Return the row of a git command."""
    ratio = scan / seconds
    told = goal(ratio, most=most) if most else ""
    return [side, f"{seconds:.2f}", f"{commits / seconds:,.0f}", f"{ratio:.2f}x its time", told]


def peer_rows(side: str, rate: Rate, took: Times, commits: int, least: float) -> list[list[str]]:
    """Return the rows of another tool, by the clock and by CPU time."""
    ratio, cpu = commits / took.scan / rate.wall, commits / took.scan_cpu / rate.cpu
    told = goal(ratio, least=least) if least else ""
    return [
        [side, "", f"{rate.wall:,.1f}", f"{ratio:.0f}x its rate", told],
        [f"{side}: CPU time", "", f"{rate.cpu:,.1f}", f"{cpu:.0f}x", ""],
    ]


def scan_row(units: str, took: Times, commits: int) -> list[str]:
    """Return the row of a scan."""
    rate = commits / took.scan
    return [f"loopwatch scan --units {units}", f"{took.scan:.2f}", f"{rate:,.0f}", "", ""]


def gitpython(folder: Path) -> Callable[[str], object]:
    """Return what lists the files that a commit changed, with GitPython."""
    from git import Repo

    repository = Repo(folder)

    def read(commit_id: str) -> object:
        commit = repository.commit(commit_id)
        return [(d.a_path, d.b_path, d.change_type) for d in commit.parents[0].diff(commit)]

    return read


def pydriller(folder: Path, *, has_methods: bool = False) -> Callable[[str], object]:
    """Return what lists the files, or the methods, that a commit changed, with PyDriller."""
    from pydriller import Git  # type: ignore[import-untyped]

    repository = Git(str(folder))

    def read(commit_id: str) -> object:
        files = repository.get_commit(commit_id).modified_files
        return [
            [m.long_name for m in f.changed_methods] if has_methods else f.new_path for f in files
        ]

    return read


def main() -> None:
    """Print the tables of each repository."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    arguments.add_argument("repositories", nargs="*", type=Path, metavar="REPOSITORY")
    arguments.add_argument("--level", choices=["file", "symbol", "both"], default="both")
    arguments.add_argument("--newest", type=int, default=1000, help="for symbols; 0: all")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--peer-seconds", type=float, default=5.0, help="for each peer")
    arguments.add_argument("--commits", type=int, default=LONG, help="of the synthetic history")
    given = arguments.parse_args()
    with scratch() as folder:
        repositories = given.repositories or [build(folder / "synthetic", given.commits)]
        for number, repository in enumerate(repositories):
            copy = folder / f"copy-{number}"
            git(repository, "clone", "--quiet", "--bare", "--shared", ".", str(copy))
            subject = Subject(repository, copy, given.rounds, given.peer_seconds)
            count = len(newest(repository, 0))
            print(f"## {name_of(repository)}: {count:,} commits\n")
            if given.level != "symbol":
                print_table(HEAD, file_rows(subject))
            if given.level != "file":
                wanted = min(given.newest or count, count)
                print(f"newest {wanted:,} commits\n")
                print_table(HEAD, symbol_rows(subject, wanted))


if __name__ == "__main__":
    main()
