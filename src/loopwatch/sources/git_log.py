"""Reads the output of ``git log --raw -z`` and ``git diff-tree``; needs no repository."""

from binascii import unhexlify
from collections.abc import Iterable, Iterator

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from typing import TypeAlias

    from loopwatch.model.history import Change

    LoggedCommit: TypeAlias = tuple[bytes, list[Change]]  # header without its marks; changes

HEADER_FORMAT = "%x02%T%n%at%n%ct%n%an%n%ae%n%B%x03"  # no name can hold a line end
PLAIN, SUBMODULE, NO_FILE = b"100644", b"160000", b"000000"  # modes
WAS_PLAIN, WAS_SUBMODULE, WAS_NO_FILE = b":100644", b":160000", b":000000"
START, END = b"\x02", b"\x03"
TOLD = (
    "--raw", "-z", "--no-abbrev", "--no-renames", "--root", "--no-ext-diff", "--no-textconv",
    "--no-color", "--no-notes", "--encoding=UTF-8",
)  # fmt: skip
SHOWN = (*TOLD, "--diff-merges=first-parent", "--no-decorate")
ASKED = ("diff-tree", "--stdin", "-r", "--always", *TOLD, f"--format={HEADER_FORMAT}")
LOG = ("log", "--reverse", "--date-order", *SHOWN)
PARENTS_FORMAT = "--format=%x02%H %P%n%at%n%ct%x03"
# To order even one commit, git would walk the whole history.
NEWEST = ("log", "--no-walk", *SHOWN, PARENTS_FORMAT)


def parse_log(
    runs: Iterable[list[bytes]], submodules: dict[bytes, int]
) -> "Iterator[LoggedCommit]":
    """Yield each commit's header and changes, in the order of the log.

    Changes of submodules are counted in ``submodules`` by path: they are followed by
    what they point at, which lies in another repository. Changes of the mode alone
    are left out.

    Args:
        runs: the fields of the output, split at NUL.
        submodules: filled with the number of changes by path.
    """
    header: bytes | None = None
    changes: list[Change] = []
    raw = b""  # a file's modes and ids, whose path is in the next run
    for run in runs:
        parts = iter([raw, *run] if raw else run)
        raw = b""
        for part in parts:
            if part[:1] == START:
                if header is not None:
                    yield header, changes
                header, changes = part[1:-1], []
                continue
            if (path := next(parts, None)) is None:
                raw = part
                break
            old_mode, new_mode, old, new, _ = part.split()  # the first one begins a line
            if old_mode == WAS_PLAIN and new_mode == PLAIN:  # nearly all: none of what follows
                changes.append((path, unhexlify(old), unhexlify(new)))
                continue
            if old_mode == WAS_SUBMODULE or new_mode == SUBMODULE:
                submodules[path] = submodules.get(path, 0) + 1
            if old != new:
                was = None if old_mode == WAS_NO_FILE else unhexlify(old)
                changes.append((path, was, None if new_mode == NO_FILE else unhexlify(new)))
    if header is not None:
        yield header, changes


def ids_of(header: bytes) -> list[bytes]:
    """Return the id of a commit and those of its parents, of a header with parents."""
    return [unhexlify(id_) for id_ in header.partition(b"\n")[0].split()]
