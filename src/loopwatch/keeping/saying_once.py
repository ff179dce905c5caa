"""Says a line once in one commit, though each of its hooks meets the same trouble.

Each hook is a process of its own; what was said is kept in git's folder, with the commit that
comes before.
"""

from collections.abc import Sequence
from pathlib import Path

from loopwatch.sources.git_process import Git

SAID = "loopwatch-said"  # a file in git's folder
LARGEST = 10_000  # characters of a line


def was_said(line: str, arguments: Sequence[str]) -> bool:
    """Tell whether an earlier hook of the same commit has said a line.

    Args:
        line: what is about to be said.
        arguments: of the hook, which tell it from the others.

    Raises:
        GitMissingError: there is no git.
        OSError: the file cannot be read or written.
    """
    git = Git(Path())
    folder = git.text("rev-parse", "--absolute-git-dir")
    if folder is None:
        return False
    is_made = "HEAD" in arguments  # post-commit, the last
    is_first = not is_made and not any(one.startswith("--message") for one in arguments)
    before = git.text("rev-parse", "--verify", "--quiet", "HEAD^1" if is_made else "HEAD")
    told = f"{before}\n{line[:LARGEST]}\n"
    place = Path(folder) / SAID
    is_known = not is_first and _content(place) == told.encode(errors="replace")
    if is_made:
        place.unlink(missing_ok=True)
    else:
        place.write_text(told, encoding="utf-8", errors="replace")
    return is_known


def _content(place: Path) -> bytes:
    try:
        with place.open("rb") as file:
            return file.read(2 * LARGEST)
    except FileNotFoundError:
        return b""
