"""The state graph of what returns: states are nodes, edits are edges.

Only cycles that were found are made into a graph. What ever changed is far too
much for one: a state that returns is found by looking it up, not by a search.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from loopwatch.model.finding import CycleEdit, StateVisit

if TYPE_CHECKING:
    from networkx import MultiDiGraph


def state_graph(
    states: Sequence[StateVisit], edits: Sequence[CycleEdit], order: Sequence[str]
) -> "MultiDiGraph[str]":
    """Return the graph of one finding.

    Args:
        states: of its cycle; their labels are the nodes, with ``versions``.
        edits: of its cycle; each that enters a state is an edge, keyed by its
            version, with the whole edit as ``edit``.
        order: the versions of the walk, oldest first.

    Returns:
        A directed graph whose edges, in the order in which they were added, are
        the walk through the states.
    """
    from networkx import MultiDiGraph

    graph: MultiDiGraph[str] = MultiDiGraph()
    label_of = {version: state.label for state in states for version in state.versions}
    for state in states:
        graph.add_node(state.label, versions=state.versions)
    edit_of = {edit.version: edit for edit in edits}
    walk = [version for version in order if version in label_of]
    for before, after in pairwise(walk):
        if after in edit_of:
            graph.add_edge(label_of[before], label_of[after], key=after, edit=edit_of[after])
    return graph
