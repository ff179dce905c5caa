"""What each kind of finding is, in words for those who never heard of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from loopwatch.model.finding import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a kind says, in under 1,024 characters each: code scanning shows no more."""

    title: str
    says: str  # as in the table of docs/findings
    meaning: str
    to_do: str


ABOUT: Mapping[Kind, About] = {
    Kind.OSCILLATION: About(
        title="Fix loop",
        says="defects take turns, or code goes to and fro between states",
        meaning=(
            "Defects take turns, or code goes to and fro between states, where it should go "
            "forward: a fix brings back what an earlier fix removed."
        ),
        to_do=(
            "Do not restore either side. Find out what each state was for, write a test for each, "
            "and make a change that satisfies both. If they contradict each other, that is a "
            "decision for a person: take it, and say so in the commit message."
        ),
    ),
    Kind.RELAPSE: About(
        title="Lost fix",
        says="a defect is back, or a fix or much work was taken back in silence",
        meaning=(
            "A defect that was removed is back, or code is again as it was before a fix, and the "
            "edit that did so does not say so."
        ),
        to_do=(
            "Put the fix back, and keep what the later edit was for. If it was dropped on purpose, "
            "say so in the subject of the commit."
        ),
    ),
    Kind.MASKED: About(
        title="Masked check",
        says="a check was switched off, not satisfied",
        meaning=(
            "A check that failed was switched off (skipped, deleted, weakened, or told to ignore "
            "the place) where it should have been satisfied."
        ),
        to_do=(
            "Switch the check on again and mend what it reports. If the check is wrong, say so in "
            "the commit message."
        ),
    ),
    Kind.TRADE: About(
        title="Trade",
        says="one defect went and another came, so far once",
        meaning="One edit removed a defect and introduced another: a loop may begin so.",
        to_do="Mend what broke and keep what was mended: run both checks before the next edit.",
    ),
    Kind.BACKTRACK: About(
        title="Backtrack",
        says="any other return to an earlier state",
        meaning="Code is back in an earlier state. That may well be healthy work.",
        to_do="If it was meant, there is nothing to do.",
    ),
}
