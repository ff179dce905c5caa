"""Small edits that are put together, and where each word of a file goes in them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import _perturbing as edits
from _perturbing import Function, Map, Source


@dataclass(slots=True)
class Case:
    """Two versions, and what is true of them."""

    row: str
    olds: list[Source]
    news: list[Source]
    where: Callable[[str, int], tuple[str, int] | None]
    is_affected: Callable[[str, int], bool]
    between: list[list[Source]] = field(default_factory=list)  # of returns: versions without it


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
