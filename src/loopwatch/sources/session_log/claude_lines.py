"""What a line of Claude Code's log tells by a few bytes of it, before any JSON is parsed.

A quote inside a string has a backslash before it, so what is looked for here is structure.
"""

import re
from collections.abc import Iterator, Mapping

from loopwatch.sources.session_log.api import Passed, Usage
from loopwatch.sources.session_log.calls import NO_LINE

LOOKED_AT = 4_000  # bytes in which the first block of an answer begins, and what frames a message
INIT = b'"subtype":"init"'
RESULT_KEY = b'"tool_use_id"'
USER, SPACED_USER = b'"type":"user"', b'"type": "user"'
ANSWER, SPACED_ANSWER = b'"type":"assistant"', b'"type": "assistant"'
BLOCK = re.compile(
    rb'"content": ?\[\{"type": ?"(?:(thinking)"'
    rb'|(?:tool_use)", ?"id": ?"([^"\\]+)", ?"name": ?"(\w+)")'
)
TOLD = re.compile(rb'"type": ?"(?:tool_use|text)"')
RESULT = re.compile(rb'"tool_use_id": ?"([^"\\]+)"')
STAMP_KEY, STAMP = b'"timestamp"', re.compile(rb'"timestamp": ?"([^"\\]+)"')
ERROR_KEY, ERROR = b'"is_error"', re.compile(rb'"is_error": ?(true)')
SIDE = re.compile(rb'"isSidechain": ?true|"parent_tool_use_id": ?"')
TEXT = b'"text"'
WRITER = re.compile(rb'"version": ?"(\d+)\.(\d+)\.(\d+)"')
MESSAGE = re.compile(rb'"id": ?"(msg_[^"\\]+)"')
MODEL = re.compile(rb'"model": ?"([^"\\]+)"')
TOKENS = {
    "fresh": re.compile(rb'"input_tokens": ?(\d{1,15})'),
    "cached": re.compile(rb'"cache_read_input_tokens": ?(\d{1,15})'),
    "kept": re.compile(rb'"cache_creation_input_tokens": ?(\d{1,15})'),
    "made": re.compile(rb'"output_tokens": ?(\d{1,15})'),
}
WHOLE_FILES = (2, 0, 0), (2, 1, 100)  # versions that give the whole file with each edit


def is_typed(line: bytes) -> bool:
    """Tell whether a line is of the user, or of the agent, or has such a message in it."""
    is_near = line.find(USER, 0, LOOKED_AT) >= 0
    return is_near or ANSWER in line or USER in line or SPACED_ANSWER in line or SPACED_USER in line


def unlike(line: bytes) -> Iterator[Passed]:
    """Tell of a line that is of another type whether it is a record at all."""
    if line.strip() and line.lstrip()[:1] != b"{":
        yield Passed(reason=NO_LINE)


def only_thought(line: bytes) -> bool:
    """Tell whether nothing follows what was thought."""
    return not TOLD.search(line)


def call_in(line: bytes) -> tuple[str, str] | None:
    """Return the first block of an answer: id and name of a call, or no id and "thinking"."""
    found = BLOCK.search(line, 0, LOOKED_AT)
    if found is None:
        return None
    if found[1]:
        return "", found[1].decode()
    return found[2].decode("ascii", "replace"), found[3].decode()


def answered(line: bytes) -> list[str]:
    """Return the ids of the calls that a line answers."""
    return _all(RESULT, RESULT_KEY, line)


def stamp_of_plain_answer(line: bytes) -> str | None:
    """Return the time of a line that holds the answer of one call and nothing else.

    None if it may tell more: that the call failed, that another agent made it, a text beside it.
    """
    if TEXT in line or _is_side(line):
        return None
    stamps = _all(STAMP, STAMP_KEY, line)
    return stamps[0] if len(stamps) == 1 and not _all(ERROR, ERROR_KEY, line) else None


def usage_of(line: bytes) -> Iterator[Usage]:
    """Yield the tokens of a line of which nothing else is read."""
    message, model = MESSAGE.search(line), MODEL.search(line)
    start = line.rfind(b'"usage"')
    if message and model and start >= 0:
        counts: Mapping[str, int] = {
            name: int(found[1])
            for name, part in TOKENS.items()
            if (found := part.search(line, start))
        }
        yield Usage(message=message[1].decode(), model=model[1].decode(errors="replace"), **counts)


def gives_whole_files(line: bytes) -> bool:
    """Tell whether the version that wrote a line gives whole files with edits anyway."""
    found = WRITER.search(line)
    first, end = WHOLE_FILES
    return found is not None and first <= tuple(map(int, found.groups())) < end


def _is_side(line: bytes) -> bool:
    """Tell whether a line is of another agent, by what stands around the message."""
    return bool(SIDE.search(line, 0, LOOKED_AT) or SIDE.search(line, max(len(line) - LOOKED_AT, 0)))


def _all(part: re.Pattern[bytes], key: bytes, line: bytes) -> list[str]:
    """Return all values of a key in a line; the key is found much faster than the part."""
    found: list[str] = []
    place = line.find(key)
    while place >= 0:
        if told := part.match(line, place):
            found.append(told[1].decode("ascii", "replace"))
        place = line.find(key, place + 1)
    return found
