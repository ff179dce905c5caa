"""Edits of real code of which it is known where every word goes.

A perturbed file is put together from pieces of the old one and from new text, so that
each identifier of the old file has a known place in the new one, or none.
"""

import random
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from tree_sitter import Node, Parser

from loopwatch.diffing.node_traits import node_kinds

WORD = re.compile(r"[A-Za-z_$][\w$]*")
FUNCTIONS = {
    "python": ("function_definition",),
    "javascript": ("function_declaration", "method_definition"),
    "typescript": ("function_declaration", "method_definition"),
}
SHORTEST, LONGEST = 5, 70  # lines of a function that is perturbed
NOT_LOCAL = frozenset("self cls this super undefined arguments".split())

Map = Callable[[int], int | None]
Edit = tuple[int, int, str]  # from, to, instead


@dataclass(frozen=True, slots=True)
class Source:
    """One file of one version."""

    path: str
    text: str
    language: str

    def words(self) -> list[int]:
        return [found.start() for found in WORD.finditer(self.text)]


@dataclass(frozen=True, slots=True)
class Function:
    """A function that begins and ends with whole lines."""

    name: str
    name_at: int
    start: int  # of its first line, decorators included
    body: int  # of the first line of its body
    body_end: int
    end: int  # of the line after its last
    indent: str
    is_method: bool


@dataclass(slots=True)
class Variant:
    """A perturbed version: files, and where the words of the old files have gone."""

    files: list[Source]
    where: Callable[[str, int], tuple[str, int] | None]
    is_affected: Callable[[str, int], bool]
    renames: dict[str, str] = field(default_factory=dict)


@cache
def parser(language: str) -> Parser:
    kinds = node_kinds(language)
    assert kinds is not None
    return Parser(kinds.language)


@cache
def functions(source: Source) -> list[Function]:
    """Return the functions of a file that can be perturbed, none inside another one."""
    found: list[Function] = []
    end = 0
    for node in _nodes(source, FUNCTIONS[source.language]):
        one = _function(source, node)
        if one is not None and one.start >= end:
            found.append(one)
            end = one.end
    return found


def _nodes(source: Source, kinds: Sequence[str]) -> Iterator[Node]:
    stack = [parser(source.language).parse(source.text.encode()).root_node]
    while stack:
        node = stack.pop()
        if node.type in kinds:
            yield node
        stack.extend(reversed(node.children))


def _function(source: Source, node: Node) -> Function | None:
    body, name, text = (
        node.child_by_field_name("body"),
        node.child_by_field_name("name"),
        source.text,
    )
    if body is None or name is None or name.text is None:
        return None
    outer: Any = node
    if node.parent is not None and node.parent.type in ("decorated_definition", "export_statement"):
        outer = node.parent
    start = text.rfind("\n", 0, outer.start_byte) + 1
    indent = text[start : outer.start_byte]
    end = text.find("\n", outer.end_byte) + 1
    is_python = source.language == "python"
    first = (
        text.rfind("\n", 0, body.start_byte) + 1
        if is_python
        else text.find("\n", body.start_byte) + 1
    )
    body_end = end if is_python else text.rfind("\n", 0, body.end_byte) + 1
    if indent.strip() or not end or text[outer.end_byte : end].strip():
        return None
    if first <= name.start_byte or body_end <= first:
        return None
    if not SHORTEST <= text.count("\n", start, end) <= LONGEST:
        return None
    return Function(
        name.text.decode(), name.start_byte, start, first, body_end, end, indent, bool(indent)
    )


# --- putting together ----------------------------------------------------------------------


def edited(text: str, edits: Sequence[Edit]) -> tuple[str, Map]:
    """Replace parts of a text; the beginning of a part that is replaced keeps its place."""
    pieces: list[str] = []
    olds, news, lengths = [0], [0], [0]
    at = size = 0
    for start, end, instead in sorted(edits):
        if start < at:
            continue
        pieces += [text[at:start], instead]
        olds.append(at)
        news.append(size)
        lengths.append(start - at)
        size += start - at
        if end > start and instead:
            olds.append(start)
            news.append(size)
            lengths.append(1)
        size += len(instead)
        at = end
    pieces.append(text[at:])
    olds.append(at)
    news.append(size)
    lengths.append(len(text) - at + 1)

    def where(offset: int) -> int | None:
        place = bisect_right(olds, offset) - 1
        inside = offset - olds[place]
        return news[place] + inside if inside < lengths[place] else None

    return "".join(pieces), where


def compose(first: Map, second: Map) -> Map:
    def where(offset: int) -> int | None:
        middle = first(offset)
        return None if middle is None else second(middle)

    return where


def by_words(old: str, new: str) -> Map | None:
    """Return where words go when a formatter has run: it keeps their sequence."""
    before, after = list(WORD.finditer(old)), list(WORD.finditer(new))
    if [one[0].lower() for one in before] != [one[0].lower() for one in after]:
        return None
    olds, news = [one.start() for one in before], [one.start() for one in after]

    def where(offset: int) -> int | None:
        place = bisect_left(olds, offset)
        return news[place] if place < len(olds) and olds[place] == offset else None

    return where


# --- single edits, each as (text, map) or None where it does not apply ---------------------

Result = tuple[str, Map] | None


def filler(language: str, chance: random.Random, indent: str = "") -> str:
    """Return some lines of innocent new code."""
    name = f"extra_{chance.randrange(10**6)}"
    lines = {
        "python": [f"{name} = {chance.randrange(100)}"] * chance.randint(1, 4),
        "javascript": [f"const {name}{i} = {i};" for i in range(chance.randint(1, 4))],
    }
    chosen = lines["python" if language == "python" else "javascript"]
    return "".join(f"{indent}{line}\n" for line in chosen)


def insert_above(source: Source, function: Function, chance: random.Random, _at: int = 0) -> Result:
    """Insert lines before a top-level place above the function."""
    if function.is_method:
        head = re.compile(r"^(?:export )?(?:default )?(?:abstract )?class\b", re.MULTILINE)
        places = [one.start() for one in head.finditer(source.text, 0, function.start)]
        if not places or source.text[: places[-1]].rstrip("\n").rpartition("\n")[2][:1] in (
            "@",
            ")",
        ):
            return None
        return edited(
            source.text, [(places[-1], places[-1], filler(source.language, chance) + "\n\n")]
        )
    return edited(
        source.text, [(function.start, function.start, filler(source.language, chance) + "\n\n")]
    )


def rename_function(
    source: Source, function: Function, chance: random.Random, _at: int = 0
) -> Result:
    new = f"{function.name}_{chance.choice(['impl', 'new', 'v2'])}"
    if function.name.startswith("__") or function.name == "constructor":
        return None
    found = re.finditer(rf"(?<![\w$]){re.escape(function.name)}(?![\w$])", source.text)
    inside = [
        one for one in found if one.start() == function.name_at or source.text[one.end()] == "("
    ]
    return edited(source.text, [(one.start(), one.end(), new) for one in inside])


def rename_local(source: Source, function: Function, chance: random.Random, _at: int = 0) -> Result:
    names = sorted(_locals(source, function))
    if not names:
        return None
    name = chance.choice(names)
    pattern = re.compile(rf"(?<![\w$.'\"]){re.escape(name)}(?![\w$'\"])(?!:)")
    if re.search(rf"\b{re.escape(name)}\s*(?:=\S|:)", source.text[function.start : function.end]):
        return None  # it may be a keyword argument or a key too
    new = f"{name}_{chance.choice(['value', 'item', 'x'])}"
    found = pattern.finditer(source.text, function.start, function.end)
    return edited(source.text, [(one.start(), one.end(), new) for one in found])


def _locals(source: Source, function: Function) -> set[str]:
    text = source.text[function.body : function.body_end]
    if source.language == "python":
        names = re.findall(r"^\s+(\w+) = ", text, re.MULTILINE) + re.findall(
            r"\bfor (\w+) in ", text
        )
    else:
        names = re.findall(r"\b(?:const|let|var) (\w+) = ", text)
    outside = re.findall(r"^\s+(?:global|nonlocal) (.+)", text, re.MULTILINE)
    return set(names) - NOT_LOCAL - {name.strip() for line in outside for name in line.split(",")}


def line_span(text: str, offset: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset) + 1
    return start, end or len(text)


def statements(source: Source, function: Function) -> list[tuple[int, int]]:
    """Return the statements of a function's body, as whole lines."""
    kind = "block" if source.language == "python" else "statement_block"
    root = parser(source.language).parse(source.text.encode()).root_node
    node = root.descendant_for_byte_range(function.name_at, function.name_at)
    while node is not None and node.type not in FUNCTIONS[source.language]:
        node = node.parent
    body = node.child_by_field_name("body") if node is not None else None
    if body is None or body.type != kind:
        return []
    spans = [
        (line_span(source.text, one.start_byte)[0], line_span(source.text, one.end_byte - 1)[1])
        for one in body.named_children
        if one.type != "comment"
    ]
    is_apart = all(one[1] <= other[0] for one, other in pairwise(spans))
    return spans if is_apart else []


def is_statement(source: Source, offset: int) -> bool:
    """Tell whether what stands on a line is one statement, and not a part of one."""
    start, end = line_span(source.text, offset)
    text = source.text[start:end]
    start, end = start + len(text) - len(text.lstrip()), start + len(text.rstrip())
    root = parser(source.language).parse(source.text.encode()).root_node
    node = root.descendant_for_byte_range(start, end)
    is_one = node is not None and node.start_byte == start and node.end_byte == end
    return is_one and node is not None and ("statement" in node.type or "declaration" in node.type)


def edit_nearby(source: Source, function: Function, chance: random.Random, at: int = 0) -> Result:
    """Insert a statement right before or after the one with the defect."""
    spans = [one for one in statements(source, function) if one[0] <= at < one[1]]
    if not spans:
        return None
    place = spans[0][0] if chance.random() < 0.5 else spans[0][1]
    if source.text[spans[0][0] : spans[0][1]].strip().startswith("return"):
        place = spans[0][0]
    first = source.text[spans[0][0] : spans[0][1]]
    indent = first[: len(first) - len(first.lstrip())]
    return edited(source.text, [(place, place, filler(source.language, chance, indent))])


def wrap_in_if(source: Source, function: Function, _chance: random.Random, at: int = 0) -> Result:
    spans = [one for one in statements(source, function) if one[0] <= at < one[1]]
    if not spans:
        return None
    start, end = spans[0]
    held = source.text[start:end]
    if '"""' in held or "'''" in held or "`" in held:
        return None
    indent = held[: len(held) - len(held.lstrip())]
    step = "    " if source.language == "python" else "  "
    head, tail = (
        ("if flag_enabled:\n", "") if step == "    " else ("if (flagEnabled) {\n", indent + "}\n")
    )
    edits: list[Edit] = [(start, start, indent + head + step)]
    edits += [
        (start + one.end(), start + one.end(), step)
        for one in re.finditer(r"\n(?=[^\n])", held)
        if start + one.end() < end
    ]
    if tail:
        edits.append((end, end, tail))
    return edited(source.text, edits)


def duplicate(source: Source, function: Function, chance: random.Random, _at: int = 0) -> Result:
    if function.name == "constructor":
        return None
    text = source.text[function.start : function.end]
    at = function.name_at - function.start
    copy = text[:at] + f"copy_of_{function.name}" + text[at + len(function.name) :]
    place = function.start if chance.random() < 0.7 else function.end
    return edited(source.text, [(place, place, copy + "\n")])


def edit_line(source: Source, _function: Function, chance: random.Random, at: int = 0) -> Result:
    """Change another word, number or argument on the line with the defect."""
    start, end = line_span(source.text, at)
    words = [
        one
        for one in re.finditer(
            r"(?<=\.)[a-z_]\w*|\b\d+\b|(?<=['\"])\w+(?=['\"])", source.text[start:end]
        )
        if not start + one.start() <= at < start + one.end()
    ]
    code = source.text[start:end].split("#")[0].split("//")[0]
    words = [one for one in words if one.end() <= len(code)]
    if not words:
        return None
    one = chance.choice(words)
    new = str(chance.randrange(100, 999)) if one[0].isdigit() else f"other_{one[0]}"
    return edited(source.text, [(start + one.start(), start + one.end(), new)])


def rewrite_half(
    source: Source, function: Function, chance: random.Random, keep: int = 0
) -> Result:
    """Rename the function and replace half of its statements, but not the one with the defect."""
    renamed = rename_function(source, function, chance)
    spans = [one for one in statements(source, function) if not one[0] <= keep < one[1]]
    if renamed is None or len(spans) < 2:
        return None
    edits: list[Edit] = []
    for start, end in chance.sample(spans, max(1, len(spans) // 2)):
        held = source.text[start:end]
        indent = held[: len(held) - len(held.lstrip())]
        edits.append((start, end, filler(source.language, chance, indent)))
    new = f"{function.name}_{chance.choice(['impl', 'new', 'v2'])}"
    found = re.finditer(rf"(?<![\w$]){re.escape(function.name)}(?=\()", source.text)
    edits += [(one.start(), one.end(), new) for one in found]
    edits = [one for one in edits if not any(other[0] < one[0] < other[1] for other in edits)]
    return edited(source.text, edits)


def move_function(
    source: Source, function: Function, chance: random.Random, _at: int = 0
) -> Result:
    """Put the function after, or before, another one of the same level."""
    others = [
        one
        for one in functions(source)
        if one.indent == function.indent and one.name != function.name
    ]
    if function.is_method:
        gap = re.compile(r"^\S", re.MULTILINE)
        others = [
            one
            for one in others
            if not gap.search(source.text, *sorted((one.end, function.start)))
            or not gap.search(source.text, *sorted((function.end, one.start)))
        ]
    if not others:
        return None
    return moved(source.text, function, chance.choice(others).end)


def moved(text: str, function: Function, to: int) -> Result:
    held = text[function.start : function.end]
    if function.start <= to <= function.end:
        return None
    if to > function.end:
        new = text[: function.start] + text[function.end : to] + "\n" + held + text[to:]
        shift, first, last = to - function.end + 1, function.end, to
        back, further = -(function.end - function.start), 1
    else:
        new = text[:to] + "\n" + held + text[to : function.start] + text[function.end :]
        shift, first, last = to - function.start + 1, to, function.start
        back, further = function.end - function.start + 1, 1

    def where(offset: int) -> int | None:
        if function.start <= offset < function.end:
            return offset + shift
        if first <= offset < last:
            return offset + back
        return offset + further if offset >= max(last, function.end) else offset

    return new, where


def stub(source: Source, function: Function) -> tuple[str, Map]:
    """Take a function's body out: its defects are gone."""
    first = source.text[function.body : function.body_end]
    indent = (
        first[: len(first) - len(first.lstrip())].rpartition("\n")[2] or function.indent + "    "
    )
    body = "raise NotImplementedError" if source.language == "python" else "throw new Error();"
    text, where = edited(source.text, [(function.body, function.body_end, f"{indent}{body}\n")])
    return text, lambda at: None if function.body <= at < function.body_end else where(at)


def replace_body(source: Source, function: Function, foreign: str) -> tuple[str, Map]:
    """Put another body in place of a function's; nothing of the old one is left."""
    text, where = edited(source.text, [(function.body, function.body_end, foreign)])
    return text, lambda at: None if function.body <= at < function.body_end else where(at)


def reindented(body: str, indent: str) -> str:
    """Return lines of code, shifted so that the first is at ``indent``."""
    lines = body.splitlines(keepends=True)
    have = len(lines[0]) - len(lines[0].lstrip())
    return "".join(indent + line[have:] if line.strip() else line for line in lines)
