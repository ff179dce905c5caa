"""What messages of Cline's and Roo Code's tasks hold, in whichever of the two files they are."""

import re
from collections.abc import Iterator, Sequence

from loopwatch.sources.session_log.api import Event, Passed, Prompt, Usage
from loopwatch.sources.session_log.calls import NO_RESULT
from loopwatch.sources.session_log.cline_results import EDITS, SHELL, Results, shown_by_user
from loopwatch.sources.session_log.log_file import parsed
from loopwatch.sources.session_log.values import Object, joined_text, number, table, text

DETAILS = "<environment_details>"
FOLDERS = (
    re.compile(r"# Current (?:Working|Workspace) Directory \(([^\n]{1,1000}?)\) Files"),
    re.compile(r"current working directory is now '([^'\n]{1,1000})'"),
)
OWN_TAGS = ("task", "feedback", "user_message", "answer")
INSTRUCTIONS = re.compile(r"<explicit_instructions[^>]*>.*?</explicit_instructions>", re.DOTALL)


def is_window(messages: Sequence[Object]) -> bool:
    """Tell whether messages are of the window, not of the talk with the model."""
    return any(
        isinstance(m.get("ts"), int) and text(m.get("type")) in {"say", "ask"} for m in messages
    )


def folder_of(messages: Sequence[Object]) -> str:
    """Return the folder that a task works in, as the details of a message tell it."""
    for message in messages:
        said = joined_text(message.get("content")) or request_of(message)
        for shape in FOLDERS:
            if found := shape.search(said):
                return found[1]
    return ""


def request_of(message: Object) -> str:
    """Return what was sent to the model, as the window keeps it."""
    if message.get("say") != "api_req_started":
        return ""
    return text(json_of(message).get("request"))


def json_of(message: Object) -> Object:
    """Return what the text of a message of the window holds as JSON."""
    return table(parsed(text(message.get("text"))))


def prompts_of(said: str, step: str, when: float | None) -> Iterator[Prompt]:
    """Yield what the user says in a text: it stands in tags."""
    place = 0
    for tag in OWN_TAGS:
        at = 0
        while (start := said.find(f"<{tag}>", at)) >= 0:
            end = said.find(f"</{tag}>", start)
            if end < 0:
                break
            own = INSTRUCTIONS.sub("", said[start + len(tag) + 2 : end]).strip()
            if own:
                yield Prompt(step=f"{step}/{place}", time=when, text=own)
            place, at = place + 1, end


def usage_of(step: str, model: str, told: Object) -> Iterator[Usage]:
    """Yield the tokens of an answer, unless there are none."""
    cost = told.get("cost")
    usage = Usage(
        message=step,
        model=model,
        fresh=number(told.get("tokensIn")),
        cached=number(told.get("cacheReads")),
        kept=number(told.get("cacheWrites")),
        made=number(told.get("tokensOut")),
        usd=float(cost) if isinstance(cost, int | float) and 0 < cost < 1e9 else None,
    )
    if usage.fresh or usage.made or usage.cached:
        yield usage


def told_in(results: Results, said: str, step: str, when: float | None) -> Iterator[Event]:
    """Yield what a message tells: files and words of the user, results of calls."""
    own = results.own_words(said)
    yield from shown_by_user(own) if not results.waiting else ()
    yield from results.take(said, when)
    yield from prompts_of(own, step, when)


def unanswered(results: Results) -> Iterator[Event]:
    """Yield the calls that have no result."""
    for call in results.waiting:
        if call.names[0] in EDITS or call.names[0] == SHELL:
            yield Passed(reason=NO_RESULT)
    results.waiting.clear()
