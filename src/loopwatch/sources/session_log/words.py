"""What was asked for and said, as the intent of the edits that follow."""

from collections import Counter
from dataclasses import dataclass, field

from loopwatch.model.progress import Work
from loopwatch.verdicts.spoken import asks_for_a_fix, goes_on, parts_into_commits, takes_back
from loopwatch.verdicts.work import work_of

LONGEST = 120  # characters of a prompt that name an edit


@dataclass(slots=True)
class Words:
    """Follows the conversation; all edits under one prompt mean the same."""

    turn: int = 0  # prompts so far
    subject: str = ""  # the beginning of the prompt
    is_fix: bool = False
    is_admitted: bool = False  # the next edit is said to take something back
    work: Work | None = None  # the kind of work that is asked for
    first_work: Work | None = None  # of the first prompt that told one
    edits: Counter[Work | None] = field(default_factory=Counter)  # by what they were asked for
    _is_asked_back: bool = False  # the prompt asks to take something back

    def ask(self, prompt: str) -> None:
        """Take in a prompt."""
        self.turn += 1
        self._is_asked_back = self.is_admitted = takes_back(prompt) or parts_into_commits(prompt)
        if self.turn > 1 and goes_on(prompt):
            return
        self.subject = beginning(prompt)
        self.is_fix = asks_for_a_fix(prompt)
        self.work = work_of(prompt, is_fix=self.is_fix) or self.work
        self.first_work = self.first_work or self.work

    def edit(self) -> None:
        """Count an edit under what was asked for last."""
        self.edits[self.work] += 1

    def most_asked(self) -> Work | None:
        """Return what most edits were asked for, or without any the first that was asked for."""
        if not self.edits:
            return self.first_work
        most = max(self.edits.values())  # of equals one that is told, and the earlier one
        equal = [work for work, number in self.edits.items() if number == most]
        return next((work for work in equal if work is not None), None)

    def say(self, said: str) -> None:
        """Take in what the agent says: about the next edit, as far as that is known."""
        self.is_admitted = self._is_asked_back or takes_back(said)


def beginning(prompt: str) -> str:
    """Return the first line of a prompt that says something, cut where it is long."""
    line = next((line.strip() for line in prompt.split("\n") if line.strip()), "")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
