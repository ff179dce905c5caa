"""Patterns of paths, as in ``.gitignore``."""

import re
from functools import lru_cache

_PART = re.compile(r"\*\*/|/\*\*$|\*+|\?|\[!?[^]/]+\]|.", re.DOTALL)
_MEANT = {"**/": "(?:.*/)?", "/**": "/.*", "?": "[^/]"}


def covers(glob: str, path: str) -> bool:
    """Tell whether a pattern means a path; one without a slash inside means it in any folder."""
    return _compiled(glob).fullmatch(path) is not None


@lru_cache(maxsize=256)
def _compiled(glob: str) -> re.Pattern[str]:
    bare = glob.removesuffix("/")
    where = "" if "/" in bare else "(?:.*/)?"
    text = "".join(map(_meaning, _PART.findall(bare.removeprefix("/"))))
    return re.compile(f"{where}{text}(?:/.*)?", re.DOTALL)  # a folder covers what is in it


def _meaning(part: str) -> str:
    if part in _MEANT:
        return _MEANT[part]
    if part.startswith("*"):
        return "[^/]*"
    if part.startswith("[") and len(part) > 1:
        inner = part[1:-1].replace("\\", "\\\\").replace("[", "\\[")
        return f"[^{inner[1:]}]" if inner.startswith("!") else f"[{inner}]"
    return re.escape(part)
