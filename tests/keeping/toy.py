"""A tool and its reader for tests: a plug-in, installed by a folder on the path."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from loopwatch.detectors.api import GROUP, Run
from loopwatch.model.evidence import Defect, DefectKind, Evidence, Scope

LINE = re.compile(rb"^TOY (?P<rule>\S+) (?P<path>\S+)\r?$", re.MULTILINE)
DONE = re.compile(rb"^TOY looked at (?P<roots>.*?)\r?$", re.MULTILINE)

# `python -c TOOL FILE...` reports every TODO in its files, and exits as linters do.
TOOL = """
import pathlib, sys
found = 0
for name in sys.argv[1:]:
    text = pathlib.Path(name).read_text()
    for word in text.split():
        if word.startswith("TODO"):
            print("TOY", word, name, flush=True)
            found = 1
print("TOY looked at", *sys.argv[1:], flush=True)
sys.exit(found)
"""


@dataclass(frozen=True, slots=True)
class ToyReader:
    """Reads what the toy tool prints."""

    name: str = "toy"

    def recognises(self, run: Run) -> bool:
        return DONE.search(run.stdout) is not None

    def read(self, run: Run) -> Evidence | None:
        done = DONE.search(run.stdout)
        if done is None or run.is_cut:
            return None
        defects = tuple(
            Defect(
                kind=DefectKind.LINT,
                rule=found["rule"].decode(),
                message="to do",
                path=found["path"].decode(),
            )
            for found in LINE.finditer(run.stdout)
        )
        scope = Scope(roots=tuple(done["roots"].decode().split()))
        return Evidence(detector="toy", scope=scope, defects=defects)


TOY = ToyReader()


def installed(folder: Path) -> dict[str, str]:
    """Return the environment in which loopwatch finds the toy reader as a plug-in."""
    about = folder / "toy-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1\n")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\ntoy = tests.keeping.toy:TOY\n")
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(folder), str(root), *filter(None, sys.path)])
    return {**os.environ, "PYTHONPATH": path}
