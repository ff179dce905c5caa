"""The formats that tests can write."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.sources.session_log.stories import Story
from tests.sources.session_log.writers import (
    aider,
    atif,
    claude_code,
    cline,
    codex,
    gemini_cli,
    mini_swe_agent,
    opencode,
    openhands,
    specstory,
    swe_agent,
)


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format, or one age of it."""

    name: str
    write: Callable[[Story], str]
    ending: str = ".jsonl"
    has_output: bool = True  # of commands
    has_turns: bool = True  # the user may say something more than once


FORMATS = (
    Format(name="claude-code", write=claude_code.log),
    Format(name="claude-code-2.1.121", write=partial(claude_code.log, version="2.1.121")),
    *(Format(name=f"codex-{age.value}", write=partial(codex.log, age=age)) for age in codex.Age),
    Format(name="atif", write=atif.log, ending=".json"),
    Format(name="openhands-v0", write=openhands.log, ending=".json"),
    Format(name="openhands-chat", write=openhands.chat, ending=".json"),
    Format(name="openhands-sdk", write=openhands.sdk),
    *(
        Format(
            name=f"mini-swe-agent-{one.value}",
            write=partial(mini_swe_agent.log, age=one),
            ending=".traj.json",
        )
        for one in mini_swe_agent.Age
    ),
    *(
        Format(
            name=f"swe-agent-{one.value}",
            write=partial(swe_agent.log, dialect=one),
            ending=".traj",
            has_turns=False,
        )
        for one in swe_agent.Dialect
    ),
    Format(name="swe-agent-chat", write=swe_agent.chat, ending=".json", has_turns=False),
    Format(name="opencode", write=opencode.log, ending=".json"),
    Format(name="opencode-1.19", write=partial(opencode.log, version="1.19.0"), ending=".json"),
    Format(name="opencode-stream", write=opencode.stream, has_turns=False),
    Format(name="gemini-cli-0.23", write=gemini_cli.document, ending=".json"),
    Format(name="gemini-cli", write=gemini_cli.lines),
    Format(name="cline", write=cline.talk, ending=".json"),
    Format(name="cline-tags", write=partial(cline.talk, has_blocks=False), ending=".json"),
    Format(name="cline-window", write=cline.window, ending=".json"),
    Format(name="cline-sdk", write=cline.sdk, ending=".messages.json"),
    Format(name="cline-roo-code", write=cline.roo, ending=".json"),
    Format(name="aider", write=aider.log, ending=".md", has_output=False),
    Format(
        name="aider-udiff",
        write=partial(aider.log, edit_format="udiff"),
        ending=".md",
        has_output=False,
    ),
    *(
        Format(
            name=f"specstory-{one.name.lower()}",
            write=partial(specstory.log, agent=one),
            ending=".md",
        )
        for one in (specstory.Agent.CODEX, specstory.Agent.CURSOR)
    ),
)
