"""What the ledger holds, and what it need not hold any longer."""

import time
from dataclasses import dataclass
from pathlib import Path

from loopwatch.errors import RecordError
from loopwatch.keeping.place import cache_path, ledger_path
from loopwatch.sources.content_tree import content_trees
from loopwatch.sources.reachable import reachable
from loopwatch.sources.repository import Repository, find_repository
from loopwatch.store.evidence_cache import EvidenceCache
from loopwatch.store.ledger import Count, Ledger
from loopwatch.store.ledger_file import Warn

DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What is, or would be, forgotten."""

    trees: int
    files: int
    left: int  # contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What the ledger holds."""

    path: Path
    size: int  # bytes on the disk
    cache_size: int  # ... of what was worked out of it
    counts: tuple[Count, ...]


def collect_garbage(folder: Path, days: int, warn: Warn, *, is_trial: bool = False) -> Dropped:
    """Forget contents that nothing leads to and of which nothing new was said for some days.

    Args:
        folder: inside the repository.
        days: how long such contents are kept.
        warn: is told what people should know.
        is_trial: only say what would be forgotten.

    Raises:
        LoopwatchError: the ledger cannot be written, or git cannot tell what is reached.
    """
    repository = find_repository(folder)
    path = ledger_path(repository)
    with Ledger.reading(path, warn=warn) if is_trial else Ledger.open(path, warn=warn) as ledger:
        contents = ledger.contents()
        before = time.time() - days * DAY
        old = {content for content, seen in contents.items() if seen <= before}
        kept = reachable(repository.git, {content.id for content in old}) if old else set()
        kept |= _lying_there(repository)
        lost = {content for content in old if content.id not in kept}
        if not is_trial:
            ledger.drop(lost)
            if cache_path(path).exists():
                with EvidenceCache.open(cache_path(path)) as cache:
                    cache.drop_unused(days)
    files = sum(1 for content in lost if content.path)
    return Dropped(trees=len(lost) - files, files=files, left=len(contents) - len(lost))


def _lying_there(repository: Repository) -> set[bytes]:
    """Return the id of the working tree's content, if it has one."""
    try:
        with content_trees(repository) as trees:
            return {bytes.fromhex(trees.id())}
    except RecordError:
        return set()


def stats(folder: Path, warn: Warn) -> Stats:
    """Return what the ledger holds."""
    path = ledger_path(find_repository(folder))
    with Ledger.reading(path, warn=warn) as ledger:
        counts = ledger.counts()
    sizes = [_size(path) + _size(path.with_name(f"{path.name}-wal")), _size(cache_path(path))]
    return Stats(path=path, size=sizes[0], cache_size=sizes[1], counts=counts)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
