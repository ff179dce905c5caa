"""What was said about which content: what the ledger keeps, and hands from clone to clone."""

from dataclasses import dataclass

from loopwatch.model.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a detector looked at: a whole tree, or one file by itself."""

    id: bytes  # git's id of the tree, or of the file's blob
    path: bytes = b""  # of the file, as git has it; empty: the id is that of a tree

    def __post_init__(self) -> None:
        if len(self.id) not in {20, 32}:
            raise ValueError(f"an object id has 20 or 32 bytes, got {len(self.id)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that was said about one content."""

    content: Content
    evidence: Evidence
