"""Measure how well defects are known again: against perturbed real code, and against others.

    python benchmarks/identity.py [--languages python,mypy,typescript] [--files N] [--seeds 303,404]

Real files are perturbed so that it is known where each word goes; real tools report on
every version, also on the perturbed ones. Nothing of that is told to the methods. The seeds
of the table are not those that thresholds were set on (7). Python files come from the
packages that loopwatch itself needs; those in TypeScript and JavaScript are downloaded
(``--js-folder`` takes a folder instead).
"""

import argparse
import random
import sys
import sysconfig
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from _chains import judge_chain, make_chains
from _findings import Findings, load, script_files, spread
from _judging import Clock, Tally, judge, judge_return
from _making import RETURNS, Maker
from _measuring import scratch
from _perturbing import Source
from _tables import Tallies, tell_rest, tell_steps
from _tools import Mypy, NoToolError, Ruff, Toolbox, eslint, packed

from loopwatch.fingerprints.descriptors import describe
from loopwatch.fingerprints.matching import match
from loopwatch.model.evidence import Defect

PACKAGES = "click networkx rich git hypothesis mypy _pytest pip setuptools pygments".split()
JS_PACKAGES = "rxjs zod redux @reduxjs/toolkit mobx immer @tanstack/query-core eslint@9".split()
SITE = Path(sysconfig.get_paths()["purelib"])
MANY = 10_000  # defects in one version


def python_files() -> list[Path]:
    return [path for name in PACKAGES for path in sorted((SITE / name).rglob("*.py"))]


def measure(
    name: str, sources: Sequence[Source], toolbox: Toolbox, options: argparse.Namespace
) -> None:
    """Measure one tool over all seeds, and print its tables."""
    findings = Findings(toolbox)
    rows: Tallies = defaultdict(lambda: defaultdict(Tally))
    clock, total, files = Clock(), Tally(), 0
    errors: list[str] = []
    variants = 0
    for seed in options.seeds:
        chance = random.Random(seed)  # noqa: S311 - a repeatable choice
        pool = spread(sources, options.files, chance)
        files += len(pool)
        findings.fetch([one.text for one in pool])
        maker = Maker(pool, findings, chance)
        cases = [case for source in pool for case in maker.cases(source)]
        maker.finish()
        cases = [case for case in cases if case.news]
        variants += len(cases)
        more = [one for case in cases for one in case.news]
        more += [one for case in cases for some in case.between for one in some if one.text]
        findings.fetch([one.text for one in more])
        for case in cases:
            if case.row in RETURNS:
                errors += judge_return(case, findings, rows[case.row])
            else:
                errors += judge(case, findings, rows[case.row], clock)
        chains = make_chains(maker, pool, toolbox, chance, options.chains)
        findings.fetch([one.text for made in chains for one in made.versions])
        for made in chains:
            one = judge_chain(made, findings)
            total.affected += one.affected
            total.right += one.right
            total.wrong += one.wrong
    defects = sum(len(findings.of([one])) for one in sources if findings.is_known(one.text))
    print(f"### {name}\n\n{files} files, {defects} defects, {variants} variants\n")
    tell_steps(rows)
    tell_rest(rows, total)
    tell_time(name, sources, findings, clock)
    if options.errors:
        for error in errors:
            print(error)


def tell_time(name: str, sources: Sequence[Source], findings: Findings, clock: Clock) -> None:
    known = [one for one in sources if findings.is_known(one.text)]
    olds: list[tuple[Source, list[Defect]]] = []
    count = 0
    while known and count < MANY:
        for one in known:
            copy = Source(f"copy{len(olds)}/{one.path}", one.text, one.language)
            olds.append((copy, findings.in_text(one.text)[: MANY - count]))
            count += len(olds[-1][1])
    begin = time.process_time()
    before = [
        d for one, some in olds for d in describe(some, one.text.encode(), one.path, one.language)
    ]
    middle = time.process_time()
    match(before, before)
    same_all = time.process_time()
    match(before[::2], before[1::2])
    end = time.process_time()
    per = 1e6 * clock.seconds / max(1, clock.defects)
    print(f"{name}: {per:.0f} µs per defect, described and matched (goal: at most 300)")
    print(f"{len(before)} defects in one version: described in {middle - begin:.2f} s,", end=" ")
    print(f"matched in {same_all - middle:.2f} s; {len(before) // 2} against as many", end=" ")
    print(f"others in {end - same_all:.2f} s (goal: at most 3)\n", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how well defects are known again.")
    parser.add_argument("--languages", default="python,mypy,typescript")
    parser.add_argument("--files", type=int, default=30, help="for each seed")
    parser.add_argument("--seeds", default="303,404")
    parser.add_argument("--chains", type=int, default=6, help="for each seed")
    parser.add_argument("--js-folder", type=Path, help="files in TypeScript and JavaScript")
    parser.add_argument("--home", type=Path, help="keep the downloaded tools here")
    parser.add_argument("--errors", action="store_true", help="show each one")
    options = parser.parse_args()
    options.seeds = [int(seed) for seed in options.seeds.split(",")]
    wanted = options.languages.split(",")
    with scratch() as folder:
        if "python" in wanted:
            sources = list(load(SITE, python_files(), "python"))
            measure("Python, ruff", sources, Ruff("ruff", ".py"), options)
        if "mypy" in wanted:
            sources = list(load(SITE, python_files(), "python"))
            measure("Python, mypy", sources, Mypy("mypy", ".py"), options)
        if "typescript" in wanted:
            home = options.home or folder
            try:
                tool = eslint(home)
                folders = [options.js_folder] if options.js_folder else packed(JS_PACKAGES, home)
            except NoToolError as error:
                sys.exit(f"identity: {error}")
            sources = list(
                load(
                    home if not options.js_folder else options.js_folder,
                    script_files(folders),
                    "typescript",
                )
            )
            measure("TypeScript and JavaScript, ESLint", sources, tool, options)


if __name__ == "__main__":
    main()
