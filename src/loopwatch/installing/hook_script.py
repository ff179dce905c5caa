"""The text of our git hooks, and how they are known again."""

import hashlib
import os
import re
import shlex

NAMES = ("pre-commit", "commit-msg", "post-commit")
ARGUMENTS = {
    "pre-commit": "check --staged --hook",
    "commit-msg": 'check --staged --message "$1" --hook',
    "post-commit": "check HEAD --hook",
}
KEPT = "loopwatch-orig"  # the ending of the hook that was there before
MARK = "loopwatch-checked"  # a file in git's folder: which commit commit-msg has looked at
FORM = 1  # of the script
STAMP = re.compile(rb"\n# loopwatch-hook \d+ (?P<digest>[0-9a-f]{16})\n")
HEAD_BYTES = 200  # within which the stamp stands
NO_DIGEST = b"0" * 16

HEAD = """\
#!/bin/sh
# loopwatch-hook {form} {digest}
# Written by `loopwatch install git`; `loopwatch uninstall git` puts back what was here.
# LOOPWATCH_SKIP=1, or SKIP=loopwatch, leaves loopwatch out of one commit.
python={python}

case $0 in */*) here=${{0%/*}} ;; *) here=. ;; esac
if [ -x "$here/{name}.{kept}" ]; then # the hook that was here before
    "$here/{name}.{kept}" "$@" || exit
fi
[ "${{LOOPWATCH_SKIP:-0}}" = 0 ] || exit 0
case ",${{SKIP:-}}," in *,loopwatch,*) exit 0 ;; esac
trap 'exit 130' INT # Ctrl-C stops the commit, whatever the shell and Python make of it
"""
FIND_MARK = """\
folder=$(git rev-parse --git-dir 2>/dev/null) || folder=
mark=$folder/{mark}
"""
# What git replays is not judged once more; and what commit-msg has judged, neither. All hooks of
# one commit are children of the same git (1 is nobody's number in it: Windows gives it to all).
SKIP_KNOWN = """\
for replay in rebase-merge rebase-apply sequencer; do
    [ ! -d "$folder/$replay" ] || exit 0
done
if [ -f "$mark" ] && [ "$(cat "$mark")" = "$PPID" ]; then
    rm -f "$mark"
    exit 0
fi
"""
# Only 1 means that something was found. A Python that is gone, or has no loopwatch any more, is 3.
RUN = """\
status=3
if [ -x "$python" ]; then
    "$python" -E -P -c '
import sys
try:
    from loopwatch.entrypoints.main import main
    status = main()
except Exception:
    status = 3
sys.exit(status)' {arguments} </dev/null >&2
    status=$?
fi
if [ "$status" -eq 3 ] && loopwatch --version </dev/null >/dev/null 2>&1; then
    loopwatch {arguments} </dev/null >&2
    status=$?
fi
"""
MISSING = "echo 'loopwatch: not found, so nothing was checked; loopwatch install git mends it' >&2"
# As when the machine runs out of memory: more than any status of loopwatch's own.
KILLED = 'echo "loopwatch: ended with status $status, so nothing was checked" >&2'
ENDS = {
    "pre-commit": """\
case $status in 1 | 130) exit "$status" ;; esac
exit 0 # commit-msg runs next, and says so if loopwatch is not there
""",
    "commit-msg": f"""\
case $status in
1 | 130) exit "$status" ;;
3) {MISSING} ;;
0 | 2) ;;
*) {KILLED} ;;
esac
[ -z "$folder" ] || [ "$PPID" -le 1 ] || (echo "$PPID" >"$mark") 2>/dev/null
exit 0
""",
    "post-commit": f"""\
case $status in
1) echo 'loopwatch: this commit was made without the check, and stays' >&2 ;;
3) {MISSING} ;;
0 | 2) ;;
*) {KILLED} ;;
esac
exit 0
""",
}


def script(name: str, python: str) -> bytes:
    """Return the text of a hook.

    It is POSIX sh, asks nothing of the environment, and lets a commit pass unless loopwatch
    itself refuses it or the hook that was there before does.

    Args:
        name: one of ``NAMES``.
        python: the interpreter that has loopwatch; without it, ``loopwatch`` on PATH is taken.
    """
    parts = [HEAD]
    if name != "pre-commit":
        parts.append(FIND_MARK)
    if name == "post-commit":
        parts.append(SKIP_KNOWN)
    text = "".join([*parts, RUN]).format(
        form=FORM,
        digest=NO_DIGEST.decode(),
        python=shlex.quote(python),
        name=name,
        kept=KEPT,
        mark=MARK,
        arguments=ARGUMENTS[name],
    )
    content = os.fsencode(text + ENDS[name])
    return content.replace(NO_DIGEST, _digest(content), 1)


def is_ours(content: bytes) -> bool:
    """Tell whether a hook was written by loopwatch."""
    return STAMP.search(content[:HEAD_BYTES]) is not None


def is_edited(content: bytes) -> bool:
    """Tell whether somebody has changed a hook of ours."""
    found = STAMP.search(content[:HEAD_BYTES])
    if found is None:
        return False
    start, end = found.span("digest")
    return _digest(content[:start] + NO_DIGEST + content[end:]) != found["digest"]


def python_of(content: bytes) -> str | None:
    """Return the interpreter that a hook of ours calls."""
    try:
        words = shlex.split(os.fsdecode(content), comments=True)
    except ValueError:
        return None
    found = (word.removeprefix("python=") for word in words if word.startswith("python="))
    return next(found, None)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=8).hexdigest().encode()
