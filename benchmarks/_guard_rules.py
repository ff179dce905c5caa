"""The rules of other guards against loops, written anew from what they publish, in few lines each.

A rule is asked after each call of a session with all calls so far, and says whether it would speak
up: warn, ask or stop. What a rule asks of a model, and all that is not about loops, is left out.
Read in November 2026.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence

from benchmarks._guard_calls import Call

Rule = Callable[[Sequence[Call]], bool]


# --- helpers ---


def _turn(calls: Sequence[Call]) -> list[Call]:
    """Return the calls since the user said something."""
    return [call for call in calls if call.turn == calls[-1].turn]


def _in_a_row(keys: Sequence[Hashable]) -> int:
    """Return how often the last key stands at the end."""
    count = 0
    for key in reversed(keys):
        if key != keys[-1]:
            break
        count += 1
    return count


def _cycles(keys: Sequence[Hashable], longest: int, times: int) -> bool:
    """Tell whether the end is one pattern, up to so long, so many times."""
    return any(
        len(keys) >= size * times
        and all(keys[-1 - n] == keys[-1 - n % size] for n in range(size * times))
        for size in range(1, longest + 1)
    )


def _alternates(states: Sequence[Hashable]) -> bool:
    """Tell whether the last four are A B A B."""
    last = states[-4:]
    return len(last) == 4 and last[0] == last[2] != last[1] == last[3]


def _states(calls: Sequence[Call]) -> dict[str, list[str]]:
    """Return the contents of each file after its edits, oldest first."""
    states: dict[str, list[str]] = {}
    for call in calls:
        if call.change is not None:
            states.setdefault(call.change.path, []).append(call.change.after)
    return states


def _with_start(calls: Sequence[Call]) -> dict[str, list[str]]:
    """Return the same, beginning with what was there before."""
    told: dict[str, list[str]] = {}
    for call in calls:
        one = call.change
        if one is not None:
            before = one.after.replace(one.new, one.old, 1)
            told.setdefault(one.path, [before]).append(one.after)
    return told


# --- rules on calls ---


def openhands(calls: Sequence[Call]) -> bool:
    last = _turn(calls)[-10:]  # 20 events: each call and its result
    told = [(call.key, call.output, call.is_error) for call in last]
    same = len(told) >= 4 and len(set(told[-4:])) == 1
    errors = last[-4:]
    failing = (
        len(errors) == 4
        and len({call.key for call in errors}) == 1
        and all(c.is_error for c in errors)
    )
    turns = len(told) >= 6 and all(told[-1 - n] == told[-3 - n] for n in range(4))
    return same or failing or turns


def gemini_cli(calls: Sequence[Call]) -> bool:
    return _cycles([call.key for call in _turn(calls)][-25:], longest=5, times=5)


def opencode(calls: Sequence[Call]) -> bool:
    return _in_a_row([call.key for call in _turn(calls)]) >= 3


def roo_code(calls: Sequence[Call]) -> bool:
    return _in_a_row([call.key for call in calls]) >= 4


def cline(calls: Sequence[Call]) -> bool:
    count, last, outputs = 0, None, dict[Hashable, str]()
    has_progress: set[Hashable] = set()  # calls whose result was another one than before
    for call in calls:
        count = count + 1 if call.key == last and call.key not in has_progress else 1
        last = call.key
        has_progress.discard(call.key)
        if not call.is_error:
            if outputs.get(call.key, call.output) != call.output:
                has_progress.add(call.key)
            outputs[call.key] = call.output
    return count >= 3 or sum(call.key == last for call in calls) >= 20


def forgecode(calls: Sequence[Call]) -> bool:
    keys = [call.key for call in calls]
    return any(_pieces(keys, size) >= 3 for size in range(1, len(keys)))


def _pieces(keys: Sequence[Hashable], size: int) -> int:
    """Return how many equal pieces stand at the end; a piece that has only begun counts, too."""
    end = len(keys) - len(keys) % size
    begun = keys[end:]
    if end < size or begun != keys[end - size : end - size + len(begun)]:
        return 0
    count = 0
    while end >= size * (count + 1) and (
        keys[end - size * (count + 1) : end - size * count] == keys[end - size : end]
    ):
        count += 1
    return count + bool(begun)


def crush(calls: Sequence[Call]) -> bool:
    last = [(call.key, call.output) for call in calls[-10:]]
    return len(last) == 10 and max(Counter(last).values()) > 5


def openclaw(calls: Sequence[Call]) -> bool:
    keys = [call.key for call in calls]
    repeats = keys[-31:-1].count(keys[-1]) >= 10  # this call is the eleventh
    last = keys[-10:]
    ping_pong = (
        len(last) == 10
        and len(set(last)) == 2
        and all(last[n] == last[n - 2] for n in range(2, 10))
    )
    return repeats or ping_pong


def cctx(calls: Sequence[Call]) -> bool:
    def key(call: Call) -> tuple[str, str]:  # of an edit only the file
        return (call.tool, call.change.path) if call.change is not None else call.key

    keys = [key(call) for call in calls]
    thrash = keys[-11:].count(keys[-1]) >= 3  # a call and its answer are two turns of the log
    ends = [bool(call.is_error or call.status) for call in calls if key(call) == keys[-1]]
    failures = [place for place, has_failed in enumerate(ends) if has_failed]
    retries = len(failures) >= 2 and all(ends[failures[0] : failures[-1] + 1])
    return thrash or retries


# --- rules on edits and files ---


def ggcode(calls: Sequence[Call]) -> bool:
    told: dict[str, list[str]] = {}
    for call in calls:
        if call.change is not None:
            pair = [text.strip()[:2048] for text in (call.change.old, call.change.new)]
            told[call.change.path] = [*told.get(call.change.path, []), *pair][-20:]
    counts = (Counter(texts).values() for texts in told.values())
    return any(sum(max(count - 2, 0) for count in one) >= 2 for one in counts)


LEXEME = re.compile(r"#[^\n]*|\"[^\"\n]*\"|'[^'\n]*'|\d+|\w+|[^\w\s]")


def _lexemes(text: str) -> tuple[str, ...]:
    found = (one for one in LEXEME.findall(text) if not one.startswith("#"))
    return tuple("STR" if o[0] in "\"'" else "NUM" if o.isdigit() else o for o in found)


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Return the Jaccard index of their runs of three."""
    grams = [{tuple(text[n : n + 3]) for n in range(len(text) - 2)} for text in (one, other)]
    return len(grams[0] & grams[1]) / len(grams[0] | grams[1]) if any(grams) else 1.0


def regression_ledger(calls: Sequence[Call]) -> bool:
    pending: list[tuple[str, ...]] = []
    failed: list[tuple[str, ...]] = []
    for call in calls[:-1]:
        if call.change is not None:
            pending.append(_lexemes(call.change.new))
        elif call.status is not None and (call.failures or call.passed):
            if call.status:
                failed += pending
            else:
                failed = [one for one in failed if one not in pending]
            pending = []
    edit = calls[-1].change
    return edit is not None and any(_likeness(_lexemes(edit.new), o) >= 0.9 for o in failed)


def mwreverts(calls: Sequence[Call]) -> bool:
    return any(
        states[-1] in states[-17:-1] and states[-1] != states[-2]
        for states in _with_start(calls).values()
    )


def seen_before(calls: Sequence[Call]) -> bool:
    return any(states[-1] in states[:-1] for states in _with_start(calls).values())


def sovereign_agent(calls: Sequence[Call]) -> bool:
    outputs = [call.output for call in calls if call.tool == "Bash"][-5:]
    if len(outputs) >= 3 and len(set(outputs)) == 1:
        return True
    for states in _states(calls).values():
        last = states[-10:]
        windows = (last[n : n + 4] for n in range(len(last) - 3))
        if any(map(_alternates, windows)) or (len(last) >= 5 and len(set(last)) <= 2):
            return True
    return False


def octopusgarden(calls: Sequence[Call]) -> bool:
    trees: list[Hashable] = []
    files: dict[str, str] = {}
    for call in calls:
        if call.change is not None:
            files = {**files, call.change.path: call.change.after}
            trees.append(tuple(sorted(files.items())))
    return len(trees) >= 4 and trees[-1] == trees[-3] and trees[-2] == trees[-4]


# --- rules on what failed ---


def ordinex(calls: Sequence[Call]) -> bool:
    runs = [call for call in calls if call.failures or call.passed]
    failures = ["; ".join(sorted(run.failures)) for run in runs]
    last = [one for one in failures[-3:] if one]
    stuck = len(failures) >= 3 and any(count >= 2 for count in Counter(last).values())
    passed = [run.passed for run in runs][-3:]
    regressing = len(passed) == 3 and passed[0] > passed[1] > passed[2]
    turns = all(failures[-4:]) and _alternates(failures)
    return stuck or regressing or turns or _alternates([bool(one) for one in failures])
