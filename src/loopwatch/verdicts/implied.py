"""Implied defects: what a fix took out is what was wrong, as far as nobody measured it.

Source:
    The idea is that of SZZ (Śliwerski, Zimmermann, Zeller, MSR 2005), turned
    round: not who wrote the fragment, but whether it comes back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from loopwatch.diffing.digests import blake2b
from loopwatch.graph.returns import Return
from loopwatch.model.defect import Presence, Sighting, TrackedDefect
from loopwatch.model.edit import Role
from loopwatch.model.finding import CycleEdit, StateVisit
from loopwatch.verdicts.advice_words import version_name

DETECTOR = "implied"
MESSAGE_LENGTH = 200  # characters of the fragment that are told


@dataclass(slots=True)
class ImpliedDefects:
    """The implied defects of all findings, by key."""

    table: dict[str, TrackedDefect] = field(default_factory=dict)

    def of(
        self,
        found: Return,
        states: Sequence[StateVisit],
        edits: Sequence[CycleEdit],
        name: Callable[[int], str],
    ) -> tuple[TrackedDefect, ...]:
        """Return the defects of a cycle: one for each state that a fix left."""
        by_version = {edit.version: edit for edit in edits}
        label_of = {v: state.label for state in states for v in state.versions}
        walk = [name(v.version) if v.version >= 0 else states[0].versions[0] for v in found.visits]
        wrong: dict[str, CycleEdit] = {}
        for before, after in pairwise(walk):
            edit = by_version.get(after)
            if edit is not None and edit.role is Role.FIX:
                wrong.setdefault(label_of[before], edit)
        defects = tuple(
            _defect(found, label, edit, tuple((at, label_of[at]) for at in walk))
            for label, edit in sorted(wrong.items(), key=lambda item: walk.index(item[1].version))
        )
        self.table |= {defect.key: defect for defect in defects}
        return defects

    def told(
        self, edits: Sequence[CycleEdit], defects: Sequence[TrackedDefect]
    ) -> tuple[CycleEdit, ...]:
        """Return the edits with what each removed and introduced."""
        return tuple(
            replace(
                edit,
                removed=tuple(d.key for d in defects if _turn(d, edit.version) is Presence.ABSENT),
                introduced=tuple(
                    d.key for d in defects if _turn(d, edit.version) is Presence.PRESENT
                ),
            )
            for edit in edits
        )


def _defect(
    found: Return, label: str, edit: CycleEdit, walk: Sequence[tuple[str, str]]
) -> TrackedDefect:
    path = found.path.decode("utf-8", "surrogateescape") or "the tree"
    hunks = [hunk for hunk in edit.hunks if hunk.path == path] or edit.hunks
    taken = " ".join(line.strip() for hunk in hunks for line in hunk.before).strip()
    parts = (found.granularity.value, found.symbol or path, label, taken)
    key = blake2b("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return TrackedDefect(
        key=key,
        detector=DETECTOR,
        rule="fix",
        subject=f"{found.symbol or path}, state {label}",
        message=(taken or f"what {version_name(edit.version)} put right")[:MESSAGE_LENGTH],
        path=path if found.path else None,
        symbol=found.symbol,
        is_implied=True,
        timeline=tuple(
            Sighting(version=at, state=Presence.PRESENT if state == label else Presence.ABSENT)
            for at, state in walk
        ),
    )


def _turn(defect: TrackedDefect, version: str) -> Presence | None:
    """Return what the defect turned to at a version; None if nothing changed there."""
    before: Presence | None = None
    for sighting in defect.timeline:
        if sighting.version == version and before is not None and before is not sighting.state:
            return sighting.state
        before = sighting.state
    return None
