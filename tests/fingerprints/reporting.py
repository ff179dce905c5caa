"""Reports about small pieces of code, for tests."""

from collections.abc import Sequence

from loopwatch.fingerprints.descriptor import Descriptor
from loopwatch.fingerprints.descriptors import FileDescriber, describe
from loopwatch.fingerprints.scopes import Definitions
from loopwatch.model.evidence import Defect, DefectKind, Span

LANGUAGES = {
    "py": "python",
    "js": "javascript",
    "ts": "typescript",
    "go": "go",
    "rs": "rust",
    "java": "java",
}


def lint(text: str, needle: str, rule: str = "X1", message: str = "it is wrong") -> Defect:
    """Report the first place where ``needle`` stands."""
    return lints(text, needle, rule, message)[0]


def lints(text: str, needle: str, rule: str = "X1", message: str = "it is wrong") -> list[Defect]:
    """Report all places where ``needle`` stands."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        column = line.find(needle)
        while column >= 0:
            span = Span(start_line=number, end_line=number, start_column=column + 1)
            found.append(Defect(kind=DefectKind.LINT, rule=rule, message=message, span=span))
            column = line.find(needle, column + 1)
    return found


def described(text: str, defects: Sequence[Defect], path: str = "a.py") -> tuple[Descriptor, ...]:
    """Describe defects of a text, in the language of its path."""
    return describe(defects, text.encode(), path, LANGUAGES.get(path.rpartition(".")[2]))


def all_described(text: str, needle: str, path: str = "a.py") -> tuple[Descriptor, ...]:
    """Describe what stands at each place of ``needle``."""
    return described(text, lints(text, needle), path)


def defined(text: str, path: str = "a.py") -> Definitions:
    """Return what stands in a version of one file."""
    file = FileDescriber(text.encode(), path, LANGUAGES.get(path.rpartition(".")[2]))
    return Definitions(lambda asked: file if asked == path else None)


def failing(subject: str, message: str = "assert 1 == 2") -> Defect:
    """Report a failing test."""
    return Defect(kind=DefectKind.TEST, rule="test", message=message, subject=subject)
