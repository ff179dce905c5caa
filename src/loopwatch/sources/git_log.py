"""Reads the output of ``git log --raw -z``; needs no repository."""

from binascii import unhexlify
from collections.abc import Iterable, Iterator

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from typing import TypeAlias

    from loopwatch.model.history import Change

    LoggedCommit: TypeAlias = tuple[bytes, list[Change]]  # header without its marks; changes

HEADER_FORMAT = "%x02%T%n%at%n%ct%n%an%n%ae%n%B%x03"  # no name can hold a line end
SUBMODULE, NO_FILE = b"160000", b"000000"  # modes
START, END = b"\x02", b"\x03"
SHOWN = (
    "--raw", "-z", "--no-abbrev", "--no-renames", "--diff-merges=first-parent", "--root",
    "--no-ext-diff", "--no-textconv", "--no-color", "--no-decorate", "--no-notes",
    "--encoding=UTF-8",
)  # fmt: skip
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
    raw = b""  # a file's modes and ids, whose path is the next field
    for run in runs:
        for part in run:
            if raw:
                old_mode, new_mode, old, new, _ = raw.split()
                if SUBMODULE in (old_mode, new_mode):
                    submodules[part] = submodules.get(part, 0) + 1
                if old != new:
                    changes.append(
                        (
                            part,
                            None if old_mode == NO_FILE else unhexlify(old),
                            None if new_mode == NO_FILE else unhexlify(new),
                        )
                    )
                raw = b""
            elif part[:1] == START:
                if header is not None:
                    yield header, changes
                header, changes = part[1:-1], []
            else:
                raw = part.lstrip(b"\n:")  # the first one begins a line
    if header is not None:
        yield header, changes


def ids_of(header: bytes) -> list[bytes]:
    """Return the id of a commit and those of its parents, of a header with parents."""
    return [unhexlify(id_) for id_ in header.partition(b"\n")[0].split()]
