"""What a repository accepts: read from its file and its messages, and written to its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING

from loopwatch.errors import OutputError, SourceError, UnknownFindingError
from loopwatch.keeping.place import ledger_path
from loopwatch.model.suppression import Suppression
from loopwatch.reports.escape import plain
from loopwatch.sources.ignore_file import (
    NAME,
    IgnoreFile,
    read_ignore_file,
    rewrite_ignore_file,
)
from loopwatch.store.file_lock import FileLock
from loopwatch.verdicts.suppression import Accepted, day_of, ignored_in, is_day

if TYPE_CHECKING:
    from loopwatch.model.finding import Finding
    from loopwatch.sources.git_history import GitHistory
    from loopwatch.sources.repository import Repository

LOCK = "ignore.lock"
PATIENCE = 10  # seconds until another process has written the file
LONGEST = 500  # characters of a reason
LONGEST_ABOUT = 120  # characters of what is told of a finding
LIKENESS = 0.3  # of an id that may be meant: a few digits of one are enough


def listed_in(repository: Repository) -> tuple[Suppression, ...]:
    """Return what the file in the working tree says; a bare repository has none.

    Raises:
        ConfigError: the file cannot be used.
    """
    return () if repository.is_bare else read_ignore_file(repository.git.folder).suppressions()


def accepted(listed: tuple[Suppression, ...], history: GitHistory, message: str = "") -> Accepted:
    """Return what is accepted, once the history is read.

    Args:
        listed: what the file says.
        history: whose messages say more.
        message: of what is not committed yet.
    """
    newest = history.newest_commit()
    messages = [
        (text, f"commit {history.id(number)[:12]}") for number, text in history.ignoring().items()
    ]
    if message:
        messages.append((message, "the message"))
    told = [one for text, where in messages for one in ignored_in(text, where)]
    return Accepted(
        listed=listed,
        said=tuple(one for one in told if isinstance(one, Suppression)),
        mistakes=tuple(one for one in told if isinstance(one, str)),
        today=day_of(newest.committed) if newest else "",
    )


def accept(
    repository: Repository, findings: Iterable[Finding], reason: str, until: str = ""
) -> tuple[Suppression, ...]:
    """Write findings into the file, or what is new of those that are there; return their entries.

    Raises:
        ConfigError: the file cannot be used.
        OutputError: it cannot be written, or the reason is none.
    """
    said = clean_reason(reason)
    new = {
        one.id: (Suppression(id=one.id, reason=said, until=until), about(one)) for one in findings
    }

    def edit(file: IgnoreFile) -> IgnoreFile:
        for entry, what in new.values():
            file = file.with_entry(entry, what)
        return file

    with _alone(repository):
        file = rewrite_ignore_file(repository.git.folder, edit)
    return tuple(one for one in file.suppressions() if one.id in new)


def forget(repository: Repository, wanted: str) -> Suppression:
    """Take the entry out of the file whose id begins with ``wanted``; return it.

    Raises:
        ConfigError: the file cannot be used.
        OutputError: it cannot be written.
        UnknownFindingError: there is no such entry, or there are several.
    """
    with _alone(repository):
        listed = read_ignore_file(repository.git.folder).suppressions()
        ids = {one.id for one in listed}
        id_ = the_one(wanted, ids, f"no entry of {NAME} goes by {wanted}")
        rewrite_ignore_file(repository.git.folder, lambda file: file.without(id_))
    return next(one for one in listed if one.id == id_)


def the_one(wanted: str, ids: Iterable[str], complaint: str) -> str:
    """Return the id that begins with ``wanted``.

    Raises:
        UnknownFindingError: none does, which is told by ``complaint``, or several do.
    """
    known = sorted(set(ids))
    found = [one for one in known if one.startswith(wanted.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        named = ", ".join(found[:5])
        raise UnknownFindingError(f"{wanted} could be any of {named}", hint="give more of the id")
    near = get_close_matches(wanted.lower(), known, n=1, cutoff=LIKENESS)
    if near:
        raise UnknownFindingError(f"{complaint} (did you mean {near[0]}?)")
    raise UnknownFindingError(complaint, hint="loopwatch scan -v lists findings with their ids")


def clean_reason(text: str) -> str:
    """Return a reason on one line, with nothing in it that a terminal obeys.

    Raises:
        OutputError: nothing is left of it, or it is too long.
    """
    reason = plain(" ".join(text.split()))
    if not reason:
        raise OutputError("the reason is empty", hint='say why: --reason "..."')
    if len(reason) > LONGEST:
        raise OutputError(f"the reason is longer than {LONGEST} characters", hint="say it shorter")
    return reason


def check_day(until: str, today: str) -> None:
    """See to it that an entry counts for at least one day.

    Raises:
        OutputError: it does not.
    """
    if not is_day(until):
        raise OutputError(f"{plain(until)} is no day", hint="write --until 2026-12-31")
    if until < today:
        raise OutputError(
            f"{until} has passed: the newest commit is of {today}", hint="give a later day"
        )


def about(finding: Finding) -> str:
    """Return what a finding is about, for the readers of the file."""
    from loopwatch.reports.names import unit_name

    where = " ".join(unit_name(finding).split())
    return f"{finding.kind} in {where[:LONGEST_ABOUT]}{'...' if where[LONGEST_ABOUT:] else ''}"


def see_to_working_tree(repository: Repository) -> None:
    """See to it that there is a place for the file.

    Raises:
        SourceError: there is none.
    """
    if repository.is_bare:
        raise SourceError(
            f"a bare repository has no working tree to keep {NAME} in",
            hint="a commit message can say it too: Loopwatch-Ignore: ID reason",
        )


@contextmanager
def _alone(repository: Repository) -> Iterator[None]:
    """Let no other loopwatch write the file meanwhile.

    Raises:
        OutputError: another one does not come to an end.
    """
    folder = ledger_path(repository).parent
    with suppress(OSError):  # without the folder there is no lock, and nothing is lost by that
        folder.mkdir(exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        if not lock.take(PATIENCE):
            raise OutputError(f"another loopwatch is writing {NAME}", hint="try again")
        yield
    finally:
        lock.release()
