"""Which symbols an edit changes, and which of them only moved or got another name."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from loopwatch.diffing.fragments import meaningful, squeezed
from loopwatch.diffing.syntax import Symbol
from loopwatch.graph.contents import FileContent
from loopwatch.graph.edits import FileEdit
from loopwatch.graph.tracks import ABSENT

STATE_WIDTH = 16  # bytes
ALIKE = 0.6  # shared meaningful lines of two bodies, for one to be the other renamed
SMALLEST_BODY = 2  # meaningful lines; smaller bodies are alike by accident


@dataclass(frozen=True, slots=True)
class SymbolChange:
    """One symbol before and after an edit; None where it is not there."""

    path: bytes
    name: str
    old: Symbol | None
    new: Symbol | None

    @property
    def states(self) -> tuple[bytes, bytes]:
        """Shapes before and after; ``ABSENT`` where the symbol is not there.

        Tokens that are equal have equal shapes; that locals have other names is no
        other state.
        """
        old, new = self.old, self.new
        return (old.shape_state if old else ABSENT), (new.shape_state if new else ABSENT)


@dataclass(frozen=True, slots=True)
class SymbolMove:
    """One symbol goes on as another."""

    old_path: bytes
    old_name: str
    new_path: bytes
    new_name: str


def changed_symbols(edit: FileEdit) -> Iterator[SymbolChange]:
    """Yield the symbols of one file whose shape changed, in order of their names."""
    old, new = _table(edit.old), _table(edit.new)
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before is None or after is None or before.shape_state != after.shape_state:
            yield SymbolChange(path=edit.path, name=name, old=before, new=after)


def _table(content: FileContent) -> dict[str, Symbol]:
    return {symbol.name: symbol for symbol in content.syntax.symbols} if content.syntax else {}


def moves(edits: Sequence[FileEdit], changes: Iterable[SymbolChange]) -> Iterator[SymbolMove]:
    """Yield the symbols that vanish at one place and appear, equal or alike, at another."""
    bodies = {edit.path: edit for edit in edits}
    gone: list[SymbolChange] = []
    come: list[SymbolChange] = []
    for change in changes:
        (gone if change.new is None else come if change.old is None else []).append(change)
    by_shape: dict[bytes, SymbolChange] = {}
    for change in gone:
        if change.old:
            by_shape.setdefault(change.old.shape_state, change)
    for change in come:
        origin = by_shape.get(change.new.shape_state) if change.new else None
        if origin is None:
            origin = _most_alike(change, (g for g in gone if g.path == change.path), bodies)
        if origin is not None:
            yield SymbolMove(origin.path, origin.name, change.path, change.name)


def _most_alike(
    change: SymbolChange, gone: Iterable[SymbolChange], edits: dict[bytes, FileEdit]
) -> SymbolChange | None:
    mine = _body(edits[change.path].new, change.new)
    if len(mine) < SMALLEST_BODY:
        return None
    best, most = None, ALIKE
    for other in gone:
        theirs = _body(edits[other.path].old, other.old)
        share = len(mine & theirs) / max(len(mine), len(theirs), 1)
        if share >= most and len(theirs) >= SMALLEST_BODY:
            best, most = other, share
    return best


def _body(content: FileContent, symbol: Symbol | None) -> set[bytes]:
    """Return the meaningful lines of a symbol, without its first: that holds the name."""
    if symbol is None:
        return set()
    return set(meaningful(map(squeezed, content.lines[symbol.start_line : symbol.end_line])))
