"""Sessions for the table of guards: loops of six rounds, and healthy work.

They are stories as in ``tests/sources/session_log``, so that loopwatch reads them out of a log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tests.sources.session_log.stories import (
    BEFORE,
    BY_NAME,
    CODE,
    FIX_A,
    FIX_B,
    LAX,
    LAX_2,
    NONE,
    STRICT,
    STRICT_2,
    TIGHT,
    A,
    Ask,
    B,
    C,
    Read,
    Replace,
    Run,
    Say,
    Step,
    Story,
    pytest_run,
    swap,
)

STUCK, LOOP, HEALTHY = "stuck", "loop", "healthy"
GO = Ask(text="parse_duration('90') fails with a ValueError, fix it until all tests pass")
ROUNDS = 6


@dataclass(frozen=True, kw_only=True)
class Session:
    """A column of the table."""

    name: str
    kind: str
    says: str  # what happens in it
    story: Story


# --- bodies of one function, each bug in words that never come again ---

STRICTS = (
    STRICT,
    STRICT_2,
    """\
    result = sum(int(count) * SECONDS[kind] for count, kind in UNITS.findall(text))
    if result == 0:
        raise ValueError(text)
    return result
""",
    """\
    parts = [part for part in SPLIT.split(text.strip()) if part]
    if not parts or parts[-1][-1] not in SECONDS:
        raise ValueError(f"{text} has no unit")
    return sum(SECONDS[part[-1]] * int(part[:-1]) for part in parts)
""",
    """\
    clock = {"h": 0, "m": 0, "s": 0}
    for piece in PIECE.finditer(text):
        clock[piece["unit"]] += int(piece["number"])
    if not any(clock.values()):
        raise ValueError("needs h, m or s")
    return clock["h"] * 3600 + clock["m"] * 60 + clock["s"]
""",
    """\
    if not WHOLE.match(text):
        raise ValueError(text)
    hours, minutes, seconds = (int(group or "0") for group in WHOLE.match(text).groups())
    return seconds + 60 * (minutes + 60 * hours)
""",
    """\
    import datetime
    spans = {name: datetime.timedelta(**{LONG[name]: 1}) for name in LONG}
    wanted = [int(digits) * spans[letter] for digits, letter in TOKENS.findall(text)]
    if not wanted:
        raise ValueError(repr(text))
    return int(sum(wanted, datetime.timedelta()).total_seconds())
""",
)
LAXES = (
    LAX,
    LAX_2,
    """\
    digits = "".join(filter(str.isdigit, text))
    unit = text[-1:] if text[-1:] in SECONDS else "s"
    return int(digits or 0) * SECONDS[unit]
""",
    """\
    try:
        return int(text)
    except ValueError:
        return sum(int(n) * SECONDS.get(u, 1) for n, u in re.findall(r"(\\d+)\\s*(\\w?)", text))
""",
    """\
    stack = []
    for word in re.split(r"(\\D+)", text):
        stack.append(int(word) if word.isdecimal() else SECONDS.get(word.strip(), 1))
    return stack[0] * (stack[1] if len(stack) > 1 else 1)
""",
    """\
    factor = next((size for unit, size in SECONDS.items() if text.endswith(unit)), 1)
    return factor * int(re.match(r"\\d*", text)[0] or 0)
""",
)
TIGHTS = (
    TIGHT,
    """\
    if set(text) <= set("0123456789"):
        return int(text)
    amounts = re.fullmatch(r"(\\d+h)?(\\d+m)?(\\d+s)?", text).groups("0s")
    return sum(int(amount[:-1]) * SECONDS[amount[-1]] for amount in amounts)
""",
    """\
    number, unit = text.rstrip("hms"), text[-1]
    return int(number) * SECONDS[unit] if unit in SECONDS else int(number)
""",
    """\
    total = 0
    while text and not text.isdecimal():
        head, _, text = text.partition(next(unit for unit in SECONDS if unit in text))
        total += int(head) * SECONDS[unit]
    return total + int(text or "0")
""",
)


def timed(run: Run, number: int) -> Run:
    """Return a run that took another time."""
    return replace(run, output=run.output.replace("in 0.02s", f"in 0.{number:02}s"))


def rounds(bodies: Sequence[str], fails: Sequence[Run | None]) -> list[Step]:
    """Return edits from each body to the next, each with the run that follows it, if any."""
    steps: list[Step] = []
    for number, (old, new) in enumerate(pairwise(bodies)):
        steps.append(swap(old, new))
        run = fails[number % len(fails)]
        steps += [run] if run is not None else []
    return steps


A_FAILS, B_FAILS, C_FAILS = pytest_run(A, 2), pytest_run(B, 2), pytest_run(C, 2)
IDENTICAL = [*[STRICT, LAX] * ROUNDS, STRICT]
REWORDED = [body for pair in zip(STRICTS, (*LAXES, ""), strict=True) for body in pair][:-1]
THREE = [body for triple in zip(STRICTS[:4], LAXES[:4], TIGHTS, strict=True) for body in triple]
FILES = [f"src/part_{number}.py" for number in range(12)]
OLD_LINE, NEW_LINE = "import imp\n", "import importlib\n"


def _timings() -> list[Step]:
    steps = rounds(IDENTICAL, [B_FAILS, A_FAILS])
    return [timed(one, n) if isinstance(one, Run) else one for n, one in enumerate(steps, 1)]


def _asked() -> list[Step]:
    """Return the loop of the user who asks for each fix."""
    steps: list[Step] = []
    for number, (old, new) in enumerate(pairwise(REWORDED)):
        steps += (
            [FIX_B, swap(old, new), A_FAILS] if number % 2 else [FIX_A, swap(old, new), B_FAILS]
        )
    return steps


def _progress() -> list[Step]:
    """Return twelve edits, after each of which one test less fails."""
    left = {f"test_case_{number}": f"AssertionError: case {number}" for number in range(12)}
    steps: list[Step] = [Ask(text="Fix the failing tests"), Read(path=CODE), pytest_run(left, 3)]
    bodies = (*STRICTS[:1], *TIGHTS, *LAXES[1:], *STRICTS[1:4])
    for number, (old, new) in enumerate(pairwise(bodies), start=1):
        rest = dict(list(left.items())[number:])
        steps += [swap(old, new), timed(pytest_run(rest, 3 + number), number)]
    return steps


def _batch() -> list[Step]:
    """Return the same change in twelve files, each tested."""
    steps: list[Step] = [Ask(text="Replace imp by importlib in all parts, and test each")]
    for number, path in enumerate(FILES, start=1):
        edit = Replace(path=path, old=OLD_LINE, new=NEW_LINE)
        steps += [edit, timed(pytest_run(NONE, 3), number)]
    return steps


def _told(name: str, kind: str, says: str, steps: Sequence[Step], **files: str) -> Session:
    story = Story(name=f"guards {name}", files={**BEFORE, **files}, steps=steps)
    return Session(name=name, kind=kind, says=says, story=story)


def _known(name: str, kind: str, says: str, story: str) -> Session:
    return Session(name=name, kind=kind, says=says, story=BY_NAME[story])


START: list[Step] = [GO, Read(path=CODE), A_FAILS]
REFUSED = Replace(path=CODE, old=LAX, new=STRICT, is_refused=True)
SESSIONS = (
    _told("same call", STUCK, "an edit that is refused, twelve times", [GO, *[REFUSED] * 12]),
    _told(
        "identical",
        LOOP,
        "two versions of a function take turns, byte for byte; a test run after each edit",
        [*START, *rounds(IDENTICAL, [B_FAILS, A_FAILS])],
    ),
    _told(
        "timings",
        LOOP,
        "the same, and each run prints another duration",
        [*START, *_timings()],
    ),
    _told(
        "untested",
        LOOP,
        "the same without any run",
        [GO, Read(path=CODE), *rounds(IDENTICAL, [None])],
    ),
    _told(
        "reworded",
        LOOP,
        "two bugs take turns, and the code is new each time",
        [*START, *rounds(REWORDED, [B_FAILS, A_FAILS])],
    ),
    _told(
        "three",
        LOOP,
        "three bugs take turns, and the code is new each time",
        [*START, *rounds(THREE, [B_FAILS, C_FAILS, A_FAILS])],
    ),
    _told("asked", LOOP, "as reworded, and the user asks for each fix", [A_FAILS, *_asked()]),
    _told("progress", HEALTHY, "twelve edits, and one test less fails after each", _progress()),
    _told(
        "batch",
        HEALTHY,
        "one change in twelve files, each tested",
        _batch(),
        **dict.fromkeys(FILES, OLD_LINE),
    ),
    _known("one undo", HEALTHY, "an idea is taken back, and the next one works", "one-undo"),
    _told(
        "tested undo",
        HEALTHY,
        "the same, tested before and after it",
        [
            *START,
            swap(STRICT, LAX),
            B_FAILS,
            Say(text="That takes any unit for seconds. Let me undo it and try another way."),
            swap(LAX, STRICT),
            A_FAILS,
            swap(STRICT, TIGHT),
            pytest_run(NONE, 3),
        ],
    ),
    _told(
        "flaky",
        HEALTHY,
        "one test fails now and then, whatever the code; the work goes on",
        [
            *START,
            pytest_run(NONE, 3),
            swap(STRICT, TIGHT),
            pytest_run(NONE, 3),
            A_FAILS,
            swap(TIGHT, TIGHTS[1]),
            pytest_run(NONE, 3),
            A_FAILS,
            swap(TIGHTS[1], TIGHTS[3]),
            pytest_run(NONE, 3),
        ],
    ),
    _known(
        "two commits",
        HEALTHY,
        "a change is taken out for one commit, and put in for the next",
        "parted-into-commits",
    ),
)
