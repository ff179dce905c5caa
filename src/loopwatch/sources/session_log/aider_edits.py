"""What the answers in an Aider chat change: SEARCH/REPLACE blocks, listings, diffs, patches.

An answer only proposes. Which of it was applied, the lines after it say.

Source:
    The coders of Aider 0.50 to 0.86. It finds a block's file in the three lines above it,
    and takes names that nearly fit for those of the files in the chat.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from loopwatch.sources.session_log.api import FileChange, Replacement
from loopwatch.sources.session_log.patches import (
    REPLACE,
    SEARCH,
    enveloped,
    has_envelope,
    search_replace,
)

Changes = tuple[FileChange, ...]
ABOVE = 3  # lines above a block in which its file is named
LONGEST_NAME = 250  # characters
MOST_NEAR = 200  # files of one answer among which a short name is looked for
FENCE = re.compile(r"(?P<ticks>`{3,})|<(?P<tag>source|code|pre|codename|sourcecode)>")
DIFF = re.compile(r"`{3,}diff\b")
PATH = re.compile(r"\S*[./\\]\S+")
FAILED = re.compile(r"# \d+ SEARCH/REPLACE blocks? failed to match!")
OTHERS = re.compile(r"# The other (\d+) SEARCH/REPLACE blocks? w(?:as|ere) applied successfully")
BROKEN_END = re.compile(r"(?m)^(?:> ?){4,9}REPLACE\s*$")  # as editors quote it
_THOUGHT = re.compile(
    r"<(think(?:ing)?(?:-content-\w+)?)>.*?(?:</\1>|\Z)"
    r"|► \*\*THINKING\*\*.*?(?:► \*\*ANSWER\*\*|\Z)",
    re.DOTALL,
)


def without_thoughts(answer: str) -> str:
    """Return an answer without what the model only thought: blocks in there are no edits."""
    return _THOUGHT.sub("", answer)


def proposed(answer: str) -> Changes:
    """Return what an answer proposes, in its order; paths are as it has them."""
    if found := tuple(_blocks(answer.split("\n"))):
        return found
    if has_envelope(answer):
        return enveloped(answer)
    return tuple(_fenced(answer.split("\n")))


def applied(changes: Changes, paths: Sequence[str], created: Iterable[str]) -> Changes:
    """Return what was done to the files that the log says were edited.

    Args:
        changes: what was proposed; what fits none of the files was not applied.
        paths: the files, as the log has them.
        created: those of them that are new.
    """
    by_path: dict[str, list[FileChange]] = {path: [] for path in paths}
    plain = {path: _plain(path) for path in paths}
    for change in changes:
        path = _fitting(_plain(change.path), plain)
        if path is not None:
            by_path[path].append(replace(change, path=path))
    is_new = set(created)
    return tuple(
        one
        for path, mine in by_path.items()
        for one in _of_one_file(path, mine, is_new=path in is_new)
    )


def partly_applied(changes: Changes, complaint: str, created: Iterable[str]) -> Changes:
    """Return what was done although some blocks failed; those are quoted in the complaint."""
    others = OTHERS.search(complaint)
    if others is None:
        return ()
    quoted = search_replace(BROKEN_END.sub(">>>>>>> REPLACE", complaint))
    failed = Counter(_gist(part) for part in quoted)
    rest: list[FileChange] = []
    for change in changes:
        gist = _gist(change.parts[0]) if change.parts else ""
        if failed[gist] > 0:
            failed[gist] -= 1
        else:
            rest.append(change)
    paths = list(dict.fromkeys(change.path for change in rest))
    if len(rest) != int(others[1]):  # which of them it were, nobody knows
        return tuple(FileChange(path=path) for path in paths)
    return applied(tuple(rest), paths, created)


def undone(files: Changes) -> Changes:
    """Return what takes changes back."""
    return tuple(map(_undone, reversed(files)))


def _undone(change: FileChange) -> FileChange:
    if change.is_new:
        return FileChange(path=change.path, before=change.after, is_gone=True)
    if change.before is not None:
        return FileChange(path=change.path, before=change.after, after=change.before)
    parts = tuple(Replacement(old=one.new, new=one.old) for one in reversed(change.parts))
    is_known = all(part.old and part.new for part in parts)
    return FileChange(path=change.path, parts=parts if is_known else ())


def _gist(part: Replacement) -> str:
    """Return what a block replaces by what; quoted, its lines lose their indentation."""
    return f"{' '.join(part.old.split())}\0{' '.join(part.new.split())}"


def _of_one_file(path: str, mine: Sequence[FileChange], *, is_new: bool) -> Iterator[FileChange]:
    """Yield what was done to one file; of several listings, the first one counts."""
    whole = next((change for change in mine if change.after is not None), None)
    parts = [part for change in mine for part in change.parts]
    if whole is not None:
        yield replace(whole, is_new=is_new or whole.is_new)
    elif is_new and parts and not parts[0].old.strip():
        yield FileChange(path=path, after=parts.pop(0).new, is_new=True)
    elif not parts:
        yield next(iter(mine), FileChange(path=path))
    if parts:
        yield FileChange(path=path, parts=tuple(parts))


def _plain(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")


def _fitting(wanted: str, plain: Mapping[str, str]) -> str | None:
    """Return the one of some paths that a name stands for; the plain ones stand beside them."""
    same = [path for path, one in plain.items() if one == wanted]
    near = [
        path
        for path, one in islice(plain.items(), MOST_NEAR)
        if one.endswith(f"/{wanted}") or wanted.endswith(f"/{one}")
    ]
    found = same or near
    return found[0] if len(found) == 1 else None


# --- SEARCH/REPLACE ---


def _blocks(lines: Sequence[str]) -> Iterator[FileChange]:
    heads = [number for number, line in enumerate(lines) if SEARCH.match(line)]
    name = ""
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=False):
        name = _named(lines[max(0, start - ABOVE) : start]) or name
        parts = search_replace("\n".join(lines[start:end]))
        if name and parts:
            yield FileChange(path=name, parts=parts[:1])


def _named(above: Sequence[str]) -> str:
    """Return the name of the file that is told above a block, past the fence.

    Some editors put an empty line between; what stands there may be a sentence.
    """
    is_near = True
    for line in reversed(above):
        found = _name(line)
        if found:
            return found if is_near or PATH.fullmatch(found) else ""
        is_near = is_near and FENCE.match(line.strip()) is not None
    return ""


def _name(line: str) -> str:
    """Return a file's name without what Markdown puts around it."""
    line = line.strip()
    if fence := FENCE.match(line):
        rest = line[fence.end() :]
        return rest if "." in rest or "/" in rest else ""
    if line == "..." or REPLACE.match(line):
        return ""
    return line.rstrip(":").lstrip("#").strip().strip("`*")[:LONGEST_NAME]


# --- listings of whole files, and diffs ---


def _fenced(lines: Sequence[str]) -> Iterator[FileChange]:
    number = 0
    while number < len(lines):
        fence = FENCE.match(lines[number])
        if fence is None:
            number += 1
            continue
        closing = fence["ticks"] or f"</{fence['tag']}>"
        start = number + 1
        end = next((n for n in range(start, len(lines)) if lines[n].startswith(closing)), None)
        if end is None:  # the answer was cut off: it was not applied
            return
        body, name = lines[start:end], _name(lines[number - 1]) if number else ""
        if DIFF.match(lines[number]) and any(line.startswith("@@") for line in body):
            yield from _differences(body, name)
        elif name:
            yield FileChange(path=name, after="".join(f"{line}\n" for line in body))
        number = end + 1


def _differences(lines: Sequence[str], name: str) -> Iterator[FileChange]:
    """Yield the hunks of a diff whose line numbers mean nothing."""
    old: list[str] = []
    new: list[str] = []
    is_new = False
    for number, line in enumerate([*lines, "@@"]):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        is_heading = line.startswith("--- ") and following.startswith("+++ ")
        if is_heading or line.startswith("@@"):
            if old != new and name:
                yield _hunk(name, old, new, is_new=is_new)
            old, new = [], []
        if is_heading:
            is_new = line[4:].strip() == "/dev/null"
            name = following[4:].strip()
            name = name.removeprefix("b/")
        elif line[:1] in {"", " ", "-", "+"} and not _is_second(lines, number):
            if line[:1] != "+":
                old.append(line[1:])
            if line[:1] != "-":
                new.append(line[1:])


def _is_second(lines: Sequence[str], number: int) -> bool:
    """Tell whether a line is the second one of a diff's heading."""
    return number > 0 and lines[number].startswith("+++ ") and lines[number - 1].startswith("--- ")


def _hunk(name: str, old: Sequence[str], new: Sequence[str], *, is_new: bool) -> FileChange:
    after = "".join(f"{line}\n" for line in new)
    if is_new:
        return FileChange(path=name, after=after, is_new=True)
    part = Replacement(old="".join(f"{line}\n" for line in old), new=after)
    return FileChange(path=name, parts=(part,))
