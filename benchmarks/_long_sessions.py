"""Sessions of any size, told by the writers of the tests, and copies of logs with other ids."""

import random
from hashlib import blake2b
from pathlib import Path

from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.registry import readers, recognise
from tests.sources.session_log.formats import FORMATS
from tests.sources.session_log.stories import (
    CODE,
    COMMAND,
    Ask,
    Read,
    Replace,
    Run,
    Say,
    Step,
    Story,
    pytest_run,
)

# Those whose logs are lines of JSON, as Claude Code, Codex and others write them while they work.
LINED = ("claude-code", "codex-2025-09", "codex-0.125", "openhands-sdk", "gemini-cli")
FILES = 12
FUNCTIONS = 40  # in each file


def story(name: str, rounds: int, seed: int = 1) -> Story:
    """Return a session that goes on: in each round something is asked, read, edited and tested.

    No version comes back, and what is looked at is longer than what is edited, as in real logs.
    """
    chance = random.Random(seed)  # noqa: S311  no secret
    files = {f"src/part{n}.py": _module(n) for n in range(FILES)}
    steps: list[Step] = []
    values: dict[tuple[int, int], int] = {}
    for number in range(rounds):
        place, function = chance.randrange(FILES), chance.randrange(FUNCTIONS)
        path = f"src/part{place}.py"
        old = values.get((place, function), 0)
        values[place, function] = number + 1
        steps += [
            Ask(text=f"step_{function} of part {place} should take {number + 1} into account"),
            Run(line=f"rg -n step_{function} src", output=_shown(chance, 60), status=0),
            Read(path=path),
            Say(text="I see. " + "The limit is read in one place and used in another. " * 4),
            Replace(path=path, old=_line(function, old), new=_line(function, number + 1)),
            pytest_run({"test_limit": f"AssertionError: {number}"}, passed=9),
            Read(path=f"src/part{chance.randrange(FILES)}.py"),
            Run(line="git diff", output=_shown(chance, 30), status=0),
        ]
    return Story(name=name, steps=steps, files={CODE: "", **files})


def _module(number: int) -> str:
    return "\n\n".join(
        f"def step_{n}(values):\n    total = {number}\n    for value in values:\n"
        f"{_line(n, 0)}\n    return total\n"
        for n in range(FUNCTIONS)
    )


def _line(function: int, value: int) -> str:
    return f"        total += min(value, {function * 1_000_000 + value})"


def _shown(chance: random.Random, lines: int) -> str:
    words = COMMAND.split()
    return "".join(
        f"src/part{chance.randrange(FILES)}.py:{n}:    {' '.join(chance.choices(words, k=8))}\n"
        for n in range(lines)
    )


def written(folder: Path, rounds: tuple[int, ...], names: tuple[str, ...] = LINED) -> list[Path]:
    """Write a session of each format and length; return their logs."""
    made = []
    for form in FORMATS:
        for count in rounds if form.name in names else ():
            path = folder / f"{form.name}-{count}{form.ending}"
            path.write_text(form.write(story(path.name, count)), encoding="utf-8")
            made.append(path)
    return made


def copied(logs: list[Path], folder: Path, size: int) -> Path:
    """Fill a folder with copies of some logs up to a size in bytes; each is another session."""
    known = readers(print)
    folder.mkdir()
    whole = [(log, log.read_bytes(), _ids(log, known)) for log in logs]
    made = number = 0
    while made < size and whole:
        log, content, ids = whole[number % len(whole)]
        for own in ids:
            content = content.replace(own, _other(own, number))
        (folder / f"{number:05d}-{log.name}").write_bytes(content)
        number, made = number + 1, made + len(content)
    return folder


def _ids(log: Path, known: object) -> list[bytes]:
    file = LogFile(log, log.name)
    reader = recognise(file, known)  # type: ignore[arg-type]
    if reader is None:
        return []
    told = reader.identity(file)
    return [one.encode() for one in (told.session, *told.keys) if one]


def _other(own: bytes, number: int) -> bytes:
    """Return another id of the same length."""
    mark = blake2b(own + b"%d" % number, digest_size=16).hexdigest().encode()
    return (mark * (len(own) // len(mark) + 1))[: len(own)]
