"""The walk of a finding through its states, in the order it happened."""

from dataclasses import dataclass
from itertools import zip_longest

from loopwatch.model.finding import CycleEdit, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One step of the walk."""

    version: str
    label: str | None  # of the state that it is in; None: one that is not in the cycle
    came_from: str | None  # label of the state before; None at the start
    edit: CycleEdit | None  # what led here; None: where the walk starts


def visits(finding: Finding) -> tuple[Visit, ...]:
    """Return each version that entered a state, and each edit of the cycle, oldest first.

    Edits come in order; a version that no edit leads to is where the walk
    started, so it comes before them.
    """
    label_of = {version: state.label for state in finding.states for version in state.versions}
    edits = {edit.version: edit for edit in finding.edits}
    rounds = zip_longest(*(state.versions for state in finding.states))
    entered = [version for turn in rounds for version in turn if version is not None]
    starts = [version for version in entered if version not in edits]
    steps: list[Visit] = []
    here: str | None = None
    for version in (*starts, *edits):
        label = label_of.get(version)
        edit = edits.get(version)
        steps.append(Visit(version=version, label=label, came_from=here, edit=edit))
        here = label or here
    return tuple(steps)
