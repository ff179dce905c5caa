"""The tables of what was measured, each value with its goal."""

from collections.abc import Sequence

from _chains import CHAIN
from _judging import OURS, PEERS, Tally
from _making import KEPT
from _measuring import print_table

Tallies = dict[str, dict[str, Tally]]


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "-"


def tell_steps(rows: Tallies) -> None:
    methods = [*PEERS, OURS]
    body = []
    for row in KEPT:
        some = rows[row]
        kept = [percent(some[name].right, some[name].labelled) for name in methods]
        wrong = [percent(some[name].wrong, some[name].affected) for name in methods]
        body.append([row, str(some[OURS].labelled), *kept, *wrong])
    kept = [mean(rows, name, "right") for name in methods]
    wrong = [mean(rows, name, "wrong") for name in methods]
    body.append(["**mean**", "", *(f"{one:.1f}" for one in (*kept, *wrong))])
    head = ["kept, then wrong, %", "defects", *methods, *(f"{name}: wrong" for name in methods)]
    print_table(head, body)


def mean(rows: Tallies, name: str, what: str) -> float:
    parts = []
    for row in KEPT:
        one = rows[row][name]
        whole = one.labelled if what == "right" else one.affected
        if whole:
            parts.append(100 * getattr(one, what) / whole)
    return sum(parts) / len(parts) if parts else 0.0


def share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def verdict(value: float, bound: float, *, is_least: bool) -> str:
    is_met = value >= bound if is_least else value <= bound
    return f"{'≥' if is_least else '≤'} {bound:g}: {'met' if is_met else 'MISSED'}"


def tell_rest(rows: Tallies, total: Tally) -> None:
    body: list[list[str]] = []

    def add(what: str, values: Sequence[float], count: int, bound: float, is_least: bool) -> None:
        told = verdict(round(values[-1], 1), bound, is_least=is_least)
        body.append([what, str(count or ""), *(f"{one:.1f}" for one in values), told])

    methods = [*PEERS, OURS]
    add("mean stability", [mean(rows, name, "right") for name in methods], 0, 99.5, True)
    least = [
        min([0.0])
        if not any(rows[row][name].labelled for row in KEPT)
        else min(
            share(rows[row][name].right, rows[row][name].labelled)
            for row in KEPT
            if rows[row][name].labelled
        )
        for name in methods
    ]
    add("lowest row", least, 0, 97, True)
    add("mean wrong", [mean(rows, name, "wrong") for name in methods], 0, 0.4, False)
    copied = rows["duplicate nearby"]
    add(
        "copied nearby: stolen",
        [share(copied[n].wrong, copied[n].affected) for n in methods],
        copied[OURS].affected,
        0.5,
        False,
    )
    for row, bound in (("NEG", 1.0), ("NEG2", 10.0)):
        some = rows[row]
        add(
            f"{row}: wrong",
            [share(some[n].wrong, some[n].affected) for n in methods],
            some[OURS].affected,
            bound,
            False,
        )
        values = [share(some[n].certain_wrong, some[n].affected) for n in methods]
        body.append(
            [
                f"{row}: wrong, certain",
                str(some[OURS].affected),
                *["-"] * len(PEERS),
                f"{values[-1]:.1f}",
                verdict(round(values[-1], 1), 1.0, is_least=False),
            ]
        )
    for row, bound in (("R1", 99.5), ("R2", 99.0), ("R3", 98.0)):
        some = rows[row]
        add(
            f"{row}: back, linked",
            [share(some[n].right, some[n].affected) for n in methods],
            some[OURS].affected,
            bound,
            True,
        )
        add(
            f"{row}: linked wrong",
            [share(some[n].wrong, some[n].affected) for n in methods],
            some[OURS].affected,
            0.5,
            False,
        )
    some = rows["N"]
    add(
        "N: false link",
        [share(some[n].wrong, some[n].affected) for n in methods],
        some[OURS].affected,
        0.3,
        False,
    )
    for what, part, bound, is_least in (
        ("linked", total.right, 97.0, True),
        ("linked wrong", total.wrong, 0.5, False),
    ):
        value = share(part, total.affected)
        body.append(
            [
                f"chain of {CHAIN}: {what}",
                str(total.affected),
                *["-"] * len(PEERS),
                f"{value:.1f}",
                verdict(round(value, 1), bound, is_least=is_least),
            ]
        )
    print_table(["%", "defects", *methods, "goal"], body)
