"""Edits as SpecStory shows them: each agent's otherwise, and seldom what was there before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from loopwatch.sources.session_log.api import FileChange, Replacement
from loopwatch.sources.session_log.claude_results import REFUSED
from loopwatch.sources.session_log.outputs import has_failed, output_of
from loopwatch.sources.session_log.patches import BEGIN, END, enveloped, unified_parts
from loopwatch.sources.session_log.specstory_body import Block, Tool, parts_of

CLAUDE_DONE = re.compile(
    r"The file (?P<changed>.+?) has been (?:updated|created|overwritten)\b"
    r"|File created successfully at: (?P<made>[^\n]+?)(?: \(file state is current[^\n]*)?(?:\n|$)"
)
SECTION = re.compile(r"\*\*(Update|Modify|Add|Delete): `(.+)`\*\*\s*$")
PATH = re.compile(r"(?:Path: |File: )?`(.+)`\s*$")
EDITED = re.compile(r"(?:Edit file: |Apply patch for )(.+)$")
BAD_STATUS = re.compile(r"\*\*Apply failed\*\*|Status: \*\*(?!completed)\w+\*\*|\*\*Error:\*\*")
GOOD = re.compile(r"Success|Done!|File created|Edit applied|Wrote |Updated |Created ")
RESULTS = ("Result: ", "Output: ")
NUMBERED = re.compile(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")
ESCAPED = re.compile(r"^\\```", re.MULTILINE)  # as older versions write fences in a content
SHORTENED = "... (truncated)"
WRITES = frozenset("write create write_file writefile createfile create_file write_to_file".split())
NOT_SHOWN = "an edit whose result the log does not show"
FAILED = "an edit that failed or was refused"


def files_of(tool: Tool, *, is_cursor: bool) -> tuple[FileChange, ...] | str:
    """Return what an edit changed, or why that is not known."""
    called, blocks, rest = parts_of(tool.body)
    told = "\n".join([rest, *(block.above for block in blocks)])
    result = blocks[-1].text if blocks else told.strip()
    if done := CLAUDE_DONE.match(result):
        path = (done["changed"] or done["made"]).strip()
        is_new = done["made"] is not None
        return (FileChange(path=path, after=_whole(tool, blocks), is_new=is_new),)
    if BAD_STATUS.search(told) or REFUSED.match(result) or has_failed(result):
        return FAILED
    if edited := EDITED.match(called):
        return _by_diffs(unescape(edited[1].strip()), blocks, is_cursor=is_cursor)
    if any(SECTION.match(line) for line in told.split("\n")):
        return _patched(blocks)
    path = next((m[1] for line in told.split("\n") if (m := PATH.match(line.strip()))), "")
    is_done = bool(path) and _is_good(told, blocks)
    return (_of_path(path, tool, blocks),) if is_done else NOT_SHOWN


def _of_path(path: str, tool: Tool, blocks: Sequence[Block]) -> FileChange:
    if not blocks:
        return FileChange(path=path)
    if blocks[0].language == "diff":
        parts = _signed(blocks[0].text)
        return FileChange(path=path, parts=parts)
    return FileChange(path=path, after=_whole(tool, blocks))


def _whole(tool: Tool, blocks: Sequence[Block]) -> str | None:
    """Return the content that was written; None where it holds fences that break it off."""
    if tool.name.lower() not in WRITES or not blocks:
        return None
    content, others = blocks[0].text, blocks[1:]
    is_broken = len(others) > 1 or any(block.above.strip() for block in others[:1])
    is_short = content.endswith(SHORTENED) or ESCAPED.search(content)
    return None if is_broken or is_short else content


def _is_good(told: str, blocks: Sequence[Block]) -> bool:
    """Tell whether the result says that an edit succeeded."""
    results = [line.partition(": ")[2] for line in told.split("\n") if line.startswith(RESULTS)]
    results += [block.text for block in blocks[1:]]
    return any(GOOD.match(output_of(one).text.strip()) for one in results)


def _by_diffs(path: str, blocks: Sequence[Block], *, is_cursor: bool) -> tuple[FileChange, ...]:
    parts: list[Replacement] = []
    for block in blocks:
        if block.language == "diff":
            text = unescape(block.text)
            parts += unified_parts(_without_spaces(text) if is_cursor else text)
    return (FileChange(path=path, parts=tuple(parts)),)


def _without_spaces(diff: str) -> str:
    """Return a diff without the space after each sign, if it has one after all of them."""
    lines = diff.split("\n")
    body = [line for line in lines if line and not NUMBERED.match(line)]
    if not all(line[1:2] in {"", " "} for line in body):
        return diff
    return "\n".join(line if NUMBERED.match(line) else line[:1] + line[2:] for line in lines)


def _patched(blocks: Sequence[Block]) -> tuple[FileChange, ...] | str:
    """Return what a patch did that is shown in sections; the last block is the answer."""
    answers = [block.text for block in blocks if block.language != "diff"]
    if not answers:
        return NOT_SHOWN
    if not GOOD.match(output_of(answers[-1]).text.strip()):
        return FAILED
    lines = [BEGIN]
    for block in blocks:
        for line in block.above.split("\n"):
            if found := SECTION.match(line):
                what = "Update" if found[1] == "Modify" else found[1]
                lines.append(f"*** {what} File: {found[2]}")
        lines += block.text.split("\n") if block.language == "diff" else ()
    return enveloped("\n".join([*lines, END])) or NOT_SHOWN


def _signed(diff: str) -> tuple[Replacement, ...]:
    """Return what a diff replaces that has signs only."""
    if NUMBERED.search(diff):
        return unified_parts(diff)
    lines = [x for x in diff.split("\n") if not x.startswith(("--- ", "+++ ", "@@"))]
    old = [line[1:] for line in lines if line[:1] in {"-", " "}]
    new = [line[1:] for line in lines if line[:1] in {"+", " "}]
    return (Replacement(old="\n".join(old), new="\n".join(new)),) if old and old != new else ()
