"""What can go wrong for a user: one family, each with what to do next."""


class LoopwatchError(Exception):
    """Something that the user can meet and mend.

    ``str(error)`` says what failed in one line; ``hint`` says what to do, or
    is empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class SourceError(LoopwatchError):
    """A history, a file or a log cannot be read."""


class NotARepositoryError(SourceError):
    """The path is not inside a git repository."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{'this folder' if path == '.' else path} is not inside a git repository",
            hint="run `git init` there, or go to a folder inside a repository",
        )


class GitMissingError(SourceError):
    """There is no usable git on this machine."""


class RangeError(SourceError):
    """A revision or range names nothing in this repository."""


class UnknownFindingError(LoopwatchError):
    """No finding, and no commit, goes by that name."""


class ConfigError(LoopwatchError):
    """A configuration file cannot be used."""


class OutputError(LoopwatchError):
    """A report cannot be written where it was asked for."""


class LedgerError(LoopwatchError):
    """The ledger cannot be read or written; what it holds is as it was."""


class NewerLedgerError(LedgerError):
    """A newer loopwatch has written the ledger, in a way that this one does not know."""


class RecordError(LoopwatchError):
    """What a command or a file said cannot be kept for this content."""


class InstallError(LoopwatchError):
    """A hook or file of loopwatch's cannot be put in its place, or taken out."""
