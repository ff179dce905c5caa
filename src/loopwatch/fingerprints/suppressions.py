"""Comments and attributes that switch a check off where they stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from loopwatch.model.evidence import DefectKind

_LINT, _TYPE = frozenset({DefectKind.LINT}), frozenset({DefectKind.TYPE})
_BOTH = _LINT | _TYPE
HEAD_LINES = 60  # of a file, in which a comment on a line of its own speaks for the whole of it


class Reach(StrEnum):
    """What a suppression speaks for."""

    LINE = "line"
    NEXT = "the next line"
    REST = "what follows"
    FILE = "the file"


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment that switches checks off."""

    line: int  # 1-based
    reach: Reach
    text: str  # as it is written, shortened
    rules: tuple[str, ...]  # that are named; none: all
    kinds: frozenset[DefectKind]

    def covers(self, kind: DefectKind, rule: str) -> bool:
        """Tell whether a rule is switched off; ``E`` stands for all whose name begins so."""
        if kind not in self.kinds:
            return False
        return not self.rules or any(_is_meant(name, rule) for name in self.rules)


@dataclass(frozen=True, slots=True)
class _Form:
    pattern: re.Pattern[str]
    reach: Reach
    kinds: frozenset[DefectKind]


def _form(pattern: str, reach: Reach, kinds: frozenset[DefectKind]) -> _Form:
    return _Form(re.compile(pattern), reach, kinds)


# The first that fits is taken. Source: the manuals of the tools.
_FORMS = (
    _form(r"#\s*(?:ruff|flake8):\s*noqa(?::\s*(?P<rules>[\w, ]+))?", Reach.FILE, _LINT),
    _form(r"#\s*noqa(?::\s*(?P<rules>[A-Za-z0-9, ]+))?", Reach.LINE, _LINT),
    _form(r"#\s*mypy:\s*ignore-errors", Reach.FILE, _TYPE),
    _form(r"#\s*mypy:\s*disable-error-code\s*=\s*\"?(?P<rules>[\w, -]+)", Reach.FILE, _TYPE),
    _form(r"#\s*pyright:\s*basic|#\s*pyright:\s*ignoreErrors", Reach.FILE, _TYPE),
    _form(r"#\s*pyright:\s*(?P<rules>report\w+)\s*=\s*(?:false|none)", Reach.FILE, _TYPE),
    _form(r"#\s*(?:type|pyright|ty):\s*ignore(?:\[(?P<rules>[^\]]*)\])?", Reach.LINE, _TYPE),
    _form(r"#\s*pylint:\s*skip-file", Reach.FILE, _LINT),
    _form(r"#\s*pylint:\s*disable-next\s*=\s*(?P<rules>[\w, -]+)", Reach.NEXT, _LINT),
    _form(r"#\s*pylint:\s*disable\s*=\s*(?P<rules>[\w, -]+)", Reach.REST, _LINT),
    _form(r"eslint-disable-next-line(?P<rules>[^*\n]*)", Reach.NEXT, _LINT),
    _form(r"eslint-disable-line(?P<rules>[^*\n]*)", Reach.LINE, _LINT),
    _form(r"eslint-disable\b(?P<rules>[^*\n]*)", Reach.REST, _LINT),
    _form(r"@ts-(?:ignore|expect-error)", Reach.NEXT, _TYPE),
    _form(r"@ts-nocheck", Reach.FILE, _TYPE),
    _form(r"#!\[allow\((?P<rules>[^)]*)\)\]", Reach.FILE, _BOTH),
    _form(r"#\[(?:allow|expect)\((?P<rules>[^)]*)\)\]", Reach.REST, _BOTH),
    _form(r"//\s*nolint(?::(?P<rules>[\w,/-]+))?", Reach.LINE, _LINT),
    _form(r"//\s*NOLINTNEXTLINE(?:\((?P<rules>[^)]*)\))?", Reach.NEXT, _LINT),
    _form(r"//\s*NOLINT(?:\((?P<rules>[^)]*)\))?", Reach.LINE, _LINT),
    _form(r"@SuppressWarnings\((?P<rules>[^)]*)\)", Reach.REST, _BOTH),
    _form(r"#\s*(?:rubocop):\s*disable\s+(?P<rules>[\w/, ]+)", Reach.REST, _LINT),
    _form(r"(?://|#)\s*(?:nosec|NOSONAR|noinspection)\b", Reach.LINE, _LINT),
)
_MARK = re.compile(
    r"noqa|ignore|pylint|eslint-disable|@ts-|allow\(|expect\(|nolint|NOLINT|@SuppressWarnings"
    r"|rubocop|nosec|NOSONAR|mypy:|pyright:|noinspection"
)
_RULE = re.compile(r"[\w@/.:-]*\w")
_ALL = ("all", "ALL")


def suppressions(text: str) -> Iterator[Suppression]:
    """Yield what switches checks off in a file, in the order of lines."""
    if not _MARK.search(text):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        found = _on(line) if _MARK.search(line) else None
        if found is None:
            continue
        form, match = found
        is_alone = not code_of(line)
        reach = form.reach
        if reach is Reach.LINE and is_alone and "type:" in match[0] and number <= HEAD_LINES:
            reach = Reach.FILE  # of mypy: a comment alone at the top of the file
        elif reach is Reach.REST and not is_alone:
            reach = Reach.LINE
        yield Suppression(number, reach, match[0].strip(), _named(match), form.kinds)


def code_of(line: str) -> str:
    """Return a line without the suppression on it, and without layout."""
    found = _on(line)
    if found is None:
        return "".join(line.split())
    before = line[: found[1].start()]
    return "".join(before.rstrip("/*# \t").split())


def _on(line: str) -> tuple[_Form, re.Match[str]] | None:
    if not _MARK.search(line):
        return None
    found = ((form, form.pattern.search(line)) for form in _FORMS)
    return next(((form, match) for form, match in found if match is not None), None)


def _named(match: re.Match[str]) -> tuple[str, ...]:
    text = match.groupdict().get("rules") or ""
    names = _RULE.findall(text.split(" -- ")[0].replace('"', " "))
    return () if any(name in _ALL for name in names) else tuple(names)


def _is_meant(name: str, rule: str) -> bool:
    if name == rule or rule.endswith(("/" + name, "::" + name)):
        return True
    return name.isalnum() and name.isupper() and rule.startswith(name)
