"""Observed defects as a report tells them: who saw them, where, and at which versions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from loopwatch.fingerprints.masks import mask
from loopwatch.graph.defect_table import DefectTable, Followed
from loopwatch.graph.flips import Flip, Flips
from loopwatch.graph.returns import Turn
from loopwatch.graph.topology import NONE
from loopwatch.model.defect import Cause, Presence, Sighting, TrackedDefect
from loopwatch.model.evidence import DefectKind
from loopwatch.model.finding import CycleEdit
from loopwatch.verdicts.quoting import printable

LONGEST_MESSAGE = 400  # characters
MOST_DEFECTS = 12  # of one finding; more come and go with these
MOST_SIGHTINGS = 200  # of one defect: the newest, and those that decide

Known = dict[int, bool]  # by version: is the defect present?


@dataclass(slots=True)
class ObservedDefects:
    """The observed defects of all findings, by key."""

    table: DefectTable
    flips: Flips
    told: dict[str, TrackedDefect] = field(default_factory=dict)

    def of(
        self, turns: Sequence[Turn], walk: Iterable[int], name: Callable[[int], str]
    ) -> tuple[TrackedDefect, ...]:
        """Return the defects of turns.

        Args:
            turns: of one finding; what takes turns in the first of them comes first.
            walk: versions that are told whatever becomes of the rest.
            name: how a version is called in the report.
        """
        known = {number: self._known(number) for number in _numbers(turns)}
        firsts = [known[number] for number in _firsts(turns[0]) if number in known]
        deciding = {*walk, *_last(firsts), *(at for one in firsts for at in _last([one]))}
        defects = tuple(
            _told(self.table[number], _shortened(seen, deciding), name)
            for number, seen in known.items()
        )
        self.told |= {defect.key: defect for defect in defects}
        return defects

    def on(
        self, edits: Sequence[CycleEdit], versions: Sequence[int], turns: Sequence[Turn]
    ) -> tuple[CycleEdit, ...]:
        """Return the edits with what each removed and introduced of the defects of turns.

        A defect whose check was switched off is told as removed, and not seen at that version.
        """
        numbers = _numbers(turns)
        return tuple(
            replace(
                edit,
                removed=self._keys(numbers, self._gone_at(version)),
                introduced=self._keys(
                    numbers, {flip.track for flip in self.flips.introduced_at(version)}
                ),
            )
            for edit, version in zip(edits, versions, strict=True)
        )

    def _gone_at(self, version: int) -> set[int]:
        return {
            flip.track
            for flip in self.flips.at.get(version, ())
            if flip.is_removal or (not flip.is_present and flip.cause is Cause.MASKED)
        }

    def _keys(self, numbers: Iterable[int], flipped: set[int]) -> tuple[str, ...]:
        return tuple(self.table[number].key for number in numbers if number in flipped)

    def _known(self, number: int) -> Known:
        """Return where a defect is known to be, or not to be: nowhere once its check is off."""
        one = self.table[number]
        known: Known = dict.fromkeys(one.clean(), False) | dict(one.sightings)
        flips = self.flips.of_track.get(number, ())
        for flip in flips:
            if flip.since != NONE:
                known.setdefault(flip.since, not flip.is_present)
        if any(_is_silenced(flip) for flip in flips):
            known = {
                at: there for at, there in known.items() if there or not self._hides(number, at)
            }
        return dict(sorted(known.items()))

    def _hides(self, number: int, version: int) -> bool:
        """Tell whether a defect went before a version without having been removed."""
        last = next(reversed(self.flips.past(number, version)), None)
        return last is not None and _is_silenced(last)


def _is_silenced(flip: Flip) -> bool:
    """Tell whether a defect is no longer reported, though nobody removed it."""
    return not (flip.is_present or flip.is_removal)


def subject_of(one: Followed) -> str:
    """Return the node id of a test, otherwise the rule and the message without its details."""
    first = one.first
    if first.kind is DefectKind.TEST:
        return first.subject
    return f"{first.rule} {mask(first.message)}".strip()


def _firsts(turn: Turn) -> list[int]:
    """Return one defect for each place of a turn: the one that stands for its group."""
    return [group[0] for group in turn.groups]


def _numbers(turns: Sequence[Turn]) -> list[int]:
    """Return the defects that are told, those that stand for their groups first."""
    every = (number for turn in turns for number in turn.defects)
    return list(dict.fromkeys((*_firsts(turns[0]), *every)))[:MOST_DEFECTS]


def _last(known: Sequence[Known]) -> set[int]:
    """Return the newest version that has none of the defects, as a set of at most one."""
    absent = [{at for at, there in one.items() if not there} for one in known]
    common = set.intersection(*absent) if absent else set()
    return {max(common)} if common else set()


def _shortened(known: Known, deciding: set[int]) -> Known:
    """Return the newest sightings, and those that decide."""
    newest = set(list(known)[-MOST_SIGHTINGS:])
    return {at: there for at, there in known.items() if at in newest or at in deciding}


def _told(one: Followed, seen: Known, name: Callable[[int], str]) -> TrackedDefect:
    return TrackedDefect(
        key=one.key,
        detector=one.detector,
        rule=one.first.rule,
        subject=printable(subject_of(one)),
        message=printable(one.latest.message)[:LONGEST_MESSAGE],
        path=one.latest.path,
        symbol=one.symbol,
        is_implied=False,
        timeline=tuple(
            Sighting(version=name(at), state=Presence.PRESENT if there else Presence.ABSENT)
            for at, there in seen.items()
        ),
    )
