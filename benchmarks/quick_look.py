"""Measure the quick look of the hook on real histories: is its "no" sure, and how often is it said?

    python benchmarks/quick_look.py REPOSITORY ... [--newest N] [--every N]

Each version that is no merge is staged on its parent, in a clone without a working tree, where
the whole pipeline is loud at it; and so is each Nth of all others, to count how often the look
leaves it to the pipeline. Then the same version is the newest commit, as after `--no-verify`.
Merges and roots are left to the pipeline always.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from _measuring import git, goal, name_of, print_table, scratch

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.builders import Repo
from tests.keeping.loudness import Loudness, commits_quietly, looks_quiet, loudness, stage

NEWEST, EVERY = 500, 1
MOST_PASSED = 10.0  # per cent
HEAD = (
    "history",
    "versions",
    "loud",
    "before a message",
    "missed",
    "left to it %",
    "before a message %",
    "when made %",
    "first look s",
    "goal",
)


def looked_at(repository: Path, folder: Path, newest: int, every: int) -> tuple[str, ...]:
    """Return the row of one history."""
    name = name_of(repository)
    subprocess.run(
        ["git", "clone", "--quiet", "--no-checkout", str(repository), str(folder)], check=True
    )
    tip = git(folder, "rev-parse", "HEAD")
    told = list(loudness(folder, newest, tip))
    repo = Repo(folder)
    missed, looks, perhaps = 0, 0, [0, 0, 0]  # with a message, without one, as a commit
    stage(repo, told[0].version.id, told[0].parent)  # oldest first: nothing later is remembered
    begin = time.perf_counter()
    looks_quiet(folder, told[0].version, has_message=True)
    first = time.perf_counter() - begin
    for number, one in enumerate(told):
        is_asked = number % every == 0
        looks += is_asked
        stage(repo, one.version.id, one.parent)
        ways = (
            (one.is_said, lambda one=one: looks_quiet(folder, one.version, has_message=True)),
            (one.is_unsaid, lambda one=one: looks_quiet(folder, one.version, has_message=False)),
            (one.is_said, lambda one=one: _is_quiet_when_made(repo, one)),
        )
        for way, (is_loud, look) in enumerate(ways):
            if not (is_asked or is_loud):
                continue
            is_quiet = look()
            perhaps[way] += is_asked and not is_quiet
            if is_quiet and is_loud:
                missed += 1
                print(f"missed: {name} {one.version.id} {one.version.subject}", file=sys.stderr)
    shares = [100 * count / max(looks, 1) for count in perhaps]
    return (
        name,
        f"{looks:,}",
        f"{sum(one.is_said for one in told)}",
        f"{sum(one.is_unsaid for one in told)}",
        f"{missed}",
        *(f"{share:.1f}" for share in shares),
        f"{first:.1f}",
        goal(max(shares), most=MOST_PASSED, unit=" %") if not missed else "MISSED",
    )


def _is_quiet_when_made(repo: Repo, one: Loudness) -> bool:
    repo.git("update-ref", "--no-deref", "HEAD", one.version.id)
    return commits_quietly(repo.path)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    arguments.add_argument("repositories", nargs="+", type=Path)
    arguments.add_argument("--newest", type=int, default=NEWEST)
    arguments.add_argument("--every", type=int, default=EVERY)
    given = arguments.parse_args()
    with scratch() as folder:
        rows = [
            looked_at(repository.absolute(), folder / str(number), given.newest, given.every)
            for number, repository in enumerate(given.repositories)
        ]
    print_table(HEAD, rows)


if __name__ == "__main__":
    main()
