"""What linters, type checkers and compilers have in common: findings in files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loopwatch.detectors.asked import Asked
from loopwatch.detectors.console import said
from loopwatch.detectors.families import TYPE_CHECKERS
from loopwatch.model.evidence import Defect, DefectKind, Evidence, Scope, Span


@dataclass(frozen=True, slots=True)
class Row:
    """One finding, as a tool writes it."""

    kind: DefectKind
    rule: str
    message: str
    path: str
    where: Span | None = None
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All findings of a run, and what else it says about itself."""

    rows: Sequence[Row] = ()
    told: int | None = None  # how many there are, where the tool says so
    looked_at: tuple[str, ...] = ()  # files and folders, where it lists them
    unread: tuple[str, ...] = ()  # files that it could not look at, as it writes them
    is_broken: bool = False  # it says that it did not do its work
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """What the call of a tool says about what was looked for, and where."""

    statuses: tuple[int, ...] = (0, 1)  # of a run that did its work
    roots: tuple[str, ...] = ()
    configuration: str = ""
    rules: tuple[str, ...] | None = None
    rules_off: tuple[str, ...] = ()


def span(
    line: int | None,
    column: int | None = None,
    end_line: int | None = None,
    end_column: int | None = None,
) -> Span | None:
    """Return where a report points; what makes no sense of it is left out."""
    if line is None or line < 1:
        return None
    last = line if end_line is None or end_line < line else end_line
    start = column if column is not None and column >= 1 else None
    is_after = end_column is not None and end_column >= (start or 1 if last == line else 1)
    return Span(
        start_line=line,
        end_line=last,
        start_column=start,
        end_column=end_column if start is not None and is_after else None,
    )


EVERYTHING = ""  # as a root


def evidence(detector: str, asked: Asked, found: Rows, covering: Covering) -> Evidence | None:
    """Return what the findings of a run say; None if that is nothing.

    Where the command does not name the tool, only files with findings are known to have
    been looked at. A file of results from elsewhere is of a whole run, unless it lists what
    it looked at.
    """
    defects = tuple(dict.fromkeys(_defects(asked, found.rows)))
    roots = [*_roots(asked, found, covering, defects), *_located(asked, found.looked_at)]
    unread = set(_located(asked, found.unread))
    broken = {defect.path for defect in defects if defect.kind is DefectKind.SYNTAX}
    is_known = _is_complete(asked, found) and asked.has_ended(*covering.statuses)
    scope = Scope(
        roots=tuple(dict.fromkeys(roots)) if is_known else (),
        unknown=tuple(sorted(unread | {path for path in broken if path is not None})),
        rules=covering.rules,
        rules_off=covering.rules_off,
    )
    return telling(
        Evidence(
            detector=detector,
            kind=DefectKind.TYPE if detector in TYPE_CHECKERS else DefectKind.LINT,
            version=found.version,
            configuration=covering.configuration,
            scope=scope,
            defects=defects,
        )
    )


def _roots(
    asked: Asked, found: Rows, covering: Covering, defects: Iterable[Defect]
) -> Sequence[str]:
    """Return what a run went through, apart from what it lists."""
    if asked.program:
        return covering.roots
    lists = not {row.path for row in found.rows}.issuperset(found.looked_at)
    if asked.run.command or lists:
        return [one.path for one in defects if one.path]
    return [EVERYTHING]


def telling(evidence: Evidence) -> Evidence | None:
    """Return evidence, or None if it says nothing at all."""
    scope = evidence.scope
    says = evidence.defects or scope.roots or scope.passed or scope.switched_off or scope.unknown
    return evidence if says or scope.suites else None


def _located(asked: Asked, paths: Iterable[str]) -> list[str]:
    return [path for path in map(asked.path, paths) if path is not None]


def _defects(asked: Asked, rows: Sequence[Row]) -> Iterable[Defect]:
    """Yield the findings inside the repository."""
    for row in rows:
        path = asked.path(row.path)
        if path:
            yield Defect(
                kind=row.kind,
                rule=said(row.rule)[:200],
                message=said(row.message),
                path=path,
                span=row.where,
                marks=row.marks,
            )


def _is_complete(asked: Asked, found: Rows) -> bool:
    """Tell whether all findings of a tool that did its work have reached us.

    Where the tool does not say how many there are, its exit status has to be known and to
    agree: a failure without a finding was something else.
    """
    if not asked.is_whole or found.is_broken:
        return False
    if found.told is not None:
        return found.told == len(found.rows)
    return asked.exit_status == 0 or (asked.exit_status is not None and bool(found.rows))
