"""Measure how much memory a scan takes.

    python benchmarks/memory.py [REPOSITORY…] [--level file|symbol|both] [--commits N] [--newest N…]

The first figure is the peak of loopwatch's own process, the one that has a goal.
The second is the largest of all, where git's count too: it maps the packs that it
reads, and these pages cost nothing that others could not have. Several lengths (``--newest``)
tell what is kept for good, and grows, from what is only kept ready.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from _measuring import goal, name_of, newest, print_table, run, scan_command, scratch
from synthetic import build

HEAD = ("repository", "level", "commits", "seconds", "own MB", "largest MB", "growth", "goal")
FILE_GOAL, SYMBOL_GOAL = 64, 400  # MB

# Runs loopwatch and tells, last of all, the peak of this very process.
OWN_PEAK = """
import resource, sys
from loopwatch.entrypoints.main import main
status = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
sys.exit(status)
"""


def rows(repository: Path, units: str, counts: Sequence[int], most: float) -> Iterator[list[str]]:
    """Yield the figures of one scan for each number of commits."""
    before = (0, 0.0)
    for count in counts:
        command = [sys.executable, "-P", "-c", OWN_PEAK, *scan_command(units, count)[4:]]
        commits = len(newest(repository, count))
        used = run(command, repository, keeps=True)
        scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
        own = int(used.output.split()[-1]) / scale
        more = (own - before[1]) * 1000 / (commits - before[0]) if commits > before[0] > 0 else 0
        yield [
            name_of(repository),
            units,
            f"{commits:,}",
            f"{used.seconds:.1f}",
            f"{own:.0f}",
            f"{used.peak:.0f}",
            f"{more:+.1f} MB/1,000" if before[0] else "",
            goal(own, most=most, unit=" MB"),
        ]
        before = commits, own


def main() -> None:
    """Print one table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    arguments.add_argument("repositories", nargs="*", type=Path, metavar="REPOSITORY")
    arguments.add_argument("--level", choices=["file", "symbol", "both"], default="both")
    arguments.add_argument("--commits", type=int, default=100_000, help="synthetic, for files")
    arguments.add_argument(
        "--newest", type=int, nargs="+", default=[1000, 3000], help="for symbols; 0: all"
    )
    given = arguments.parse_args()
    with scratch() as folder:
        told = []
        if given.level != "symbol":
            tiny = folder / "synthetic-tiny"
            chosen = given.repositories or [build(tiny, given.commits, is_tiny=True)]
            told += [row for one in chosen for row in rows(one, "file", [0], FILE_GOAL)]
        if given.level != "file":
            chosen = given.repositories or [build(folder / "synthetic", max(given.newest))]
            inside = "symbol,site,file"
            counts = given.newest
            told += [row for one in chosen for row in rows(one, inside, counts, SYMBOL_GOAL)]
    print_table(HEAD, told)


if __name__ == "__main__":
    main()
