"""Lines that go in one place and come in another of the same edit."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

MOVED_SHARE = 0.7  # of the lines of a half, for it to count as moved

Half = Sequence[int]  # lines, as hashes


def moves(halves: Sequence[tuple[Half, Half]]) -> Iterator[tuple[bool, bool, frozenset[int]]]:
    """Yield of each hunk, given by its halves, what moved, and from where.

    Yields:
        Whether its lines that went came elsewhere, whether those that came went elsewhere,
        and if they did, the numbers of the hunks that any of them went from.
    """
    went = {line for before, _ in halves for line in before}
    both = {line for _, after in halves for line in after if line in went}  # few, as mostly
    gone = _owners((before for before, _ in halves), both)
    come = _owners((after for _, after in halves), both)
    for number, (before, after) in enumerate(halves):
        is_in = _is_elsewhere(after, gone, number)
        origins = {n for line in after for n in gone.get(line, ())} if is_in else ()
        yield _is_elsewhere(before, come, number), is_in, frozenset(origins)


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
