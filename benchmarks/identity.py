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
import re
import sys
import sysconfig
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import _peers as peers
import _perturbing as edits
from _measuring import print_table, scratch
from _perturbing import Function, Map, Source
from _tools import Mypy, NoToolError, Ruff, Toolbox, eslint, packed

from loopwatch.fingerprints.descriptor import Descriptor
from loopwatch.fingerprints.descriptors import FileDescriber, describe, rule_of
from loopwatch.fingerprints.matching import match
from loopwatch.fingerprints.scopes import NOTHING_KNOWN, Definitions
from loopwatch.fingerprints.tracks import How, Surroundings, Tracks
from loopwatch.model.defect import Grade
from loopwatch.model.evidence import Defect

PACKAGES = "click networkx rich git hypothesis mypy _pytest pip setuptools pygments".split()
JS_PACKAGES = "rxjs zod redux @reduxjs/toolkit mobx immer @tanstack/query-core eslint@9".split()
SITE = Path(sysconfig.get_paths()["purelib"])
SMALLEST, LARGEST = 120, 900  # lines of a file
WIDTHS = (60, 120)  # columns, for the formatter
CHAIN, ABSENCES = 50, 5
MANY = 10_000  # defects in one version

KEPT = (
    "insert above,reformat,rename file,move func,move to other file,rename func,rename local,"
    "edit nearby,wrap if,duplicate nearby,edit same line,rewrite half,combo4"
).split(",")
# The edits that are one step, and which defects they are about.
SIMPLE: dict[str, tuple[Callable[..., edits.Result], str]] = {
    "insert above": (edits.insert_above, "after"),
    "move func": (edits.move_function, "function"),
    "rename func": (edits.rename_function, "function"),
    "rename local": (edits.rename_local, "function"),
    "edit nearby": (edits.edit_nearby, "line"),
    "wrap if": (edits.wrap_in_if, "line"),
    "duplicate nearby": (edits.duplicate, "function"),
    "edit same line": (edits.edit_line, "line"),
    "rewrite half": (edits.rewrite_half, "function"),
}
NEGATIVE = ("NEG", "NEG2")
# Of one file; those that touch one line come more often, those that touch all once.
TRIES = {
    "reformat": 1,
    "rename file": 1,
    "edit nearby": 4,
    "wrap if": 4,
    "edit same line": 6,
    "NEG2": 6,
}
RETURNS = ("R1", "R2", "R3", "N")


@dataclass(slots=True)
class Case:
    """Two versions, and what is true of them."""

    row: str
    olds: list[Source]
    news: list[Source]
    where: Callable[[str, int], tuple[str, int] | None]
    is_affected: Callable[[str, int], bool]
    between: list[list[Source]] = field(default_factory=list)  # of returns: versions without it


@dataclass(slots=True)
class Tally:
    """What one method got right, for one row."""

    affected: int = 0
    labelled: int = 0
    right: int = 0
    wrong: int = 0
    certain_wrong: int = 0


# --- files and findings ----------------------------------------------------------------------


def spread(sources: Sequence[Source], count: int, chance: random.Random) -> list[Source]:
    """Choose files, from all packages alike."""
    shelves: defaultdict[str, list[Source]] = defaultdict(list)
    for one in sources:
        shelves[one.path.partition("/")[0]].append(one)
    chosen: list[Source] = []
    for shelf in shelves.values():
        chance.shuffle(shelf)
    while len(chosen) < min(count, len(sources)):
        for shelf in shelves.values():
            if shelf and len(chosen) < count:
                chosen.append(shelf.pop())
    return chosen


def python_files() -> list[Path]:
    return [path for name in PACKAGES for path in sorted((SITE / name).rglob("*.py"))]


def script_files(folders: Sequence[Path]) -> list[Path]:
    found = [path for folder in folders for path in sorted(folder.rglob("*.[tj]s"))]
    parts = {"dist", "build", "cjs", "esm", "umd", "types", "node_modules", "__tests__", "tests"}
    return [one for one in found if not one.name.endswith(".d.ts") and not parts & set(one.parts)]


def load(root: Path, paths: Sequence[Path], language: str) -> Iterator[Source]:
    for path in paths:
        text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        if SMALLEST <= text.count("\n") <= LARGEST and text.isascii() and text.endswith("\n"):
            yield Source(path.relative_to(root).as_posix(), text, language)


class Findings:
    """What a tool reports of texts; each text is looked at once."""

    def __init__(self, toolbox: Toolbox) -> None:
        self.toolbox = toolbox
        self._known: dict[str, list[Defect]] = {}

    def fetch(self, texts: Sequence[str]) -> None:
        wanted = {text: text for text in dict.fromkeys(texts) if text not in self._known}
        found = self.toolbox.defects(wanted) if wanted else {}
        for text in wanted:
            self._known[text] = found.get(text, [])

    def is_known(self, text: str) -> bool:
        return text in self._known

    def in_text(self, text: str) -> list[Defect]:
        return self._known[text]

    def of(self, sources: Sequence[Source]) -> list[peers.Reported]:
        return [
            peers.Reported(one.path, defect, one.text)
            for one in sources
            for defect in self._known[one.text]
        ]


def offset_of(one: peers.Reported) -> int:
    span = one.defect.span
    assert span is not None and span.start_column is not None
    return line_starts(one.text)[span.start_line - 1] + span.start_column - 1


@cache
def line_starts(text: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer("\n", text))]


_words: dict[str, tuple[list[int], list[int]]] = {}


def word_at(one: peers.Reported) -> int | None:
    """Return where the word begins that a finding is about: there, or next on the line."""
    if one.text not in _words:
        found = list(edits.WORD.finditer(one.text))
        _words[one.text] = [word.start() for word in found], [word.end() for word in found]
    starts, ends = _words[one.text]
    at = offset_of(one)
    place = edits.bisect_right(ends, at)
    if place == len(starts) or "\n" in one.text[at : starts[place]]:
        return None
    return starts[place]


# --- cases -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Maker:
    """Makes the cases of one file; what needs a formatter is finished afterwards."""

    pool: list[Source]
    findings: Findings
    chance: random.Random
    wanted: list[tuple[Case, str, Map]] = field(default_factory=list)

    def cases(self, source: Source) -> Iterator[Case]:
        """Yield each perturbation of one file, where it applies."""
        choices = self.functions(source)
        if not choices:
            return
        for row in (*KEPT, *NEGATIVE, *RETURNS):
            for _ in range(TRIES.get(row, 2)):
                make = self._case if row in KEPT else self._other
                case = make(row, source, self.chance.choice(choices))
                if case is not None:
                    yield case

    def functions(self, source: Source) -> list[Function]:
        at = [word_at(one) for one in self.findings.of([source])]
        return [
            one
            for one in edits.functions(source)
            if sum(place is not None and one.body <= place < one.body_end for place in at) > 0
        ]

    def _within(self, source: Source, function: Function) -> list[peers.Reported]:
        return [
            one
            for one in self.findings.of([source])
            if (at := word_at(one)) is not None and function.body <= at < function.body_end
        ]

    def _case(self, row: str, source: Source, function: Function) -> Case | None:
        chance = self.chance
        inside = in_range(source.path, function.start, function.end)
        one = chance.choice(self._within(source, function))
        at = word_at(one) or 0
        line = in_range(source.path, *edits.line_span(source.text, at))
        whole = in_range(source.path, 0, len(source.text))
        if row == "reformat":
            return self._formatted(row, source, (source.text, same), whole)
        if row == "rename file":
            return renamed(row, source, whole)
        if row == "move to other file":
            return self._to_other_file(source, function, inside)
        if row == "combo4":
            return self._combined(row, source, function, inside)
        after = in_range(source.path, function.start, len(source.text))
        reach = {"function": inside, "line": line, "after": after}[SIMPLE[row][1]]
        return simple(row, source, SIMPLE[row][0](source, function, chance, at), reach)

    def _combined(
        self, row: str, source: Source, function: Function, inside: Callable[[str, int], bool]
    ) -> Case | None:
        """Four edits, one after the other, in an order by chance; the formatter comes last."""
        every = [edits.insert_above, edits.rename_function, edits.rename_local, edits.move_function]
        every += [nearby, wrapped]
        chosen = self.chance.sample([*every, None], 4)
        result = several(source, function, [one for one in chosen if one], self.chance)
        if result is None:
            return None
        if None in chosen:
            return self._formatted(row, source, result, inside)
        return simple(row, source, result, inside)

    def _formatted(
        self,
        row: str,
        source: Source,
        result: tuple[str, Map],
        is_affected: Callable[[str, int], bool],
        between: list[list[Source]] | None = None,
    ) -> Case:
        """Return a case that is to be formatted when all are known."""
        case = Case(row, [source], [], lambda _p, _a: None, is_affected, between or [])
        self.wanted.append((case, *result))
        return case

    def finish(self) -> None:
        """Run the formatter over all that wants it, at once."""
        for width in WIDTHS:
            some = [one for at, one in enumerate(self.wanted) if WIDTHS[at % 2] == width]
            texts = {str(at): text for at, (_, text, _) in enumerate(some)}
            formatted = self.findings.toolbox.formatted(texts, width) if texts else {}
            for at, (case, text, where) in enumerate(some):
                done = formatted.get(str(at), text)
                layout = edits.by_words(text, done)
                source = case.olds[0]
                if layout is not None and done != text:
                    case.news = [Source(source.path, done, source.language)]
                    case.where = in_file(source.path, edits.compose(where, layout))
        self.wanted.clear()

    def _to_other_file(
        self, source: Source, function: Function, inside: Callable[[str, int], bool]
    ) -> Case | None:
        other = self.chance.choice(self.pool)
        if other.path == source.path or other.language != source.language:
            return None
        held = source.text[function.start : function.end]
        head = ""
        if function.is_method:
            head = "class Moved:\n" if source.language == "python" else "class Moved {\n"
        tail = "}\n" if head.endswith("{\n") else ""
        start = len(other.text) + 2 + len(head)
        text = f"{other.text}\n\n{head}{held}{tail}"
        rest, where = edits.edited(source.text, [(function.start, function.end, "")])

        def goes(path: str, at: int) -> tuple[str, int] | None:
            if path == other.path:
                return path, at
            if function.start <= at < function.end:
                return other.path, start + at - function.start
            new = where(at)
            return None if new is None else (path, new)

        news = [
            Source(source.path, rest, source.language),
            Source(other.path, text, other.language),
        ]
        return Case("move to other file", [source, other], news, goes, inside)

    # What is no longer the same, and what comes back.

    def _other(self, row: str, source: Source, function: Function) -> Case | None:
        within = self._within(source, function)
        body = in_range(source.path, function.body, function.body_end)
        if row == "NEG2":
            return self._replaced_statement(source, self.chance.choice(within))
        foreign = self._foreign_body(source, function, within)
        if row == "NEG":
            if foreign is None:
                return None
            return simple(row, source, edits.replace_body(source, function, foreign), body)
        chain: dict[str, list[Callable[..., edits.Result]]] = {
            "R1": [edits.insert_above],
            "R2": [edits.insert_above, edits.move_function, edits.rename_local],
            "R3": [
                edits.insert_above,
                edits.move_function,
                edits.rename_local,
                edits.rename_function,
            ],
            "N": [edits.insert_above],
        }
        result = several(source, function, chain[row], self.chance)
        if result is None or (row == "N" and foreign is None):
            return None
        stubbed, _ = edits.stub(source, function)
        later = filler_above(source, stubbed, function, self.chance)
        between = [[Source(source.path, text, source.language)] for text in (stubbed, later)]
        if row == "N":
            assert foreign is not None
            text, where = edits.replace_body(source, function, foreign)
            lines, shift = edits.edited(text, [(0, 0, "")])
            result = lines, edits.compose(where, shift)
        return self._formatted(row, source, result, body, between)

    def _replaced_statement(self, source: Source, one: peers.Reported) -> Case | None:
        """Put a statement of another file, with another finding of that rule, in its place."""
        at = word_at(one) or 0
        start, end = edits.line_span(source.text, at)
        here = source.text[start:end]
        others = [
            line
            for other in self.pool
            if other.path != source.path
            for found in self.findings.of([other])
            if found.defect.rule == one.defect.rule
            and (line := other.text[slice(*edits.line_span(other.text, offset_of(found)))]).split()
            != here.split()
            and is_whole(line)
            and edits.is_statement(other, offset_of(found))
        ]
        if not others or not is_whole(here) or not edits.is_statement(source, at):
            return None
        indent = here[: len(here) - len(here.lstrip())]
        new = indent + self.chance.choice(others).strip() + "\n"
        text, where = edits.edited(source.text, [(start, end, new)])
        line = in_range(source.path, start, end)

        def gone(path: str, offset: int) -> tuple[str, int] | None:
            to = where(offset)
            return None if to is None or start <= offset < end else (path, to)

        rule = one.defect.rule
        case = Case("NEG2", [source], [Source(source.path, text, source.language)], gone, line)
        case.between = [[Source(rule, "", "")]]
        return case

    def _foreign_body(
        self, source: Source, function: Function, within: Sequence[peers.Reported]
    ) -> str | None:
        """Return another file's function body with findings of the same rules, if there is one."""
        rules = {one.defect.rule for one in within}
        best: tuple[int, str] = 0, ""
        for other in self.chance.sample(self.pool, min(8, len(self.pool))):
            for theirs in edits.functions(other):
                if other.path == source.path or theirs.name == function.name:
                    continue
                shared = rules & {one.defect.rule for one in self._within(other, theirs)}
                best = max(best, (len(shared), other.text[theirs.body : theirs.body_end]))
        first = source.text[function.body : function.body_end]
        indent = first[: len(first) - len(first.lstrip())]
        return edits.reindented(best[1], indent) if best[0] else None


def renamed(row: str, source: Source, whole: Callable[[str, int], bool]) -> Case:
    other = Source(f"moved/{source.path.rpartition('/')[2]}", source.text, source.language)
    return Case(row, [source], [other], lambda _, at: (other.path, at), whole)


def same(at: int) -> int:
    return at


def nearby(source: Source, function: Function, chance: random.Random) -> edits.Result:
    spans = edits.statements(source, function)
    return edits.edit_nearby(source, function, chance, chance.choice(spans)[0]) if spans else None


def wrapped(source: Source, function: Function, chance: random.Random) -> edits.Result:
    spans = edits.statements(source, function)
    return edits.wrap_in_if(source, function, chance, chance.choice(spans)[0]) if spans else None


def is_whole(line: str) -> bool:
    """Tell whether a line is a statement of its own."""
    text = line.strip()
    if (
        not text
        or text[-1] in "([{,\\:="
        or text.startswith((")", "]", "}", "elif", "else", "case"))
    ):
        return False
    return all(text.count(one) == text.count(other) for one, other in ("()", "[]", "{}")) and (
        text.count('"') % 2 == 0 and text.count("'") % 2 == 0 and "`" not in text
    )


def in_range(path: str, start: int, end: int) -> Callable[[str, int], bool]:
    return lambda where, at: where == path and start <= at < end


def in_file(path: str, where: Map) -> Callable[[str, int], tuple[str, int] | None]:
    def goes(_: str, at: int) -> tuple[str, int] | None:
        to = where(at)
        return None if to is None else (path, to)

    return goes


def simple(
    row: str, source: Source, result: edits.Result, is_affected: Callable[[str, int], bool]
) -> Case | None:
    if result is None or result[0] == source.text:
        return None
    new = Source(source.path, result[0], source.language)
    return Case(row, [source], [new], in_file(source.path, result[1]), is_affected)


def again(
    source: Source, text: str, where: Map, function: Function
) -> tuple[Source, Function] | None:
    """Find a function in the text that an edit has made."""
    new, at = Source(source.path, text, source.language), where(function.name_at)
    found = next((one for one in edits.functions(new) if one.name_at == at), None)
    return None if found is None else (new, found)


def several(
    source: Source,
    function: Function,
    steps: Sequence[Callable[..., edits.Result]],
    chance: random.Random,
) -> tuple[str, Map] | None:
    """Do one edit after the other; None if one of them does not apply."""
    text, where = source.text, same
    now: tuple[Source, Function] | None = source, function
    for step in steps:
        if now is None or (result := step(*now, chance)) is None:
            return None
        text, where = result[0], edits.compose(where, result[1])
        now = again(source, text, where, function)
    return text, where


def filler_above(source: Source, text: str, function: Function, chance: random.Random) -> str:
    """Return a stubbed file with lines put in at its top level."""
    place = text.rfind("\n\n", 0, function.start) + 2 if not function.is_method else len(text)
    return text[:place] + edits.filler(source.language, chance) + "\n" + text[place:]


# --- judging ---------------------------------------------------------------------------------


@dataclass(slots=True)
class Truth:
    """Which finding of the old version is which of the new one."""

    affected: list[int]
    new_of: dict[int, int]


def truth(case: Case, olds: Sequence[peers.Reported], news: Sequence[peers.Reported]) -> Truth:
    at: defaultdict[tuple[str, str, int | None], list[int]] = defaultdict(list)
    for number, one in reversed(list(enumerate(news))):
        at[one.path, one.defect.rule, word_at(one)].append(number)
    new_of, affected = {}, []
    for number, one in enumerate(olds):
        word = word_at(one)
        if word is None:
            continue
        if case.is_affected(one.path, word):
            affected.append(number)
        to = case.where(one.path, word)
        if to is not None and at[to[0], one.defect.rule, to[1]]:
            new_of[number] = at[to[0], one.defect.rule, to[1]].pop()
    if case.row in KEPT:
        by_message(olds, news, new_of, is_in_order=case.row == "reformat")
    return Truth(affected, new_of)


def by_message(
    olds: Sequence[peers.Reported],
    news: Sequence[peers.Reported],
    new_of: dict[int, int],
    *,
    is_in_order: bool,
) -> None:
    """Label what is reported at another word now, if it is plain which."""
    taken = set(new_of.values())
    sides: list[defaultdict[tuple[str, str], list[int]]] = [defaultdict(list), defaultdict(list)]
    for side, found, known in ((sides[0], olds, new_of.keys()), (sides[1], news, taken)):
        for number, one in enumerate(found):
            if number not in known:
                side[one.defect.rule, one.defect.message].append(number)
    for key, some in sides[0].items():
        if len(some) == len(sides[1][key]) and (len(some) == 1 or is_in_order):
            new_of |= zip(some, sides[1][key], strict=True)


def described(
    sources: Sequence[Source], found: Sequence[peers.Reported]
) -> tuple[list[Descriptor], Definitions]:
    """Describe the findings of a version, in the order given, and what stands in it."""
    files = {one.path: FileDescriber(one.text.encode(), one.path, one.language) for one in sources}
    out: list[Descriptor] = []
    for path, file in files.items():
        out.extend(file.describe_all([one.defect for one in found if one.path == path], rule_of))
    return out, Definitions(files.get)


@dataclass(slots=True)
class Clock:
    seconds: float = 0.0
    defects: int = 0


def ours(case: Case, findings: Findings, clock: Clock) -> Iterator[tuple[int, int, Grade]]:
    olds, news = findings.of(case.olds), findings.of(case.news)
    begin = time.process_time()
    before, there = described(case.olds, olds)
    after, here = described(case.news, news)
    found = match(before, after, standing=here, stood=there)
    clock.seconds += time.process_time() - begin
    clock.defects += len(olds) + len(news)
    yield from ((one.old, one.new, one.grade) for one in found)


PEERS: dict[str, peers.Method] = {
    "line number": peers.by_key(peers.line_keys),
    "code scanning line hash": peers.by_key(peers.codeql_keys),
    "Sonar, 6 passes": peers.sonar,
}
OURS = "loopwatch"


def judge(case: Case, findings: Findings, tallies: Mapping[str, Tally], clock: Clock) -> list[str]:
    """Add one case to the tallies of all methods; return what we got wrong, in words."""
    olds, news = findings.of(case.olds), findings.of(case.news)
    known = truth(case, olds, news)
    affected = set(known.affected)
    if case.row == "NEG2":
        rule = case.between[0][0].path
        affected = {at for at in affected if olds[at].defect.rule == rule}
    errors: list[str] = []
    results = {
        name: [(*pair, None) for pair in method(olds, news)] for name, method in PEERS.items()
    }
    results[OURS] = list(ours(case, findings, clock))  # type: ignore[arg-type]
    for name, pairs in results.items():
        tally, linked = tallies[name], {}
        for old, new, grade in pairs:
            linked[old] = new, grade
        for old in affected:
            wanted = known.new_of.get(old)
            got, grade = linked.get(old, (None, None))
            tally.affected += 1
            tally.labelled += wanted is not None
            tally.right += wanted is not None and got == wanted
            is_wrong = got is not None and got != wanted
            tally.wrong += is_wrong
            tally.certain_wrong += is_wrong and grade is Grade.CERTAIN
            if name == OURS and (is_wrong or (wanted is not None and got != wanted)):
                errors.append(told(case, olds[old], news, wanted, got, grade))
    return errors


def told(
    case: Case,
    old: peers.Reported,
    news: Sequence[peers.Reported],
    wanted: int | None,
    got: int | None,
    grade: Grade | None,
) -> str:
    def text(one: peers.Reported) -> str:
        line = one.text.splitlines()[one.line - 1].strip()
        return f"{one.path}:{one.line} {one.defect.rule} {one.defect.message[:60]!r} | {line[:90]}"

    lines = [f"[{case.row}] {text(old)}"]
    lines.append("   wanted " + (text(news[wanted]) if wanted is not None else "nothing"))
    lines.append(f"   got {grade} " + (text(news[got]) if got is not None else "nothing"))
    return "\n".join(lines)


CLOSED: dict[str, peers.Method] = {
    "line number": PEERS["line number"],
    "code scanning line hash": PEERS["code scanning line hash"],
    "Sonar, 6 passes": peers.by_key(
        lambda found: [
            (one.path, one.defect.rule, one.line, peers.line_hash(one), one.defect.message)
            for one in found
        ]
    ),
}


def judge_return(case: Case, findings: Findings, tallies: Mapping[str, Tally]) -> list[str]:
    """The same for what was absent in between."""
    olds, news = findings.of(case.olds), findings.of(case.news)
    known = truth(case, olds, news)
    gone = absent_in(case, findings)
    affected = [at for at in known.affected if gone(olds[at])]
    errors = []
    results = {name: dict(method(olds, news)) for name, method in CLOSED.items()}
    first, last = through(case, findings)
    new_of_track = {track: at for at, track in enumerate(last)}
    results[OURS] = {
        at: new_of_track[track] for at, track in enumerate(first) if track in new_of_track
    }
    for name, linked in results.items():
        tally = tallies[name]
        for old in affected:
            wanted, got = known.new_of.get(old), linked.get(old)
            if wanted is None and case.row != "N":
                continue
            tally.affected += 1
            tally.labelled += 1
            tally.right += wanted is not None and got == wanted
            tally.wrong += got is not None and got != wanted
            if name == OURS and got != wanted:
                errors.append(told(case, olds[old], news, wanted, got, None))
    return errors


def absent_in(case: Case, findings: Findings) -> Callable[[peers.Reported], bool]:
    """Return what tells whether a finding is not reported of the first version without the body."""
    left = Counter((one.defect.rule, one.defect.message) for one in findings.of(case.between[0]))
    all_ = Counter((one.defect.rule, one.defect.message) for one in findings.of(case.olds))
    return lambda one: (
        left[one.defect.rule, one.defect.message] < all_[one.defect.rule, one.defect.message]
    )


def through(case: Case, findings: Findings) -> tuple[list[int], list[int]]:
    """Follow tracks through all versions; return those of the first and of the last one."""
    versions = [case.olds, *case.between, case.news]
    tracks, present, stood = Tracks(), [], NOTHING_KNOWN
    out: list[list[int]] = []
    for number, sources in enumerate(versions):
        reported, here = described(sources, findings.of(sources))
        step = tracks.step(
            number, present, reported, around=Surroundings(standing=here, stood=stood)
        )
        out.append([link.track for link in step.links])
        present, stood = list(zip(out[-1], reported, strict=True)), here
    return out[0], out[-1]


# --- chains ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Chain:
    """Many versions of one file; in some of them a function is taken out."""

    versions: list[Source]
    wheres: list[Map]  # from the first version to each
    is_out: list[bool]
    function: Function


def chain(source: Source, function: Function, toolbox: Toolbox, chance: random.Random) -> Chain:
    steps = [
        edits.insert_above,
        edits.rename_local,
        edits.rename_function,
        edits.move_function,
        nearby,
    ]
    text, where, now = source.text, same, (source, function)
    starts = sorted(chance.sample(range(2, CHAIN - 4, 8), ABSENCES))
    out = {at + more for at in starts for more in range(chance.randint(1, 4))}
    made = Chain([source], [same], [False], function)
    for number in range(1, CHAIN):
        step = chance.choice([*steps, None])
        result = step(*now, chance) if step else relaid(text, toolbox, chance)
        if result is not None:
            new_where = edits.compose(where, result[1])
            found = again(source, result[0], new_where, function)
            if found is not None:
                text, where, now = result[0], new_where, found
        shown, to = edits.stub(*now) if number in out else (text, same)
        made.versions.append(Source(source.path, shown, source.language))
        made.wheres.append(edits.compose(where, to))
        made.is_out.append(number in out)
    return made


def relaid(text: str, toolbox: Toolbox, chance: random.Random) -> edits.Result:
    done = toolbox.formatted({"": text}, chance.choice(WIDTHS)).get("", text)
    layout = edits.by_words(text, done)
    return None if layout is None else (done, layout)


def judge_chain(made: Chain, findings: Findings) -> Tally:
    tally, tracks, present = Tally(), Tracks(), []
    stood = NOTHING_KNOWN
    first: dict[tuple[str, int], int] = {}
    absent: set[tuple[str, int]] = set()
    start = [
        (one.defect.rule, at)
        for one in findings.of(made.versions[:1])
        if (at := word_at(one)) is not None and made.function.body <= at < made.function.body_end
    ]
    start = [one for one, count in Counter(start).items() if count == 1]
    for number, source in enumerate(made.versions):
        found = findings.of([source])
        reported, here = described([source], found)
        step = tracks.step(
            number, present, reported, around=Surroundings(standing=here, stood=stood)
        )
        at = {
            (one.defect.rule, word_at(one)): link
            for one, link in zip(found, step.links, strict=True)
        }
        for one in start:
            link = at.get((one[0], made.wheres[number](one[1])))
            if link is None:
                absent |= {one} if one in first and made.is_out[number] else set()
            elif one not in first:
                first[one] = link.track
            elif one in absent:
                absent.discard(one)
                tally.affected += 1
                tally.right += link.track == first[one]
                tally.wrong += link.track != first[one] and link.how is not How.NEW
                first[one] = link.track
        present = [(link.track, form) for link, form in zip(step.links, reported, strict=True)]
        stood = here
    return tally


# --- the run ---------------------------------------------------------------------------------


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "-"


Tallies = dict[str, dict[str, Tally]]


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


def make_chains(
    maker: Maker, pool: Sequence[Source], toolbox: Toolbox, chance: random.Random, count: int
) -> list[Chain]:
    made: list[Chain] = []
    for source in pool:
        choices = maker.functions(source)
        if choices and len(made) < count:
            made.append(chain(source, chance.choice(choices), toolbox, chance))
    return made


def tell_steps(rows: Tallies) -> None:
    methods = [*PEERS, OURS]
    body = []
    for row in KEPT:
        some = rows[row]
        kept = [percent(some[name].right, some[name].labelled) for name in methods]
        wrong = [percent(some[name].wrong, some[name].affected) for name in methods]
        body.append([row, str(some[OURS].labelled), *kept, *wrong])
    kept = [mean(rows, name, "right") for name in methods]
    wrong = [mean(rows, name, "wrong") for name in methods]
    body.append(["**mean**", "", *(f"{one:.1f}" for one in (*kept, *wrong))])
    head = ["kept, then wrong, %", "defects", *methods, *(f"{name}: wrong" for name in methods)]
    print_table(head, body)


def mean(rows: Tallies, name: str, what: str) -> float:
    parts = []
    for row in KEPT:
        one = rows[row][name]
        whole = one.labelled if what == "right" else one.affected
        if whole:
            parts.append(100 * getattr(one, what) / whole)
    return sum(parts) / len(parts) if parts else 0.0


def share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def verdict(value: float, bound: float, *, is_least: bool) -> str:
    is_met = value >= bound if is_least else value <= bound
    return f"{'≥' if is_least else '≤'} {bound:g}: {'met' if is_met else 'MISSED'}"


def tell_rest(rows: Tallies, total: Tally) -> None:
    body: list[list[str]] = []

    def add(what: str, values: Sequence[float], count: int, bound: float, is_least: bool) -> None:
        told = verdict(round(values[-1], 1), bound, is_least=is_least)
        body.append([what, str(count or ""), *(f"{one:.1f}" for one in values), told])

    methods = [*PEERS, OURS]
    add("mean stability", [mean(rows, name, "right") for name in methods], 0, 99.5, True)
    least = [
        min([0.0])
        if not any(rows[row][name].labelled for row in KEPT)
        else min(
            share(rows[row][name].right, rows[row][name].labelled)
            for row in KEPT
            if rows[row][name].labelled
        )
        for name in methods
    ]
    add("lowest row", least, 0, 97, True)
    add("mean wrong", [mean(rows, name, "wrong") for name in methods], 0, 0.4, False)
    copied = rows["duplicate nearby"]
    add(
        "copied nearby: stolen",
        [share(copied[n].wrong, copied[n].affected) for n in methods],
        copied[OURS].affected,
        0.5,
        False,
    )
    for row, bound in (("NEG", 1.0), ("NEG2", 10.0)):
        some = rows[row]
        add(
            f"{row}: wrong",
            [share(some[n].wrong, some[n].affected) for n in methods],
            some[OURS].affected,
            bound,
            False,
        )
        values = [share(some[n].certain_wrong, some[n].affected) for n in methods]
        body.append(
            [
                f"{row}: wrong, certain",
                str(some[OURS].affected),
                *["-"] * len(PEERS),
                f"{values[-1]:.1f}",
                verdict(round(values[-1], 1), 1.0, is_least=False),
            ]
        )
    for row, bound in (("R1", 99.5), ("R2", 99.0), ("R3", 98.0)):
        some = rows[row]
        add(
            f"{row}: back, linked",
            [share(some[n].right, some[n].affected) for n in methods],
            some[OURS].affected,
            bound,
            True,
        )
        add(
            f"{row}: linked wrong",
            [share(some[n].wrong, some[n].affected) for n in methods],
            some[OURS].affected,
            0.5,
            False,
        )
    some = rows["N"]
    add(
        "N: false link",
        [share(some[n].wrong, some[n].affected) for n in methods],
        some[OURS].affected,
        0.3,
        False,
    )
    for what, part, bound, is_least in (
        ("linked", total.right, 97.0, True),
        ("linked wrong", total.wrong, 0.5, False),
    ):
        value = share(part, total.affected)
        body.append(
            [
                f"chain of {CHAIN}: {what}",
                str(total.affected),
                *["-"] * len(PEERS),
                f"{value:.1f}",
                verdict(round(value, 1), bound, is_least=is_least),
            ]
        )
    print_table(["%", "defects", *methods, "goal"], body)


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
