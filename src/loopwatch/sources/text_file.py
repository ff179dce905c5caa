"""Reads the small text files at the root of a working tree that steer loopwatch."""

from pathlib import Path

from loopwatch.errors import ConfigError

LARGEST = 1_000_000  # bytes


def read_text(path: Path, name: str, hint: str = "") -> str | None:
    """Return what a file holds, line ends as they are; None if there is none.

    Args:
        path: of the file.
        name: what the user calls it.
        hint: what to do if it is not UTF-8.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        if not path.exists():
            return None
        if not path.is_file():
            raise ConfigError(f"{name} is not a file", hint="take it away, or rename it")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(
            f"cannot read {name}: {error.strerror or error}", hint="see to its permissions"
        ) from error
    if len(content) > LARGEST:
        raise ConfigError(f"{name} is larger than {LARGEST:,} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}:{line} is not UTF-8", hint=hint) from error
