"""Which files git says are staged; needs no repository, and loads nothing else."""

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopwatch.model.history import Change

RAW = (
    "--raw", "-z", "--no-abbrev", "--no-ext-diff", "--ignore-submodules=all",
)  # fmt: skip
STAGED = ("diff-index", "--cached", "--ita-invisible-in-index", *RAW)
DIFF_TREE = ("diff-tree", "-r", "-z", "--no-ext-diff", "--no-textconv")
RENAMED = ("-M", "-l400", "--diff-filter=R")
SUBMODULE, NO_FILE = b"160000", b"000000"  # modes
UNMERGED = b"U"  # what git says of a file in conflict, which no commit can take in


def entries(output: bytes) -> "Iterator[Change]":
    """Yield the changes of files that git tells raw."""
    parts = output.split(b"\0")
    for raw, path in zip(parts[::2], parts[1::2], strict=False):
        old_mode, new_mode, old, new, how = raw.split()
        if SUBMODULE in (old_mode[-6:], new_mode) or how == UNMERGED or old == new:
            continue  # what lies elsewhere, is in conflict, or is another mode alone
        yield (
            path,
            bytes.fromhex(old.decode()) if old_mode[-6:] != NO_FILE else None,
            bytes.fromhex(new.decode()) if new_mode != NO_FILE else None,
        )


def renames(told: bytes) -> "list[tuple[bytes, bytes]]":
    """Return old and new path of each file that git tells raw to be renamed."""
    parts = told.split(b"\0")
    return list(zip(parts[1::3], parts[2::3], strict=False))
