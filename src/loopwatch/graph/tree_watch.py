"""The tree: whether all files together are as they were."""

from dataclasses import dataclass, field

from loopwatch.graph.histories import Histories
from loopwatch.graph.returns import Return
from loopwatch.graph.topology import Topology
from loopwatch.graph.tracks import ABSENT
from loopwatch.model.unit import Granularity

TREE = 0  # the number of the only unit


@dataclass(slots=True)
class TreeWatch:
    """Follows the tree as one unit."""

    topology: Topology
    id_width: int
    histories: Histories = field(init=False)

    def __post_init__(self) -> None:
        self.histories = Histories(self.topology, self.id_width)

    def found(self, version: int, tree: bytes, merged: frozenset[int]) -> Return | None:
        """Take in the tree of a version; return what it returns to."""
        may_return = self.histories.enter(TREE, version, ABSENT, tree)
        run = self.histories.returns(TREE, version) if may_return else None
        if run is None:
            return None
        return Return(
            granularity=Granularity.TREE,
            path=b"",
            symbol=None,
            visits=tuple(run[0]),
            since=run[1],
            is_arrival=self.histories.was_entered_by(merged, TREE, tree),
        )

    def now(self) -> object:
        """Return the tree of the newest version."""
        visits = self.histories.last(TREE, len(self.topology) - 1)
        return visits[-1].state if visits else ABSENT
