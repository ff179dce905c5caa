"""Hands the pipeline what the ledger knows of each version of a history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loopwatch.errors import LoopwatchError
from loopwatch.fingerprints.cache import NO_CACHE, Cache
from loopwatch.graph.before_range import is_before, number_before
from loopwatch.graph.no_evidence import Told, nothing_told
from loopwatch.keeping.place import cache_path, ledger_path
from loopwatch.model.evidence import Evidence
from loopwatch.model.history import Change, History
from loopwatch.model.saying import Say
from loopwatch.sources.repository import INDEX, Repository

if TYPE_CHECKING:
    from loopwatch.store.ledger import Ledger


@contextmanager
def recalling(
    repository: Repository,
    history: History,
    say: Say,
    *,
    looks_inside: bool = True,
    is_hasty: bool = False,
) -> Iterator[tuple[Told, Cache]]:
    """Give what the ledger says of each version, and what was worked out of that before.

    Without a ledger both are empty. Trouble with it is told in a line, and the scan goes on.

    Args:
        repository: whose ledger it is.
        history: its versions.
        say: is given a line for what could not be done.
        looks_inside: files are looked into, so that inspectors of third parties are asked too.
        is_hasty: somebody waits; what is worked out now is not written down.
    """
    ledger = _opened(repository, say)
    if ledger is None:
        yield _inspecting(nothing_told, history, say) if looks_inside else nothing_told, NO_CACHE
        return
    from loopwatch.store.evidence_cache import EvidenceCache

    path = cache_path(ledger_path(repository))
    with ledger, EvidenceCache.open(path, is_read_only=is_hasty) as cache:
        recall = Recall(repository, history, ledger, say)
        yield _inspecting(recall, history, say) if looks_inside else recall, cache


def _inspecting(told: Told, history: History, say: Say) -> Told:
    from loopwatch.keeping.inspecting import Inspecting, inspectors_here

    inspectors = inspectors_here(say)
    return Inspecting(told, history, inspectors, say) if inspectors else told


def _opened(repository: Repository, say: Say) -> Ledger | None:
    try:
        path = ledger_path(repository)
        if not path.exists():
            return None
        from loopwatch.store.ledger import Ledger

        return Ledger.reading(path, warn=say)
    except LoopwatchError as error:
        say(f"no evidence is used: {error}")
        return None


@dataclass(slots=True)
class Recall:
    """What was said about each version: its whole tree, and the files that it changed."""

    repository: Repository
    history: History
    ledger: Ledger
    say: Say
    _trees: dict[str, bytes | None] = field(default_factory=dict)  # of what has no number

    def __call__(self, version: int, changes: Sequence[Change]) -> Sequence[Evidence]:
        """Return what is known of a version."""
        files = [(path, new) for path, _, new in changes if path and new is not None]
        return self.ledger.of_version(self._tree(version), files)

    def _tree(self, version: int) -> bytes | None:
        if is_before(version):
            return self._outside(self.history.parent(number_before(version)) or "")
        return self.history.tree(version) or self._uncommitted(self.history.id(version))

    def _outside(self, name: str) -> bytes | None:
        """Return the tree of a version before the range; None where a shallow clone lacks it."""
        if name not in self._trees:
            command = ("rev-parse", "--verify", "--quiet", f"{name}^{{tree}}")
            tree = self.repository.git.text(*command)
            self._trees[name] = bytes.fromhex(tree) if tree else None
        return self._trees[name]

    def _uncommitted(self, name: str) -> bytes | None:
        """Return the tree that the working tree would be; what is staged was never run."""
        if name == INDEX:
            return None
        if name not in self._trees:
            self._trees[name] = self._working_tree()
        return self._trees[name]

    def _working_tree(self) -> bytes | None:
        from loopwatch.sources.content_tree import content_trees

        try:
            with content_trees(self.repository) as trees:
                return bytes.fromhex(trees.id())
        except LoopwatchError as error:
            self.say(f"evidence about the working tree is not used: {error}")
            return None
