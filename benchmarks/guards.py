"""Which guard sees which loop: rules of others beside loopwatch on the same sessions.

python3 dev.py bench guards                    the table of docs/guards.md
python3 dev.py bench guards --write            writes it into the page
python3 dev.py bench guards --real PLACE ...   runs the real packages that are installed there: for
                                               an interpreter of Python, or in a folder for node

A cell is the number of the call at which a guard speaks up first. loopwatch itself is run: it reads
the log of a session, cut off after each call in turn, as ``loopwatch audit`` does.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks._guard_calls import calls_of  # noqa: E402
from benchmarks._guard_list import GUARDS  # noqa: E402
from benchmarks._guard_rules import Rule  # noqa: E402
from benchmarks._guard_sessions import HEALTHY, SESSIONS, Session  # noqa: E402
from loopwatch.auditing.audit import AuditRequest, audit  # noqa: E402
from loopwatch.model.finding import Level  # noqa: E402
from tests.sources.session_log.stories import Ask, Say, Story  # noqa: E402
from tests.sources.session_log.writers import claude_code  # noqa: E402

PAGE = ROOT / "docs" / "guards.md"
WORKER = Path(__file__).with_name("_guards_real.py")
PLACE = r"(<!-- guards: {} -->\n).*?(<!-- end -->)"  # of a table in the page
Cell = int | None
US = "**loopwatch**"


def first_call(rule: Rule, session: Session) -> Cell:
    """Return the call at which a rule first speaks up; None: at none."""
    calls = calls_of(session.story)
    return next((n for n in range(1, len(calls) + 1) if rule(calls[:n])), None)


def prefixes(story: Story) -> Iterator[Story]:
    """Yield the story as far as it is known after each call."""
    for number, step in enumerate(story.steps, start=1):
        if not isinstance(step, Ask | Say):
            yield replace(story, steps=story.steps[:number])


def loopwatch(session: Session, folder: Path) -> Cell:
    """Return the call after which ``audit`` has something at ``warning`` or above to say."""
    log = folder / "session.jsonl"
    for number, story in enumerate(prefixes(session.story), start=1):
        log.write_text(claude_code.log(story), encoding="utf-8")
        report = audit(AuditRequest(paths=(log,), is_caching=False))
        if any(finding.level is not Level.NOTE for finding in report.findings):
            return number
    return None


def cells() -> dict[str, list[Cell]]:
    """Return the rows of the table: loopwatch, and the rules of all others."""
    with tempfile.TemporaryDirectory() as folder:
        rows: dict[str, list[Cell]] = {US: [loopwatch(one, Path(folder)) for one in SESSIONS]}
    rows |= {guard.name: [first_call(guard.rule, one) for one in SESSIONS] for guard in GUARDS}
    return rows


def shown(cell: Cell, session: Session) -> str:
    """Return a cell as the page has it."""
    if cell is None:
        return "–"
    return f"**false** {cell}" if session.kind == HEALTHY else str(cell)


def table(rows: Mapping[str, Sequence[Cell]]) -> str:
    """Return the rows in Markdown."""
    lines = [
        f"| guard | {' | '.join(one.name for one in SESSIONS)} |",
        f"| --- {'| ---: ' * len(SESSIONS)}|",
    ]
    for name, row in rows.items():
        told = (shown(cell, one) for cell, one in zip(row, SESSIONS, strict=True))
        lines.append(f"| {name} | {' | '.join(told)} |")
    return "\n".join(lines)


def rules_table() -> str:
    """Return what each rule says."""
    lines = ["| guard | looks at | it speaks up when | read in |", "| --- | --- | --- | --- |"]
    lines += [f"| {one.name} | {one.asks} | {one.says} | {one.source} |" for one in GUARDS]
    return "\n".join(lines)


def sessions_table() -> str:
    """Return what happens in each session."""
    lines = ["| session | kind | calls | what happens |", "| --- | --- | ---: | --- |"]
    lines += [
        f"| {one.name} | {one.kind} | {len(calls_of(one.story))} | {one.says} |" for one in SESSIONS
    ]
    return "\n".join(lines)


def written(page: str, rows: Mapping[str, Sequence[Cell]]) -> str:
    """Return the page with its tables made anew."""
    made = {"sessions": sessions_table(), "table": table(rows), "rules": rules_table()}
    for name, text in made.items():
        place = re.compile(PLACE.format(name), re.DOTALL)
        found = place.search(page)
        if found is None:
            raise SystemExit(f"{PAGE.name} has no place for {name}")
        page = f"{page[: found.end(1)]}{text}\n{page[found.start(2) :]}"
    return page


def real(place: str) -> dict[str, list[Cell]]:
    """Return the rows of the packages that an interpreter, or a folder for node, has."""
    told = [
        {
            "calls": [asdict(call) for call in calls_of(one.story)],
            "files": dict(one.story.files),
            "logs": [claude_code.log(story) for story in prefixes(one.story)],
        }
        for one in SESSIONS
    ]
    worker = WORKER.with_suffix(".mjs") if Path(place).is_dir() else WORKER
    command = ["node", str(worker), place] if Path(place).is_dir() else [place, str(worker)]
    done = subprocess.run(
        command, input=json.dumps(told), stdout=subprocess.PIPE, text=True, check=True
    )
    rows: dict[str, list[Cell]] = json.loads(done.stdout.splitlines()[-1])
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description="Which guard sees which loop.")
    options.add_argument("--write", action="store_true", help=f"write into {PAGE.name}")
    options.add_argument("--real", nargs="+", metavar="PLACE", default=())
    given = options.parse_args()
    if given.real:
        print(table({name: row for place in given.real for name, row in real(place).items()}))
    elif given.write:
        page = written(PAGE.read_text(encoding="utf-8"), cells())
        PAGE.write_text(page, encoding="utf-8", newline="\n")
    else:
        print(sessions_table(), table(cells()), sep="\n\n")


if __name__ == "__main__":
    main()
