"""What the user asks for, in a prompt that a harness has made around it."""

import re

TAGS = ("pr_description", "issue_description", "issue", "task")
HEADED = re.compile(r"^(?:ISSUE|TASK):[ \t]*\n(.*?)(?=^INSTRUCTIONS:|\Z)", re.DOTALL | re.MULTILINE)
OPENED = (  # how a prompt begins, and what comes after the task
    ("Please solve this issue: ", "\n\nYou can execute bash commands"),
    ("Your task: ", ". Please reply with a single shell command"),
)
LEAD = "Consider the following PR description:"


def task_of(prompt: str) -> str:
    """Return the issue that a prompt hands on; without one, the prompt."""
    for tag in TAGS:
        _, opened, rest = prompt.partition(f"<{tag}>")
        inner, closed, _ = rest.partition(f"</{tag}>")
        if opened and closed and inner.strip():
            return inner.strip().removeprefix(LEAD).strip()
    for lead, rest in OPENED:
        if prompt.startswith(lead) and rest in prompt:
            return prompt.removeprefix(lead).partition(rest)[0].strip()
    found = HEADED.search(prompt)
    return (found[1].strip() if found else "") or prompt.strip()
