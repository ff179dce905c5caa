"""Write a history that looks like one people made: the same for the same arguments.

    python benchmarks/synthetic.py FOLDER [--commits N] [--files N] [--seed N] [--tiny]

FOLDER becomes a bare repository: a few hundred Python and JavaScript files with
functions, several edits to a commit, side branches and their merges, renames,
reverts, and edits that are taken back without a word. What returns was left not long
ago, and there are as many words, as often the same, as in real code: nothing becomes
more frequent as the history grows. ``--tiny`` makes short files, for benchmarks that
read no content.
"""

import argparse
import subprocess
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import IO

FIRST_SECOND = 1_500_000_000  # since 1970; commits follow at an hour's distance
HOUR = 3600
SIDE_SHARE, SIDE_LENGTH = 0.08, 6  # how often a side branch begins; the most commits on one
PEOPLE = 12
MOST_FUNCTIONS = 24  # of a file; with as many, one goes for each that comes
REMEMBERED = 40  # commits back to which a revert goes
VERBS = "Add Improve Simplify Move Rework Document Speed_up Support".split()
WORDS = (
    "parser cache index token writer reader path user group query limit order state event"
    " field value table frame graph route model view form page lock queue batch retry header"
).split()
# In n words that commits of mypy and sympy brought in, about 3.4 n**0.65 are different: 300 of
# the first thousand, 26,000 and 35,000 of the first million (Heaps' law).
HEAPS_FACTOR, HEAPS_POWER = 3.4, 0.65
KINDS = ("edit", "fix", "retreat", "revert", "function", "rename")
WEIGHTS = (52, 22, 6, 5, 13, 2)

Functions = dict[str, list[str]]  # bodies, by name


@dataclass(slots=True)
class Vocabulary:
    """The words of a project: ever more of them, few of them frequent.

    Source:
        Simon, "On a class of skew distribution functions", 1955: a word is a new one, or one
        of those written before, drawn by how often it was written.
    """

    random: Random
    _written: list[str] = field(default_factory=list)  # each as often as it was written
    _size: int = 0  # different words

    def word(self) -> str:
        """Return the next word."""
        new_share = HEAPS_FACTOR * HEAPS_POWER * (len(self._written) + 1) ** (HEAPS_POWER - 1)
        if self.random.random() < new_share:
            self._size += 1
            word = f"{self.random.choice(WORDS)}{self._size}"
        else:
            word = self.random.choice(self._written)
        self._written.append(word)
        return word

    def number(self) -> int:
        """Return a number: mostly a small one."""
        return int(self.random.paretovariate(1.0))


@dataclass(slots=True)
class File:
    """One file of the newest version of one branch."""

    path: str
    functions: Functions

    def text(self) -> str:
        """Return its text."""
        is_python = self.path.endswith(".py")
        return "\n".join(
            line
            for name, body in self.functions.items()
            for line in (_python(name, body) if is_python else _javascript(name, body))
        )


def _python(name: str, body: Sequence[str]) -> Iterator[str]:
    yield f"def {name}(given, options=None):"
    yield from (f"    {line}" for line in body)
    yield "    return given\n\n"


def _javascript(name: str, body: Sequence[str]) -> Iterator[str]:
    yield f"function {name}(given, options) {{"
    yield from (f"  {line};" for line in body)
    yield "  return given;\n}\n"


@dataclass(slots=True)
class Undo:
    """What a commit replaced, so that a revert can put it back."""

    title: str
    path: str
    function: str
    before: list[str]
    after: list[str]


@dataclass(slots=True)
class Writer:
    """Streams commits to ``git fast-import``."""

    stream: IO[bytes]
    random: Random
    is_tiny: bool
    files: list[File] = field(default_factory=list)
    mark: int = 0
    vocabulary: Vocabulary = field(init=False)
    undos: deque[Undo] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def __post_init__(self) -> None:
        self.vocabulary = Vocabulary(self.random)

    def write(self, commits: int, files: int) -> None:
        """Write a whole history of that many commits."""
        self.files = [self._new_file(number) for number in range(files)]
        self._commit("main", "Begin", [self._modify(file) for file in self.files])
        while self.mark < commits:
            if self.random.random() < SIDE_SHARE and self.mark + SIDE_LENGTH + 3 < commits:
                self._side()
            else:
                self._work("main", 0, len(self.files))

    def _side(self) -> None:
        """Write a side branch, with work on the main line beside it, and merge it."""
        half, name = len(self.files) // 2, f"side-{self.mark}"
        base, touched = self.mark, set[str]()
        for number in range(self.random.randint(1, SIDE_LENGTH)):
            touched |= self._work(name, half, len(self.files), base=base if not number else 0)
        side = self.mark
        if self.random.random() < 0.7:
            self._work("main", 0, half)
        lines = [self._modify(file) for file in self.files if file.path in touched]
        gone = touched - {file.path for file in self.files}
        lines += [f"D {path}\n".encode() for path in sorted(gone)]
        self._commit("main", f"Merge branch '{name}'", lines, merged=side)

    def _work(self, branch: str, first: int, end: int, base: int = 0) -> set[str]:
        """Write one commit that changes files of a range; return their paths."""
        kind = self.random.choices(KINDS, WEIGHTS)[0]
        files = self.random.sample(self.files[first:end], self.random.choice((1, 1, 2, 2, 3, 5)))
        title = f"{self.random.choice(VERBS).replace('_', ' ')} {self._words()} ({self.mark})"
        fix = f"Fix {self._words()} ({self.mark})"
        lines: list[bytes] = []
        paths = {file.path for file in files}
        if kind == "rename":
            old = files[0].path
            files[0].path = self._path(self.mark, old.rpartition(".")[2])
            lines.append(f"D {old}\n".encode())
            paths.add(files[0].path)
        elif kind in {"retreat", "revert"} and (undo := self._undo(first, end)) is not None:
            title, files = f'Revert "{undo[0]}"' if kind == "revert" else fix, [undo[1]]
            paths = {undo[1].path}
        else:
            title = fix if kind == "fix" else title
            for file in files:
                self._change(file, kind, title)
        lines += [self._modify(file) for file in files]
        self._commit(branch, title, lines, base=base)
        return paths

    def _change(self, file: File, kind: str, title: str) -> None:
        random, names = self.random, list(file.functions)
        if kind == "function" or not names:
            if len(names) > 1 and random.random() < len(names) / MOST_FUNCTIONS:
                del file.functions[random.choice(names)]
            file.functions[f"{random.choice(WORDS)}_{self.mark}"] = self._body()
            return
        name = random.choice(names)
        before = file.functions[name]
        after = before.copy()
        for _ in range(random.randint(1, 3)):
            at = random.randrange(len(after))
            after[at : at + random.randint(0, 2)] = [self._line()]
        if len(after) > 16:
            del after[8:]
        file.functions[name] = after
        self.undos.append(Undo(title, file.path, name, before, after))

    def _undo(self, first: int, end: int) -> tuple[str, File] | None:
        """Put back what a recent commit replaced, where it still stands."""
        places = {file.path: file for file in self.files[first:end]}
        for undo in self.random.sample(self.undos, len(self.undos)):
            file = places.get(undo.path)
            if file is not None and file.functions.get(undo.function) == undo.after:
                file.functions[undo.function] = undo.before
                again = Undo(undo.title, undo.path, undo.function, undo.after, undo.before)
                self.undos.append(again)
                return undo.title, file
        return None

    def _new_file(self, number: int) -> File:
        ending = "py" if number % 5 < 3 else "js"
        count = 2 if self.is_tiny else self.random.randint(4, MOST_FUNCTIONS)
        functions = {f"{self.random.choice(WORDS)}_{n}": self._body() for n in range(count)}
        return File(self._path(number, ending), functions)

    def _path(self, number: int, ending: str) -> str:
        random = self.random
        return f"src/{random.choice(WORDS)}/{random.choice(WORDS)}/file_{number}.{ending}"

    def _body(self) -> list[str]:
        count = 2 if self.is_tiny else self.random.randint(3, 12)
        return [self._line() for _ in range(count)]

    def _line(self) -> str:
        one, two, three = (self.vocabulary.word() for _ in range(3))
        return f"{one} = {two}({three}, {self.vocabulary.number()})"

    def _words(self) -> str:
        return " ".join(self.random.choices(WORDS, k=2))

    def _modify(self, file: File) -> bytes:
        text = file.text().encode()
        return b"M 100644 inline %s\ndata %d\n%s\n" % (file.path.encode(), len(text), text)

    def _commit(
        self, branch: str, title: str, lines: Sequence[bytes], base: int = 0, merged: int = 0
    ) -> None:
        self.mark += 1
        person = self.random.randrange(PEOPLE)
        when = FIRST_SECOND + self.mark * HOUR
        head = (
            f"commit refs/heads/{branch}\nmark :{self.mark}\n"
            f"committer Person {person} <person{person}@example.org> {when} +0000\n"
            f"data {len(title)}\n{title}\n"
        )
        head += f"from :{base}\n" if base else ""
        head += f"merge :{merged}\n" if merged else ""
        self.stream.write(head.encode() + b"".join(lines))


def build(
    folder: Path, commits: int, *, files: int = 300, seed: int = 1, is_tiny: bool = False
) -> Path:
    """Make ``folder`` a bare repository with a synthetic history, and return it."""
    make = ["git", "init", "--quiet", "--bare", "--initial-branch=main", str(folder)]
    subprocess.run(make, check=True)
    command = ["git", "-C", str(folder), "-c", "core.compression=1", "fast-import", "--quiet"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert process.stdin is not None
    with process.stdin as stream:
        Writer(stream, Random(seed), is_tiny).write(commits, files)  # noqa: S311  no secret
    if process.wait() != 0:
        raise SystemExit("git fast-import failed")
    return folder


def main() -> None:
    """Build one repository."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--commits", type=int, default=10_000)
    arguments.add_argument("--files", type=int, default=300)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--tiny", action="store_true", help="short files")
    given = arguments.parse_args()
    build(given.folder, given.commits, files=given.files, seed=given.seed, is_tiny=given.tiny)


if __name__ == "__main__":
    main()
