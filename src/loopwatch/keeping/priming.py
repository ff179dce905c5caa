"""Fills the memory of the hook before it is needed, as the first look would take seconds."""

import os

from loopwatch.keeping.quick_ground import MEMORY, Perhaps, lines_told, settings_here
from loopwatch.keeping.quick_look import LARGEST
from loopwatch.keeping.remembering import catch_up
from loopwatch.sources.git_child import CAN_SPAWN, BlobReader, GitChild, GitFailedError
from loopwatch.store.memory import Memory, MemoryUnusableError


def prime(folder: str) -> bool:
    """Remember the newest commits of the repository around a folder.

    Args:
        folder: a working tree, or a folder in it.

    Returns:
        Whether they are remembered now. If not, nothing is lost: the hook does it, or does
        without.
    """
    if not CAN_SPAWN:
        return False
    asked = ("rev-parse", "--path-format=absolute", "--git-common-dir", "--show-toplevel")
    try:
        told = GitChild((*asked, "HEAD^{commit}"), folder=folder).answer()
        common, top, head = lines_told(told, 3)
        os.makedirs(f"{common}/loopwatch", exist_ok=True)  # noqa: PTH103  paths take long to load
        memory = Memory.open(f"{common}/{MEMORY}")
    except (GitFailedError, MemoryUnusableError, Perhaps, OSError):
        return False
    try:
        return _filled(memory, top, bytes.fromhex(head))
    finally:
        memory.close()


def _filled(memory: Memory, top: str, head: bytes) -> bool:
    blobs = BlobReader(top, LARGEST)
    try:
        *_, count = settings_here(memory, top)
        catch_up(memory, top, blobs, head, count)
    except (GitFailedError, MemoryUnusableError, Perhaps):
        return False
    finally:
        blobs.close()
    return True
