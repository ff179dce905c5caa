"""What kind of work a prompt asks for, by how it begins: a table of words, and no more.

It is there for the tables of an audit; nothing is louder or quieter for it.
"""

import re

from loopwatch.model.progress import Work
from loopwatch.verdicts.spoken import without_code

BEGINNING = 400  # characters of a prompt that are read
REACH = 80  # characters behind a verb in which it is said what it is done to

_CLAUSE = re.compile(r"[.!?;:\n]+(?=\s|$)|,\s+|\s[-–—]\s|\b(?:and then|then|and|but|so that)\s+")
_OPENING = (
    r"\W*(?:(?:please|pls|kindly|ok(?:ay)?|now|next|also|so|no|yes|hi|hello|hey|great|thanks|first|then"
    r"|finally|just|let's|lets|let us|you are to|you should|your (?:task|job) is to|i need you to"
    r"|i want you to|i'd like you to|i would like you to|i want to|i'd like to|i would like to"
    r"|we need to|we should|we want to|i need to|we have to|you can|you need to"
    r"|(?:can|could|would|will) (?:you|we)|help me(?: to)?|help us(?: to)?|go ahead|try to"
    r"|(?:then|next) task|step \d+)\W+)*"
)


def _begins(words: str, is_enough: str = "") -> re.Pattern[str]:
    """Compile what a clause begins with: a word and what it is done to, or a word alone."""
    bare = rf"|(?:{is_enough})$" if is_enough else ""
    told = rf"(?:{words})(?P<rest>\s[^\n]{{0,{REACH}}}){bare}"
    return re.compile(rf"{_OPENING}(?:{told})", re.IGNORECASE)


_REFACTOR = _begins(
    r"refactor\w*|renam\w+|restructur\w+|reorgani[sz]\w+|simplif\w+|clean(?:ing)?[ -]?up|tidy"
    r"|extract\w*|split|break up|dedup\w*|consolidat\w+|modulari[sz]\w+|moderni[sz]\w+"
    r"|optimi[sz]\w+|speed up|migrat\w+|convert|port"
    r"|remove (?:\S+ ){0,3}(?:unused|dead|duplicate\w*)|move (?:\S+ ){1,6}(?:in)?to"
)
_UPKEEP = _begins(
    r"bump|upgrad\w+|downgrad\w+|install|reinstall|configur\w+|format|reformat|lint|commit|push|merge"
    r"|rebase|release|publish|deploy\w*|tag|pin",
    is_enough="commit|push|merge|rebase|release|deploy|lint|format",
)
_TESTS = _begins(r"tests?|cover")
_DOCS = _begins(r"document|summari[sz]e")
_BUILD = _begins(
    r"implement\w*|add(?:ing)?|creat\w+|build|writ(?:e|ing)|mak(?:e|ing)(?! sure\b)|develop|design"
    r"|introduc\w+|support\w*|generat\w+|scaffold|set(?:ting)? ?up|extend|enhanc\w+|improv\w+"
    r"|updat\w+|chang\w+|modif\w+|remov\w+|delet\w+|replac\w+|integrat\w+|enabl\w+|allow"
    r"|show(?! (?:me|us)\b)|display|expand|increas\w+|work on|(?:i|we) (?:want|need|would like)"
    r"|i'd like|there should be"
)
_PLAN = re.compile(r"\s+(?:the|this|that|my|our)(?: \w+)? plan\b", re.IGNORECASE)  # it comes later
# What is built, or changed: said soon behind the verb.
_NO_MORE = r"(?:(?!\b(?:for|so|in|to|that|which|with|from|by|of)\b).)*?"
_OF_TESTS = re.compile(
    rf"{_NO_MORE}\b(?:tests|test[ -]?(?:cases?|suites?|files?|coverage)|specs"
    r"|(?:an?|one|the|this|another|failing|unit|integration|regression|smoke|e2e)[ -]tests?)\b"
    r"(?! (?:mode|button|page|server|account|user|data)s?\b)",
    re.IGNORECASE,
)
_OF_DOCS = re.compile(
    rf"{_NO_MORE}(?:\b(?:docs?|documentation|docstrings?|readme|changelog|comments?|tutorial|guide"
    r"|release notes)\b|\w\.(?:md|rst|adoc)\b)",
    re.IGNORECASE,
)
_OF_UPKEEP = re.compile(
    rf"{_NO_MORE}(?:\b(?:dependenc(?:y|ies)|lock ?files?|ci|pipelines?|workflows?|git ?ignore"
    r"|dockerfile|docker|linters?|linting|formatter|eslint|ruff|prettier|pre-commit|makefile"
    r"|git commits?|commit message|build (?:script|config\w*)|version number)\b"
    r"|\w\.(?:toml|ya?ml|lock|cfg|ini)\b)",
    re.IGNORECASE,
)
_BY_VERB = (
    (_REFACTOR, Work.REFACTOR),
    (_UPKEEP, Work.UPKEEP),
    (_TESTS, Work.TESTS),
    (_DOCS, Work.DOCS),
)
_BY_OBJECT = ((_OF_TESTS, Work.TESTS), (_OF_DOCS, Work.DOCS), (_OF_UPKEEP, Work.UPKEEP))


def work_of(prompt: str, *, is_fix: bool) -> Work | None:
    """Return the kind of work that a prompt asks for; None if it does not tell.

    The first clause decides that begins with a verb of the tables; a question begins with none.

    Args:
        prompt: the user's words.
        is_fix: it means to fix something, by the rule that findings have, too; no more is asked.
    """
    if is_fix:
        return Work.FIX
    planned: Work | None = None
    for clause in _CLAUSE.split(without_code(prompt).strip()[:BEGINNING]):
        for pattern, work in _BY_VERB:
            if pattern.match(clause):
                return work
        if built := _BUILD.match(clause):
            if not _PLAN.match(built["rest"]):
                return next((w for of, w in _BY_OBJECT if of.match(built["rest"])), Work.FEATURE)
            planned = Work.FEATURE
    return planned
