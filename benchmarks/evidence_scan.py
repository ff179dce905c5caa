"""Measure what evidence adds to a scan, once it is in the ledger and was scanned.

    python benchmarks/evidence_scan.py REPOSITORY [--newest N] [--tests N]

Clones a repository of Python code, runs ruff over the newest versions (``scan
--detect``) and adds results of tests to each, of which some fail for a while. Then a
scan with that ledger and one without take turns. Rules that a project follows report
little, rules that it never chose report much: both are measured.
"""

import argparse
import random
import subprocess
import sys
from pathlib import Path

from _measuring import git, goal, in_turns, name_of, newest, print_table, run, scan_command, scratch

from loopwatch.keeping.place import CACHE
from loopwatch.model.entry import Content, Entry
from loopwatch.model.evidence import Defect, DefectKind, Evidence, Scope
from loopwatch.store.ledger import Ledger

HEAD = ("rules", "reports", "scan s", "first adds", "with evidence s", "adds", "goal", "MB more")
MOST_ADDED = 30  # per cent
FOLLOWED = "E4,E7,E9,F"
OFTEN = 0.1  # of the versions break a test
SPELL = 12  # versions for which a failing test fails
CONFIG = """[[detectors]]
command = "{ruff} check --no-cache --isolated {rules} --output-format json {{files}}"
"""


def tests(repository: Path, ledger: Ledger, count: int, suite: int) -> None:
    """Keep results of a suite for each version; each test fails at times, as in real work."""
    seed = random.Random(7)  # noqa: S311
    names = [f"tests/test_{n // 20}.py::test_{n}" for n in range(suite)]
    failing: dict[str, int] = {}
    entries = []
    for commit in reversed(newest(repository, count)):
        failing = {name: left - 1 for name, left in failing.items() if left > 1}
        if seed.random() < OFTEN:
            failing[seed.choice(names)] = seed.randrange(1, SPELL)
        tree = bytes.fromhex(git(repository, "rev-parse", f"{commit}^{{tree}}"))
        entries.append(Entry(content=Content(id=tree), evidence=results(names, failing)))
    ledger.keep(entries)


def results(names: list[str], failing: dict[str, int]) -> Evidence:
    """Return one run of the suite."""
    defects = (
        Defect(kind=DefectKind.TEST, rule="test", message="AssertionError", subject=name)
        for name in sorted(failing)
    )
    passed = tuple(name for name in names if name not in failing)
    scope = Scope(passed=passed)
    return Evidence(detector="pytest", kind=DefectKind.TEST, scope=scope, defects=tuple(defects))


def row(clone: Path, rules: str, given: argparse.Namespace) -> list[str]:
    """Return the figures for one choice of rules."""
    ruff = Path(sys.executable).with_name("ruff")
    select = f"--select {rules}" if rules != "default" else ""
    (clone / "loopwatch.toml").write_text(CONFIG.format(ruff=ruff, rules=select))
    folder = clone / ".git" / "loopwatch"
    scan = scan_command("file,symbol,site,tree", given.newest)
    run([*scan[:-1], "--detect", "HEAD"], clone)
    with Ledger.open(folder / "ledger.sqlite3") as ledger:
        reports = sum(len(entry.evidence.defects) for entry in ledger.entries())
        tests(clone, ledger, given.newest, given.tests)

    peaks: dict[str, float] = {}

    def measured(side: str) -> float:
        taken = run(scan, clone)
        peaks[side] = taken.peak
        return taken.cpu

    def without() -> float:
        aside = folder.rename(folder.with_name("loopwatch-aside"))
        try:
            return measured("without")
        finally:
            aside.rename(folder)

    (folder / CACHE).unlink(missing_ok=True)
    first = measured("with")
    taken = in_turns({"without": without, "with": lambda: measured("with")}, given.rounds)
    added = 100 * (taken["with"] / taken["without"] - 1)
    told = goal(added, most=MOST_ADDED, unit=" %")
    for file in folder.iterdir():
        file.unlink()
    name = {FOLLOWED: "that it follows", "default": "ruff's own"}[rules]
    more = f"{100 * (first / taken['without'] - 1):.0f} %"
    figures = (f"{taken['without']:.1f}", more, f"{taken['with']:.1f}", f"{added:.0f} %")
    return [name, f"{reports:,}", *figures, told, f"{peaks['with'] - peaks['without']:.0f}"]


def main() -> None:
    """Print one table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    arguments.add_argument("repository", type=Path)
    arguments.add_argument("--newest", type=int, default=1000)
    arguments.add_argument("--tests", type=int, default=300)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    with scratch() as folder:
        clone = folder / "clone"
        subprocess.run(["git", "clone", "-q", str(given.repository), str(clone)], check=True)
        print(f"{name_of(given.repository)}, newest {given.newest:,}, {given.tests} tests; CPU\n")
        print_table(HEAD, [row(clone, rules, given) for rules in (FOLLOWED, "default")])


if __name__ == "__main__":
    main()
