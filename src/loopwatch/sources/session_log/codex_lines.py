"""What a line of Codex's log tells by a few bytes of it, before any JSON is parsed."""

import re
from dataclasses import dataclass

KIND = re.compile(rb'(?:.{0,100}"payload": ?)?\{(?:"record_)?"?type": ?"(\w+)"')
CALL_ID = re.compile(rb'"call_id": ?"([^"\\]+)"')
LOOKED_AT = 1_000  # bytes in which the id of a call stands
STAMP = re.compile(rb'\{"timestamp": ?"([^"\\]+)"')
COUNTED = re.compile(  # of a line that counts tokens: all of them, and those of the last answer
    rb'"total_token_usage": ?\{[^{}]*"total_tokens": ?(\d{1,15})\}, ?"last_token_usage": ?'
    rb'\{"input_tokens": ?(\d{1,15}), ?"cached_input_tokens": ?(\d{1,15}), ?'
    rb'"output_tokens": ?(\d{1,15}),'
)
COUNTS = b"token_count"
OUTPUTS = frozenset({b"function_call_output", b"custom_tool_call_output"})
# Those that are told elsewhere, or say nothing that is of use here.
UNWANTED = frozenset(
    b"reasoning exec_command_end exec_command_begin agent_message agent_reasoning user_message"
    b" compacted world_state task_started task_complete web_search_call agent_message_delta"
    b" exec_command_output_delta patch_apply_begin state".split()
)


@dataclass(frozen=True, slots=True)
class Counted:
    """Tokens, when they were counted: of the session, and of its last answer."""

    stamp: str
    total: int
    asked: int
    cached: int
    made: int


def kind_of(line: bytes) -> bytes:
    """Return the type of an item; empty where it is not where it usually is."""
    found = KIND.match(line)
    return found[1] if found else b""


def call_of(line: bytes) -> str:
    """Return the id of the call that a line answers; empty where it is not at the beginning."""
    found = CALL_ID.search(line, 0, LOOKED_AT)
    return found[1].decode("ascii", "replace") if found else ""


def counted(line: bytes) -> Counted | None:
    """Return what a line counts; None if it has to be parsed for that."""
    stamp, found = STAMP.match(line), COUNTED.search(line)
    if stamp is None or found is None:
        return None
    return Counted(stamp[1].decode("ascii", "replace"), *map(int, found.groups()))
