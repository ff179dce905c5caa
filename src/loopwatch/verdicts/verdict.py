"""What a return means, and what several rules ask of a run of returns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loopwatch.graph.returns import Return
from loopwatch.model.finding import Kind, Level
from loopwatch.verdicts.context import Context

UNSAID = "it has no message yet, which will decide"
SURE_ROUNDS = 3  # returns after which what they say of themselves does not matter


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a return means."""

    found: Return
    kind: Kind
    level: Level
    why: str
    confidence: float
    is_mechanical: bool = False  # counted, not listed
    is_excusable: bool = False  # there is no message yet, and one might say that it is meant

    def packed(self) -> "Verdict":
        """Return the same in less room, to be kept for long."""
        return replace(self, found=self.found.packed())

    def after(self, earlier: "Verdict | None") -> "Verdict":
        """Return the same about a unit that has turned before: a quiet turn unsays nothing."""
        if earlier is None or earlier.level.rank <= self.level.rank:
            return self
        return replace(earlier, found=self.found)

    @property
    def is_loud(self) -> bool:
        """Tell whether it is a warning or an error."""
        return self.level is not Level.NOTE


def evident(returning: Sequence[int], context: Context) -> int:
    """Count the returns that neither admit a revert nor put back what was so reverted."""
    evident, is_excused = 0, False
    for version in returning:
        if is_excused or context.intent(version).is_admitted:
            is_excused = not is_excused
        else:
            evident += 1
    return evident
