"""One return with all that the rules ask of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from loopwatch.diffing.fragments import MECHANICAL, MOVES
from loopwatch.graph.returns import Return
from loopwatch.graph.topology import NONE
from loopwatch.graph.tracks import ABSENT
from loopwatch.model.unit import Granularity
from loopwatch.verdicts.context import Context
from loopwatch.verdicts.intent import Intent


@dataclass(frozen=True)
class Shares:
    """How much of each earlier edit one version takes back; columns by the earlier version."""

    places: Counter[int]  # of code, mere insertions apart
    fixed_places: Counter[int]  # of a fix, taken back word for word
    of_file: Counter[tuple[int, bytes]]  # places of a file, by the earlier edit and path
    lost_lines: Counter[int]  # of code, that had gone and are back
    undone: frozenset[int]  # edits that are taken back in more than what they created

    @classmethod
    def of(cls, returns: Iterable[Return], context: Context) -> "Shares":
        """Sum up what returns at one version."""
        shares = cls(Counter(), Counter(), Counter(), Counter(), _undone(returns))
        for found in returns:
            if found.granularity is Granularity.SITE and _may_be_loud(found, context):
                shares.add(found, context)
        return shares

    def add(self, found: Return, context: Context) -> None:
        """Count one site."""
        self.of_file[found.left, found.path] += 1
        is_code = context.is_code(found.path)
        if is_code and not found.is_insertion:
            self.places[found.left] += 1
        if is_code and found.is_deletion:
            self.lost_lines[found.left] += found.lines
        is_swap = not (found.is_insertion or found.is_deletion)
        if is_swap and found.is_exact and context.intent(found.left).is_fix:
            self.fixed_places[found.left] += 1


def _undone(returns: Iterable[Return]) -> frozenset[int]:
    return frozenset(found.left for found in returns if not is_uncreated(found))


def is_uncreated(found: Return) -> bool:
    """Tell whether a unit that the range created is gone again."""
    return found.visits[-1].state == ABSENT and found.visits[found.since].version == NONE


def _may_be_loud(found: Return, context: Context) -> bool:
    return not (
        found.is_arrival
        or found.marks & (MECHANICAL | MOVES)
        or context.quiet_reason(found.path)
        or context.intent(found.version).is_admitted
    )


@dataclass(frozen=True)
class Case:
    """A return, what else returns with it, and the versions around it."""

    found: Return
    shares: Shares
    context: Context

    @cached_property
    def hours(self) -> float:
        """Time from the edit that left the state to the return."""
        return self.context.hours(self.found.left, self.found.version)

    @cached_property
    def steps(self) -> tuple[Intent, ...]:
        """What the edits of this turn mean to do, from the one that left the state."""
        return tuple(map(self.context.intent, self.found.steps))

    @property
    def is_soon(self) -> bool:
        """Tell whether the state was left within the window."""
        return self.hours <= self.context.options.window_hours

    @property
    def is_unsaid(self) -> bool:
        """Tell whether the return has no message yet, which could convict or excuse it."""
        return self.context.at(self.found.version).subject is None

    @property
    def is_admitted(self) -> bool:
        """Tell whether an edit of this turn says that it takes something back."""
        return any(step.is_admitted for step in self.steps)

    @property
    def is_session(self) -> bool:
        """Tell whether it happened in a session, where each edit is a version."""
        return self.context.at(self.found.version).turn is not None

    @property
    def is_one_turn(self) -> bool:
        """Tell whether it all happened in a session, under one prompt."""
        turns = {self.context.at(version).turn for version in self.found.steps}
        return len(turns) == 1 and None not in turns

    @property
    def is_all_fixes(self) -> bool:
        """Tell whether every edit of this turn means to fix something, and admits no revert."""
        return all(step.is_fix and not step.is_admitted for step in self.steps)

    @property
    def is_swap(self) -> bool:
        """Tell whether both states have something to show: none is the lack of the other."""
        found = self.found
        return not (found.is_insertion or found.is_deletion or found.is_absence)

    @property
    def is_code(self) -> bool:
        """Tell whether the file is in a programming language."""
        return self.context.is_code(self.found.path)

    @property
    def is_most_of_it(self) -> bool:
        """Tell whether most of what the edit that left the state did to the file is taken back."""
        found = self.found
        if found.granularity is not Granularity.SITE:
            return True
        return 2 * self.shares.of_file[found.left, found.path] >= found.siblings

    @property
    def span(self) -> str:
        """The time from leaving to returning, in words."""
        if self.hours < 2:
            minutes = max(round(self.hours * 60), 1)
            return "a minute" if minutes == 1 else f"{minutes} minutes"
        return f"{self.hours:.0f} hours" if self.hours < 48 else f"{self.hours / 24:.0f} days"
