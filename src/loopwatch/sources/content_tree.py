"""The id of the tree that the working tree would be, committed as it is; nothing is written there.

Git does the work, with an index and an object folder of its own. It runs nothing that the
repository names: no filters, hooks or file watchers.
"""

import os
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loopwatch.diffing.languages import is_code
from loopwatch.errors import RecordError
from loopwatch.sources.git_process import Git, last_line
from loopwatch.sources.repository import Repository, find_repository

RAW = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--ignore-submodules=dirty")
SUBMODULE = b"160000"
DEEPEST = 8  # submodules in submodules
SHOWN = 3  # paths that are named where contents differ
MOST_NEW = 1_000  # new files beside code that may be committed with it
LARGEST_NEW = 10_000_000  # bytes of all of these


def without_filters(git: Git) -> tuple[str, ...]:
    """Return settings that keep git from running the filters that the repository names."""
    names = git.text("config", "--name-only", "--get-regexp", r"^filter\..*") or ""
    filters = {name.rpartition(".")[0] for name in names.splitlines()}
    ends = ("clean=", "process=", "smudge=", "required=false")
    return tuple(f"{name}.{end}" for name in sorted(filters) for end in ends)


@dataclass(frozen=True, slots=True)
class ContentTrees:
    """Asks again and again what tree the working tree is; ``content_trees`` makes one."""

    repository: Repository
    folder: Path  # private, for the index and the trees
    depth: int = 0  # of submodules around it
    index: Path | None = None  # of a commit under way; None: the usual one

    def id(self) -> str:
        """Return the id of the tree, in hexadecimal.

        In it are tracked files as they lie in the folder, and new files in a programming
        language that are not ignored; other new files, such as logs, are not.

        Raises:
            RecordError: git cannot tell, or a submodule has changes of its own, which no
                tree can hold.
        """
        git = self._git()
        self._copy_index(git)
        tree = self._with(git, [*self._changed(git), *filter(_is_code, _new(git))])
        self._refuse_changed_submodules(git)
        return tree

    def ids(self, without: Collection[Path] = ()) -> tuple[str, ...]:
        """Return the id of the tree, and that of one with all new files that are not ignored.

        Documents, settings and the like are often new together with code, and ``git add --all``
        takes them too. The second is left out where it is the same, or has too much to read.

        Args:
            without: new files that are results, and no part of the content.

        Raises:
            RecordError: as for ``id``.
        """
        tree, git = self.id(), self._git()
        results = {file.resolve() for file in without}
        files = {path: git.folder / os.fsdecode(path) for path in _new(git)}
        rest = [path for path, file in files.items() if file.resolve() not in results]
        sizes = [_size(files[path]) for path in rest]
        if not rest or len(rest) > MOST_NEW or sum(sizes) > LARGEST_NEW:
            return (tree,)
        return tree, self._with(git, rest)

    def _with(self, git: Git, paths: Iterable[bytes]) -> str:
        """Return the id of the tree of the private index, with what lies at some paths now."""
        # Ids only: no content is copied anywhere.
        options = ("--add", "--remove", "--replace", "--info-only", "-z", "--stdin")
        _ask(git, "update-index", *options, given=b"".join(path + b"\0" for path in paths))
        return _ask(git, "write-tree", "--missing-ok").decode().strip()

    def staged(self) -> str:
        """Return the id of the tree that a commit of the index would have, in hexadecimal.

        Raises:
            RecordError: git cannot tell.
        """
        git = self._git()
        self._copy_index(git)
        return _ask(git, "write-tree", "--missing-ok").decode().strip()

    def differing(self, before: str, after: str) -> tuple[str, ...]:
        """Return paths in which two of the trees differ, a few of them."""
        output = _ask(self._git(), "diff-tree", "-r", "-z", "--name-only", before, after)
        return tuple(os.fsdecode(path) for path in output.split(b"\0")[:SHOWN] if path)

    def _git(self) -> Git:
        git = self.repository.git
        private = {
            "GIT_INDEX_FILE": str(self.folder / "index"),
            "GIT_OBJECT_DIRECTORY": str(self.folder / "objects"),
        }
        settings = (*without_filters(git), "core.splitIndex=false", "core.untrackedCache=false")
        return Git(git.folder, settings, tuple(private.items()))

    def _copy_index(self, git: Git) -> None:
        """Copy the user's index with its time: git tells by it which files to read again."""
        named = self.index or self.repository.git.text("rev-parse", "--git-path", "index") or ""
        own = self.folder / "index"
        own.unlink(missing_ok=True)
        try:
            with (git.folder / named).open("rb") as file:
                told = os.fstat(file.fileno())
                own.write_bytes(file.read())
        except FileNotFoundError:
            return  # nothing was ever added
        except OSError as error:
            raise RecordError(f"cannot read git's index: {error.strerror or error}") from error
        os.utime(own, ns=(told.st_atime_ns, told.st_mtime_ns))

    def _changed(self, git: Git) -> Iterator[bytes]:
        """Yield tracked paths whose files may not be as the index has them."""
        parts = _ask(git, "diff-files", *RAW).split(b"\0")
        yield from parts[1::2]

    def _refuse_changed_submodules(self, git: Git) -> None:
        for entry in _ask(git, "ls-files", "-z", "--stage").split(b"\0"):
            if not entry.startswith(SUBMODULE):
                continue
            inner = git.folder / os.fsdecode(entry.partition(b"\t")[2])
            if (inner / ".git").exists() and self._is_changed(inner):
                raise RecordError(
                    f"the submodule {inner.name} has changes that are not committed",
                    hint="commit them there, so that this content has an id",
                )

    def _is_changed(self, submodule: Path) -> bool:
        if self.depth >= DEEPEST:
            return True
        repository = find_repository(submodule)
        with content_trees(repository, self.depth + 1) as trees:
            return trees.id() != repository.git.text("rev-parse", "--verify", "HEAD^{tree}")


def _new(git: Git) -> Iterator[bytes]:
    """Yield files that are neither in the index nor ignored."""
    for path in _ask(git, "ls-files", "-z", "--others", "--exclude-standard").split(b"\0"):
        if path and not path.endswith(b"/"):  # a folder is another repository
            yield path


def _is_code(path: bytes) -> bool:
    return is_code(os.fsdecode(path))


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:
        return 0


@contextmanager
def content_trees(repository: Repository, depth: int = 0) -> Iterator[ContentTrees]:
    """Give what tells the id of the working tree's content; what it needs is thrown away.

    Raises:
        RecordError: there is no working tree, or no room for what is needed.
    """
    if repository.is_bare:
        raise RecordError(
            "a bare repository has no working tree", hint="name a version: --version REV"
        )
    with _private_folder(repository) as folder:
        yield ContentTrees(repository, folder, depth)


def staged_tree(repository: Repository, index: Path | None = None) -> str:
    """Return the id of the tree that a commit of an index would have, in hexadecimal.

    Args:
        repository: whose index it is.
        index: the one of a commit under way; None: the usual one.

    Raises:
        RecordError: git cannot tell.
    """
    with _private_folder(repository) as folder:
        return ContentTrees(repository, folder, index=index).staged()


@contextmanager
def _private_folder(repository: Repository) -> Iterator[Path]:
    """Give a folder with room for an index and objects beside those of the repository."""
    objects = repository.git.text("rev-parse", "--path-format=absolute", "--git-path", "objects")
    try:
        made = tempfile.TemporaryDirectory(prefix="loopwatch-", ignore_cleanup_errors=True)
        info = Path(made.name) / "objects" / "info"
        info.mkdir(parents=True)
        (info / "alternates").write_bytes(os.fsencode(objects or "") + b"\n")
    except OSError as error:
        raise RecordError(f"no room to work in: {error.strerror or error}") from error
    with made as name:
        yield Path(name)


def _ask(git: Git, *arguments: str, given: bytes | None = None) -> bytes:
    """Ask git.

    Raises:
        RecordError: it has no answer.
    """
    status, output, complaint = git.ask(*arguments, given=given)
    if status != 0:
        said = complaint or last_line(output) or f"git {arguments[0]} failed"
        raise RecordError(f"cannot tell what content this is: {said}")
    return output
