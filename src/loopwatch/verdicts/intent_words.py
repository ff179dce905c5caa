"""The words by which commit messages tell what they mean to do.

A subject is read in lower case, without what stands before the statement: the
``type(scope):``, a ``[tag]``, a ticket or a gitmoji. What remains is cut into clauses at
stops, dashes and "and"; most patterns look at how a clause *begins*, because that is
where people and agents say what they do: "undo X" takes back, "support undo" does not.
"""

import re

from loopwatch.verdicts.quiet_names import PRERELEASE


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _any(words: str) -> str:
    """Return an expression for any of ``words``; ``_`` stands for a blank, ``-`` is optional."""
    options = (word.replace("_", " ").replace("-", "[- ]?") for word in words.split())
    return f"(?:{'|'.join(options)})"


def _begins(*patterns: str) -> re.Pattern[str]:
    """Compile what a clause begins with, adverbs aside."""
    return re.compile(rf"{_ADVERBS}(?:{'|'.join(patterns)})")


def _holds(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_ADVERBS = rf"""(?:{
    _any(
        "partial partially temporary temporarily manual manually full fully complete "
        "completely also just second quick quickly selective selectively really finally again "
        "please try_to attempt_to attempt_at this emergency automatic automatically"
    )
}\s+)*"""

# --- Before the statement ---

HEAD = re.compile(
    r"\s+|[\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]+|:[a-z_0-9]+:(?=\s)|\[(?P<tag>[^\]]*)\]:?|"
    r"(?P<type>[a-z][\w/.+-]*)\s?(?:\([^)]*\))?!?:(?=\s)|"
    r"(?:#\d+|[a-z]{2,}-\d+|bd-[\w.]+)(?::|\s-)?(?=\s)"
)
FIX_TYPES = _set(
    "fix fixes fixed fixing bugfix bugfixes bug-fix bug bugs hotfix quickfix fixup regression"
)
REVERT_TYPES = _set("revert reverts reverted reverting rollback backout back-out undo")
REAPPLY_TYPES = _set("reland reland2 relanded re-land reapply re-apply unrevert")
STYLE_TYPES = _set("style styles format formatting fmt lint linting prettier")
FEATURE_TYPES = _set("feat feature features")
# Of these, nothing is a fix, whatever they say.
QUIET_TYPES = STYLE_TYPES | _set("doc docs documentation release changelog bump deps pre-commit.ci")
# A title of such a type says what a branch is for, whatever the branch is called.
OTHER_TYPES = QUIET_TYPES | FEATURE_TYPES | _set("refactor perf test tests chore build ci")

CLAUSE_END = re.compile(r"[,;:]\s+|(?<=\w\w)[.!?]\s+|\(|\s(?:[+&—–/>|]|--?|and|then|also|but)\s+")
QUOTED = re.compile(r"[\"“][^\"”]*(?:[\"”]|$)")

# --- Taking back ---

# Words that make a thing of "undo", "rollback" and "restore", and so a feature of the subject.
_NO_THING = (
    r"(?!(?:\s|/|-)+"
    + _any(
        "redo buttons? commands? support stacks? history hints? logic handling fail(?:s|ed|ures?)? "
        "not does should could can must never now manager features? actions? buffer tests? flow "
        "mechanism plan paths? flags? options? api endpoints? polic(?:y|ies) state errors? is was "
        "functionality no_longer procedure strategy safety bugs? issues? crash(?:es)? works? "
        "coverage detection guards? tools? scripts? workflows? semantics"
    )
    + r"\b)"
)
# What a program does, not what the edit does: "roll back the record when the write fails".
_NO_BEHAVIOUR = (
    r"(?!.*\b(?:when|whenever|if|unless|upon|instead of \w+ing|"
    r"after (?:an? )?(?:fail|crash|error)\w*|on (?:error|fail|exception|cancel|crash|exit|close|"
    r"timeout|start|restart|resume|load|boot|drop)\w*)\b)"
)
_OLD = r"(?:the |an? |its |their |our )?(?:old|older|previous|prior|original|former|earlier)(?!')"
_COMMIT = r"(?:\"|“|'|`|commit\b|pr\b|#\d|[0-9a-f]{7,40}\b)"

REVERT = _begins(
    rf"revert(?:s|ed|ing)?(?:\b|(?=_)){_NO_THING}{_NO_BEHAVIOUR}",
    rf"(?:undo(?:es|ing|ne)?|undid|roll(?:s|ed|ing)?[\s-]?back|back(?:s|ed|ing)?[\s-]?out|"
    rf"unland(?:s|ed)?)\b{_NO_THING}{_NO_BEHAVIOUR}",
    r"(?:go|goes|going|went|switch(?:es|ed|ing)?|chang(?:es?|ed|ing)|mov(?:es?|ed|ing)|"
    rf"flip(?:s|ped)?|set|put|turn(?:ed)?)\b.{{0,40}}\bback to\b{_NO_BEHAVIOUR}",
    rf"(?:return(?:s|ed|ing)?|restor(?:es?|ed|ing)|use|reinstat(?:es?|ed|ing)) (?:to )?{_OLD}\b"
    + _NO_BEHAVIOUR,
    r"(?:drop|remov|delet|disabl|tak)(?:e|es|ed|ing|s|ped|ping)?\b.{0,60}\bagain\b\W*$",
    r"(?:changes?|commits?|pr|patch(?:es)?|merge)\b.{0,20}\breverted\b",
    r"(?:remov|drop|delet|tak|unstag)(?:e|es|ed|ing|s|ped|ping)?\b.{0,60}"
    r"\b(?:accidental(?:ly)?|mistaken(?:ly)?|unintend(?:ed|edly)|by (?:accident|mistake))\b",
    r"never ?mind\b|un-?(?:hack|pin)(?:s|n?ed|n?ing)?\b",
)
REVERT_ANYWHERE = _holds(
    rf"\bthis reverts\b|\brevert(?:s|ing)? (?:of )?{_COMMIT}", r"^(?:\S+ ){0,3}reverts?\W*$"
)
REAPPLY = _begins(
    rf"(?:re-?appl(?:y|ies|ied|ying)|re-?land(?:s|ed|ing)?|un-?revert(?:s|ed|ing)?)\b{_NO_THING}",
    r"(?:revert(?:s|ed|ing)?|roll(?:s|ed)?[\s-]?back) (?:of )?(?:the |an? |my )?"
    r"(?:reverts?|rollback)\b",
    rf"(?:redo(?:es|ne|ing)?|try again|retry) (?:of )?{_COMMIT}|roll(?:ing)?[\s-]?forward\b",
)
# Of a subject as a whole: Revert "Revert "x"", Revert "fix(a): revert x".
REVERT_OF_REVERT = re.compile(
    r"revert(?:s|ed)?:?\s+[\"“'`]+\s*(?:\w+(?:\([^)]*\))?:\s*|\[[^\]]*\]\s*)*[\"“'`]*revert\b"
)
# Puts back what had gone, without a word on the edit that took it: admits nothing.
PUT_BACK = _begins(
    r"(?:re-?add(?:s|ed|ing)?|reinstat(?:es?|ed|ing)|re-?introduc(?:es?|ed|ing))\b",
    r"(?:bring|put|add|brought|putt|bringing)(?:s|ed|ing)?\b.{0,40}(?<![.\w-])back\b"
    r"(?!-| (?:end|again|compat|ref|link|off|up|door|pressure|to)\b)",
    r"(?:add|enabl|includ|us)(?:e|es|ed|ing|s)?\b.{0,60}\bagain\b\W*$",
)

# --- Fixing ---

# "fix" in all its forms, but not fix_plan, fixed-width, "a fixed size", prefix or fixture.
FIX_WORD = _holds(
    r"(?<![\w-])(?:(?:bug|hot|quick|un)[- ]?)?(?:fix|fixes|fixing|fixups?|fixe)(?![\w-]|\s?\.md)",
    r"(?<![\w-])(?<!\ba )fixed(?![\w-])(?! (?:point|size|width|length|seed|position|number|value|"
    r"amount|rate|set|step|time|header|footer|array|order|interval|window|list|column|cost|fee)s?\b)",
    r"(?<=[_-])fix(?:es|ed)?(?= |$)",
)
# Of "feat: add X and fix Y", but not "feat: X that fixes Y" or "feat: X, fixes #12".
FEATURE_FIX = _begins(r"fix(?:es|ed|ing)?(?![\w-])(?! #?\d)")

_TROUBLE = _any(
    "bugs? crash(?:es|ed|ing)? errors? exceptions? fail(?:s|ed|ing|ures?)? regressions? races? "
    "deadlocks? leak(?:s|age|ing)? hang(?:s|ing)? warnings? infinite segfaults? panic(?:s|king)? "
    "issues? problems? conflicts? violations? mismatch(?:es)? duplicat(?:e|es|ed|ion) overflow "
    "underflow corruption stale broken breakage breaking wrong incorrect(?:ly)? invalid "
    "false_positives? false_negatives? vulnerabilit(?:y|ies) injection flak(?:y|iness|es) "
    "undefined null none nan typeerror keyerror attributeerror valueerror traceback "
    "inconsistenc(?:y|ies) double unexpected(?:ly)? accidental(?:ly)?"
)
_NO_PAPER = (  # what is missing from documents and tests is no defect of the program
    r"(?!.*\b(?:docs?|docstrings?|tests?|documentation|annotations?|type hints?|entr(?:y|ies)|"
    r"changelog|files? header|newlines?)\b)"
)
CURE = _begins(
    _any(
        "avoid(?:s|ed|ing)? doesn't never stop(?:s|ped)? no_longer eliminat(?:es?|ed) "
        "address(?:es|ed)? mitigat(?:es?|ed) silenc(?:es?|ed) suppress(?:es|ed)? squash(?:es|ed)? "
        "get_rid_of guard_against protect_against"
    )
    + rf"\b.{{0,50}}?\b{_TROUBLE}\b",
    r"(?:never|only|handles?|stop|avoid)\b.*\b(?:when|if|in case|for cases|correctly|properly)\b",
    r"(?:handle[sd]?|catch(?:es)?|tolerate|survive|recover from)\b.{0,30}?\b"
    r"(?:crash\w*|missing|empty|none|null|nan|undefined|corrupt\w*|invalid|stale)\b",
    _any(
        "correct(?:s|ed|ing|ly|ions?)? repair(?:s|ed|ing)? unbreak(?:s|ing)? rectif(?:y|ies|ied) "
        "remed(?:y|ies|ied) resolv(?:es?|ed|ing) solv(?:es?|ed|ing) prevent(?:s|ed|ing)? "
        "work(?:s|ed|ing)?-around properly actually make_sure typos? respects? honou?rs?"
    )
    + r"\b",
    r"use (?:the )?(?:correct|right|proper)\b",
    r"(?:don't|do not) (?!run\b|test\b|build|upload|publish|commit\b|track|install|mention)\w",
    r"(?:minor|small|some|a few|more|various) corrections?\b",
    rf"restor(?:es?|ed|ing)\b(?! (?:buttons?|commands?|support|points?)\b){_NO_BEHAVIOUR}",
    rf"(?:add(?:s|ed|ing)? (?:back |in )?(?:the |an? |some )?)?missing\b{_NO_PAPER}",
    _any(  # German, French, Spanish, Portuguese, Italian
        "behebt behoben behebe beheben behebung fehlerbehebung fehlerkorrektur korrigier[et] "
        "korrektur repariert? gefixt corrige[rsz]? corrigée?s? correctifs? r[ée]par(?:e|er|é) "
        "r[ée]sou(?:t|dre) corregir corregid[oa]s? corrección arregl(?:a|ar|o|ado) "
        "soluciona(?:r|do)? "
        "corrig(?:ir|ido) correç(?:ão|ões) conserta(?:r|do)? correzion[ei] corregge corretto"
    )
    + r"\b",
    r"(?:make|get|keep)s?\b.{0,40}\b(?:tests?|build|ci|it|suite|mypy|lint)\b.{0,20}"
    r"\b(?:pass|passing|green|compile|work|working|happy)\b",
)
# One of the first words lets the second be looked for: it is the quicker way to say no.
CURE_SIGNS = ("workaround", "work-around", "#", " again", "reduction", "resolution", "corrected")
CURE_ANYWHERE = _holds(
    r"^(?!.*\b(?:remov|drop|delet)\w*\b).*\bwork-?arounds? (?:for|to|around)\b",
    r"\b(?:resolve[sd]?|fix(?:es|ed)?|bug|gh|issue):? ?#\d+",
    r"\b(?:works?|working|compiles?|builds?|pass(?:es)?|runs?) again\b",
    r"\b(?:error|failure|bug|warning)s? (?:reduction|resolution|corrected)\b",
)
_NOT_ALSO_FIX = r"(?!.*(?:\band|[,;+&—–])\s+(?:\w+ )?fix)"
NOT_A_FIX = _holds(  # what talks about fixes without being one
    r"^(?:add(?:s|ed|ing)?|updat(?:es?|ed|ing)|writ(?:es?|ing)|document(?:s|ed)?|record|list|mention)"
    r" (?:[\w\"'`#.-]+ ){0,4}?(?:tests?|test ?cases?|unit ?tests?|changelog|news|release notes?|"
    r"docs|documentation|entry|entries|history|plan|checklist|todos?|notes?|readme|template|status|"
    rf"spec)\b{_NOT_ALSO_FIX}",
    rf"^(?:bump|release|prepare|version|v?\d+\.\d+)\b{_NOT_ALSO_FIX}",
    r"^(?:tests?|testing|regression tests?|changelog|news|docs?) (?:for|about|of)\b",
    r"\b(?:typos?|spelling|grammar|wording|links?|url) (?:in|of|for) (?:\w+ ){0,3}(?:docs?|"
    r"documentation|docstrings?|comments?|readme|changelog|history|news)\b",
    r"\b(?:resolv\w*|fix\w*) (?:all |the |some |remaining |up )?(?:merge conflicts?|conflicts?"
    r"(?:\W*$| (?:with|from|after) (?:\w+ )?(?:main|master|origin|upstream|devel|merg|rebas)))",
    r"^correct\w* (?:the )?(?:\w+ )?(?:docs?|documentation|docstrings?|comments?)\b",
    r"\b(?:fix|bug)(?:es|s)? (?:report template|plan|tracker|bounty|status)\b",
)
REASON = re.compile(r"\b(?:to (?:fix|unbreak)|fixing|due to|because|broke)\b|\bfix(?:es)? #")

# --- Releases ---

RELEASE_TYPES = _set("release maven-release-plugin")
_VERSION = rf"v?\d+(?:\.\d+)+(?:[-.]?{PRERELEASE}[-.]?\d*)*"
RELEASE = _begins(
    r"prepar(?:es?|ed|ing)\b.{0,30}\b(?:release|development|iteration|version)\b",
    r"(?:bump|set|updat|increas|increment)\w*\b.{0,20}\bversions?\b",
    r"(?:back to|start|begin)\w*\b.{0,20}\b(?:development|dev|snapshot|iteration|cycle)\b",
    rf"(?:releas(?:e|ed|ing)|version|tag|bump to) {_VERSION}\b|{_VERSION}\W*$",
    r"post[- ]?release\b",
)

# --- Formatting: a statement of these words and nothing else ---

FORMAT_WORDS = _set(
    "black blacken blackened prettier gofmt goimports rustfmt fmt isort yapf autopep8 clang- "
    "format reformat reformats reformatted reformatting format formats formatted formatting "
    "formatter lint lints linter linters linting whitespace whitespaces pep8 pep-8 style "
    "styling indent indents indented indentation flake8 eslint ruff semicolon semicolons "
    "newline newlines autofix autofixes autoupdate blank"
)
FORMAT_FILLERS = _set(
    "run ran apply applied applying fix fixes fixed fixing re auto code minor some more all "
    "the and with a an few cargo clean cleaned cleanup up remove removed trim strip trailing "
    "various source python js ts go yarn npm make pre-commit pre-commit-ci address resolve "
    "automatic automated change changes for from hook hooks just by using use of on in to "
    "unnecessary extra line lines length ending endings break breaks import imports file "
    "files error errors issue issues warning warnings pass everything test tests sort sorted "
    "missing com ci small again"
)

# --- Other writings and languages: looked for anywhere in a subject ---

FIX_SIGNS = re.compile(
    r"🐛|🚑|🩹|修复|修正|修補|修復|解决|不具合|直した|直す|버그|고침|исправ|починил|поправил|фикс|устран"
)
REVERT_SIGNS = re.compile(
    r"⏪|↩|回滚|回退|还原|撤销|撤回|復原|元に戻|差し戻|取り消|リバート|되돌|откат|отмен[аиея]|верн[уё]|"
    r"rückgängig|zurückgenommen|zurückgesetzt|zurückgerollt"
)
REVERT_ABROAD = _begins(
    r"(?:annule[rsz]?|annulation|rétabli(?:t|r|ssement)|retour (?:à|arrière|en arrière))\b",
    r"(?:revertir|revierte|revertid[oa]|deshac(?:er|e)|deshecho|reverte[r]?|reversão|desfaz(?:er)?|"
    r"desfeito|annulla|ripristina|zurück auf)\b",
)
