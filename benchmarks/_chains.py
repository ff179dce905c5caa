"""Long chains of versions of one file, from some of which a function is taken out."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import _perturbing as edits
from _cases import again, nearby, same
from _findings import Findings, word_at
from _judging import Tally, described
from _making import WIDTHS, Maker
from _perturbing import Function, Map, Source
from _tools import Toolbox

from loopwatch.fingerprints.scopes import NOTHING_KNOWN
from loopwatch.fingerprints.tracks import How, Surroundings, Tracks

CHAIN, ABSENCES = 50, 5


@dataclass(slots=True)
class Chain:
    """Many versions of one file; in some of them a function is taken out."""

    versions: list[Source]
    wheres: list[Map]  # from the first version to each
    is_out: list[bool]
    function: Function


def chain(source: Source, function: Function, toolbox: Toolbox, chance: random.Random) -> Chain:
    steps = [
        edits.insert_above,
        edits.rename_local,
        edits.rename_function,
        edits.move_function,
        nearby,
    ]
    text, where, now = source.text, same, (source, function)
    starts = sorted(chance.sample(range(2, CHAIN - 4, 8), ABSENCES))
    out = {at + more for at in starts for more in range(chance.randint(1, 4))}
    made = Chain([source], [same], [False], function)
    for number in range(1, CHAIN):
        step = chance.choice([*steps, None])
        result = step(*now, chance) if step else relaid(text, toolbox, chance)
        if result is not None:
            new_where = edits.compose(where, result[1])
            found = again(source, result[0], new_where, function)
            if found is not None:
                text, where, now = result[0], new_where, found
        shown, to = edits.stub(*now) if number in out else (text, same)
        made.versions.append(Source(source.path, shown, source.language))
        made.wheres.append(edits.compose(where, to))
        made.is_out.append(number in out)
    return made


def relaid(text: str, toolbox: Toolbox, chance: random.Random) -> edits.Result:
    done = toolbox.formatted({"": text}, chance.choice(WIDTHS)).get("", text)
    layout = edits.by_words(text, done)
    return None if layout is None else (done, layout)


def judge_chain(made: Chain, findings: Findings) -> Tally:
    tally, tracks, present = Tally(), Tracks(), []
    stood = NOTHING_KNOWN
    first: dict[tuple[str, int], int] = {}
    absent: set[tuple[str, int]] = set()
    start = [
        (one.defect.rule, at)
        for one in findings.of(made.versions[:1])
        if (at := word_at(one)) is not None and made.function.body <= at < made.function.body_end
    ]
    start = [one for one, count in Counter(start).items() if count == 1]
    for number, source in enumerate(made.versions):
        found = findings.of([source])
        reported, here = described([source], found)
        step = tracks.step(
            number, present, reported, around=Surroundings(standing=here, stood=stood)
        )
        at = {
            (one.defect.rule, word_at(one)): link
            for one, link in zip(found, step.links, strict=True)
        }
        for one in start:
            link = at.get((one[0], made.wheres[number](one[1])))
            if link is None:
                absent |= {one} if one in first and made.is_out[number] else set()
            elif one not in first:
                first[one] = link.track
            elif one in absent:
                absent.discard(one)
                tally.affected += 1
                tally.right += link.track == first[one]
                tally.wrong += link.track != first[one] and link.how is not How.NEW
                first[one] = link.track
        present = [(link.track, form) for link, form in zip(step.links, reported, strict=True)]
        stood = here
    return tally


def make_chains(
    maker: Maker, pool: Sequence[Source], toolbox: Toolbox, chance: random.Random, count: int
) -> list[Chain]:
    made: list[Chain] = []
    for source in pool:
        choices = maker.functions(source)
        if choices and len(made) < count:
            made.append(chain(source, chance.choice(choices), toolbox, chance))
    return made
