"""What one version returned to and why each return was raised or not, for people and machines.

``document`` is ``loopwatch.explain/1``; ``docs/explain.md`` says what is in it.
"""

import json
from collections.abc import Iterator, Mapping

from loopwatch import __version__
from loopwatch.model.explanation import Explanation, Step, ToldReturn
from loopwatch.model.finding import Finding, Kind, Level
from loopwatch.model.report import Report
from loopwatch.model.suppression import Suppression
from loopwatch.model.unit import Granularity
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.explain import why_ignored
from loopwatch.reports.ink import BLANK, Line, Span, Tone, line, wrapped, written
from loopwatch.reports.json_doc import Object, printed
from loopwatch.reports.names import NOUNS, counted, date, duration, short, standing, unit_name
from loopwatch.reports.passages import LONGEST_SUBJECT, TONES
from loopwatch.reports.style import PLAIN, Style

SCHEMA = "loopwatch.explain/1"
MOST_RETURNS = 20  # returns that are told without -v
LONGEST_REASON = 2_000  # characters
HOUR = 3600  # seconds
NOTHING_IGNORED: Mapping[str, Suppression] = {}


def render(
    explanation: Explanation,
    report: Report,
    style: Style = PLAIN,
    ignored: Mapping[str, Suppression] = NOTHING_IGNORED,
) -> str:
    """Return the explanation of a version of ``report`` as text; ``ignored`` is by finding."""
    lines = [*_head(explanation, style), *_findings(explanation, report, style, ignored)]
    shown = explanation.returns if style.verbose else explanation.returns[:MOST_RETURNS]
    lines += [BLANK, *wrapped(line("  "), _title(explanation), style.width)]
    for told in shown:
        lines += [BLANK, *_return(told, style)]
    more = len(explanation.returns) - len(shown)
    if more:
        lines += [BLANK, line(f"  ... {counted(more, 'more return')}: -v shows them", Tone.FAINT)]
    return written(lines, colour=style.colour)


def _head(explanation: Explanation, style: Style) -> Iterator[Line]:
    """Yield the version with its date, what it means to do, its subject and where it is from."""
    at = explanation.at
    head = (Span("VERSION ", Tone.TITLE), Span(short(at.version.id), Tone.ID), Span("  "))
    when = date(max(at.version.authored, at.version.committed))
    is_commit = at.version.subject is not None
    yield from wrapped((*head, Span(f"{when}  " if is_commit else "")), _said(at), style.width)
    origin = explanation.from_version
    start = f"from {short(origin)}" if origin else "a first commit"
    agent = f", made by {plain(at.version.agent)}" if at.version.agent else ""
    read = f", read in {plain(explanation.source.range)} of {plain(explanation.source.name)}"
    yield from wrapped(line("  "), f"{start}{agent}{read}", style.width)


def _said(step: Step) -> str:
    """Return the role and the first line of the message."""
    version = step.version
    if version.subject is None:
        return "git has a revert under way" if version.is_admitted else "not committed yet"
    subject = clipped(version.title or version.subject, LONGEST_SUBJECT)
    return f"{step.role.value}  {subject or '(no message)'}"


def _findings(
    explanation: Explanation, report: Report, style: Style, ignored: Mapping[str, Suppression]
) -> Iterator[Line]:
    named = {finding.id: finding for finding in report.findings}
    for identity in explanation.findings:
        if (finding := named.get(identity)) is not None:
            yield BLANK
            yield from _finding(finding, style)
            yield from why_ignored(ignored.get(identity), style, " " * 10)


def _finding(finding: Finding, style: Style) -> list[Line]:
    """Return the finding that the version has a part in, and where to read all of it."""
    noun = NOUNS[finding.kind][0]
    name = f"{unit_name(finding)}: {noun}, {standing(finding)}"
    more = f"loopwatch explain {plain(finding.id)}"
    return [
        *wrapped((Span("  part of ", TONES[finding.level]),), name, style.width),
        (Span("          "), Span(more, Tone.ID)),
    ]


def _title(explanation: Explanation) -> str:
    """Return how many units return, and how many of them were raised."""
    returns = explanation.returns
    if not returns:
        return "Nothing is back in an earlier state here."
    raised = sum(told.level is not Level.NOTE for told in returns)
    if any(told.unit.granularity is Granularity.DEFECT for told in returns):
        return f"{counted(len(returns), 'return')} here; {raised or 'none'} of them raised:"
    units = counted(len(returns), "unit is", "units are")
    return f"{units} back in an earlier state here; {raised or 'none'} of them raised:"


def _return(told: ToldReturn, style: Style) -> list[Line]:
    """Return one unit: what was made of it and why, the edit that left the state, the finding."""
    is_observed = told.unit.granularity is Granularity.DEFECT
    lines = [
        *wrapped((Span(f"  {_outcome(told)}  ", TONES[told.level]),), _name(told), style.width),
        *wrapped(line("    why:   "), clipped(told.why, LONGEST_REASON), style.width),
        *(_seen_before(told, style) if is_observed else _state_before(told, style)),
    ]
    if told.quiet and told.quiet not in told.why and not is_observed:
        lines += wrapped(line("    quiet: "), plain(told.quiet), style.width)
    if told.finding is not None:
        lines.append((Span("    in:    "), Span(plain(told.finding), Tone.ID)))
    return lines


def _state_before(told: ToldReturn, style: Style) -> list[Line]:
    """Return which state a unit is back in, and the edit that had left it."""
    before = f"back as at {short(told.back_to)}" if told.back_to else "back as before the range"
    rounds = f", {counted(told.rounds, 'round')} of {told.period} states" if told.rounds > 1 else ""
    return [
        *wrapped(line("    state: "), before + rounds, style.width),
        *wrapped(line("    left:  "), _left(told), style.width),
    ]


def _seen_before(told: ToldReturn, style: Style) -> list[Line]:
    """Return where a defect that is back was before, and the edit that had removed it."""
    if told.kind in {Kind.TRADE, Kind.MASKED}:
        return []  # nothing is back
    before = f"there as at {short(told.back_to)}" if told.back_to else "there as before the range"
    turns = f", {counted(told.rounds, 'round')} of {counted(told.period, 'defect')}"
    rounds = turns if told.rounds > 1 else ""
    return [
        *wrapped(line("    again: "), before + rounds, style.width),
        *wrapped(line("    gone:  "), _left(told), style.width),
    ]


def _left(told: ToldReturn) -> str:
    """Return the edit that left the state, and how long before."""
    gap = duration(round(told.hours * HOUR))
    between = f"{gap} and {counted(told.edits, 'edit')} before"
    return f"{short(told.left.version.id)}  {_said(told.left)}; {between}"


def _outcome(told: ToldReturn) -> str:
    """Return what was made of a return, in a few words."""
    if told.is_arrival:
        return "not judged here"
    if told.is_mechanical:
        return "counted, not listed"
    noun = NOUNS[told.kind][0]
    if told.level is Level.NOTE:
        return "not raised" if told.kind is Kind.BACKTRACK else f"not raised ({noun})"
    return f"{told.level.value}, {noun}"


def _name(told: ToldReturn) -> str:
    unit = told.unit
    name = "::".join(plain(part) for part in (unit.path, unit.symbol) if part)
    place = f", line {told.line}" if told.line is not None else ""
    size = "defects of" if unit.granularity is Granularity.DEFECT else unit.granularity.value
    return f"{size} {name}{place}"


def render_json(explanation: Explanation) -> str:
    """Return the document as text, as ``json_doc`` writes its own."""
    text = json.dumps(document(explanation), ensure_ascii=False, indent=2, allow_nan=False)
    return f"{printed(text)}\n"


def document(explanation: Explanation) -> Object:
    """Return the document as plain dictionaries and lists."""
    source = explanation.source
    return {
        "schema": SCHEMA,
        "tool": {"name": "loopwatch", "version": __version__},
        "source": {"kind": source.kind, "name": source.name, "range": source.range},
        **_step(explanation.at),
        "from": explanation.from_version,
        "agent": explanation.at.version.agent,
        "findings": list(explanation.findings),
        "returns": [_return_object(told) for told in explanation.returns],
    }


def _step(step: Step) -> Object:
    version = step.version
    return {
        "version": version.id,
        "role": step.role.value,
        "admits": step.is_admitted,
        "summary": version.title or version.subject,
    }


def _return_object(told: ToldReturn) -> Object:
    return {
        "granularity": told.unit.granularity.value,
        "path": told.unit.path,
        "symbol": told.unit.symbol,
        "line": told.line,
        "kind": told.kind.value,
        "level": told.level.value,
        "confidence": told.confidence,
        "why": told.why,
        "mechanical": told.is_mechanical,
        "quiet": told.quiet,
        "arrival": told.is_arrival,
        "rounds": told.rounds,
        "period": told.period,
        "back_to": told.back_to,
        "left": _step(told.left),
        "hours": round(told.hours, 2),
        "edits": told.edits,
        "finding": told.finding,
    }
