"""loopwatch finds bug-fix oscillation in the history of a repository."""

__version__ = "0.1.0"
