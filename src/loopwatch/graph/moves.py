"""Lines that go in one place and come in another of the same edit."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

MOVED_SHARE = 0.7  # of the lines of a half, for it to count as moved
LEAST_MOVED = 2  # different lines between two files: one may have gone and come by chance
MOST_SOURCES = 4  # files that a line went from; one of more tells not where it came from

Half = Sequence[int]  # lines, as hashes


def moves(halves: Sequence[tuple[Half, Half]]) -> Iterator[tuple[bool, bool]]:
    """Yield of each hunk of an edit, given by its halves, what moved.

    Yields:
        Whether its lines that went came elsewhere, and whether those that came went elsewhere.
    """
    both = _both(halves)
    gone = _owners((before for before, _ in halves), both)
    come = _owners((after for _, after in halves), both)
    for number, (before, after) in enumerate(halves):
        yield _is_elsewhere(before, come, number), _is_elsewhere(after, gone, number)


def moved_between(
    paths: Sequence[bytes], halves: Sequence[tuple[Half, Half]]
) -> set[tuple[bytes, bytes]]:
    """Return pairs of files: in an edit, code went from the first to the second.

    Args:
        paths: the file of each hunk.
        halves: of each hunk.
    """
    if len(set(paths)) < 2:
        return set()
    gone = _owners((before for before, _ in halves), _both(halves))
    files = {line: {paths[number] for number in owners} for line, owners in gone.items()}
    moved: dict[tuple[bytes, bytes], set[int]] = {}
    for number, (path, (_, after)) in enumerate(zip(paths, halves, strict=True)):
        if not _is_elsewhere(after, gone, number):
            continue
        for line in gone.keys() & after:
            for source in files[line] if len(files[line]) <= MOST_SOURCES else ():
                moved.setdefault((source, path), set()).add(line)
    return {(old, new) for (old, new), lines in moved.items()
            if old != new and len(lines) >= LEAST_MOVED}  # fmt: skip


def _both(halves: Sequence[tuple[Half, Half]]) -> set[int]:
    """Return the lines that go somewhere and come somewhere: few, as mostly."""
    went = {line for before, _ in halves for line in before}
    return {line for _, after in halves for line in after if line in went}


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
    found = sum(bool(owners.get(line, set()) - {number}) for line in half)
    return found >= MOVED_SHARE * len(half)
