"""Measure a scan against git itself, GitPython and PyDriller.

    python benchmarks/scan_speed.py [REPOSITORY…] [--level file|symbol|both] [--newest N]

The sides take turns, so that what counts are the ratios. GitPython and PyDriller
would take hours for a whole history: for them, commits per second of a sample.
A scan works beside git, on a second core: where other work keeps that one busy, compare
CPU time. Without a repository, a synthetic one is made.
"""

import argparse
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
class Subject:
    """One repository, and a copy that shares its objects: PyDriller writes its settings."""

    folder: Path
    copy: Path
    rounds: int
    peer_seconds: float  # for each peer

    def times(
        self, log: Sequence[str], code: Sequence[str], scan: Sequence[str], ids: bytes | None
    ) -> tuple[float, float, float, float]:
        """Return the medians of git, of git with merges as a scan reads them, and of a scan.

        Last of all, how many times the CPU time of plain git a scan takes.
        """
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
        ratio = median(cpu["scan"]) / median(cpu["plain"])
        return found["plain"], found["merges"], found["scan"], ratio

    def rate(self, read: Callable[[str], object], ids: Sequence[str]) -> float:
        """Return how many commits a peer reads in a second, from a sample of ``ids``."""
        sample = Random(1).sample(ids, len(ids))  # noqa: S311  no secret
        read(sample.pop())  # the first costs more
        begin, done = time.perf_counter(), 0
        while sample and time.perf_counter() - begin < self.peer_seconds:
            read(sample.pop())
            done += 1
        return done / (time.perf_counter() - begin)


def file_rows(subject: Subject) -> list[list[str]]:
    """Return the rows of target 4."""
    ids = newest(subject.folder, 0)
    log = ["git", "--no-pager", "log", "--raw"]
    plain, merges, scan, cpu = subject.times(log, [], scan_command("file", 0), None)
    rate, plainly = len(ids) / scan, no_merges(subject, 0)
    changes = subject.rate(gitpython(subject.copy), plainly)
    files = subject.rate(pydriller(subject.copy), plainly)
    return [
        git_row("git log --raw", plain, scan, len(ids), 1.5 if len(ids) >= LONG else 0),
        cpu_row("git log --raw", cpu),
        git_row(" ".join(["git log --raw", *MERGES]), merges, scan, len(ids), 0),
        peer_row("GitPython commit.diff()", changes, rate, 50 if len(ids) >= LESS_LONG else 0),
        peer_row("PyDriller modified_files", files, rate, 0),
        ["loopwatch scan --units file", f"{scan:.2f}", f"{rate:,.0f}", "", ""],
    ]


def symbol_rows(subject: Subject, count: int) -> list[list[str]]:
    """Return the rows of target 5, for the newest ``count`` commits."""
    ids = newest(subject.folder, count)
    given = "".join(f"{one}\n" for one in ids).encode()
    log = ["git", "--no-pager", "log", "--no-walk", "--stdin", "-p", "-U0"]
    code = [f"*.{e}" for e, language in sorted(LANGUAGES.items()) if is_installed(language)]
    scanned = scan_command("symbol,site,file", count)
    plain, merges, scan, cpu = subject.times(log, code, scanned, given)
    rate = len(ids) / scan
    methods = subject.rate(pydriller(subject.copy, has_methods=True), no_merges(subject, count))
    return [
        git_row("git log -p -U0, code", plain, scan, len(ids), 20),
        cpu_row("git log -p -U0, code", cpu),
        git_row(" ".join(["git log -p -U0", *MERGES]) + ", code", merges, scan, len(ids), 0),
        peer_row("PyDriller changed_methods", methods, rate, 10),
        ["loopwatch scan --units symbol,site,file", f"{scan:.2f}", f"{rate:,.0f}", "", ""],
    ]


def no_merges(subject: Subject, count: int) -> list[str]:
    """Return which of the newest commits have one parent: peers say little of others."""
    ids = newest(subject.folder, count)
    plain = set(git(subject.folder, "rev-list", "--no-merges", "--min-parents=1", "HEAD").split())
    return [one for one in ids if one in plain]


def git_row(side: str, seconds: float, scan: float, commits: int, most: float) -> list[str]:
    """Return the row of a git command."""
    ratio = scan / seconds
    told = goal(ratio, most=most) if most else ""
    return [side, f"{seconds:.2f}", f"{commits / seconds:,.0f}", f"{ratio:.2f}x its time", told]


def cpu_row(side: str, ratio: float) -> list[str]:
    """Return the row that compares the CPU time of a git command."""
    return [f"{side}: CPU time", "", "", f"{ratio:.2f}x", ""]


def peer_row(side: str, rate: float, scan_rate: float, least: float) -> list[str]:
    """Return the row of another tool."""
    ratio = scan_rate / rate
    told = goal(ratio, least=least) if least else ""
    return [side, "", f"{rate:,.1f}", f"{ratio:.0f}x its rate", told]


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
