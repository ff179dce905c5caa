"""Tells how many defects each method knows again, where it is known which is which."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import _peers as peers
from _cases import Case
from _findings import Findings, word_at
from _making import KEPT
from _perturbing import Source

from loopwatch.fingerprints.descriptor import Descriptor
from loopwatch.fingerprints.descriptors import FileDescriber, rule_of
from loopwatch.fingerprints.matching import match
from loopwatch.fingerprints.scopes import NOTHING_KNOWN, Definitions
from loopwatch.fingerprints.tracks import Surroundings, Tracks
from loopwatch.model.defect import Grade


@dataclass(slots=True)
class Tally:
    """What one method got right, for one row."""

    affected: int = 0
    labelled: int = 0
    right: int = 0
    wrong: int = 0
    certain_wrong: int = 0


@dataclass(slots=True)
class Truth:
    """Which finding of the old version is which of the new one."""

    affected: list[int]
    new_of: dict[int, int]


def truth(case: Case, olds: Sequence[peers.Reported], news: Sequence[peers.Reported]) -> Truth:
    at: defaultdict[tuple[str, str, int | None], list[int]] = defaultdict(list)
    for number, one in reversed(list(enumerate(news))):
        at[one.path, one.defect.rule, word_at(one)].append(number)
    new_of, affected = {}, []
    for number, one in enumerate(olds):
        word = word_at(one)
        if word is None:
            continue
        if case.is_affected(one.path, word):
            affected.append(number)
        to = case.where(one.path, word)
        if to is not None and at[to[0], one.defect.rule, to[1]]:
            new_of[number] = at[to[0], one.defect.rule, to[1]].pop()
    if case.row in KEPT:
        by_message(olds, news, new_of, is_in_order=case.row == "reformat")
    return Truth(affected, new_of)


def by_message(
    olds: Sequence[peers.Reported],
    news: Sequence[peers.Reported],
    new_of: dict[int, int],
    *,
    is_in_order: bool,
) -> None:
    """Label what is reported at another word now, if it is plain which."""
    taken = set(new_of.values())
    sides: list[defaultdict[tuple[str, str], list[int]]] = [defaultdict(list), defaultdict(list)]
    for side, found, known in ((sides[0], olds, new_of.keys()), (sides[1], news, taken)):
        for number, one in enumerate(found):
            if number not in known:
                side[one.defect.rule, one.defect.message].append(number)
    for key, some in sides[0].items():
        if len(some) == len(sides[1][key]) and (len(some) == 1 or is_in_order):
            new_of |= zip(some, sides[1][key], strict=True)


def described(
    sources: Sequence[Source], found: Sequence[peers.Reported]
) -> tuple[list[Descriptor], Definitions]:
    """Describe the findings of a version, in the order given, and what stands in it."""
    files = {one.path: FileDescriber(one.text.encode(), one.path, one.language) for one in sources}
    out: list[Descriptor] = []
    for path, file in files.items():
        out.extend(file.describe_all([one.defect for one in found if one.path == path], rule_of))
    return out, Definitions(files.get)


@dataclass(slots=True)
class Clock:
    seconds: float = 0.0
    defects: int = 0


def ours(case: Case, findings: Findings, clock: Clock) -> Iterator[tuple[int, int, Grade]]:
    olds, news = findings.of(case.olds), findings.of(case.news)
    begin = time.process_time()
    before, there = described(case.olds, olds)
    after, here = described(case.news, news)
    found = match(before, after, standing=here, stood=there)
    clock.seconds += time.process_time() - begin
    clock.defects += len(olds) + len(news)
    yield from ((one.old, one.new, one.grade) for one in found)


PEERS: dict[str, peers.Method] = {
    "line number": peers.by_key(peers.line_keys),
    "code scanning line hash": peers.by_key(peers.codeql_keys),
    "Sonar, 6 passes": peers.sonar,
}
OURS = "loopwatch"


def judge(case: Case, findings: Findings, tallies: Mapping[str, Tally], clock: Clock) -> list[str]:
    """Add one case to the tallies of all methods; return what we got wrong, in words."""
    olds, news = findings.of(case.olds), findings.of(case.news)
    known = truth(case, olds, news)
    affected = set(known.affected)
    if case.row == "NEG2":
        rule = case.between[0][0].path
        affected = {at for at in affected if olds[at].defect.rule == rule}
    errors: list[str] = []
    results = {
        name: [(*pair, None) for pair in method(olds, news)] for name, method in PEERS.items()
    }
    results[OURS] = list(ours(case, findings, clock))  # type: ignore[arg-type]
    for name, pairs in results.items():
        tally, linked = tallies[name], {}
        for old, new, grade in pairs:
            linked[old] = new, grade
        for old in affected:
            wanted = known.new_of.get(old)
            got, grade = linked.get(old, (None, None))
            tally.affected += 1
            tally.labelled += wanted is not None
            tally.right += wanted is not None and got == wanted
            is_wrong = got is not None and got != wanted
            tally.wrong += is_wrong
            tally.certain_wrong += is_wrong and grade is Grade.CERTAIN
            if name == OURS and (is_wrong or (wanted is not None and got != wanted)):
                errors.append(told(case, olds[old], news, wanted, got, grade))
    return errors


def told(
    case: Case,
    old: peers.Reported,
    news: Sequence[peers.Reported],
    wanted: int | None,
    got: int | None,
    grade: Grade | None,
) -> str:
    def text(one: peers.Reported) -> str:
        line = one.text.splitlines()[one.line - 1].strip()
        return f"{one.path}:{one.line} {one.defect.rule} {one.defect.message[:60]!r} | {line[:90]}"

    lines = [f"[{case.row}] {text(old)}"]
    lines.append("   wanted " + (text(news[wanted]) if wanted is not None else "nothing"))
    lines.append(f"   got {grade} " + (text(news[got]) if got is not None else "nothing"))
    return "\n".join(lines)


CLOSED: dict[str, peers.Method] = {
    "line number": PEERS["line number"],
    "code scanning line hash": PEERS["code scanning line hash"],
    "Sonar, 6 passes": peers.by_key(
        lambda found: [
            (one.path, one.defect.rule, one.line, peers.line_hash(one), one.defect.message)
            for one in found
        ]
    ),
}


def judge_return(case: Case, findings: Findings, tallies: Mapping[str, Tally]) -> list[str]:
    """The same for what was absent in between."""
    olds, news = findings.of(case.olds), findings.of(case.news)
    known = truth(case, olds, news)
    gone = absent_in(case, findings)
    affected = [at for at in known.affected if gone(olds[at])]
    errors = []
    results = {name: dict(method(olds, news)) for name, method in CLOSED.items()}
    first, last = through(case, findings)
    new_of_track = {track: at for at, track in enumerate(last)}
    results[OURS] = {
        at: new_of_track[track] for at, track in enumerate(first) if track in new_of_track
    }
    for name, linked in results.items():
        tally = tallies[name]
        for old in affected:
            wanted, got = known.new_of.get(old), linked.get(old)
            if wanted is None and case.row != "N":
                continue
            tally.affected += 1
            tally.labelled += 1
            tally.right += wanted is not None and got == wanted
            tally.wrong += got is not None and got != wanted
            if name == OURS and got != wanted:
                errors.append(told(case, olds[old], news, wanted, got, None))
    return errors


def absent_in(case: Case, findings: Findings) -> Callable[[peers.Reported], bool]:
    """Return what tells whether a finding is not reported of the first version without the body."""
    left = Counter((one.defect.rule, one.defect.message) for one in findings.of(case.between[0]))
    all_ = Counter((one.defect.rule, one.defect.message) for one in findings.of(case.olds))
    return lambda one: (
        left[one.defect.rule, one.defect.message] < all_[one.defect.rule, one.defect.message]
    )


def through(case: Case, findings: Findings) -> tuple[list[int], list[int]]:
    """Follow tracks through all versions; return those of the first and of the last one."""
    versions = [case.olds, *case.between, case.news]
    tracks, present, stood = Tracks(), [], NOTHING_KNOWN
    out: list[list[int]] = []
    for number, sources in enumerate(versions):
        reported, here = described(sources, findings.of(sources))
        step = tracks.step(
            number, present, reported, around=Surroundings(standing=here, stood=stood)
        )
        out.append([link.track for link in step.links])
        present, stood = list(zip(out[-1], reported, strict=True)), here
    return out[0], out[-1]
