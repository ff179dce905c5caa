"""Which objects can still be reached from any ref, index or HEAD."""

from collections.abc import Set as AbstractSet

from loopwatch.sources.git_process import Git, fields, finish, stop

LIST = (
    "rev-list", "--objects", "--no-object-names", "--all", "--indexed-objects",
    "--missing=allow-any",
)  # fmt: skip


def reachable(git: Git, wanted: AbstractSet[bytes]) -> set[bytes]:
    """Return those of the wanted objects that something leads to.

    Raises:
        SourceError: git cannot tell, so that nothing may be thrown away.
    """
    left = {one.hex().encode() for one in wanted}
    found: set[bytes] = set()
    process = git.open(*LIST)
    assert process.stdout is not None
    try:
        for run in fields(process.stdout, b"\n"):
            found.update(bytes.fromhex(one.decode()) for one in left.intersection(run))
        finish(process, "the history")
    finally:
        stop(process)
    return found
