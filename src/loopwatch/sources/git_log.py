"""Reads the output of ``git log --raw -z``; needs no repository."""

from binascii import unhexlify
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from loopwatch.model.history import Change

HEADER_FORMAT = "%x02%T%n%at%n%ct%n%an%n%ae%n%B%x03"  # no name can hold a line end
SUBMODULE, NO_FILE = b"160000", b"000000"  # modes
START, END = b"\x02", b"\x03"

LoggedCommit: TypeAlias = "tuple[bytes, list[Change]]"  # header without its marks; changes


def parse_log(runs: Iterable[list[bytes]], submodules: dict[bytes, int]) -> Iterator[LoggedCommit]:
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
