"""What people ask an agent for, and what it says before it edits: a fix, or taking back.

Unlike the subject of a commit, a prompt may run to pages, with pasted output and plans.
What decides is how it begins, and whether it holds the output of something that failed.
"""

import re

BEGINNING = 400  # characters of what is said that are read
LONGEST = 20_000  # characters in which pasted output is looked for

_FENCED = re.compile(r"```.*?(?:```|$)", re.DOTALL)
_FAULT = re.compile(
    r"\b(?:fix(?:es|ed|ing)?|bug(?:s|gy)?|broken|broke|breaks|crash(?:es|ed|ing)?"
    r"|fail(?:s|ed|ing|ure|ures)?|wrong|regress(?:es|ed|ion|ions)?|incorrect(?:ly)?|errors? out"
    r"|(?:does|do|is|are|did|was|were)(?:n'?t| not) (?:work|run|compile|build|pass|start|load)\w*"
    r"|not working|stopped working"
    r"|still (?:the same|an?|get\w*|see\w*|not|fail\w*|broken|happen\w*)"
    r"|(?:an|the|this|same|following|another) (?:\w+ )?(?:errors?|exceptions?|tracebacks?)"
    r"|getting (?:\w+ ){0,2}(?:errors?|exceptions?)|errors?:)",
    re.IGNORECASE,
)
_NO_FAULT = re.compile(
    r"\b(?:fix(?:ed)?[- ](?:width|size|point|length)|fixtures?|fail(?:ure)?[- ](?:fast|safe|over)"
    r"|error[- ](?:handling|messages?|codes?|types?|pages?|boundar\w+)|bug[- ](?:tracker|report\w*)"
    r"|failed (?:\w+ ){0,2}(?:attempts?|logins?|requests?|payments?|jobs?|retries)"
    r"|after (?:\w+ ){1,2}fail\w*|without (?:fail\w*|errors?)"
    r"|(?:if|when|whenever|on|unless) (?:\w+ ){0,4}fail\w*"
    r"|what(?:'s| is) wrong with|nothing (?:is )?wrong)\b",
    re.IGNORECASE,
)
_BUILDING = re.compile(
    r"\W*(?:please |now |let's |then |next,? )*(?:implement|add|create|build|write|design|introduce"
    r"|support|refactor|rename|generate|scaffold|set ?up|make a|we need|i want|work on)\b",
    re.IGNORECASE,
)
_FIX = re.compile(r"\bfix(?:es|ed|ing)?\b", re.IGNORECASE)
_PASTED = re.compile(
    r"^(?:Traceback \(most recent call last\):|E   \S|FAILED \S|--- FAIL: |FAIL\b.*\s"
    r"|error(?:\[E\d+\])?:"
    r"|\S+:\d+:\d+: (?:fatal )?error:|\S+\.tsx?[(:]\d+[,:]\d+\)?: error TS|npm ERR!|panic: "
    r"|(?:\w+\.)*\w*(?:Error|Exception): )",
    re.MULTILINE,
)
_GOING_ON = re.compile(
    r"\W*(?:(?:please|ok(?:ay)?|yes|yep|yeah|y|sure|great|good|perfect|cool|thanks|go (?:on|ahead)"
    r"|continue|proceed|keep going|carry on|do (?:it|that|so)|next|resume|sounds good|lgtm|1|2|3"
    r"|the|with|and|from|where|you|left|off|that|now|all|it|try|again)\W*)+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.!?;:\n]+\s*|,\s+|\s[-–—]\s")
_TAKES_BACK = re.compile(
    r"\W*(?:(?:ok(?:ay)?|so|now|actually|wait|hmm|no|sorry|instead|first|then|also|and|but|therefore"
    r"|i'll|i will|i'm going to|i am|i'm|let me|let's|we should|we need to|i should|i need to|we|i"
    r"|please|just|can you|could you|you should|you can|to|should|better|must|have to|go and)\W+)*"
    r"(?:revert(?:ing|ed|s)?\b(?! to (?:the )?user)|undo(?:ing|ne)?\b|roll(?:ing|ed)? ?back\b"
    r"|back(?:ing|ed)? (?:it |that |this )?out\b|restor(?:e|ing|ed)\b(?=.{0,40}\b"
    r"(?:original|previous|old|earlier|former|back|was|before)\b)"
    r"|(?:go|going|switch|switching|chang\w+|put|putting|set|setting) (?:\S+ ){0,6}back\b"
    r"|take (?:\S+ ){0,4}(?:back|out again)\b|git (?:revert|restore|checkout --))",
    re.IGNORECASE,
)
_PARTING = re.compile(
    r"\bcommits?\b.{0,60}\b(?:separate(?:ly)?|individual(?:ly)?|one by one|in (?:two|three|several)"
    r"|split)\b|\b(?:separate|individual|two|three|several|multiple|split\w*)\b.{0,40}\bcommits?\b",
    re.IGNORECASE,
)
_NO_TAKING_BACK = re.compile(
    r"\b(?:undo|redo|rollback|revert|restore)(?:/redo)? (?:button|feature|function\w*"
    r"|command|stack|histor\w+|support|logic|action|test|tests|api|endpoint|plan)\b"
    r"|back (?:button|end|office)",
    re.IGNORECASE,
)


def asks_for_a_fix(prompt: str) -> bool:
    """Tell whether a prompt asks to mend something that is wrong."""
    own = without_code(prompt)
    beginning = _NO_FAULT.sub(" ", own.strip()[:BEGINNING])
    if _PASTED.search(prompt[:LONGEST]):
        return True
    # Who asks for something new tells of faults that it is to deal with.
    fault = _FIX if _BUILDING.match(beginning) else _FAULT
    return fault.search(beginning) is not None


def without_code(prompt: str) -> str:
    """Return the beginning of a prompt, without what is fenced in it."""
    return _FENCED.sub(" ", prompt[:LONGEST])


def goes_on(prompt: str) -> bool:
    """Tell whether a prompt only says to go on: it then means what the one before it meant."""
    return len(prompt) <= BEGINNING and _GOING_ON.fullmatch(prompt) is not None


def takes_back(said: str) -> bool:
    """Tell whether somebody says that something is taken back: "I revert this", "undo that"."""
    text = _NO_TAKING_BACK.sub(" ", _FENCED.sub(" ", said)[:BEGINNING])
    return any(_TAKES_BACK.match(clause) for clause in _CLAUSE.split(text))


def parts_into_commits(prompt: str) -> bool:
    """Tell whether a prompt asks for several commits of what is there.

    For that, changes are taken out for a while, and nobody says so.
    """
    return _PARTING.search(prompt[:BEGINNING]) is not None
