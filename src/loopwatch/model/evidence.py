"""Evidence: what a detector said about one content, and on what it said nothing."""

from dataclasses import dataclass
from enum import StrEnum


class DefectKind(StrEnum):
    """What sort of thing is wrong; it decides what makes two reports the same defect."""

    TEST = "test"
    TYPE = "type"
    LINT = "lint"
    SYNTAX = "syntax"
    CRASH = "crash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a report points. For display and for finding the code meant, never an identity."""

    start_line: int  # 1-based
    end_line: int  # 1-based, inclusive
    start_column: int | None = None  # 1-based, in characters; None: the whole line
    end_column: int | None = None  # 1-based, in characters, exclusive

    def __post_init__(self) -> None:
        if not 1 <= self.start_line <= self.end_line:
            raise ValueError(f"need 1 <= start <= end, got {self.start_line}-{self.end_line}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing wrong, as one detector reports it about one content."""

    kind: DefectKind
    rule: str  # "F821", "arg-type", "TS2322"; of a test: "test"; of a crash: the exception
    message: str  # as reported; of a test: why it failed
    path: str | None = None  # repository-relative, with forward slashes
    span: Span | None = None
    # Of a test: its node id, with parameters. Of an error of a compiler that is known by its
    # message and path alone: what tells it from others that say the same.
    subject: str = ""
    reason: str = ""  # of a test: the type of the exception, where it is told
    frames: tuple[str, ...] = ()  # "path:function" of our own code, outermost first
    marks: tuple[tuple[str, str], ...] = ()  # fingerprints that the tool itself gave, by key

    @property
    def is_by_message(self) -> bool:
        """Tell whether nothing but what is said, of which file, tells it from others."""
        return self.kind is DefectKind.TYPE and bool(self.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a run tells about. All else stays unknown, and unknown is never "fixed".

    Of tests, a root or a suite says that all tests there ran to their end or were
    switched off, and that all that failed are listed.
    """

    # Files and folders looked at whole. "" is everything, "src/*" is src without its folders.
    roots: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()  # node ids of tests that ran and found nothing wrong
    switched_off: tuple[str, ...] = ()  # … of tests that were skipped, or expected to fail
    unknown: tuple[str, ...] = ()  # files inside the roots that were not checked after all
    suites: tuple[str, ...] = ()  # roots for tests whose names are known but not their files
    rules: tuple[str, ...] | None = None  # looked for; "F4*": all that begin so; None: the usual
    rules_off: tuple[str, ...] = ()  # not looked for, written like ``rules``; the longest decides

    def covers(self, path: str) -> bool:
        """Tell whether what is not reported of a file is known not to be there."""
        return any(_holds(root, path) for root in self.roots) and path not in self.unknown

    def covers_rule(self, rule: str) -> bool:
        """Tell whether a rule was looked for, as far as the command decides that."""
        if self.rules is None and not self.rules_off:
            return True
        off = max((_reach(name, rule) for name in self.rules_off), default=0)
        if self.rules is None:
            return not off
        return max((_reach(name, rule) for name in self.rules), default=0) > off

    def covers_test(self, test: str, path: str | None = None) -> bool:
        """Tell whether a test that is not reported is known not to fail.

        Args:
            test: its node id.
            path: its file, where it is known.
        """
        if test in self.passed:
            return True
        if test in self.switched_off or path in self.unknown:
            return False
        is_in_suite = any(_holds_test(suite, test) for suite in self.suites)
        return is_in_suite or (path is not None and self.covers(path))


def _holds(root: str, path: str) -> bool:
    folder, star, rest = root.rpartition("*")
    if star and not rest:
        return path.startswith(folder) and "/" not in path[len(folder) :]
    return not root or path == root or path.startswith(f"{root.rstrip('/')}/")


def _holds_test(suite: str, test: str) -> bool:
    """Tell whether a name goes on after the beginning of it, and not in the middle of a word."""
    rest = test[len(suite) :]
    is_end = not (rest and (rest[0].isalnum() or rest[0] == "_"))
    return test.startswith(suite) and (is_end or not suite[-1:].isalnum())


def _reach(name: str, rule: str) -> int:
    """Return how closely "F841", "F8*" or "*" names a rule; 0: it does not."""
    if name.endswith("*"):
        return len(name) if rule.startswith(name[:-1]) else 0
    return len(name) + 2 if name == rule else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one run of one detector said about one content."""

    detector: str  # "ruff", "pytest"; two tools that say the same thing are two detectors
    kind: DefectKind = DefectKind.LINT  # what it looks for; what else it meets is told as well
    version: str = ""  # of the tool; "": not told
    configuration: str = ""  # digest of what decides which rules are on; "": not told
    scope: Scope
    defects: tuple[Defect, ...] = ()
