"""What never rises above ``note``: files and lines whose return means nothing (design §3).

Names tell most of it; ``.gitattributes`` tells some. What contents tell: ``quiet_contents``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from loopwatch.diffing.languages import is_code
from loopwatch.verdicts.quiet_names import (
    CHANGELOG,
    CHANGELOG_STEMS,
    CONFIGURED,
    DATA_SUFFIXES,
    DIRECTORIES,
    DOCUMENTATION,
    GENERATED,
    MAN_PAGE,
    NAMES,
    PINS,
    PRERELEASE,
    PROSE_DIRECTORIES,
    PROSE_NAME,
    PROSE_SUFFIXES,
    SCRATCH,
    SHAPE,
    SHAPES,
    STEERING,
    VENDORED,
)


def is_changelog(path: str) -> bool:
    """Tell whether the file says what changed from release to release."""
    return quiet_reason(path) == CHANGELOG


@lru_cache(maxsize=1 << 14)
def quiet_reason(path: str, globs: tuple[str, ...] = ()) -> str | None:
    """Return why the file never rises above ``note``, or None if it may.

    Args:
        path: relative to the repository root, with forward slashes; absolute, if a session
            wrote it elsewhere.
        globs: patterns of the configuration, as in ``.gitignore``; a folder covers what is in it.
    """
    if any(_covers(glob, path) for glob in globs):
        return CONFIGURED
    return SCRATCH if path.startswith("/") else _named_reason(path)


def _named_reason(path: str) -> str | None:
    """Return why a file of the repository is quiet by its name, if it is."""
    *folders, name = path.lower().split("/")
    stem, _, suffix = name.rpartition(".")
    is_prose = suffix in PROSE_SUFFIXES or not stem
    if (stem or name) in CHANGELOG_STEMS and is_prose:
        return CHANGELOG
    for folder in folders:
        if reason := DIRECTORIES.get(folder):
            return reason
    if reason := NAMES.get(name):
        return reason
    if match := SHAPE.fullmatch(name):
        return SHAPES[int((match.lastgroup or "s0")[1:])][0]
    return _prose_reason(folders, name, suffix)


def _prose_reason(folders: Sequence[str], name: str, suffix: str) -> str | None:
    """Return why a file that is no code is quiet, if it is."""
    if is_code(name) or STEERING.fullmatch(name):
        return None
    for folder in folders:
        if reason := PROSE_DIRECTORIES.get(folder):
            return reason
    if (
        suffix in PROSE_SUFFIXES
        or PROSE_NAME.fullmatch(name)
        or (MAN_PAGE.fullmatch(name) and "man" in "/".join(folders))
    ):
        return DOCUMENTATION
    return None


# --- Attributes ---


def attribute_reason(attributes: Mapping[str, str]) -> str | None:
    """Return why a file is quiet by its attributes, with values as ``git check-attr`` prints."""
    for name, reason in _LINGUIST.items():
        if attributes.get(name, "unset") not in {"unset", "false", "unspecified"}:
            return reason
    return None


_LINGUIST: Mapping[str, str] = {
    "linguist-generated": GENERATED,
    "linguist-vendored": VENDORED,
    "linguist-documentation": DOCUMENTATION,
}
_RULE = re.compile(r'\s*(?:"((?:\\.|[^"\\])*)"|(\S+))\s*(.*)')


@dataclass(frozen=True, slots=True)
class Attributes:
    """The rules of a ``.gitattributes`` file at the root of the repository."""

    rules: tuple[tuple[re.Pattern[str], tuple[tuple[str, str], ...]], ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Attributes":
        """Read the rules; comments, macros and what git does not understand are passed over."""
        rules = []
        for line in text.splitlines():
            match = _RULE.fullmatch(line)
            if match is None or line.lstrip().startswith(("#", "[attr]", "!")):
                continue
            quoted, plain, rest = match.groups()
            values = tuple(_value(word) for word in rest.split() if "linguist-" in word)
            if values:
                rules.append((_glob(plain or re.sub(r"\\(.)", r"\1", quoted)), values))
        return cls(tuple(rules))

    def reason(self, path: str) -> str | None:
        """Return why ``path`` is quiet; of several rules for an attribute the last counts."""
        found: dict[str, str] = {}
        for pattern, values in self.rules:
            if pattern.fullmatch(path):
                found.update(values)
        return attribute_reason(found)


def _value(word: str) -> tuple[str, str]:
    """Return name and value of ``attr``, ``-attr``, ``!attr`` or ``attr=value``."""
    if word[0] in "-!":
        return word[1:], "unset" if word[0] == "-" else "unspecified"
    name, _, value = word.partition("=")
    return name, value or "set"


_GLOB_PART = re.compile(r"\*\*/|/\*\*$|\*+|\?|\[[!^]?\]?[^\]/]*\]|\\.|.", re.DOTALL)
_MOST_DEEP_WILDCARDS = 2  # "**" in one pattern: more could be made to take for ever


@lru_cache(maxsize=1024)
def _glob(glob: str) -> re.Pattern[str]:
    """Return the expression of a pattern as in ``.gitignore``."""
    is_anchored = "/" in glob.rstrip("/")
    text = "" if is_anchored else "(?:.*/)?"
    is_open = False  # inside the atomic group of a star: the first fit is as good as any
    for part in _GLOB_PART.findall(glob.removeprefix("/")):
        if part.startswith("*") and is_open:
            text, is_open = text + ")", False
        if part.strip("*") == "" and not is_open:
            text, is_open = text + "(?>[^/]*?", True
        else:
            text += _glob_part(part)
    text += "$)" if is_open else ""
    try:
        return re.compile(text if glob.count("**") <= _MOST_DEEP_WILDCARDS else "(?!)", re.DOTALL)
    except re.error:  # such as [z-a]: it matches nothing
        return re.compile("(?!)")


def _glob_part(part: str) -> str:
    fixed = {"**/": "(?:.*/)?", "/**": "/.*", "?": "[^/]"}
    if part in fixed:
        return fixed[part]
    if part.startswith("[") and len(part) > 2:
        inner = part[1:-1].replace("\\", r"\\").replace("[", r"\[")
        return "[" + ("^" + inner[1:] if inner[0] in "!^" else inner) + "]"
    return re.escape(part[-1])


def _covers(glob: str, path: str) -> bool:
    """Tell whether the pattern matches the file or a folder that it is in."""
    pattern = _glob(glob.rstrip("/"))
    ends = (n for n, character in enumerate(path) if character == "/")
    return any(pattern.fullmatch(path[:end]) for end in (*ends, len(path)))


# --- Lines ---

_COUNTED = re.compile(
    r"\bsha(?:1|256|384|512)-[\w+/=]+|\bh1:[\w+/=]+|\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b|"
    rf"\d+(?:[._-]\d+)*(?:[-.]?{PRERELEASE}[.-]?\d*)?\b|\d+",
    re.IGNORECASE,
)
# A name that says that its value is a version or a counter, then what gives it that value.
_VERSION_NAME = re.compile(
    r"(?:version(?!_info)|build_?(?:num(?:ber)?|no|id)|revision|release_?(?:date|num(?:ber)?)|"
    r"copyright|©|last_?(?:updated|modified)|generated_?(?:at|on))"
    r"\w*[\"'\])]*\s*(?:(?::\s*[\w&'\[\]. |]+)?=(?!=)|:(?!=)|(?=[\s(]+[\"'(v©]*\d))",
    re.IGNORECASE,
)
# Where something stands; to be off by one is a mistake, and what else is on the line may be.
_LINE_NUMBER = re.compile(
    r"""\s*["']?line(?:_?no|_?num(?:ber)?)?["']?\s*:\s*\d{3,}\s*,?\s*""", re.IGNORECASE
)

_INDIRECT = re.compile(r"\s*\S+ v\S+\s*// indirect\s*")  # in ``go.mod``: go itself writes them


def is_version_line_change(path: str, before: Sequence[str], after: Sequence[str]) -> bool:
    """Tell whether two versions of some lines differ in version numbers and counters only.

    In code the name on the line must say so: ``timeout = 30`` is a decision, not a counter. What
    the needs of others need is a lock file's entry.
    """
    if path.rpartition("/")[2] == "go.mod" and all(map(_INDIRECT.fullmatch, (*before, *after))):
        return tuple(before) != tuple(after)
    if len(before) != len(after) or not before:
        return False
    is_any_number = _is_data(path)
    for old, new in zip(before, after, strict=True):
        if old == new:
            continue
        if _COUNTED.sub("0", old) != _COUNTED.sub("0", new):
            return False
        if not (is_any_number or _VERSION_NAME.search(new) or _LINE_NUMBER.fullmatch(new)):
            return False
    return tuple(before) != tuple(after)


def _is_data(path: str) -> bool:
    """Tell whether the file is configuration, a manifest, documentation or data."""
    name = path.lower().rpartition("/")[2]
    if name.rpartition(".")[2] in DATA_SUFFIXES or PINS.fullmatch(name):
        return True
    return not is_code(path) and quiet_reason(path) is not None
