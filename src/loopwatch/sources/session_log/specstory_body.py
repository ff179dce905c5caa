"""What stands between the tags of a call in a log of SpecStory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

FENCE = re.compile(r"(`{3,})([\w+-]*)\s*$")
SUMMARY = re.compile(r"<summary>(.*)</summary>$")
RESULT = "```text"  # begins what a tool answered
CALLED = re.compile(r"Tool use: \*\*[^*]*\*\*(?: •)? ?(.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One call, with the lines between its tags."""

    kind: str  # "write", "shell", "read", ...
    name: str
    body: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two fences."""

    language: str
    text: str
    above: str  # the text between the block before and this one


def parts_of(body: Sequence[str]) -> tuple[str, list[Block], str]:
    """Return the heading of a call without the tool's name, the blocks, and the text around.

    What a tool printed may hold fences itself; it comes last, so the last fence closes it.
    """
    called, start = "", 0
    for number, line in enumerate(body[:4]):
        if found := SUMMARY.search(line):
            told = CALLED.match(found[1])
            called, start = (told[1] if told else ""), number + 1
            break
    lines = [line for line in body[start:] if line.strip() != "</details>"]
    last_result = max((n for n, line in enumerate(lines) if line == RESULT), default=-1)
    blocks: list[Block] = []
    above: list[str] = []
    place = 0
    while place < len(lines):
        fence = FENCE.match(lines[place])
        if fence is None or _is_stray(lines, place):
            above.append(lines[place])
            place += 1
            continue
        end = _closing(lines, place, fence[1], fence[2], last_result)
        text = "\n".join(lines[place + 1 : end])
        blocks.append(Block(fence[2], text, "\n".join(above)))
        above, place = [], end + 1
    return called.strip(), blocks, "\n".join(above)


def _is_stray(lines: Sequence[str], place: int) -> bool:
    """Tell whether a fence closes what a content's own fence has closed before."""
    if lines[place].rstrip() != "```":
        return False
    places = range(place + 1, len(lines))
    return next((lines[n] for n in places if lines[n].startswith("```")), "") == RESULT


def _closing(lines: Sequence[str], start: int, fence: str, language: str, last_result: int) -> int:
    """Return the line that closes a fence; what a tool answered comes last in a call."""
    places = range(start + 1, len(lines))
    is_last = language == "text" or not (language or start < last_result)
    among = reversed(places) if is_last else places
    return next((n for n in among if lines[n].rstrip() == fence), len(lines))
