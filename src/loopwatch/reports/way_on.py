"""What a check says to do about a finding: end it, look at it, or go on all the same."""

from typing import assert_never

from loopwatch.model.finding import Finding, Kind
from loopwatch.model.report import Checked
from loopwatch.reports.escape import plain
from loopwatch.reports.ink import Line, line, wrapped
from loopwatch.reports.names import counted, finding_id, letter
from loopwatch.reports.observed import in_turn, is_observed
from loopwatch.reports.style import Style

LABEL = 13  # columns of what stands before each command


def way_on(finding: Finding, checked: Checked, style: Style) -> list[Line]:
    """Return what a fix has to satisfy, how to look, and how to go on anyway."""
    identity = finding_id(finding)
    skipped = ["git commit --no-verify"] if checked is not Checked.COMMITS else []
    accepted = [f'loopwatch ignore {identity} --reason "..."']
    if checked is not Checked.STAGED:  # what is refused before its message is read cannot say so
        accepted.append(f"or in a commit message: Loopwatch-Ignore: {identity} reason")
    return [
        *wrapped(_label("to end it:"), to_end_it(finding), style.width),
        *_labelled("look:", f"loopwatch explain {identity}"),
        *_labelled("go on:", *skipped),
        *_labelled("accept it:", *accepted),
    ]


def to_end_it(finding: Finding) -> str:
    """Return what a fix has to satisfy."""
    match finding.kind:
        case Kind.OSCILLATION if is_observed(finding):
            names = _names(in_turn(finding))
            return f"a version without {names}: so far what removed one brought another back"
        case Kind.OSCILLATION:
            labels = [plain(state.label) for state in finding.states]
            both = "both" if len(labels) == 2 else f"all {len(labels)}"
            sides = f"{', '.join(labels[:-1])} and {labels[-1]}"
            return f"do what {sides} are for, {both} at once; going back to one is another turn"
        case Kind.RELAPSE if is_observed(finding):
            number = len(finding.defects)
            them = "A" if number == 1 else counted(number, "defect")
            return f"be rid of {them} again, and keep what this change is for"
        case Kind.RELAPSE:
            return (
                "keep what was done before, and make this change beside it; "
                "if it is dropped on purpose, say so in the message"
            )
        case Kind.MASKED:
            return "switch the check on again, and satisfy it"
        case Kind.TRADE | Kind.BACKTRACK:
            return "nothing to do, if it is meant"
        case _:
            assert_never(finding.kind)


def _names(number: int) -> str:
    """Return "A and B" or "A to D"."""
    return "A and B" if number == 2 else f"A to {letter(max(number, 1) - 1)}"


def _labelled(label: str, *told: str) -> list[Line]:
    """Return what can be typed, the label before the first; nothing is wrapped."""
    labels = [label, *("" for _ in told)]
    return [(*_label(one), *line(text)) for one, text in zip(labels, told, strict=False)]


def _label(text: str) -> Line:
    return line(f"  {text:<{LABEL}}")
