"""How likely it is that two reports are of one defect, as a number from 0 to 1."""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from loopwatch.fingerprints.code_view import OWN_NAME
from loopwatch.fingerprints.descriptor import Descriptor, Part, ScopeForm
from loopwatch.fingerprints.node_ids import parameters
from loopwatch.fingerprints.packing import dice, numbers, token
from loopwatch.fingerprints.scopes import Bags
from loopwatch.model.evidence import DefectKind

# What each part weighs; measured in the research note, section 4.2, on held-out files.
TOKENS, ALPHAS, SCOPE, CONTEXT, ANCESTORS, MESSAGE = 0.28, 0.24, 0.24, 0.12, 0.04, 0.08
OTHER_ANCHOR = 0.15  # taken off where another token of the statement is reported
OTHER_SUBJECT = 0.15  # ... where the message quotes other names
GATE = 0.50  # least agreement of the statements alone; below, nothing else counts
REPLACED = 0.30  # similarity of bodies below which a function is not the one that it was
REPLACED_IF_SHORT = 0.50  # ... for a statement of few words, as there are many
SAME_FUNCTION = 0.50  # ... of one in which something is back: what is around has to be back too
SAME_IF_SHORT = 0.75  # ... a statement of few words
SHORT = 5 * 4  # bytes of the packed bag of such a statement
RENAMED = 0.60  # ... of a function in which nothing but names were changed, at least
SAME_WORDS = 0.75  # of a statement that has stayed in such a function
KEY_SHARE = 0.4  # of the message: what the tool always says; the rest are the names it quotes

OWN = OWN_NAME.decode()
WORD = re.compile(r"\w+")
NUMBERED = re.compile(rb"\$(\d+)")  # a local name


@dataclass(slots=True)
class Likeness:
    """How two reports compare."""

    score: float
    is_other_subject: bool  # the message is about something else


NOTHING_ALIKE = Likeness(0.0, is_other_subject=True)


class Scorer:
    """Compares reports; bags are opened once."""

    def __init__(self, bags: Bags) -> None:
        self._bags = bags

    def compare(
        self, old: Descriptor, new: Descriptor, scope: Callable[[ScopeForm, ScopeForm], float]
    ) -> Likeness:
        """Compare two reports; ``scope`` tells how likely it is that their scopes are one."""
        if old.subject != new.subject and parameters(old.subject) != parameters(new.subject):
            return NOTHING_ALIKE
        tokens = self._dice(old.tokens, new.tokens)
        alphas = self._dice(old.alphas, new.alphas)
        if max(tokens, alphas) < GATE:
            return NOTHING_ALIKE
        context = (self._dice(old.before, new.before) + self._dice(old.after, new.after)) / 2
        ancestors = self._dice(old.ancestors, new.ancestors)
        message, is_other = _messages(old, new), self._is_other_subject(old, new)
        score = TOKENS * tokens + ALPHAS * alphas + SCOPE * scope(old.scope, new.scope)
        score += CONTEXT * context
        score += ANCESTORS * ancestors + MESSAGE * message
        score -= OTHER_ANCHOR * _has_other_anchor(old, new) + OTHER_SUBJECT * is_other
        return Likeness(max(0.0, min(1.0, score)), is_other)

    def is_contradicted(self, old: Descriptor, new: Descriptor) -> bool:
        """Tell whether names differ, but have not been renamed: the old one is still in use."""
        if not old.scope.words or not new.scope.words or old.locals == new.locals:
            return False
        ours, theirs = self._bags(old.scope.words), self._bags(new.scope.words)
        pairs = zip(numbers(old.locals), numbers(new.locals), strict=False)
        return any(one != other and (one in theirs or other in ours) for one, other in pairs)

    def topic(self, one: Descriptor) -> Hashable:
        """Return what is said of what, if its scope has but one of that; None: it may have many."""
        if one.kind not in (DefectKind.LINT, DefectKind.TYPE):
            return None
        told = zip(one.names, one.said, strict=False)
        named = tuple(name if name == OWN else said for name, said in told)
        if named and one.part is not Part.FILE and (one.part or self._has_words(one)):
            return one.message, named
        if one.part is Part.HEADER:
            return one.message, one.part, self._word(one)
        return (one.message, one.part) if one.part else None

    def _has_words(self, one: Descriptor) -> bool:
        """Tell whether a message names what stands in the statement, not a type or a keyword."""
        words = {token(word) for name in one.said for word in WORD.findall(name)}
        return not words.isdisjoint(self._bags(one.tokens))

    @staticmethod
    def _word(one: Descriptor) -> bytes | int:
        """Return the word that is reported, a local name as itself."""
        found = NUMBERED.fullmatch(one.anchor_token)
        names = numbers(one.locals)
        place = int(found[1]) if found else len(names)
        return names[place] if place < len(names) else one.anchor_token

    def _is_other_subject(self, old: Descriptor, new: Descriptor) -> bool:
        """Tell whether messages that say the same say it of different things."""
        if old.message != new.message:
            return False
        if old.names != new.names and not set(old.names) & set(new.names):
            return old.anchor_token != new.anchor_token
        if old.said == new.said or not old.scope.words or not new.scope.words:
            return False
        ours, theirs = self._bags(old.scope.words), self._bags(new.scope.words)
        for one, other in zip(old.said, new.said, strict=False):
            if one != other and (token(one) in theirs or token(other) in ours):
                return True
        return False

    def is_replaced(
        self, old: Descriptor, new: Descriptor, bodies: float, *, is_back: bool = False
    ) -> bool:
        """Tell whether two reports have too little in common, for functions with other bodies.

        Args:
            old: as it was.
            new: as it is.
            bodies: how alike the functions are.
            is_back: it was gone in between.
        """
        least = _least_body(old, is_back)
        if bodies >= max(RENAMED, least) or not old.scope.words or not new.scope.words:
            return False
        ours, theirs = self._bags(old.locals), self._bags(new.locals)
        if bodies < RENAMED and ours and theirs and not ours & theirs:
            return True  # names are all others, and not because of a rename alone
        if bodies >= least:
            return False
        return self._support(old, new) < GATE or self._dice(old.tokens, new.tokens) < SAME_WORDS

    def _support(self, old: Descriptor, new: Descriptor) -> float:
        """Return how alike are the statements around, as far as there are any."""
        sides = (old.before, new.before), (old.after, new.after)
        known = [self._dice(*side) for side in sides if any(side)]
        return sum(known) / len(known) if known else 0.0

    def twins(self, old: Descriptor, new: Descriptor) -> float:
        """Return how alike are two reports of equal statements: what is said, what is around."""
        around = self._dice(old.before, new.before) + self._dice(old.after, new.after)
        return around + self._dice(old.ancestors, new.ancestors) + _messages(old, new)

    def _dice(self, one: bytes, other: bytes) -> float:
        return 1.0 if one == other else dice(self._bags(one), self._bags(other))


def _least_body(old: Descriptor, is_back: bool) -> float:
    """Return the similarity of bodies below which one may have taken the place of the other."""
    if old.part is Part.DOCUMENT:
        return RENAMED  # each function has a text, and what is said of one holds for many
    if is_short(old):
        return SAME_IF_SHORT if is_back else REPLACED_IF_SHORT
    return SAME_FUNCTION if is_back else REPLACED


def is_short(one: Descriptor) -> bool:
    """Tell whether a statement has so few words that many others have the same."""
    return len(one.alphas) <= SHORT


def _has_other_anchor(old: Descriptor, new: Descriptor) -> bool:
    if old.anchor == new.anchor or min(old.anchor, new.anchor) < 0:
        return False
    return old.anchor_token != new.anchor_token


def _messages(old: Descriptor, new: Descriptor) -> float:
    """Return how alike two messages are, 0 to 1."""
    if old.message != new.message:
        return 0.5 * (old.names == new.names)
    if old.names == new.names:
        return 1.0
    ours, theirs = set(old.names), set(new.names)
    return KEY_SHARE + (1 - KEY_SHARE) * 2 * len(ours & theirs) / (len(ours) + len(theirs))
