"""Where the whole pipeline would be loud, and what the quick look says there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from loopwatch.diffing.memo import Memo
from loopwatch.keeping.quick_change import AskedChange, NewestCommit, StagedChange
from loopwatch.keeping.quick_ground import Perhaps
from loopwatch.keeping.quick_look import QuickLook
from loopwatch.model.options import Options
from loopwatch.model.version import Version
from loopwatch.pipeline import Analysis
from loopwatch.sources.repository import find_repository
from loopwatch.sources.scan_range import ScanRange, open_range
from loopwatch.verdicts.context import KEPT, Context
from loopwatch.verdicts.rules import judge
from tests.builders import Repo


@dataclass(frozen=True, slots=True)
class Loudness:
    """One version that is no merge and has a parent: is any turn of its own raised there?"""

    version: Version
    parent: str
    is_said: bool  # with its message
    is_unsaid: bool  # before it has one


def loudness(folder: Path, count: int = 1000, revision: str = "HEAD") -> Iterator[Loudness]:
    """Yield how loud each version of a history is, oldest first."""
    repository, options = find_repository(folder), Options()
    wanted = ScanRange(revision=revision, max_count=count)
    with open_range(repository, wanted, options) as opened:
        history, topology, frame = opened.read()
        analysis = Analysis(history, topology, frame, options)
        context = analysis.context
        for number, returns in analysis.observer.returns():
            parent = history.parent(number)
            version = context.at(number)
            is_said = any(verdict.is_loud for verdict in judge(returns, context))
            mute = replace(version, subject=None, title="", names=(), reapplies=())
            is_unsaid = any(v.is_loud for v in judge(returns, _with(mute, number, context)))
            if number not in topology.other_parents and parent is not None:
                yield Loudness(version, parent, is_said=is_said, is_unsaid=is_unsaid)


def _with(version: Version, number: int, context: Context) -> Context:
    """Return a context in which one version is another."""
    return replace(
        context,
        version=lambda n: version if n == number else context.at(n),
        _versions=Memo(KEPT),
        _intents=Memo(KEPT),
    )


@contextmanager
def inside(folder: Path, **variables: str) -> Iterator[None]:
    """Work in a folder, with some variables in the environment."""
    before, kept = Path.cwd(), {name: os.environ.get(name) for name in variables}
    os.chdir(folder)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.chdir(before)
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def stage(repo: Repo, version: str, parent: str) -> None:
    """Make a version the staged change on its parent."""
    repo.git("update-ref", "--no-deref", "HEAD", parent)
    repo.git("read-tree", version)


def looks_quiet(folder: Path, version: Version | None = None, *, has_message: bool) -> bool:
    """Tell whether the quick look says that nothing of what is staged can be raised.

    With a version, the commit has the dates of that one.
    """
    dates = {}
    if version is not None:
        dates = {
            "GIT_AUTHOR_DATE": f"@{version.authored} +0000",
            "GIT_COMMITTER_DATE": f"@{version.committed} +0000",
        }
    with inside(folder, **dates):
        return _is_quiet(StagedChange(has_message=has_message))


def commits_quietly(folder: Path) -> bool:
    """Tell whether the quick look says that nothing in the newest commit can be raised."""
    with inside(folder):
        return _is_quiet(NewestCommit())


def _is_quiet(change: AskedChange) -> bool:
    look = QuickLook(change)
    try:
        look.look()
    except Perhaps:
        return False
    finally:
        look.close()
        change.close()
    return True
