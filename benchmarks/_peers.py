"""How others tell that a finding is the same, written anew from their sources, simplified."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import md5
from typing import TypeAlias

from loopwatch.model.evidence import Defect

WINDOW = 100  # characters; codeql-action, ``src/fingerprints.ts``
MULTIPLIER, MASK = 37, (1 << 64) - 1
END_OF_FILE = 65535
MOST_BLOCK_LINES = 250_000  # lines times lines; SonarQube, ``BlockRecognizer``
RENAMED = 0.85  # share of equal lines at which two files are one


@dataclass(frozen=True, slots=True)
class Reported:
    """One finding of one version, with the file that it is in."""

    path: str
    defect: Defect
    text: str

    @property
    def line(self) -> int:
        return self.defect.span.start_line if self.defect.span else 0


Pairs: TypeAlias = list[tuple[int, int]]
Method: TypeAlias = Callable[[Sequence[Reported], Sequence[Reported]], Pairs]


def by_key(keys: Callable[[Sequence[Reported]], list[Hashable]]) -> Method:
    """Return a method that pairs equal keys in the order of the file."""

    def pairs(olds: Sequence[Reported], news: Sequence[Reported]) -> Pairs:
        waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
        for number, key in reversed(list(enumerate(keys(olds)))):
            waiting[key].append(number)
        return [(waiting[key].pop(), new) for new, key in enumerate(keys(news)) if waiting[key]]

    return pairs


def line_keys(found: Sequence[Reported]) -> list[Hashable]:
    return [(one.path, one.defect.rule, one.line) for one in found]


_hashes: dict[str, list[str]] = {}


def rolling_hashes(text: str) -> list[str]:
    """Return the hash of each line: of the 100 characters from its start, white space left out."""
    known = _hashes.get(text)
    if known is not None:
        return known
    characters: list[int] = []
    starts: list[int] = []
    for line in text.splitlines():
        starts.append(len(characters))
        characters.extend(ord(one) for one in line if one not in " \t")
        characters.append(10)
    characters.append(END_OF_FILE)
    out, seen = [], defaultdict(int)
    for start in starts:
        value = 0
        window = characters[start : start + WINDOW]
        for one in window + [0] * (WINDOW - len(window)):
            value = (value * MULTIPLIER + one) & MASK
        seen[value] += 1
        out.append(f"{value:x}:{seen[value]}")
    _hashes[text] = out
    return out


def codeql_keys(found: Sequence[Reported]) -> list[Hashable]:
    return [(one.path, one.defect.rule, rolling_hashes(one.text)[one.line - 1]) for one in found]


def line_hash(one: Reported) -> str:
    lines = one.text.splitlines()
    line = lines[one.line - 1] if one.line <= len(lines) else ""
    return md5("".join(line.split()).encode(), usedforsecurity=False).hexdigest()


def sonar(olds: Sequence[Reported], news: Sequence[Reported]) -> Pairs:
    """SonarQube's tracker: six passes, each over what is left; file renames found first."""
    paths = _renamed(olds, news)
    lines = _blocks(olds, news, paths)
    old_hash, new_hash = [line_hash(one) for one in olds], [line_hash(one) for one in news]

    def old_keys(number: int) -> list[Hashable]:
        one = olds[number]
        path, rule, message = paths.get(one.path, one.path), one.defect.rule, one.defect.message
        moved = lines.get((one.path, one.line))
        head = path, rule
        return [
            (*head, one.line, old_hash[number], message),
            (*head, one.line, old_hash[number]),
            (*head, moved) if moved else ("no move", number),
            (*head, old_hash[number], message),
            (*head, one.line, message),
            (*head, old_hash[number]),
        ]

    def new_keys(number: int) -> list[Hashable]:
        one = news[number]
        head, message = (one.path, one.defect.rule), one.defect.message
        return [
            (*head, one.line, new_hash[number], message),
            (*head, one.line, new_hash[number]),
            (*head, one.line),
            (*head, new_hash[number], message),
            (*head, one.line, message),
            (*head, new_hash[number]),
        ]

    before, after = list(map(old_keys, range(len(olds)))), list(map(new_keys, range(len(news))))
    free_old, free_new = dict.fromkeys(range(len(olds))), dict.fromkeys(range(len(news)))
    pairs: Pairs = []
    for step in range(6):
        waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
        for old in reversed(list(free_old)):
            waiting[before[old][step]].append(old)
        for new in list(free_new):
            if waiting[after[new][step]]:
                old = waiting[after[new][step]].pop()
                del free_old[old], free_new[new]
                pairs.append((old, new))
    return pairs


def _texts(found: Sequence[Reported]) -> dict[str, str]:
    return {one.path: one.text for one in found}


def _renamed(olds: Sequence[Reported], news: Sequence[Reported]) -> dict[str, str]:
    before, after = _texts(olds), _texts(news)
    out = {}
    for path in before.keys() - after.keys():
        lines = set(before[path].splitlines())
        for other in sorted(after.keys() - before.keys()):
            theirs = set(after[other].splitlines())
            if 2 * len(lines & theirs) >= RENAMED * (len(lines) + len(theirs)):
                out[path] = other
    return out


def _blocks(
    olds: Sequence[Reported], news: Sequence[Reported], paths: dict[str, str]
) -> dict[tuple[str, int], int]:
    """Return where lines have moved: by blocks of five lines that occur once on both sides."""
    before, after = _texts(olds), _texts(news)
    found: dict[tuple[str, int], int] = {}
    for path, text in before.items():
        other = after.get(paths.get(path, path))
        if other is None or text.count("\n") * other.count("\n") >= MOST_BLOCK_LINES * 100:
            continue
        ours, theirs = dict(_unique(text)), dict(_unique(other))
        for block, line in ours.items():
            if block in theirs:
                found[path, line] = theirs[block]
    return found


def _unique(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    lines = ["".join(line.split()) for line in text.splitlines()]
    seen: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number in range(len(lines)):
        seen[tuple(lines[max(0, number - 2) : number + 3])].append(number + 1)
    yield from ((block, places[0]) for block, places in seen.items() if len(places) == 1)
