"""Whether a message says what its edit takes out: "Remove tox pin" is no lost fix of the pin."""

import re
from collections.abc import Sequence

from loopwatch.verdicts.intent_words import CLAUSE_END, HEAD

MOST_WORDS = 6  # after the verb, that say what goes
SHORTEST = 3  # characters of a word that names something

_VERB = re.compile(
    r"(?:also |just |now |finally |simply )*"
    r"(?:(?:remov|delet|exclud|eliminat|strip|kill|unpin|unhack|disabl)(?:e|es|ed|ing|s|ped|ping)?|"
    r"drop(?:s|ped|ping)?|get(?:s|ting)? rid of|clean(?:s|ed|ing)?[ -]?(?:up|out)|take(?:s|n)? out|"
    r"stop(?:s|ped|ping)? using|no longer (?:need|use|pass|set|allow)s?|do(?:n't| not) use)\s+"
)
# One thing for another: the first of them goes, or the second.
_TRADE = re.compile(
    r"(?:(?:replac|migrat)(?:e|es|ed|ing)|(?:swap|convert)(?:s|ped|ed|ping|ing)?|"
    r"switch(?:es|ed|ing)? (?:away |over )?from)\s+(?P<what>.+?)\s(?:with|by|for|to)\s|"
    r"(?P<before>\S.*?)\s(?:->|=>|→)\s|"
    r".*?\s(?:instead of|rather than|in place of)\s+(?P<other>\S.*)"
)
# What follows says where or why, and no longer what.
_WHERE = re.compile(r"\b(?:from|in|for|to|when|that|which|because|since|as|if|with|by|after|on)\b")
_WORD = re.compile(r"[^\W\d_]\w*|\w*[^\W\d]\w*")
_HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])")  # in ErrEmptyRepo, before Empty and Repo
_PARTS = re.compile(r"[^\W_]+")
_PLAIN = frozenset(
    "the this that these those all any some more most other old new dead stale stray obsolete "
    "extra unused unneeded unnecessary redundant duplicate duplicated useless leftover remaining "
    "code file files line lines function functions method methods class classes test tests case "
    "cases support and now not our its from into use using need needed import imports variable "
    "variables argument arguments parameter parameters self return def var let const if else true "
    "false none null".split()
)


def removed_by_name(subject: str) -> frozenset[str]:
    """Return the names of what a subject says that it removes; most say nothing of the kind."""
    text = subject.lower()
    position = 0
    while match := HEAD.match(text, position):
        position = match.end()
    named: set[str] = set()
    for clause in CLAUSE_END.split(text[position:]):
        if verb := _VERB.match(clause):
            named.update(_named(clause[verb.end() :]))
        elif trade := _TRADE.match(clause):
            named.update(_named(trade["what"] or trade["before"] or trade["other"]))
    return frozenset(named)


def stands_in(named: frozenset[str], gone: Sequence[bytes]) -> bool:
    """Tell whether any of some names stands in lines that go."""
    return not named.isdisjoint(_names(gone))


def _named(told: str) -> set[str]:
    what = _WHERE.split(told, maxsplit=1)[0]
    words = _WORD.findall(what)[:MOST_WORDS]
    return {form for word in words for form in _forms(word)}


def _names(lines: Sequence[bytes]) -> set[str]:
    text = b"\n".join(lines).decode("utf-8", "replace")
    written = {*_WORD.findall(text), *_WORD.findall(_HUMP.sub(" ", text))}
    return {form for word in written for form in _forms(word.lower())}


def _forms(word: str) -> set[str]:
    """Return a word without its plural, and the parts of a name."""
    forms = {word, *_PARTS.findall(word)}
    forms |= {form.removesuffix("s") for form in forms}
    return {form for form in forms if len(form) >= SHORTEST and form not in _PLAIN}
