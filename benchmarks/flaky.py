"""Replay suites with flaky tests over steady work, and over the same work with a true loop.

    python benchmarks/flaky.py [--runs N] [--recorded N] [--rates 5,20,50]

Each history has 30 commits, and the whole suite is run once on each of them: a test that fails
by chance is never seen to pass on the same content. Most runs are told by a JUnit report; some
are real runs of pytest through `loopwatch record`. What a linter or type checker says hangs on
the code alone, so that there is nothing to replay.
"""

import argparse
import sys
from pathlib import Path

from _measuring import print_table, scratch

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.integration.flaky_suites import Suite, is_of_loop, loud, replay, subjects

HEAD = ("tests that fail by chance", "told by", "runs", "loud without a loop", "loop found", "goal")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20, help="told by JUnit, for each rate")
    parser.add_argument("--recorded", type=int, default=1, help="of pytest, for each rate")
    parser.add_argument("--rates", default="5,20,50", help="in percent")
    parser.add_argument("--seed", type=int, default=0, help="of the first run")
    given = parser.parse_args()
    rows, is_met = [], True
    for rate in map(int, given.rates.split(",")):
        for how, count in (("JUnit", given.runs), ("record", given.recorded)):
            false, found = measure(rate / 100, range(given.seed, given.seed + count), how)
            is_good = not false and found == count
            is_met &= is_good
            goal = "none, all: " + ("met" if is_good else "MISSED")
            rows.append([f"{rate} %", how, str(count), str(false), f"{found} of {count}", goal])
    print_table(HEAD, rows)
    return 0 if is_met else 1


def measure(rate: float, seeds: range, how: str) -> tuple[int, int]:
    """Return how many histories were wrongly called loops, and in how many the loop was found."""
    false = found = 0
    for seed in seeds:
        for has_loop in (False, True):
            suite = Suite(seed=seed, rate=rate, has_loop=has_loop, is_run=how == "record")
            with scratch() as folder:
                report = replay(suite, folder)
            wrong = [one for one in loud(report) if not is_of_loop(report, one)]
            false += bool(wrong)
            found += has_loop and len(wrong) < len(loud(report))
            for one in wrong:
                told = f"{one['kind']} of {', '.join(sorted(subjects(report, one)))}"
                print(f"{rate:.0%}, {how}, seed {seed}: {one['level']}, {told}", file=sys.stderr)
    return false, found


if __name__ == "__main__":
    sys.exit(main())
