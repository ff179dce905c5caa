"""The graph of states for Graphviz: a cluster for each finding, an edge for each edit."""

from collections.abc import Sequence
from textwrap import wrap

from loopwatch.graph.state_graph import state_graph
from loopwatch.model.finding import CycleEdit, Finding, Level, StateVisit
from loopwatch.model.report import Report
from loopwatch.reports.closing import closing_line
from loopwatch.reports.escape import clipped
from loopwatch.reports.names import finding_id, is_listed, short, standing, unit_name
from loopwatch.reports.observed import Column, columns, seen_at
from loopwatch.reports.style import PLAIN, Style
from loopwatch.reports.timeline import visits

COLOURS = {Level.ERROR: "#b00020", Level.WARNING: "#a06000", Level.NOTE: "#606060"}
LABEL_WIDTH = 40  # characters of one line of a label
LONGEST_LABEL = 200  # characters that are taken from the repository
MOST_VERSIONS = 12  # that one state lists
NEWLINE = "\\n"  # in a label; ``_quote`` keeps it as it is


def render(report: Report, style: Style = PLAIN) -> str:
    """Return a digraph; notes are in it only if asked, so that loops can be seen."""
    listed = [found for found in report.findings if style.verbose or is_listed(found)]
    clusters = (row for index, found in enumerate(listed) for row in _cluster(index, found, report))
    rows = [
        "digraph loopwatch {",
        f"  graph [label={_label(closing_line(report))}, labelloc=b, rankdir=LR];",
        '  node [shape=box, style=rounded, fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=10];',
        *clusters,
        "}",
    ]
    return "".join(f"{row}\n" for row in rows)


def _cluster(index: int, finding: Finding, report: Report) -> list[str]:
    """Return the states and edits of one finding."""
    title = (unit_name(finding), f"{finding.kind.value}: {standing(finding)}", finding_id(finding))
    order = [step.version for step in visits(finding)]
    graph = state_graph(finding.states, finding.edits, order)
    node_of = {label: f"f{index}_s{number}" for number, label in enumerate(graph)}
    edges: list[tuple[str, str, str, CycleEdit]] = sorted(
        graph.edges(keys=True, data="edit"), key=lambda edge: order.index(edge[2])
    )
    defects = columns(finding, report)
    labels = [_state_label(state, defects) for state in finding.states]
    nodes = [node_of[state.label] for state in finding.states]
    return [
        f"  subgraph cluster_{index} {{",
        f"    graph [label={_label(*title)}, color={_quote(COLOURS[finding.level])}];",
        *(f"    {node} [label={label}];" for node, label in zip(nodes, labels, strict=True)),
        *(f"    {node_of[a]} -> {node_of[b]} [label={_edge_label(e)}];" for a, b, _, e in edges),
        "  }",
    ]


def _state_label(state: StateVisit, defects: Sequence[Column]) -> str:
    """Return the name of a state, what was observed in it, and the versions that entered it."""
    told = seen_at(defects, state.versions[0]) if state.versions else []
    names = [short(version) for version in state.versions]
    more = len(names) - MOST_VERSIONS
    shown = names[:MOST_VERSIONS] + ([f"and {more:,} more"] if more > 0 else [])
    return _label(state.label, *told, *shown)


def _edge_label(edit: CycleEdit) -> str:
    return _label(f"{short(edit.version)} {edit.role.value}", edit.summary)


def _label(*parts: str) -> str:
    """Return outside text as a quoted label, each part on lines of its own."""
    rows = [row for part in parts for row in wrap(clipped(part, LONGEST_LABEL), LABEL_WIDTH)]
    return _quote(NEWLINE.join(_escape(row) for row in rows))


def _escape(text: str) -> str:
    r"""Return text with what means something inside a label made harmless.

    Graphviz reads ``\N`` and the like as names, and ``&amp;`` as a character.
    """
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')


def _quote(text: str) -> str:
    return f'"{text}"'
