"""Which coding agent made a commit: told by addresses and trailers, never by a name alone.

People are called Claude, Jules and Devin. Attribution can be switched off, so no
marker does not mean that a person wrote it: the answer is then None, unknown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

_BOT = r"(?:\d+\+)?"  # GitHub puts the number of the account before its name
_NOREPLY = r"@users\.noreply\.github\.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One coding agent and the marks that it leaves. All are regular expressions."""

    id: str
    hints: tuple[bytes, ...]  # lower case; one is in every text that it marks: a cheap test
    addresses: str = ""  # of the author, or in a trailer such as Co-authored-by
    product: str = ""  # the name in "Generated with [NAME]" and in "Assisted-by: NAME"
    marks: str = ""  # anything else, from the beginning of a line


AGENTS = (
    Agent(
        id="claude-code",
        hints=(b"claude", b"noreply@anthropic.com"),
        addresses=rf"(?:no-?reply|claude(?:-code)?)@anthropic\.com|{_BOT}claude\[bot\]{_NOREPLY}",
        product=r"claude ?code\b|claude(?=\s*$|:|-| (?:opus|sonnet|haiku|fable|\d))",
        marks=r"claude-session:\s*https?://claude\.ai/",
    ),
    Agent(
        id="copilot",
        hints=(b"copilot", b"github-advanced-security[bot]"),
        addresses=rf"{_BOT}(?:copilot(?:-swe-agent)?(?:\[bot\])?|github-advanced-security\[bot\])"
        rf"{_NOREPLY}|copilot@github\.com",
        product=r"(?:github )?copilot\b",
        marks=r"agent-logs-url:\s*https?://github\.com/[^\n]*copilot",
    ),
    Agent(
        id="cursor",
        hints=(b"cursor",),
        addresses=rf"(?:cursoragent|ai|agent)@cursor\.(?:com|sh)|"
        rf"{_BOT}(?:cursor(?:agent)?\[bot\]|cursoragent){_NOREPLY}",
        product=r"cursor(?=\s*$|\]| (?:agent|ai)\b)",
    ),
    Agent(
        id="codex",
        hints=(b"codex", b"noreply@openai.com"),
        addresses=rf"(?:codex|noreply)@openai\.com|{_BOT}chatgpt-codex-connector\[bot\]{_NOREPLY}",
        product=r"(?:openai )?codex\b",
    ),
    Agent(
        id="devin",
        hints=(b"devin",),
        addresses=rf"{_BOT}devin-ai-integration\[bot\]{_NOREPLY}|devin@(?:cognition|devin)\.ai",
        product=r"devin(?=\])",
    ),
    Agent(
        id="aider",
        hints=(b"aider",),
        addresses=r"noreply@aider\.(?:dev|chat)|aider@aider\.chat",
        product=r"aider\b",
    ),
    Agent(
        id="openhands",
        hints=(b"openhands",),
        addresses=r"openhands(?:-agent)?@(?:all-hands|openhands)\.dev",
        product=r"openhands\b",
    ),
    Agent(
        id="jules",
        hints=(b"google-labs-jules",),
        addresses=rf"{_BOT}google-labs-jules\[bot\]{_NOREPLY}",
    ),
    Agent(
        id="gemini",
        hints=(b"gemini",),
        addresses=rf"{_BOT}gemini-(?:code-assist|cli)\[bot\]{_NOREPLY}|gemini-cli@google\.com",
        product=r"gemini(?: cli| code assist|-cli)",
    ),
    Agent(
        id="roo",
        hints=(b"roomote", b"roo code"),
        addresses=rf"{_BOT}roomote(?:-\w+)?(?:\[bot\])?{_NOREPLY}|roomote@roocode\.com",
        product=r"roo code\b",
    ),
    Agent(
        id="crush", hints=(b"crush",), addresses=r"crush@charm\.land", product=r"crush(?=\s*$|\]|:)"
    ),
    Agent(
        id="amp",
        hints=(b"amp@ampcode.com", b"amp-thread-id:"),
        addresses=r"amp@ampcode\.com",
        marks=r"amp-thread-id:",
    ),
    Agent(
        id="kiro",
        hints=(b"kiro",),
        addresses=rf"{_BOT}kiro-agent(?:\[bot\])?{_NOREPLY}",
        product=r"kiro(?=\])",
    ),
    Agent(
        id="droid",
        hints=(b"factory-droid", b"factory droid"),
        addresses=rf"{_BOT}factory-droid\[bot\]{_NOREPLY}",
        product=r"factory droid\b",
    ),
    Agent(
        id="opencode",
        hints=(b"opencode",),
        addresses=r"noreply@opencode\.ai",  # not opencode@sst.dev: its release bot
        product=r"opencode\b",
    ),
    Agent(id="grok", hints=(b"@x.ai",), addresses=r"(?:noreply|grok)@x\.ai"),
    Agent(id="qwen-code", hints=(b"qwen-coder@",), addresses=r"qwen-coder@alibabacloud\.com"),
)

# Before an address: the author's own (after NUL or on a line of its own, as in
# "name NUL address NUL message"), or that of a trailer or a raw commit header.
_ADDRESSED = r"(?:^|\x00|\A[^\n<\x00]*<|^(?:[\w-]*by:|author|committer)[^\n<]*<)"
_CREDITED = (
    r"(?:^[^\w\n]*(?:this commit was )?(?:generated|created|written|made) (?:with|by|using) \[?"
    r"|^(?:ai-)?(?:assisted|generated|written)-by:\s*)"
)


@cache
def _pattern(agent: Agent) -> re.Pattern[bytes]:
    """Return one expression for all the marks of ``agent``."""
    parts = [rf"{_ADDRESSED}(?:{agent.addresses})(?=[>\x00\s]|\Z)"]
    if agent.product:
        parts.append(rf"{_CREDITED}(?:{agent.product})")
    if agent.marks:
        parts.append(rf"^(?:{agent.marks})")
    if agent.id == "aider":  # before it signed with a trailer, it marked the author's name
        parts.append(r"\A[^\n\x00<]* \(aider\)\s*(?=[<\n\x00]|\Z)")
    return re.compile("|".join(parts).encode(), re.IGNORECASE | re.MULTILINE)


def more_agents(named: Sequence[tuple[str, str]]) -> tuple[Agent, ...]:
    """Return the known agents and others, each given by its name and its e-mail address."""
    others = (
        Agent(id=name, hints=(email.lower().encode(),), addresses=re.escape(email))
        for name, email in named
    )
    return (*AGENTS, *others)


def agent_in(header: bytes, agents: Sequence[Agent] = AGENTS) -> str | None:
    """Return the agent that made a commit, or None if nothing tells.

    Args:
        header: the author's name, address and the message in this order, parted by NUL or
            newline, or a raw commit object. Where several agents signed, the first counts.
        agents: that there are.
    """
    lower = header.lower()
    first: tuple[int, str] | None = None
    for agent in agents:
        if not any(map(lower.__contains__, agent.hints)):
            continue
        if (match := _pattern(agent).search(header)) is not None:
            found = (match.start(), agent.id)
            first = found if first is None or found < first else first
    return first[1] if first else None


def hints_in(text: bytes, agents: Sequence[Agent] = AGENTS) -> list[bytes]:
    """Return what hints at an agent in a text, which is all lower case."""
    return [hint for agent in agents for hint in agent.hints if hint in text]


def agents_in(
    headers: Sequence[bytes], hints: Sequence[bytes], agents: Sequence[Agent] = AGENTS
) -> dict[int, str]:
    """Return the agents of many commits, by place.

    Args:
        headers: of each commit, as ``agent_in`` takes it.
        hints: that there are in any of them, which is told fast of all together.
        agents: that there are.
    """
    return {
        place: agent
        for place, header in enumerate(headers)
        if any(map(header.lower().__contains__, hints)) and (agent := agent_in(header, agents))
    }


def agent_of(author_email: str, author_name: str, message: str) -> str | None:
    """Return the agent that made a commit, such as ``claude-code``, or None."""
    return agent_in("\0".join((author_name, author_email, message)).encode(errors="replace"))
