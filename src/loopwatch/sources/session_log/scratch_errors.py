"""Errors in files that a session writes elsewhere, to try something.

Such a file is written anew each time, so that no statement of it stays. An error there is known
by what is said, and by about where.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from loopwatch.fingerprints.masks import masked
from loopwatch.model.evidence import Defect

NEAR = 6  # lines; how far apart the same error stood in labelled sessions. Farther, it is another
MOST_SPOTS = 64  # of one message in one file
MOST_SAID = 10_000  # messages of one session

Said = tuple[str, str, str, tuple[str, ...]]  # path, rule, message, the names in it


@dataclass(slots=True)
class ScratchErrors:
    """Remembers where each error stood last."""

    _lines: dict[Said, list[int]] = field(default_factory=dict)  # of its spots

    def known(self, defects: Iterable[Defect]) -> Iterator[Defect]:
        """Yield the defects of one run; those in files elsewhere are told by their spots."""
        groups: dict[Said, list[Defect]] = {}
        for defect in defects:
            if defect.path is None or not defect.path.startswith("/") or defect.span is None:
                yield defect
            else:
                said = masked(defect.message)
                key = defect.path, defect.rule, said.key, said.names
                groups.setdefault(key, []).append(defect)
        for key, group in groups.items():
            if key in self._lines or len(self._lines) < MOST_SAID:
                yield from self._placed(self._lines.setdefault(key, []), group)

    def _placed(self, spots: list[int], group: list[Defect]) -> Iterator[Defect]:
        """Yield equal errors, each at the spot that is nearest, or at a new one."""
        lines = [defect.span.start_line for defect in group if defect.span is not None]
        apart = sorted(
            (abs(spot - line), number, place)
            for (number, spot), (place, line) in product(enumerate(spots), enumerate(lines))
        )
        taken: dict[int, int] = {}  # number of the spot, by place in the group
        for distance, number, place in apart:
            if distance <= NEAR and place not in taken and number not in taken.values():
                taken[place] = number
        for place, (defect, line) in enumerate(zip(group, lines, strict=True)):
            if place not in taken:
                if len(spots) == MOST_SPOTS:
                    continue
                taken[place] = len(spots)
                spots.append(line)
            spots[taken[place]] = line
            yield replace(defect, subject=f"{taken[place] + 1}")
