"""Files that are written elsewhere, to try something: errors that take turns there are a loop."""

import pytest

from tests.auditing.test_rules_of_sessions import FIX, LOOP, Work

FILE = "/tmp/try.c"
TURNS = [("oscillation", "warning")]
GOAL = "Find out how to parse a duration"
# What is said where: "line: message", in turn.
A, A_NEAR, A_FAR = (
    "7: use of undeclared 'limit'",
    "10: use of undeclared 'limit'",
    "40: use of undeclared 'limit'",
)
B, C = "9: too few arguments", "8: expected ';'"


def compiled(path: str, *said: str) -> str:
    return "".join(f"{path}:{one.replace(': ', ':5: error: ')}\n" for one in said)


class Trying(Work):
    """Writes a file anew, and compiles it."""

    count = 0

    def write(self, line: str, *said: str, path: str = FILE, status: int | None = None) -> "Trying":
        self.count += 1
        line = f"cat > {path} <<'EOF'\nint main_{self.count}() {{ }}\nEOF\n{line}"
        self.run(line, compiled(path, *said), bool(said) if status is None else status)
        return self

    def tries(self, line: str, *each: str) -> "Trying":
        for said in each:
            self.write(line, *filter(None, [said]))
        return self


def trying() -> Trying:
    work = Trying()
    work.ask(GOAL)
    return work


@pytest.mark.parametrize(
    "line",
    [
        f"gcc {FILE}",
        f"cd /opt/lib && timeout 60 gcc -c {FILE} 2>&1; echo EXIT: $?",
        f"gcc {FILE} 2>&1 | grep error",
        f"gcc {FILE} -o /tmp/try && /tmp/try",
        f"lake env lean {FILE}",
    ],
)
def test_two_errors_that_take_turns_are_a_loop(line: str) -> None:
    assert trying().tries(line, A, B, A_NEAR).levels() == TURNS


def test_so_are_three() -> None:
    (found,) = trying().tries(f"gcc {FILE}", A, B, C, A_NEAR).loud()
    assert (found.period, found.path) == (3, FILE)
    assert "messages" in found.why[0]


def test_it_does_not_matter_which_tool_wrote_the_file() -> None:
    work = trying()
    for number, said in enumerate([A, B, A_NEAR]):
        old, new = (f"int main_{n}() {{ }}\n" for n in (number, number + 1))
        work.edit(old, new, FILE).run(f"gcc {FILE}", compiled(FILE, said), 1)
    assert work.levels() == TURNS


def test_nor_how_the_compiler_calls_it() -> None:
    work = trying()
    for said in (A, B, A_NEAR):
        line = f"cd /tmp && cat > try.c <<'EOF'\nint main_{said[0]}() {{ }}\nEOF\ngcc try.c"
        work.run(line, compiled("try.c", said), 1)
    assert work.levels() == TURNS


@pytest.mark.parametrize(
    ("line", "each"),
    [
        (f"gcc {FILE}", (A, B, C, "")),  # progress
        (f"gcc {FILE}", (A, A_NEAR, A)),  # it never went
        (f"gcc {FILE}", (A, "", A_NEAR)),  # nothing was traded for it
        (f"gcc {FILE}", (A, B, A_FAR)),  # the same is said elsewhere
        (f"gcc {FILE} 2>&1 | tail -1", (A, B, A_NEAR)),  # a part says nothing of the rest
        (f"gcc {FILE} 2>&1 | head -1", (A, B, A_NEAR)),
        (f"gcc {FILE} 2> /dev/null", (A, B, A_NEAR)),
        (f"gcc {FILE} || gcc -x c {FILE}", (A, B, A_NEAR)),
        (f"./check.sh {FILE}", (A, B, A_NEAR)),  # who knows whether it lists all
    ],
)
def test_healthy_twins(line: str, each: tuple[str, ...]) -> None:
    assert trying().tries(line, *each).levels() == []


def test_a_step_in_between_that_compiles_nothing_says_nothing() -> None:
    work = trying().tries(f"gcc {FILE}", A).tries("echo written", "").tries(f"gcc {FILE}", A_NEAR)
    assert work.levels() == []


def test_neither_does_one_that_compiles_another_file() -> None:
    work = trying().tries(f"gcc {FILE}", A)
    work.write("gcc /tmp/other.c", B, path="/tmp/other.c")
    assert work.tries(f"gcc {FILE}", A_NEAR).levels() == []


def test_nor_one_that_compiles_two() -> None:
    work = trying().tries(f"gcc {FILE}", A).tries(f"gcc {FILE} /tmp/other.c", B)
    assert work.tries(f"gcc {FILE}", A_NEAR).levels() == []


def test_what_the_session_did_not_write_is_none_of_its_work() -> None:
    work = trying()
    for said in (A, B, A_NEAR):
        work.edit(f"{said} x\n", f"{said} y\n").run(f"gcc {FILE}", compiled(FILE, said), 1)
    assert work.levels() == []


def test_to_try_one_thing_and_another_is_no_loop() -> None:
    x, y = "def f(a):\n    return a.strip()\n", "def f(a):\n    return a.split()[0]\n"
    inside, outside = Work().ask(FIX), Work().ask(FIX)
    for work, path in ((inside, "src/dur.py"), (outside, "/tmp/probe.py")):
        for _ in range(2):
            work.ask(FIX).edit(x, y, path).ask(FIX).edit(y, x, path)
    assert inside.levels() == LOOP
    assert outside.levels() == []


def test_a_program_that_is_tried_may_die_of_anything() -> None:
    work = trying()
    for number, died in enumerate(["ValueError: a", "KeyError: 'b'", "ValueError: a"]):
        line = f"cat > /tmp/p.py <<'EOF'\nx = {number}\nEOF\npython /tmp/p.py"
        frame = 'Traceback (most recent call last):\n  File "/tmp/p.py", line 1, in <module>\n'
        work.run(line, f"{frame}    x\n{died}\n", 1)
    (session,) = work.report().trajectories
    assert session.progress is not None
    assert session.progress.checks == 0


def test_errors_far_apart_in_it_are_traded_too() -> None:
    assert trying().tries(f"gcc {FILE}", A, "60: too few arguments", A_NEAR).levels() == TURNS


def test_that_its_code_moves_does_not_matter() -> None:
    work = trying()
    bodies = ("int f() {\n  return limit;\n}\n", "int g() {\n  int a = 1;\n  return limit;\n}\n")
    for number, said in enumerate(["2: undeclared 'limit'", "3: too few", "4: undeclared 'limit'"]):
        line = f"cat > {FILE} <<'EOF'\n{bodies[number % 2]}EOF\ngcc {FILE}"
        work.run(line, compiled(FILE, said), 1)
    assert work.levels() == TURNS
