"""The texts in which agents are given the output of a command, with how it ended."""

import re
from dataclasses import dataclass

from loopwatch.sources.session_log.log_file import parsed
from loopwatch.sources.session_log.values import table, text, whole_or_none

LOOKED_AT = 2_000  # characters of either end in which the status is looked for
BEFORE, AFTER = 60, 20  # characters that a mark of what was left out has around its word
MOST_PLACES = 100  # of a word, that are looked at one by one
_STATUS = (
    re.compile(r"(?:Process exited with code|Exit code:?|Exit Code:|exit code[: ]) ?(-?\d{1,3})\b"),
    re.compile(r"<returncode>(-?\d{1,3})</returncode>"),
    re.compile(r"\[exit_code\]\s*(-?\d{1,3})\b"),
    re.compile(r"\(exit code (-?\d{1,3})\)"),
)
_BEGINS = re.compile(r"(?:^|\n)(?:Output|<output>):?\n?")
_TAGGED = re.compile(r"<output>\n?(.*?)\n?</output>", re.DOTALL)
_DENIED = re.compile(  # by the sandbox, or so it thinks: the command ran
    r"failed in sandbox \w+ with execution error: sandbox denied exec error, "
    r"exit code: (-?\d{1,3}), stdout: (.*), stderr: (.*)",
    re.DOTALL,
)
_CUT = re.compile(
    r"<elided_chars>|\[\.\.\. ?(?:omitted|Observation truncated)|<response clipped>"
    r"|\.\.\. ?\[?\d+ (?:lines|characters|chars|bytes|tokens) (?:truncated|omitted|elided)"
    r"|…\d+ (?:tokens|chars) truncated…|output truncated|Output too large",
    re.IGNORECASE,
)
_CUT_WORDS = ("truncated", "omitted", "elided", "clipped", "too large")  # quickly looked for
_RUNNING = re.compile(
    r"Process running with session ID|Command running in background|still running"
)


@dataclass(frozen=True, slots=True)
class Output:
    """What a command printed, as far as the agent was given it."""

    text: str
    exit_status: int | None = None
    is_cut: bool = False


def output_of(said: str) -> Output:
    """Return the output in what a tool answered, without what the tool put around it.

    Knows JSON with ``output``, texts with a line ``Output:``, and tags.
    """
    if denied := _DENIED.match(said):
        return Output(f"{denied[2]}\n{denied[3]}", int(denied[1]), is_cut=is_cut(said))
    if said[:1] == "{" and (found := _document(said)) is not None:
        return found
    head = said[:LOOKED_AT]
    status = next((int(m[1]) for form in _STATUS if (m := form.search(head))), None)
    body = said
    if "</output>" in said and (tagged := _TAGGED.search(said)):
        body = tagged[1]
    elif (begins := _BEGINS.search(head)) is not None:
        body = said[begins.end() :]
    return Output(body, status, is_cut=is_cut(said))


def is_cut(said: str) -> bool:
    """Tell whether a text says that a part of an output was left out, or is still to come."""
    may_run = "running" in said[:LOOKED_AT]
    return (may_run and _RUNNING.search(said, 0, LOOKED_AT) is not None) or _is_short(said)


def _is_short(said: str) -> bool:
    """Tell whether a mark of something left out stands in a text.

    The words are found much faster than the marks, so only what stands around them is looked at.
    """
    for word in _CUT_WORDS:
        at = said.find(word)
        for _ in range(MOST_PLACES):
            if at < 0:
                break
            if _CUT.search(said, max(at - BEFORE, 0), at + AFTER):
                return True
            at = said.find(word, at + 1)
        else:
            return _CUT.search(said) is not None
    return False


def _document(said: str) -> Output | None:
    value = table(parsed(said))
    body = value.get("output")
    if not isinstance(body, str):
        return None
    details = table(value.get("metadata"))
    codes = (value.get("exit_code"), value.get("returncode"), details.get("exit_code"))
    status = next((code for c in codes if (code := whole_or_none(c)) is not None), None)
    return Output(text(body), status, is_cut=is_cut(body))


_FAILED = re.compile(
    r"\s*(?:<tool_use_error>|Error\b|ERROR:|error:|Failed\b|apply_patch verification failed"
    r"|execution error|No replacement was performed|String to replace not found"
    r"|The user doesn't want|Tool (?:call|execution) failed|Exit code:? [1-9]|Invalid\b"
    r"|Your proposed edit has introduced new syntax error|File has not been read yet)"
)


def has_failed(said: str) -> bool:
    """Tell whether what a tool answered says that it did nothing."""
    found = output_of(said)
    return (found.exit_status or 0) != 0 or _FAILED.match(said) is not None
