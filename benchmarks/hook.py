"""Measure the hook beside bare Python and an empty run of the pre-commit framework.

    python benchmarks/hook.py [--commits N ...] [--rounds N] [--histories FOLDER ...]

For each size a synthetic history is made (or one that is there already is taken) and cloned, a
file of about 22 KB is committed and changed again, and `loopwatch check --staged --hook` takes
turns with `python -c pass` and with `pre-commit run` without a hook. Then the same after each of
several new commits, and with nothing staged that it could look into. Ratios of CPU time (of
Python and of git together) are told first: they hold while others load the machine; those of the
clock stand beside them.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import median

from _measuring import Run, git, goal, print_table, run, scratch
from synthetic import build

COMMITS = (10_000, 100_000)
ROUNDS = 15
BARE = (sys.executable, "-c", "pass")
HOOK = (
    sys.executable,
    "-E",
    "-P",
    "-c",
    "import sys\nfrom loopwatch.entrypoints.main import main\nsys.exit(main())",
)
CHECK = ("check", "--staged", "--hook")
FRAMEWORK = (sys.executable, "-m", "pre_commit", "run")
FILE, BYTES = "src/looked_at.py", 22_000
MOST_BARE, MOST_FRAMEWORK, MOST_NOTHING, MOST_NEW, MOST_GROWTH = 6.5, 0.6, 3.5, 1.2, 1.1

Rounds = Mapping[str, Sequence[Run]]


def text(seed: Random) -> str:
    """Return a module of about ``BYTES`` bytes, of functions that are all different."""
    parts: list[str] = []
    while sum(map(len, parts)) < BYTES:
        number = len(parts)
        lines = [f"    value_{n} = compute_{seed.randrange(10**6)}(item, {n})" for n in range(8)]
        parts.append(
            "\n".join([f"def step_{number}(item):", *lines, "    return value_7", "", "", ""])
        )
    return "".join(parts)


def changed(content: str, seed: Random) -> str:
    """Return the module with an ordinary edit: a line that is new, and one that is another."""
    lines = content.split("\n")
    places = [n for n, line in enumerate(lines) if " = compute_" in line]
    at = seed.choice(places)
    lines[at] = f"    value_{at} = improved_{seed.randrange(10**9)}(item)"
    lines.insert(at, f"    noted_{seed.randrange(10**9)} = note(item)")
    return "\n".join(lines)


def prepared(folder: Path, bare: Path, commits: int) -> Path:
    """Return a working tree with a long history, an empty configuration, and our file."""
    work = folder / f"work-{commits}"
    git(folder, "clone", "--quiet", str(bare), str(work))
    for key, value in (("user.name", "Ada"), ("user.email", "ada@example.com"), ("gc.auto", "0")):
        git(work, "config", key, value)
    (work / ".pre-commit-config.yaml").write_text("repos: []\n", encoding="utf-8")
    (work / FILE).write_text(text(Random(commits)), encoding="utf-8")  # noqa: S311
    commit(work, "feat: a file to look at")
    return work


def commit(work: Path, title: str) -> None:
    """Commit all there is, without any hook, an hour after the last commit: no clock is asked."""
    when = int(git(work, "log", "-1", "--format=%ct")) + 3600
    os.environ |= {"GIT_COMMITTER_DATE": f"@{when} +0000", "GIT_AUTHOR_DATE": f"@{when} +0000"}
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--no-verify", "-m", title)
    del os.environ["GIT_COMMITTER_DATE"], os.environ["GIT_AUTHOR_DATE"]


def stage(work: Path, seed: Random) -> None:
    """Stage an ordinary edit of our file."""
    file = work / FILE
    file.write_text(changed(file.read_text(encoding="utf-8"), seed), encoding="utf-8")
    git(work, "add", "--all")


def in_rounds(work: Path, sides: Mapping[str, Sequence[str]], rounds: int) -> Rounds:
    """Return the runs of some commands that take turns."""
    told: dict[str, list[Run]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, command in sides.items():
            told[name].append(run(command, work))
    return told


def after_commits(work: Path, seed: Random, rounds: int) -> Rounds:
    """Return runs after a new commit each, which is read then, and runs with nothing new."""
    told: dict[str, list[Run]] = {"new": [], "again": [], "bare": []}
    for number in range(rounds):
        commit(work, f"feat: step {number}")
        stage(work, seed)
        told["new"].append(run((*HOOK, *CHECK), work))
        told["again"].append(run((*HOOK, *CHECK), work))
        told["bare"].append(run(BARE, work))
    return told


def cpu(runs: Sequence[Run]) -> float:
    """Return the median of the CPU time, in seconds."""
    return median(one.cpu for one in runs)


def clock(runs: Sequence[Run]) -> float:
    """Return the median of the time on the clock, in seconds."""
    return median(one.seconds for one in runs)


def row(what: str, one: Sequence[Run], other: Sequence[Run], most: float) -> tuple[str, ...]:
    """Return a row of the table: the ratio of CPU time and of the clock, and the goal."""
    ratio = cpu(one) / cpu(other)
    on_clock = clock(one) / clock(other)
    times = f"{1000 * cpu(one):.0f} / {1000 * cpu(other):.0f}"
    return what, times, f"{ratio:.2f}", f"{on_clock:.2f}", goal(ratio, most=most)


def measured(work: Path, commits: int, rounds: int) -> tuple[list[tuple[str, ...]], Sequence[Run]]:
    """Return the rows of one size, and the runs after new commits."""
    seed = Random(7)  # noqa: S311
    name = f"{commits:,} commits"
    stage(work, seed)
    first = run((*HOOK, *CHECK), work)  # it reads the history, once
    print(f"{name}: the first look took {first.seconds:.1f} s, {first.cpu:.1f} s of CPU time\n")
    sides = {"bare": BARE, "hook": (*HOOK, *CHECK), "framework": FRAMEWORK}
    told = in_rounds(work, sides, rounds)
    new = after_commits(work, seed, rounds)
    commit(work, "feat: last step")
    (work / "notes.bin").write_bytes(bytes(range(256)) * 40)
    (work / "README.md").write_text("# Notes\n\nOn this and that.\n", encoding="utf-8")
    git(work, "add", "--all")
    run((*HOOK, *CHECK), work)
    nothing = in_rounds(work, {"bare": BARE, "hook": (*HOOK, *CHECK)}, rounds)
    rows = [
        row(f"{name}: one file / bare Python", told["hook"], told["bare"], MOST_BARE),
        row(
            f"{name}: one file / empty pre-commit", told["hook"], told["framework"], MOST_FRAMEWORK
        ),
        row(f"{name}: no code / bare Python", nothing["hook"], nothing["bare"], MOST_NOTHING),
        row(f"{name}: after a commit / one file", new["new"], new["again"], MOST_NEW),
    ]
    return rows, new["new"]


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    arguments.add_argument("--commits", type=int, nargs="+", default=COMMITS)
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    arguments.add_argument("--histories", type=Path, nargs="*", default=())
    given = arguments.parse_args()
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n")
    rows: list[tuple[str, ...]] = []
    after: list[Sequence[Run]] = []
    with scratch() as folder:
        histories = [
            build(folder / f"history-{commits}.git", commits, is_tiny=commits > COMMITS[0])
            for commits in (() if given.histories else given.commits)
        ]
        for bare in (*histories, *given.histories):
            commits = int(git(bare, "rev-list", "--count", "HEAD"))
            work = prepared(folder, bare.absolute(), commits)
            found, new = measured(work, commits, given.rounds)
            rows += found
            after.append(new)
    if len(after) > 1:
        rows.append(row("after a commit, longest / shortest", after[-1], after[0], MOST_GROWTH))
    print_table(("what", "CPU ms", "ratio", "on the clock", "goal"), rows)
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
