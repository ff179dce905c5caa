"""What was asked for and said, as the intent of the edits that follow."""

from dataclasses import dataclass

from loopwatch.verdicts.spoken import asks_for_a_fix, goes_on, parts_into_commits, takes_back

LONGEST = 120  # characters of a prompt that name an edit


@dataclass(slots=True)
class Words:
    """Follows the conversation; all edits under one prompt mean the same."""

    turn: int = 0  # prompts so far
    subject: str = ""  # the beginning of the prompt
    is_fix: bool = False
    is_admitted: bool = False  # the next edit is said to take something back
    _is_asked_back: bool = False  # the prompt asks to take something back

    def ask(self, prompt: str) -> None:
        """Take in a prompt."""
        self.turn += 1
        self._is_asked_back = self.is_admitted = takes_back(prompt) or parts_into_commits(prompt)
        if self.turn > 1 and goes_on(prompt):
            return
        self.subject = beginning(prompt)
        self.is_fix = asks_for_a_fix(prompt)

    def say(self, said: str) -> None:
        """Take in what the agent says: about the next edit, as far as that is known."""
        self.is_admitted = self._is_asked_back or takes_back(said)


def beginning(prompt: str) -> str:
    """Return the first line of a prompt that says something, cut where it is long."""
    line = next((line.strip() for line in prompt.split("\n") if line.strip()), "")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
