"""`loopwatch record`: the command runs as ever, and what it says is kept for this content."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from loopwatch.keeping.place import ledger_path
from loopwatch.model.evidence import Evidence
from loopwatch.sources.repository import find_repository
from loopwatch.store.ledger import Ledger
from tests.builders import Repo
from tests.keeping.toy import TOOL, installed

PYTHON = (sys.executable, "-c")
posix = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of another kind")


@dataclass
class Recorder:
    """Runs loopwatch in a folder, as users do."""

    folder: Path
    environment: dict[str, str]
    more: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, *arguments: str, given: bytes = b"", folder: Path | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            self.command(*arguments),
            cwd=folder or self.folder,
            env=self.environment | self.more,
            input=given,
            capture_output=True,
            check=False,
            timeout=60,
        )

    @staticmethod
    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "loopwatch", "record", *arguments]

    def toy(self, *files: str) -> subprocess.CompletedProcess[bytes]:
        return self("--", *PYTHON, TOOL, *files)


@pytest.fixture
def record(repo: Repo, tmp_path: Path) -> Recorder:
    """Give a repository with one file, and loopwatch with a reader for the toy tool."""
    repo.write(".gitignore", "ignored*\n")
    repo.change("a.py", "TODO-1\n", "feat: a")
    return Recorder(repo.path, installed(tmp_path / "plugins"))


def kept(folder: Path) -> dict[str, tuple[Evidence, ...]]:
    """Return what the ledger holds, by tree."""
    found: dict[str, tuple[Evidence, ...]] = {}
    with Ledger.reading(ledger_path(find_repository(folder))) as ledger:
        for entry in ledger.entries():
            tree = entry.content.id.hex()
            found[tree] = (*found.get(tree, ()), entry.evidence)
    return found


def rules(evidence: Evidence) -> list[str]:
    return [defect.rule for defect in evidence.defects]


def tree_of(repo: Repo, revision: str = "HEAD") -> str:
    return repo.git("rev-parse", f"{revision}^{{tree}}")


def everything(folder: Path) -> dict[str, tuple[str, int]]:
    """Return digest and mode of each file that is not the ledger's."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mode,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "loopwatch" not in path.parts
    }


# --- what is kept ---------------------------------------------------------------------------


def test_what_a_command_says_is_kept_for_the_content(repo: Repo, record: Recorder) -> None:
    done = record.toy("a.py")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode().split() == "TOY TODO-1 a.py TOY looked at a.py".split()
    ((tree, (evidence,)),) = kept(repo.path).items()
    assert tree == tree_of(repo)
    assert rules(evidence) == ["TODO-1"]


def test_edits_that_are_not_committed_are_part_of_it(repo: Repo, record: Recorder) -> None:
    repo.write("a.py", "TODO-2\n")
    repo.write("new.py", "TODO-3\n")
    record.toy("a.py", "new.py")
    ((tree, (evidence,)),) = kept(repo.path).items()
    assert rules(evidence) == ["TODO-2", "TODO-3"]
    repo.commit("fix: a")
    assert tree == tree_of(repo)


def test_logs_and_ignored_files_are_no_part_of_it(repo: Repo, record: Recorder) -> None:
    repo.write("run.log", "1\n")
    repo.write("ignored.py", "2\n")
    record.toy("a.py")
    assert tree_of(repo) in kept(repo.path)


def test_new_files_that_are_not_code_may_be_committed_too(repo: Repo, record: Recorder) -> None:
    repo.write("a.py", "TODO-2\n")
    repo.write("docs/a.md", "About a.\n")
    record.toy("a.py")
    found = kept(repo.path)
    assert len(found) == 2
    repo.commit("fix: a, and say so")
    assert [rules(one) for one in found[tree_of(repo)]] == [["TODO-2"]]


def test_much_that_is_new_is_not_read(repo: Repo, record: Recorder) -> None:
    repo.write("data.txt", "x" * 10_000_001)
    record.toy("a.py")
    assert list(kept(repo.path)) == [tree_of(repo)]


def test_a_check_that_passes_and_fails_is_kept_both_ways(repo: Repo, record: Recorder) -> None:
    record("--", *PYTHON, "print('TOY X a.py'); print('TOY looked at a.py')")
    for _ in range(2):
        record("--", *PYTHON, "print('TOY looked at a.py')")
    ((_, said),) = kept(repo.path).items()
    assert sorted(map(rules, said)) == [[], ["X"]]


def test_content_that_changes_under_way_belongs_to_nothing(repo: Repo, record: Recorder) -> None:
    change = "open('a.py', 'a').write('x'); print('TOY looked at a.py')"
    done = record("--", *PYTHON, change)
    assert done.returncode == 0
    assert done.stderr.decode().splitlines() == [
        "loopwatch: nothing is recorded: a.py changed while the command ran"
    ]
    assert kept(repo.path) == {}


def test_what_the_command_writes_into_ignored_files_and_logs_does_not_matter(
    repo: Repo, record: Recorder
) -> None:
    write = "open('run.log', 'w'); open('ignored.py', 'w'); print('TOY looked at a.py')"
    assert record("--", *PYTHON, write).stderr == b""
    assert len(kept(repo.path)) == 1


def test_nothing_of_the_repository_is_touched(repo: Repo, record: Recorder) -> None:
    repo.write("a.py", "TODO-2\n")
    repo.write("new.py", "x\n")
    repo.git("add", "new.py")
    repo.write("new.py", "y\n")
    before = everything(repo.path)
    assert record.toy("a.py").stderr == b""
    assert everything(repo.path) == before
    assert len(kept(repo.path)) == 1


def test_before_the_first_commit(tmp_path: Path, record: Recorder) -> None:
    repo = Repo(tmp_path / "unborn")
    repo.write("a.py", "TODO-1\n")
    done = record("--", *PYTHON, TOOL, "a.py", folder=repo.path)
    assert done.stderr == b""
    repo.commit("feat: a")
    assert list(kept(repo.path)) == [tree_of(repo)]


def test_working_trees_of_one_repository_share_a_ledger(repo: Repo, record: Recorder) -> None:
    other = repo.path.parent / "other"
    repo.git("worktree", "add", "--quiet", str(other))
    (other / "a.py").write_text("TODO-9\n")
    record.toy("a.py")
    record("--", *PYTHON, TOOL, "a.py", folder=other)
    assert len(kept(repo.path)) == len(kept(other)) == 2


def test_a_folder_inside_the_repository(repo: Repo, record: Recorder) -> None:
    inner = repo.write("src/b.py", "x\n").parent
    assert record("--", *PYTHON, TOOL, "b.py", folder=inner).stderr == b""
    assert len(kept(repo.path)) == 1


# --- as if loopwatch were not there ---------------------------------------------------------


def test_outside_a_repository_the_command_runs_all_the_same(
    tmp_path: Path, record: Recorder
) -> None:
    done = record("--", *PYTHON, "print(7)", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"7{os.linesep}".encode())
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("loopwatch: nothing is recorded: ") and "not inside a git" in line


def test_a_bare_repository_has_no_content(tmp_path: Path, record: Recorder) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path / "bare"], check=True)
    done = record("--", *PYTHON, "print(7)", folder=tmp_path / "bare")
    assert done.returncode == 0
    assert "bare repository has no working tree" in done.stderr.decode()


def test_a_tool_that_nobody_knows(repo: Repo, record: Recorder) -> None:
    done = record("--", *PYTHON, "print('hello')")
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1 and b"no tool is known" in done.stderr
    assert kept(repo.path) == {}
    assert record("-q", "--", *PYTHON, "print('hello')").stderr == b""


def test_what_is_kept_is_said_if_wanted(record: Recorder) -> None:
    done = record("-v", "--", *PYTHON, TOOL, "a.py")
    assert done.stderr == b"loopwatch: recorded what toy said: 1 defect\n"


def test_the_command_is_not_there(record: Recorder) -> None:
    done = record("--", "no-such-tool", "--flag")
    assert done.returncode == 127
    assert done.stderr == b"loopwatch: no-such-tool: command not found\n"


@posix
def test_the_command_cannot_be_run(repo: Repo, record: Recorder) -> None:
    repo.write("plain.txt", "x").chmod(0o644)
    assert record("--", "./plain.txt").returncode == 126


@pytest.mark.parametrize("status", [0, 1, 2, 5, 77, 255])
def test_the_exit_status_is_passed_on(record: Recorder, status: int) -> None:
    assert record("-q", "--", *PYTHON, f"raise SystemExit({status})").returncode == status


def test_input_and_both_outputs_pass_through_unchanged(record: Recorder) -> None:
    noise = bytes(range(256)) * 1000 + b"no line end"
    copy = (
        "import sys; data = sys.stdin.buffer.read();"
        "sys.stdout.buffer.write(data); sys.stderr.buffer.write(data[::-1])"
    )
    done = record("-q", "--", *PYTHON, copy, given=noise)
    assert done.stdout == noise
    assert done.stderr == noise[::-1]


def test_lines_come_in_their_order_where_both_go_to_one_place(record: Recorder) -> None:
    speak = (
        "import sys\n"
        "for n in range(200):\n"
        "    print(n, file=(sys.stdout, sys.stderr)[n % 2], flush=True)"
    )
    done = subprocess.run(
        record.command("-q", "--", *PYTHON, speak),
        cwd=record.folder,
        env=record.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.stdout.split() == [str(n).encode() for n in range(200)]


def test_output_comes_while_the_command_runs(record: Recorder) -> None:
    speak = "import sys; print('now', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        record.command("-q", "--", *PYTHON, speak),
        cwd=record.folder,
        env=record.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline().strip() == b"now"
        process.stdin.close()


def test_options_of_the_command_are_its_own(record: Recorder) -> None:
    echo = "import sys; print(sys.argv[1:])"
    for dashes in ([], ["--"]):
        done = record("-q", *dashes, *PYTHON, echo, "-v", "--", "--junit", "x")
        assert done.stdout.split() == b"['-v', '--', '--junit', 'x']".split()


def test_a_run_inside_a_run_is_recorded_once(repo: Repo, record: Recorder) -> None:
    inner = record.command("--", *PYTHON, TOOL, "a.py")
    done = record("--", *inner)
    assert (done.returncode, done.stderr) == (1, b"")
    with Ledger.reading(ledger_path(find_repository(repo.path))) as ledger:
        (count,) = ledger.counts()
    assert count.runs == 1


def test_loopwatchs_own_trouble_does_not_change_the_status(repo: Repo, record: Recorder) -> None:
    folder = ledger_path(find_repository(repo.path)).parent
    folder.write_text("in the way")
    done = record.toy("a.py")
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("loopwatch: nothing is recorded: the ledger cannot be")


@pytest.mark.parametrize("result", [True, False])
def test_pytest_that_does_not_name_what_it_skips(
    repo: Repo, record: Recorder, result: bool
) -> None:
    tests = f"def test_a(): assert {result}\n\n@pytest.mark.skip\ndef test_b(): pass\n"
    repo.change("test_x.py", f"import pytest\n\n{tests}", "feat: tests")
    call = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    (line,) = record("-v", "--", *call).stderr.decode().splitlines()
    assert line.startswith("loopwatch: ")
    if result:
        assert "nothing is recorded" in line
        assert "with -rA it names each test" in line
        assert kept(repo.path) == {}
    else:
        assert line.endswith(
            "1 defect; what passed is not told, so that a fix of it will not be seen"
        )
    (line,) = record("-v", "--", *call, "-rA").stderr.decode().splitlines()
    assert line.endswith(f"recorded what pytest said: {int(not result)} defect{'s' * result}")


def test_very_long_output_is_cut_and_tells_nothing(repo: Repo, record: Recorder) -> None:
    flood = "print('TOY looked at a.py')\nfor n in range(700): print('x' * 65535)"
    done = record("--", *PYTHON, flood)
    assert len(done.stdout) > 40_000_000
    assert b"tells nothing for certain" in done.stderr
    assert kept(repo.path) == {}


# --- signals and terminals ------------------------------------------------------------------

TRAP = """
import signal, sys, time
def told(number, frame):
    print("got", signal.Signals(number).name, flush=True)
    sys.exit(42)
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), told)
print("ready", flush=True)
time.sleep(30)
"""


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_reach_the_command(record: Recorder, name: str) -> None:
    with subprocess.Popen(
        record.command("-q", "--", *PYTHON, TRAP),
        cwd=record.folder,
        env=record.environment,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(getattr(signal, name))
        assert process.stdout.read() == f"got {name}\n".encode()
    assert process.returncode == 42


@posix
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL", "SIGSEGV"])
def test_a_command_that_a_signal_ended(record: Recorder, name: str) -> None:
    number = getattr(signal, name)
    kill = f"import os; os.kill(os.getpid(), {int(number)})"
    assert record("-q", "--", *PYTHON, kill).returncode == -number


@posix
def test_a_reader_that_goes_away(record: Recorder) -> None:
    """As in `loopwatch record -- COMMAND | head`: the command notices, and ends."""
    with subprocess.Popen(
        record.command("-q", "--", "yes"),
        cwd=record.folder,
        env=record.environment,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(20) == -signal.SIGPIPE


@posix
def test_what_stays_in_the_background_is_not_waited_for(record: Recorder) -> None:
    start = time.monotonic()
    done = record("-q", "--", "sh", "-c", "echo now; sleep 20 & exit 3")
    assert (done.returncode, done.stdout) == (3, b"now\n")
    assert time.monotonic() - start < 15


# Takes its input for the terminal of a new session, as a terminal's own shell does.
IN_FRONT = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """A terminal with a process in it."""

    def __init__(
        self, recorder: Recorder, *arguments: str, size: tuple[int, int] = (24, 80)
    ) -> None:
        self.end, theirs = os.openpty()
        self.resize(size)
        self.process = subprocess.Popen(
            [*PYTHON, IN_FRONT, *recorder.command(*arguments)],
            cwd=recorder.folder,
            env=recorder.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        self.said = b""

    def resize(self, size: tuple[int, int]) -> None:
        import fcntl
        import struct
        import termios

        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))

    def until(self, wanted: bytes) -> None:
        while wanted not in self.said:
            self.said += os.read(self.end, 1000)

    def rest(self) -> int:
        """Read to the end; return the exit status."""
        try:
            while chunk := os.read(self.end, 1000):
                self.said += chunk
        except OSError:
            pass
        os.close(self.end)
        return self.process.wait()


LOOK = """
import os, sys
print(*(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)))
print(*os.get_terminal_size(1), flush=True)
"""


@posix
def test_in_a_terminal_the_command_sees_a_terminal(record: Recorder) -> None:
    terminal = Terminal(record, "-q", "--", *PYTHON, "input();" + LOOK, size=(33, 101))
    os.write(terminal.end, b"\n")
    assert terminal.rest() == 0
    assert terminal.said.split(b"\r\n")[-3:] == [b"True True True", b"101 33", b""]


@posix
def test_a_terminal_that_gets_another_size(record: Recorder) -> None:
    wait = (  # a signal that comes just before Python reads is only told once it has read
        "import os, select, signal\n"
        "def told(*_): print('now', *os.get_terminal_size(1), flush=True)\n"
        "signal.signal(signal.SIGWINCH, told)\n"
        "print('ready', flush=True)\n"
        "while not select.select([0], [], [], 0.1)[0]: pass\n"
        "input()"
    )
    terminal = Terminal(record, "-q", "--", *PYTHON, wait)
    terminal.until(b"ready")
    terminal.resize((50, 120))
    terminal.until(b"now 120 50")
    os.write(terminal.end, b"\n")
    assert terminal.rest() == 0


@posix
def test_control_c_reaches_the_command_once(record: Recorder) -> None:
    count = (
        "import signal, time\n"
        "got = []\n"
        "signal.signal(signal.SIGINT, lambda *_: got.append(1))\n"
        "print('ready', flush=True)\n"
        "end = time.time() + 1.5\n"
        "while time.time() < end: time.sleep(0.1)\n"
        "print('got', len(got))\n"
        "raise SystemExit(9)"
    )
    terminal = Terminal(record, "-q", "--", *PYTHON, count)
    terminal.until(b"ready")
    os.write(terminal.end, b"\x03")
    assert terminal.rest() == 9
    assert b"got 1\r\n" in terminal.said


@posix
def test_control_c_ends_what_does_not_expect_it(record: Recorder) -> None:
    terminal = Terminal(record, "-q", "--", "sh", "-c", "echo ready; sleep 30")
    terminal.until(b"ready")
    os.write(terminal.end, b"\x03")
    assert terminal.rest() == -signal.SIGINT


@posix
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 0), ("SIGHUP", 0), ("SIGTERM", -15)])
def test_a_key_that_is_heard_only_when_the_command_has_ended(name: str, status: int) -> None:
    late = (
        "import os, signal\n"
        "from loopwatch.sources.signal_relay import SignalRelay\n"
        "relay = SignalRelay()\n"
        f"os.kill(os.getpid(), signal.{name})\n"
        "relay.stop()"
    )
    assert subprocess.run([*PYTHON, late], check=False).returncode == status


@posix
def test_what_is_said_in_a_terminal_is_kept_too(repo: Repo, record: Recorder) -> None:
    terminal = Terminal(record, "--", *PYTHON, TOOL, "a.py")
    assert terminal.rest() == 1
    assert terminal.said == b"TOY TODO-1 a.py\r\nTOY looked at a.py\r\n"
    assert [rules(*said) for said in kept(repo.path).values()] == [["TODO-1"]]


# --- files ----------------------------------------------------------------------------------


def test_results_from_elsewhere(repo: Repo, record: Recorder) -> None:
    first = tree_of(repo)
    repo.change("a.py", "TODO-5\n", "fix: a")
    repo.write("said.txt", "TOY TODO-1 a.py\nTOY looked at a.py\n")
    assert record("--input", "said.txt", "--version", "HEAD~1").returncode == 0
    assert list(kept(repo.path)) == [first]
    assert record("--format", "toy", "--input", "said.txt").returncode == 0
    assert set(kept(repo.path)) == {first, tree_of(repo)}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "nothing to record"),
        (["--input", "absent"], "cannot read absent"),
        (["--input", "a.py"], "no tool is known"),
        (["--format", "toy", "--input", "a.py"], "tells nothing for certain"),
        (["--input", "a.py", "--version", "nowhere"], "is no version here"),
        (["--format", "toy", "--format", "toy", "--input", "a.py"], "its own --format"),
        (["--version", "HEAD", "--", "true"], "--version cannot be heeded"),
    ],
)
def test_files_that_cannot_be_kept(
    record: Recorder, arguments: Sequence[str], expected: str
) -> None:
    done = record(*arguments)
    assert done.returncode == 2
    assert done.stdout == b""
    lines = done.stderr.decode().splitlines()
    assert expected in lines[0] and len(lines) <= 2


def test_a_command_that_writes_a_file_of_results(repo: Repo, record: Recorder) -> None:
    write = "open('said.txt', 'w').write('TOY X a.py\\nTOY looked at a.py\\n')"
    done = record("--format", "toy", "--input", "said.txt", "--", *PYTHON, write)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [rules(*said) for said in kept(repo.path).values()] == [["X"]]
    os.utime(repo.path / "said.txt", (1, 1))
    done = record("--format", "toy", "--input", "said.txt", "--", *PYTHON, "")
    assert b"said.txt is older than this run" in done.stderr
