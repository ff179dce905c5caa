"""What mini-swe-agent tells of a command: the whole output, or what its templates show of it.

Source:
    The templates of mini-swe-agent 1.0 to 2.4. What they put between an output and a tag,
    they trim, so that an output is shown with its own last line end.
"""

import ast
import re
from dataclasses import replace

from loopwatch.sources.session_log.log_file import parsed
from loopwatch.sources.session_log.outputs import Output, is_cut, output_of
from loopwatch.sources.session_log.values import Object, table, text, whole_or_none

ANSWERED = re.compile(
    r"\s*(?:<exception>|<returncode>|\{\s*\"(?:returncode|output|exception_info)\"|Observation: \{)"
)
STATUS = re.compile(r"\[exit code (-?\d{1,3})\]\s*\Z")
ENDS = ("output_head", "output_tail")  # of an output that was too long
TIMED_OUT = "The last command <command>"
RAISED = "Exception: "
LOOKED_AT = 4_000  # characters in which an exception is told
UNRUN = "action was not executed"


def _is_raw(message: Object) -> bool:
    return isinstance(table(message.get("extra")).get("raw_output"), str)


def output_told(message: Object, content: str) -> Output | None:
    """Return what a command printed; None if a message tells of none."""
    extra = table(message.get("extra"))
    if _is_raw(message):
        status, raised = whole_or_none(extra.get("returncode")), text(extra.get("exception_info"))
        return _ended(text(extra.get("raw_output")), status, raised)
    if content.lstrip().startswith(TIMED_OUT):
        return replace(output_of(content), exit_status=None, is_cut=True)
    if ANSWERED.match(content):
        return _shown(content)
    if found := STATUS.search(content[-100:]):
        body = content[: content.rindex("[exit code ")]
        raised, _, rest = body.partition("\n") if body.startswith(RAISED) else ("", "", body)
        return _ended(rest, int(found[1]), raised, is_short=is_cut(body))
    return None


def _ended(said: str, status: int | None, raised: str, *, is_short: bool = False) -> Output:
    """Return an output; where the agent had to stop the command, it is not whole."""
    if UNRUN in raised:
        return Output(UNRUN, None, is_cut=True)
    is_stopped = bool(raised) and status == -1
    return Output(said, None if is_stopped else status, is_cut=is_stopped or is_short)


def _shown(content: str) -> Output:
    """Return the output that one of the agent's templates shows, all or its two ends."""
    if content.startswith("Observation: "):
        try:
            value: object = ast.literal_eval(content.removeprefix("Observation: ").strip())
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            value = None
        said = table(value)
        return Output(text(said.get("output")), whole_or_none(said.get("returncode")))
    found = output_of(content)
    said = table(parsed(content))
    status = whole_or_none(said.get("returncode"))
    status = found.exit_status if status is None else status
    raised = text(said.get("exception_info")) or _tagged("exception", content[:LOOKED_AT])
    ends = [text(said.get(name)) or _tagged(name, content) for name in ENDS]
    if any(ends):
        return _ended("\n".join(ends), status, raised, is_short=True)
    exact, closed, _ = content.partition("<output>\n")[2].rpartition("</output>")
    return _ended(exact if closed else found.text, status, raised, is_short=found.is_cut)


def _tagged(name: str, content: str) -> str:
    inner, closed, _ = content.partition(f"<{name}>")[2].partition(f"</{name}>")
    return inner.strip("\n") if closed else ""
