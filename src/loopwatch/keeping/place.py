"""Where a repository keeps its ledger."""

from pathlib import Path

from loopwatch.errors import LedgerError
from loopwatch.sources.repository import Repository

LEDGER = Path("loopwatch") / "ledger.sqlite3"
CACHE = "evidence-cache.sqlite3"  # beside it


def ledger_path(repository: Repository) -> Path:
    """Return the file of the ledger, which all working trees of a repository share.

    Raises:
        LedgerError: git does not tell where its folder is.
    """
    folder = repository.git.text("rev-parse", "--path-format=absolute", "--git-common-dir")
    if folder is None:
        raise LedgerError("git does not tell where its folder is", hint="git 2.31 or newer does")
    return Path(folder) / LEDGER


def cache_path(ledger: Path) -> Path:
    """Return the file of what was worked out of a ledger; it may be deleted at any time."""
    return ledger.with_name(CACHE)
