"""Reads what the user of Cline or Roo Code saw: the messages of the window."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import Command, Event, Prompt, Said
from loopwatch.sources.session_log.cline_messages import (
    DETAILS,
    json_of,
    request_of,
    unanswered,
    usage_of,
)
from loopwatch.sources.session_log.cline_results import SHELL, Results, ToolCall, shown_by_user
from loopwatch.sources.session_log.values import Object, moment, table, text

# What the window calls a tool, and how the tools are called that do it.
SHOWN_AS: dict[str, tuple[str, ...]] = {
    "editedExistingFile": ("replace_in_file", "write_to_file", "apply_patch"),
    "newFileCreated": ("write_to_file", "replace_in_file", "new_rule", "apply_patch"),
    "appliedDiff": ("apply_diff", "search_replace", "edit_file", "edit"),
    "insertContent": ("insert_content",),
    "searchAndReplace": ("search_and_replace",),
    "readFile": ("read_file",),
    "listFilesTopLevel": ("list_files",),
    "listFilesRecursive": ("list_files",),
    "searchFiles": ("search_files",),
    "listCodeDefinitionNames": ("list_code_definition_names",),
    "webFetch": ("web_fetch",),
}


@dataclass(slots=True)
class Window:
    """One run through what the user saw."""

    results: Results = field(default_factory=lambda: Results(between="\n\n"))
    outputs: list[str] = field(default_factory=list)  # of the last command, as it came
    is_over: bool = False

    def events(self, messages: Sequence[Object]) -> Iterator[Event]:
        for place, message in enumerate(messages):
            if message.get("partial") is not True or message.get("say") == "reasoning":
                yield from self._message(message, f"m{place}")
        yield from self._rest()

    def _message(self, message: Object, step: str) -> Iterator[Event]:
        kind, said = text(message.get("say")) or text(message.get("ask")), text(message.get("text"))
        when = moment(message.get("ts"))
        if kind in {"task", "user_feedback"} and said.strip():
            yield Prompt(step=step, time=when, text=said.strip())
        elif kind in {"text", "completion_result"} and message.get("say") and said:
            yield Said(text=said.removesuffix("HAS_CHANGES"))
        elif kind == "tool":
            self._called(json_of(message), step, when)
        elif kind == "command":
            self.outputs.clear()
            self.is_over = message.get("commandCompleted") is True
            call = ToolCall(step=step, names=(SHELL,), said={"command": said}, time=when)
            self.results.waiting.append(call)
        elif kind == "command_output":
            self.outputs.append(said)
        elif kind == "api_req_started":
            yield from self._asked(message, step)

    def _called(self, said: Object, step: str, when: float | None) -> None:
        names = SHOWN_AS.get(text(said.get("tool")))
        if names:
            given = said if text(said.get("diff")) else {**said, "diff": said.get("content")}
            self.results.waiting.append(
                ToolCall(step=step, names=_likely(names, said), said=given, time=when)
            )

    def _asked(self, message: Object, step: str) -> Iterator[Event]:
        request = request_of(message).partition(DETAILS)[0].removesuffix("\n\n")
        if self.results.waiting:
            yield from self.results.take(request, None)
        else:
            yield from shown_by_user(request)
        yield from self._rest()
        model = text(table(message.get("modelInfo")).get("modelId"))
        yield from usage_of(step, model, json_of(message))

    def _rest(self) -> Iterator[Event]:
        """Yield what has no result in the next request: of a command, there is what it printed."""
        commands = [call for call in self.results.waiting if call.names == (SHELL,)]
        if commands and (self.outputs or self.is_over):
            call = commands[-1]
            self.results.waiting.remove(call)
            yield Command(
                step=call.step,
                time=call.time,
                line=text(call.said.get("command")),
                output="".join(self.outputs),
                is_cut=not self.is_over,
            )
        self.outputs.clear()
        yield from unanswered(self.results)


def _likely(names: tuple[str, ...], said: Object) -> tuple[str, ...]:
    """Return the names with the one first that fits what was shown: blocks, or a whole file."""
    content = text(said.get("content"))
    if (
        "write_to_file" in names
        and "SEARCH" not in content[:40]
        and "*** Begin" not in content[:40]
    ):
        return ("write_to_file", *(name for name in names if name != "write_to_file"))
    return names
