"""Calls of tools as older versions of Cline and Roo Code write them: as tags in what is said."""

import re

from loopwatch.sources.session_log.values import Object

TOOLS = (
    "write_to_file replace_in_file apply_patch new_rule apply_diff insert_content"
    " search_and_replace search_replace edit_file execute_command read_file list_files"
    " search_files list_code_definition_names attempt_completion ask_followup_question"
    " plan_mode_respond browser_action use_mcp_tool access_mcp_resource web_fetch"
    " codebase_search switch_mode new_task update_todo_list"
).split()
WHOLE = ("content", "diff", "patch", "input")  # may hold tags of their own
GIVEN = (
    *WHOLE,
    *"path command cwd line search replace use_regex file_path old_string new_string".split(),
    *"start_line end_line line_range absolutePath".split(),
)
BEGINS = re.compile("<(" + "|".join(TOOLS) + ")>")
THOUGHT = ("<thinking>", "</thinking>")


def said_and_called(text: str) -> tuple[str, list[tuple[str, Object]]]:
    """Return what the agent says, and the calls in it: the name of the tool, what it is given."""
    said: list[str] = []
    calls: list[tuple[str, Object]] = []
    unclosed: set[str] = set()
    at = 0
    for found in BEGINS.finditer(text):
        tool = found[1]
        if found.start() < at or tool in unclosed:
            continue
        end = text.find(f"</{tool}>", found.end())
        if end < 0:
            unclosed.add(tool)
            continue
        said.append(text[at : found.start()])
        calls.append((tool, _given(text[found.end() : end])))
        at = end + len(tool) + 3
    said.append(text[at:])
    return _without_thoughts("".join(said)).strip(), calls


def _given(body: str) -> Object:
    found: dict[str, object] = {}
    rest = body
    for name in GIVEN:
        start = rest.find(f"<{name}>")
        end = rest.rfind(f"</{name}>") if name in WHOLE else rest.find(f"</{name}>", start)
        if start < 0 or end < start:
            continue
        value = rest[start + len(name) + 2 : end]
        found[name] = (
            value.removeprefix("\n").removesuffix("\n") if name in WHOLE else value.strip()
        )
        rest = rest[:start] + rest[end + len(name) + 3 :]  # what it holds names nothing else
    return found


def _without_thoughts(text: str) -> str:
    begin, end = THOUGHT
    while (start := text.find(begin)) >= 0 and (stop := text.find(end, start)) >= 0:
        text = text[:start] + text[stop + len(end) :]
    return text
