"""Record many results at the same time, kill some recorders, and look for what was lost.

    python benchmarks/ledger_torture.py [--runs N] [--kills N] [--seed N]

A result is acknowledged when `loopwatch record` has said that it is recorded. The goal is
that none of these is missing afterwards, whoever was killed when, that the file is sound,
and that all who were not killed have kept their result.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from _measuring import print_table, scratch

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.keeping.torture import torture

HEAD = ("runs", "killed", "acknowledged", "lost", "failed", "sound", "seconds", "goal")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with scratch() as folder:
        subprocess.run(["git", "init", "--quiet", folder], check=True)
        (folder / "a.py").write_text("a = 1\n", encoding="utf-8")
        found = torture(folder, given.runs, given.kills, given.seed)
    is_whole = found.is_sound and found.killed == given.kills
    is_met = is_whole and not found.lost and not found.failed
    row = [found.runs, found.killed, found.acknowledged, found.lost, found.failed]
    met = "met" if is_met else "MISSED"
    cells = [*map(str, row), str(found.is_sound), f"{found.seconds:.1f}", f"none lost: {met}"]
    print_table(HEAD, [cells])
    for complaint in found.complaints:
        print(complaint)
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
