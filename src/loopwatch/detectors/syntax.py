"""Finds what does not parse, in every language that has a grammar here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.detectors.api import SourceFile
from loopwatch.diffing.languages import is_installed, language_of
from loopwatch.diffing.syntax import SyntaxReader
from loopwatch.model.evidence import Defect, DefectKind, Span

RULE = "syntax"
LARGEST = 2_000_000  # bytes; such a file is data
_SHOWN = 60  # characters of the code that are quoted


@dataclass(frozen=True, slots=True)
class Syntax:
    """Reports each outermost place that does not parse, as tree-sitter sees it."""

    name: str = "syntax"
    version: str = "1"
    _reader: SyntaxReader = field(
        default_factory=lambda: SyntaxReader(memo_entries=2, trees=0), repr=False, compare=False
    )

    def inspects(self, path: str) -> bool:
        language = language_of(path)
        return language is not None and is_installed(language)

    def inspect(self, file: SourceFile) -> Iterator[Defect]:
        language = language_of(file.path, file.content)
        if language is None or len(file.content) > LARGEST or b"\0" in file.content[:8_000]:
            return
        found = self._reader.read(file.path, language, file.content)
        if found is not None and found.errors:
            yield from reports(file.path, file.content.split(b"\n"), found.errors)


def reports(
    path: str, lines: Sequence[bytes], errors: Iterable[tuple[int, int]]
) -> Iterator[Defect]:
    """Yield a defect for each place that does not parse.

    Args:
        path: of the file.
        lines: of the file.
        errors: first and last line of each place, 1-based.
    """
    for first, last in errors:
        yield Defect(
            kind=DefectKind.SYNTAX,
            rule=RULE,
            message=_message(lines[first - 1 : last]),
            path=path,
            span=Span(start_line=first, end_line=max(first, last)),
        )


def _message(lines: Sequence[bytes]) -> str:
    """Return what is said of an error: the code that it begins with."""
    text = b" ".join(line.strip() for line in lines[:_SHOWN])[: 4 * _SHOWN]
    shown = text.decode("utf-8", "replace")[:_SHOWN].strip()
    return f"does not parse: {shown}" if shown else "does not parse"
