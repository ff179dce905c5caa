"""Lines that go in one place and come in another of the same edit."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

MOVED_SHARE = 0.7  # of the lines of a half, for it to count as moved
LEAST_MOVED = 2  # different lines between two files: one may have gone and come by chance
MOST_SOURCES = 4  # files that a line went from; one of more tells not where it came from

Half = Sequence[int]  # lines, as hashes


class Moves:
    """Which hunks of an edit only move lines, and between which files."""

    def __init__(self, halves: Sequence[tuple[Half, Half]]) -> None:
        """Take the halves of all hunks: what went, and what came."""
        self._halves = halves

    def of_hunks(self) -> Iterator[tuple[bool, bool]]:
        """Yield what is true of each hunk."""
        return map(self.of_hunk, range(len(self._halves)))

    def of_hunk(self, number: int) -> tuple[bool, bool]:
        """Return whether what went with a hunk came elsewhere, and what came went elsewhere."""
        before, _ = self._halves[number]
        return _is_elsewhere(before, self._come, number), self._has_moved_in(number)

    def between(self, paths: Sequence[bytes]) -> set[tuple[bytes, bytes]]:
        """Return pairs of files, given that of each hunk: code went from old to new."""
        if len(set(paths)) < 2:
            return set()
        files = {line: {paths[n] for n in owners} for line, owners in self._gone.items()}
        moved: dict[tuple[bytes, bytes], set[int]] = {}
        for number, (path, (_, after)) in enumerate(zip(paths, self._halves, strict=True)):
            for line in self._gone.keys() & after if self._has_moved_in(number) else ():
                for source in files[line] if len(files[line]) <= MOST_SOURCES else ():
                    moved.setdefault((source, path), set()).add(line)
        pairs = (pair for pair, lines in moved.items() if len(lines) >= LEAST_MOVED)
        return {(old, new) for old, new in pairs if old != new}

    @cached_property
    def _both(self) -> set[int]:
        """The lines that go somewhere and come somewhere: few, as mostly."""
        went = {line for before, _ in self._halves for line in before}
        return {line for _, after in self._halves for line in after if line in went}

    @cached_property
    def _gone(self) -> dict[int, set[int]]:
        return _owners((before for before, _ in self._halves), self._both)

    @cached_property
    def _come(self) -> dict[int, set[int]]:
        return _owners((after for _, after in self._halves), self._both)

    def _has_moved_in(self, number: int) -> bool:
        return _is_elsewhere(self._halves[number][1], self._gone, number)


def _owners(halves: Iterable[Half], wanted: Collection[int]) -> dict[int, set[int]]:
    """Return the numbers of the halves that have each of the lines that are wanted."""
    owners: dict[int, set[int]] = {}
    for number, half in enumerate(halves):
        for line in half:
            if line in wanted:
                owners.setdefault(line, set()).add(number)
    return owners


def _is_elsewhere(half: Half, owners: Mapping[int, set[int]], number: int) -> bool:
    if not half:
        return False
    known = (owners.get(line, ()) for line in half)
    found = sum(len(numbers) > (number in numbers) for numbers in known)
    return found >= MOVED_SHARE * len(half)
