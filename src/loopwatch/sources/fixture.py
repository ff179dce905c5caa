"""Readable histories: text in, a real repository out; ``fixtures/README.md`` has the format."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from loopwatch.errors import SourceError
from loopwatch.sources.git_process import Git

EPOCH = 1_767_603_600  # seconds since 1970: 2026-01-05 09:00 UTC, when every first version is made
DEFAULT_GAP = 600  # seconds between versions where the header gives no time
DEFAULT_AUTHOR = "Robin Coder <robin@example.com>"
MAIN = "main"
SECONDS = {"min": 60, "h": 3_600, "day": 86_400, "days": 86_400}

HEADER = re.compile(r"== (?P<label>\S+)  (?P<subject>\S.*?)(?:  \(\+(?P<gap>[^()]+)\))?")
SECTION = re.compile(r"--- (?P<path>\S+(?: \S+)*)(?:  (?P<how>\S.*))?")
GAP = re.compile(r"(?P<number>\d+) (?P<unit>min|h|days?)")
LABEL_IN_MESSAGE = re.compile(r"\{(?P<label>[^{}\s]+)\}")
ESCAPED = re.compile(r"\\+(==|---) ")
HUNK_BREAK = "..."

OWN_SETTINGS = ("-c", "core.autocrlf=false", "-c", "core.attributesFile=/dev/null")  # not a user's

Files = dict[str, str]  # path: text


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldVersion:
    """One version of a readable history, with all of its files."""

    label: str
    subject: str
    body: str  # ``{label}`` stands for the commit id of that earlier version
    author: str  # "Name <mail>", committer too
    authored: int  # seconds since 1970, UTC
    committed: int  # seconds since 1970, UTC
    branch: str
    parents: tuple[str, ...]  # labels
    files: tuple[tuple[str, str], ...]  # path and text, in order of path


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A readable history: what it is about, and its versions in order of time."""

    about: str
    versions: tuple[ToldVersion, ...]


@dataclass(slots=True, kw_only=True)
class _Section:
    """What a version says about one file."""

    line: int
    path: str
    how: str  # "" for whole contents
    text: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the lines as meant: no blank ones at the end, the escape taken off."""
        end = len(self.text)
        while end and not self.text[end - 1].strip():
            end -= 1
        return [row[1:] if ESCAPED.match(row) else row for row in self.text[:end]]


@dataclass(slots=True, kw_only=True)
class _Block:
    """The text of one version, cut into its parts."""

    line: int
    label: str
    subject: str
    gap: int  # seconds
    orders: list[tuple[int, str]] = field(default_factory=list)  # "@ …", with line numbers
    body: list[str] = field(default_factory=list)
    sections: list[_Section] = field(default_factory=list)


def parse(text: str) -> History:
    """Return the history that ``text`` tells.

    Raises:
        SourceError: the text is not in the format; the message begins with the line number.
    """
    about, blocks = _blocks(text)
    if not blocks:
        raise _bad(1, "there is no version; one begins with `== LABEL  SUBJECT`")
    teller = _Teller()
    return History(about=about, versions=tuple(teller.tell(block) for block in blocks))


def demo() -> History:
    """Return the vibe-coding example that ``loopwatch demo`` shows."""
    told = resources.files("loopwatch.sources").joinpath("demo.txt")
    return parse(told.read_text(encoding="utf-8"))


def _bad(line: int, message: str) -> SourceError:
    return SourceError(f"line {line}: {message}", hint="the format is in fixtures/README.md")


def _blocks(text: str) -> tuple[str, list[_Block]]:
    """Cut the text into versions; return what stands before the first, and them."""
    about: list[str] = []
    blocks: list[_Block] = []
    for number, row in enumerate(text.splitlines(), start=1):
        if row.startswith("== "):
            blocks.append(_header(number, row))
        elif not blocks:
            about.append(row.removeprefix("#").strip())
        else:
            _add_row(blocks[-1], number, row)
    return "\n".join(about).strip(), blocks


def _header(number: int, row: str) -> _Block:
    match = HEADER.fullmatch(row)
    if not match:
        raise _bad(number, "a version begins with `== LABEL  SUBJECT  (+10 min)`, two spaces apart")
    gap = _seconds(number, match["gap"]) if match["gap"] else DEFAULT_GAP
    return _Block(line=number, label=match["label"], subject=match["subject"], gap=gap)


def _seconds(number: int, text: str) -> int:
    match = GAP.fullmatch(text)
    if not match:
        raise _bad(number, f"{text!r} is no time; write `10 min`, `3 h` or `5 days`")
    return int(match["number"]) * SECONDS[match["unit"]]


def _add_row(block: _Block, number: int, row: str) -> None:
    """Add one line that is no header to the version that it belongs to."""
    if row.startswith("--- "):
        match = SECTION.fullmatch(row)
        if not match:
            raise _bad(number, "a file begins with `--- PATH` or `--- PATH  edit`")
        _check_path(number, match["path"])
        block.sections.append(_Section(line=number, path=match["path"], how=match["how"] or ""))
    elif block.sections:
        block.sections[-1].text.append(row)
    elif row.startswith("@ "):
        block.orders.append((number, row[2:].strip()))
    elif row == "|" or row.startswith("| "):
        block.body.append(row[2:])
    elif row.strip():
        raise _bad(number, "expected `@ …`, `| …` or `--- PATH` under the header of a version")


def _check_path(number: int, path: str) -> None:
    if any(part in {"", ".", ".."} or part.lower() == ".git" for part in path.split("/")):
        raise _bad(number, f"{path!r} is no path inside a repository")


class _Teller:
    """Turns blocks into versions, one after the other, remembering those before."""

    def __init__(self) -> None:
        self.told: dict[str, ToldVersion] = {}
        self.tips: dict[str, str] = {}  # branch: label
        self.now = EPOCH

    def tell(self, block: _Block) -> ToldVersion:
        """Return the version that ``block`` tells."""
        if block.label in self.told:
            raise _bad(block.line, f"there is a version {block.label} already")
        self.now += block.gap if self.told else 0
        orders = _orders(block)
        branch, parents = self._place(block, orders)
        author = orders["by"][1] if "by" in orders else DEFAULT_AUTHOR
        if not re.fullmatch(r"[^<>]+ <[^<> ]+>", author):
            raise _bad(orders["by"][0], "an author is written `Name <mail>`")
        version = ToldVersion(
            label=block.label,
            subject=block.subject,
            body="\n".join(block.body),
            author=author,
            authored=self.now - _lead(orders),
            committed=self.now,
            branch=branch,
            parents=parents,
            files=tuple(sorted(self._files(block, parents).items())),
        )
        self.told[block.label] = version
        self.tips[branch] = block.label
        return version

    def _place(
        self, block: _Block, orders: Mapping[str, tuple[int, str]]
    ) -> tuple[str, tuple[str, ...]]:
        """Return the branch of a version and the labels of its parents."""
        number, where = orders.get("on", (block.line, MAIN))
        branch, _, start = where.partition(" from ")
        if not re.fullmatch(r"\w[\w-]*(/\w[\w-]*)*", branch):
            raise _bad(number, f"{branch!r} is no name for a branch")
        if start and branch in self.tips:
            raise _bad(number, f"branch {branch} has begun already")
        first = start or self.tips.get(branch, "")
        if not first and self.told:
            raise _bad(number, f"branch {branch} is new: write `@ on {branch} from LABEL`")
        parents = [first] if first else []
        if "merge" in orders:
            number, other = orders["merge"]
            parents.append(self.tips.get(other, other))
        for parent in parents:
            self._known(number, parent)
        return branch, tuple(parents)

    def _known(self, number: int, label: str) -> Files:
        if label not in self.told:
            raise _bad(number, f"there is no version {label} before this line")
        return dict(self.told[label].files)

    def _files(self, block: _Block, parents: tuple[str, ...]) -> Files:
        """Return all files of a version: those of its parents, changed as its sections say."""
        files = self._known(block.line, parents[0]) if parents else {}
        if parents[1:]:
            self._merge(block, files, parents)
        for section in block.sections:
            self._apply(section, files)
        return files

    def _merge(self, block: _Block, files: Files, parents: tuple[str, ...]) -> None:
        """Take over what the other side alone has changed; what both did must be told."""
        shared = self._ancestors(parents[0]) & self._ancestors(parents[1])
        base = dict(self.told[[label for label in self.told if label in shared][-1]].files)
        theirs = dict(self.told[parents[1]].files)
        settled = {section.path for section in block.sections}
        for path in sorted(base.keys() | theirs.keys()):
            ours, other = files.get(path), theirs.get(path)
            if other in (ours, base.get(path)):
                continue
            if ours != base.get(path):
                if path not in settled:
                    raise _bad(block.line, f"both sides change {path}: say what the merge makes it")
            elif other is None:
                del files[path]
            else:
                files[path] = other

    def _ancestors(self, label: str) -> set[str]:
        found: set[str] = set()
        waiting = [label]
        while waiting:
            found.add(label := waiting.pop())
            waiting.extend(self.told[label].parents)
        return found

    def _apply(self, section: _Section, files: Files) -> None:
        """Change ``files`` as one section says."""
        how, _, rest = section.how.partition(" ")
        if how in {"", "as"}:
            files[section.path] = self._contents(section)
            return
        source = rest if how == "from" else section.path
        if source not in files:
            raise _bad(section.line, f"there is no {source} to {how}")
        if how not in {"edit", "delete", "from"}:
            raise _bad(section.line, f"{how!r}? say edit, delete, from PATH or as in LABEL")
        text = files.pop(source)
        if how != "delete":
            files[section.path] = _edited(section, text)

    def _contents(self, section: _Section) -> str:
        if not section.how:
            return "".join(f"{row}\n" for row in section.lines())
        label = section.how.removeprefix("as in ")
        files = self._known(section.line, label)
        if section.path not in files:
            raise _bad(section.line, f"there is no {section.path} in {label}")
        return files[section.path]


def _orders(block: _Block) -> dict[str, tuple[int, str]]:
    """Return the ``@`` lines of a version by their first word."""
    orders: dict[str, tuple[int, str]] = {}
    for number, text in block.orders:
        word, _, rest = text.partition(" ")
        if word not in {"on", "merge", "by", "authored"} or not rest:
            raise _bad(number, f"{text!r}? say on BRANCH, merge BRANCH, by NAME or authored TIME")
        orders[word] = (number, rest)
    return orders


def _lead(orders: Mapping[str, tuple[int, str]]) -> int:
    """Return how many seconds the author was earlier than the committer."""
    if "authored" not in orders:
        return 0
    number, text = orders["authored"]
    return _seconds(number, text.removesuffix(" earlier"))


def _edited(section: _Section, text: str) -> str:
    """Return ``text`` with the hunks of a section applied, each at the one place it fits."""
    rows = text.splitlines()
    for number, hunk in _hunks(section):
        before = [row[1:] for row in hunk if not row.startswith("+")]
        after = [row[1:] for row in hunk if not row.startswith("-")]
        last = len(rows) - len(before)
        places = [at for at in range(last + 1) if rows[at : at + len(before)] == before]
        if len(places) != 1:
            raise _bad(number, f"this hunk fits {section.path} in {len(places)} places, not in one")
        rows[places[0] : places[0] + len(before)] = after
    return "".join(f"{row}\n" for row in rows)


def _hunks(section: _Section) -> Iterator[tuple[int, list[str]]]:
    """Yield the hunks of a section, each with the line that it starts on."""
    hunk: list[str] = []
    for number, row in enumerate([*section.lines(), HUNK_BREAK], start=section.line + 1):
        if row == HUNK_BREAK:
            if hunk:
                yield number - len(hunk), hunk
            hunk = []
        elif row and row[0] not in " +-":
            raise _bad(number, "a line of a hunk begins with a space, `-` or `+`")
        else:
            hunk.append(row or " ")


def build(history: History, folder: Path) -> Mapping[str, str]:
    """Make ``history`` a repository in ``folder``, and return the commit id of each label.

    The same history gives the same ids on every machine. HEAD is ``main``,
    checked out; every branch keeps its name.

    Raises:
        SourceError: ``folder`` holds something already, or git refuses.
    """
    if folder.exists() and any(folder.iterdir()):
        raise SourceError(f"{folder} is not empty", hint="name a new or an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    kind = ("--template=", "--object-format=sha1", f"--initial-branch={MAIN}")
    _git(folder, "init", "--quiet", *kind)
    ids = _import(history, folder)
    _git(folder, "reset", "--quiet", "--hard")
    return ids


def _import(history: History, folder: Path) -> dict[str, str]:
    """Write the versions through one ``git fast-import``, which tells each id as it is made."""
    marks = {version.label: number for number, version in enumerate(history.versions, start=1)}
    ids: dict[str, str] = {}
    with Git(folder).open("fast-import", "--quiet", stdin=subprocess.PIPE) as process:
        for version in history.versions:
            ids[version.label] = _make(process, _commit(version, marks, ids))
    if process.returncode:
        raise SourceError(f"git fast-import failed with status {process.returncode}")
    return ids


def _make(process: subprocess.Popen[bytes], commit: bytes) -> str:
    """Send one commit and return its id; empty if git has gone, which its status then tells."""
    assert process.stdin is not None  # it is a pipe
    assert process.stdout is not None
    try:
        process.stdin.write(commit)
        process.stdin.flush()
    except BrokenPipeError:
        return ""
    return process.stdout.readline().decode().strip()


def _commit(version: ToldVersion, marks: Mapping[str, int], ids: Mapping[str, str]) -> bytes:
    """Return one version in the language of ``git fast-import``."""
    message = "\n\n".join(part for part in (version.subject, version.body) if part)
    message = LABEL_IN_MESSAGE.sub(lambda match: ids.get(match["label"], match[0]), message)
    words = ["from", "merge"]
    parents = (f"{w} :{marks[p]}\n" for w, p in zip(words, version.parents, strict=False))
    stream = [
        f"commit refs/heads/{version.branch}\nmark :{marks[version.label]}\n".encode(),
        f"author {version.author} {version.authored} +0000\n".encode(),
        f"committer {version.author} {version.committed} +0000\n".encode(),
        _data(f"{message}\n"),
        "".join(parents).encode(),
        b"deleteall\n",
    ]
    for path, text in version.files:
        quoted = path.replace("\\", "\\\\").replace('"', '\\"')
        stream += [f'M 100644 inline "{quoted}"\n'.encode(), _data(text)]
    return b"".join([*stream, f"get-mark :{marks[version.label]}\n".encode()])


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%b\n" % (len(content), content)


def _git(folder: Path, *arguments: str) -> None:
    status, _, complaint = Git(folder).ask(*OWN_SETTINGS, *arguments)
    if status:
        raise SourceError(f"git could not make the repository: {complaint}")
