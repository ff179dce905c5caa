"""Which symbols an edit changes."""

from collections.abc import Iterator
from dataclasses import dataclass

from loopwatch.diffing.syntax import Symbol
from loopwatch.graph.edits import FileEdit

NUMBERED = "#"  # "run#2": one more or less before it, and it is another one's number


@dataclass(frozen=True, slots=True)
class SymbolChange:
    """One symbol before and after an edit; None where it is not there."""

    name: str
    old: Symbol | None
    new: Symbol | None


def changed_symbols(edit: FileEdit) -> Iterator[SymbolChange]:
    """Yield the symbols of one file whose shape changed, in order of their names.

    Tokens that are equal have equal shapes; that locals have other names is no
    other state. Of several with one name there is no telling which is which.
    """
    old, new = edit.old.symbols, edit.new.symbols
    for name in sorted(old.keys() | new.keys()):
        if NUMBERED in name:
            continue
        before, after = old.get(name), new.get(name)
        if before is None or after is None or before.shape_state != after.shape_state:
            yield SymbolChange(name=name, old=before, new=after)
