"""Makes the cases of real files: what is edited, and what is true of it afterwards."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import _peers as peers
import _perturbing as edits
from _cases import (
    Case,
    filler_above,
    in_file,
    in_range,
    is_whole,
    nearby,
    renamed,
    same,
    several,
    simple,
    wrapped,
)
from _findings import Findings, offset_of, word_at
from _perturbing import Function, Map, Source

WIDTHS = (60, 120)  # columns, for the formatter

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
