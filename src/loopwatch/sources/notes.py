"""Evidence as git notes: lines of text about trees and blobs, merged by union.

Only ``refs/notes/loopwatch`` is written, here and on the remote; objects are added, and no other
ref, no index and no working tree is touched.
"""

import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loopwatch.errors import SourceError
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_process import Git, last_line

REF = "refs/notes/loopwatch"
LARGEST = 32_000_000  # bytes of a note; a larger one is left as it is, and not read
ATTEMPTS = 8  # to send while others send too
ALLOWED = tuple(f"protocol.{name}.allow=always" for name in ("file", "git", "http", "https", "ssh"))
KEPT = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_PROXY_COMMAND")  # how to reach a remote
IDENTITY = {"NAME": "loopwatch", "EMAIL": "loopwatch@localhost"}
FETCH = (
    "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc", "--refmap=",
    "--no-recurse-submodules", "--no-filter",
)  # fmt: skip
PUSH = ("push", "--porcelain", "--no-verify", "--no-signed", "--no-follow-tags")
MOVED_ON = ("[rejected]", "[remote rejected]", "non-fast-forward", "fetch first")

Lines = Mapping[str, frozenset[bytes]]  # of each note, by the id (hex) of what it is about


@dataclass(frozen=True, slots=True)
class Note:
    """One note as a tree of notes has it."""

    path: bytes
    blob: str


@dataclass(slots=True)
class Notes:
    """The notes of one repository."""

    git: Git
    left_alone: int = field(default=0)  # notes too large or damaged to be read
    added: int = field(default=0)  # notes that the last union wrote

    def local(self) -> str | None:
        """Return the commit of our own notes; None if there are none."""
        return self.git.text("rev-parse", "--verify", "--quiet", f"{REF}^{{commit}}")

    def fetch(self, remote: str) -> str | None:
        """Return the commit of a remote's notes, with its objects; None if it has none.

        Raises:
            SourceError: the remote cannot be read.
        """
        for _ in range(ATTEMPTS):
            listed = _ask(self._outward(), "ls-remote", "--", remote, REF)
            tips = [
                line.split(b"\t")[0] for line in listed.splitlines() if line.endswith(REF.encode())
            ]
            if not tips:
                return None
            tip = tips[0].decode("ascii", "replace")
            if self._has(tip):
                return tip
            _ask(self._outward(), *FETCH, "--", remote, REF)
            if self._has(tip):
                return tip  # else they moved on in between
        raise SourceError(f"the notes of {remote} cannot be read", hint="try again")

    def read(self, tip: str) -> Iterator[tuple[str, bytes]]:
        """Yield each note: the id (hex) of what it is about, and its text."""
        with Blobs(self.git, LARGEST) as blobs:
            for about, notes in sorted(self._listed(tip).items()):
                for note in notes:
                    text = self._text(blobs, note)
                    if text is not None:
                        yield about, text

    def union(self, tips: Sequence[str], lines: Lines) -> str:
        """Return a commit with all that some commits of notes have, and these lines.

        It is one of the commits itself where nothing has to be added.
        """
        tips = tuple(dict.fromkeys(tips))
        tips = tuple(one for one in tips if not any(self._holds(other, one) for other in tips))
        changed = self._changed(tips, lines)
        self.added = len(changed)
        if not changed and len(tips) == 1:
            return tips[0]
        with _scratch() as folder:
            private = {"GIT_INDEX_FILE": str(folder / "index")} | _identity()
            git = Git(self.git.folder, (), tuple(private.items()))
            _ask(git, "read-tree", tips[0] if tips else "--empty")
            _ask(git, "update-index", "-z", "--index-info", given=_entries(git, folder, changed))
            tree = _ask(git, "write-tree").decode().strip()
            parents = [part for tip in tips for part in ("-p", tip)]
            message = "Evidence of loopwatch"
            return _ask(git, "commit-tree", tree, *parents, "-m", message).decode().strip()

    def send(self, remote: str, tip: str) -> bool:
        """Make a commit the remote's notes; return False if the remote has moved on.

        Raises:
            SourceError: the remote does not take it.
        """
        git = self._outward()
        status, output, complaint = git.ask(*PUSH, "--", remote, f"{tip}:{REF}")
        if status == 0:
            return True
        said = output.decode("utf-8", "replace")
        if any(sign in said for sign in MOVED_ON):
            return False
        raise SourceError(f"cannot push to {remote}: {complaint or last_line(output)}")

    def keep(self, tip: str, before: str | None) -> None:
        """Make a commit our own notes, unless they were changed meanwhile."""
        self.git.ask("update-ref", REF, tip, before or "0" * len(tip))

    def _outward(self) -> Git:
        """Return git as it may speak with other machines, asking the user if it must."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        kept["GIT_TERMINAL_PROMPT"] = "1"
        return Git(self.git.folder, ALLOWED, tuple(kept.items()))

    def _has(self, tip: str) -> bool:
        return self.git.text("cat-file", "-t", tip) == "commit"

    def _holds(self, newer: str, older: str) -> bool:
        if newer == older:
            return False
        return self.git.ask("merge-base", "--is-ancestor", older, newer)[0] == 0

    def _listed(self, tip: str) -> dict[str, list[Note]]:
        """Return the notes of a commit, by what they are about; the same thing may have two."""
        found: dict[str, list[Note]] = {}
        for entry in _ask(self.git, "ls-tree", "-r", "-z", tip).split(b"\0"):
            told, _, path = entry.partition(b"\t")
            about = path.replace(b"/", b"").decode("ascii", "replace")
            if told.startswith(b"100") and is_id(about):
                found.setdefault(about, []).append(Note(path, told.split()[2].decode()))
        return found

    def _changed(self, tips: Sequence[str], lines: Lines) -> dict[bytes, bytes]:
        """Return new texts of notes, by their path among those of the first commit."""
        listed = [self._listed(tip) for tip in tips]
        base = listed[0] if listed else {}
        others = {about for more in listed[1:] for about in more}
        changed: dict[bytes, bytes] = {}
        with Blobs(self.git, LARGEST) as blobs:
            for about in sorted(others | lines.keys()):
                here = base.get(about, [])
                theirs = [note for more in listed[1:] for note in more.get(about, ())]
                known = self._lines(blobs, here)
                told = self._lines(blobs, theirs)
                if known is None or told is None:
                    continue
                wanted = known | told | lines.get(about, frozenset())
                if wanted != known:
                    path = here[0].path if here else f"{about[:2]}/{about[2:]}".encode()
                    changed[path] = b"".join(line + b"\n" for line in sorted(wanted))
        return changed

    def _lines(self, blobs: Blobs, notes: Iterable[Note]) -> frozenset[bytes] | None:
        """Return the lines of all these notes; None if one cannot be read."""
        found: set[bytes] = set()
        for note in notes:
            text = self._text(blobs, note)
            if text is None:
                return None
            found.update(line for line in text.split(b"\n") if line)
        return frozenset(found)

    def _text(self, blobs: Blobs, note: Note) -> bytes | None:
        text = blobs.read(note.blob)
        if isinstance(text, str):
            self.left_alone += 1
            return None
        return text


def is_id(text: str) -> bool:
    """Tell whether a text is an object id in full."""
    return len(text) in {40, 64} and not text.strip("0123456789abcdef")


def _entries(git: Git, folder: Path, texts: Mapping[bytes, bytes]) -> bytes:
    """Write texts as blobs, and return what ``update-index`` wants to know of them."""
    if not texts:
        return b""
    files = []
    for number, text in enumerate(texts.values()):
        file = folder / str(number)
        file.write_bytes(text)
        files.append(os.fsencode(file) + b"\n")
    options = ("-w", "--no-filters", "--stdin-paths")
    ids = _ask(git, "hash-object", *options, given=b"".join(files)).split()
    pairs = zip(ids, texts, strict=True)
    return b"".join(b"100644 %s\t%s\0" % (blob, path) for blob, path in pairs)


def _identity() -> dict[str, str]:
    """Return who makes the commits of notes: nobody in particular."""
    date = f"{int(time.time())} +0000"
    roles = ("AUTHOR", "COMMITTER")
    named = {f"GIT_{role}_{key}": value for role in roles for key, value in IDENTITY.items()}
    return named | {f"GIT_{role}_DATE": date for role in roles}


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="loopwatch-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _ask(git: Git, *arguments: str, given: bytes | None = None) -> bytes:
    status, output, complaint = git.ask(*arguments, given=given)
    if status != 0:
        said = complaint or last_line(output) or f"git {arguments[0]} failed"
        raise SourceError(f"git cannot share the evidence: {said}")
    return output
