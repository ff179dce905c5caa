"""What messages mean to do. The sentences are made up, in the spirit of real ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.model.edit import Role
from loopwatch.model.version import Version
from loopwatch.verdicts.intent import Intent, parse_message, read_intent

SHA = "0123456789abcdef0123456789abcdef01234567"
OTHER_SHA = "fedcba9876543210fedcba9876543210fedcba98"


def read(message: str, **patterns: tuple[str, ...]) -> Intent:
    """Return the intent of a commit with this message."""
    parsed = parse_message(message)
    version = Version(
        id="v",
        subject=parsed.subject,
        title=parsed.title,
        names=parsed.names,
        reapplies=parsed.reapplies,
    )
    return read_intent(version, **patterns)


@pytest.mark.parametrize(
    "subject",
    [
        "fix: keep the last row",
        "fix(parser)!: accept empty input",
        "Fix(ui): align the button",
        "[bugfix] keep the last row",
        "hotfix: pin the driver",
        "bug: rows vanish",
        "ABC-12: fixed the login page",
        "core: fix a race at shutdown",
        "🐛 keep the last row",
        "🚑️ stop the bleeding",
        "Fixes #12 by reading twice",
        "make the locale optional (fixes #12)",
        "Fixed failing tests in the store",
        "fixup last commit",
        "Bugfix for slow disks",
        "CRITICAL FIX: Resolve all 58 compilation errors",
        "Major build fixes and cleanup",
        "refactor: split the reader and fix its bugs",
        "feat: add colours and fix the missing import",
        "chore: repair the nightly job",
        "Avoid a crash on empty input",
        "Prevent deadlock between workers",
        "Don't drop the last row",
        "Do not overwrite settings with defaults",
        "Handle missing keys in the config",
        "Resolve import errors in the tests",
        "Correct the sign of the offset",
        "Correctly quote file names",
        "Use the correct encoding for logs",
        "Properly close the pool",
        "Add missing import",
        "Missing comma in setup",
        "work around a compiler bug",
        "Workaround for slow clocks",
        "Unbreak the build",
        "Make the tests pass",
        "parser works again",
        "restore the import that the last edit removed",
        "fix typo in variable name",
        "typo",
        "address 4 bugs found in review",
        "Compilation error reduction: 57 to 40 errors",
        "Behebt den Absturz beim Start",
        "Fehlerbehebung im Parser",
        "Corrige le calcul des dates",
        "Arregla el inicio de sesión",
        "Corrigir erro ao salvar",
        "修复登录问题",
        "ログインの不具合を修正",
        "Исправлена ошибка входа",
    ],
)
def test_fixes(subject: str) -> None:
    assert read(subject) == Intent(
        role=Role.FIX, is_fix=True, is_admitted=False, is_formatting=False
    )


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "feat: add a prefix option",
        "Add a fixture for the store",
        "Rename the suffix of temporary files",
        "Use fixed point numbers",
        "Update fix_plan.md",
        "Update bug report template",
        "error handling added",
        "Add tests for the bug in the parser",
        "Add failing test for rows that vanish",
        "Add missing docs",
        "docs: fix a link",
        "Fix typo in docstring",
        "release: 1.2 with fixes",
        "Bump the fixer to 2.0",
        "feat: line endings option - fixes #12",
        "Remove the workaround for old clocks",
        "docs: e.g. revert the new parser",
        "Resolve merge conflicts",
        "Merge branch 'main' into fix/rows",
        "Merge remote-tracking branch 'origin/main' into fix-1",
        "Merge branch 'fix-12' of example.org:me/x into fix-12",
        "Merge pull request #3 from me/patch-1",
        "[pre-commit.ci] pre-commit fixes",
        "Improve the docs of the reader",
        "test(store): cover the error paths",
        "feat: add revert command",
        "feat: undo the last move",
        "Support undo",
        "Undo button style",
        "Add rollback support",
        "feat: rollback support",
        "wire toast+undo into the list",
        "revert button: new colour",
        "test: cover export/rollback/import",
        "Use a pre-built index",
        "Add back-end tests",
    ],
)
def test_neither_fixes_nor_reverts(subject: str) -> None:
    intent = read(subject)
    assert (intent.role, intent.is_fix, intent.is_admitted) == (Role.OTHER, False, False)


@pytest.mark.parametrize(
    "subject", ["fixup! fix: rows vanish", "squash! feat: add colours", "amend! fix: colours"]
)
def test_what_is_to_be_joined_with_a_commit_may_take_back_parts_of_it(subject: str) -> None:
    intent = read(subject)
    assert (intent.role, intent.is_fix, intent.is_admitted) == (Role.OTHER, False, True)


@pytest.mark.parametrize(
    ("subject", "is_fix"),
    [
        ('Revert "feat: add colours"', False),
        ('Revert "fix: keep the last row" (#12)', False),
        ('core: revert "steal tasks"', False),
        ("revert: colours", False),
        ("Reverts 0123456789ab", False),
        ("reverted 0123456789ab", False),
        ("reverting the last change", False),
        ("Partially revert the new parser", False),
        ("This reverts the new parser", False),
        ("fix: revert the new parser", True),
        ("fix(x): PR 12 round 2 — revert the default, sync the report", True),
        ("handle quotes and revert the escaping", False),
        ("fix: the new parser was wrong. Reverting to what worked", True),
        ("Revert the pool size to fix the build", True),
        ("Back out the new scheduler", False),
        ("Backed out changeset 0123456789ab", False),
        ("Undo the rename", False),
        ("undo", False),
        ("Roll back the driver update", False),
        ("[Rollback] We still want both", False),
        ("Rollback: drop the second check", False),
        ("Go back to the old parser", False),
        ("switch the default back to json", False),
        ("Restore the previous parser", False),
        ("drop the debug line again", False),
        ("fixes #12 by reverting 0123456789ab", True),
        ("⏪ the new parser", False),
        ("Rückgängig: neuer Parser", False),
        ("Annule le changement du parseur", False),
        ("Deshacer el cambio", False),
        ("回滚上一次提交", False),
        ("変更を元に戻す", False),
        ("Откат изменений парсера", False),
    ],
)
def test_reverts(subject: str, is_fix: bool) -> None:
    intent = read(subject)
    assert (intent.role, intent.is_fix, intent.is_admitted) == (Role.REVERT, is_fix, True)


@pytest.mark.parametrize(
    ("subject", "is_admitted"),
    [
        ('Revert "Revert "feat: add colours""', True),
        ('Revert "fix(ui): revert the colours"', True),
        ('Reapply "feat: add colours"', True),
        ("[reland] colours (#12)", True),
        ("Re-land the scheduler", True),
        ("Revert the revert of the scheduler", True),
        ("Re-add the fallback", False),  # puts back, and names nobody's edit
        ("Bring back the fallback", False),
        ("Add the fallback back in", False),
        ("Reintroduce the fallback", False),
        ("enable the cache again", False),
    ],
)
def test_reapplications(subject: str, is_admitted: bool) -> None:
    intent = read(subject)
    assert (intent.role, intent.is_admitted) == (Role.REAPPLY, is_admitted)


@pytest.mark.parametrize(
    "subject",
    [
        "fix: roll back the record when the write fails",
        "fix(tx): undo the lock on error",
        "fix: restore the cursor after a failure",
    ],
)
def test_what_the_program_takes_back_is_no_revert(subject: str) -> None:
    assert read(subject) == Intent(
        role=Role.FIX, is_fix=True, is_admitted=False, is_formatting=False
    )


@pytest.mark.parametrize(
    ("subject", "is_formatting"),
    [
        ("style: shorten lines", True),
        ("Run black", True),
        ("fix lint errors", True),
        ("Apply ruff format and isort to all files", True),
        ("remove trailing whitespace", True),
        ("prettier --write src/app.ts", False),  # unknown words: not surely all
        ("Format dates as ISO", False),
        ("lint the workflow and add a cache", False),
        ("fix: keep the last row", False),
    ],
)
def test_formatting(subject: str, is_formatting: bool) -> None:
    assert read(subject).is_formatting is is_formatting


@pytest.mark.parametrize(
    ("message", "role"),
    [
        ("Merge pull request #1 from me/x\n\nFix the crash at start", Role.FIX),
        ("Merge pull request #1 from me/fix-12-crash\n\nBetter start", Role.FIX),
        ("Merge pull request #1 from me/fix-12-crash\n\nfeat: faster start", Role.OTHER),
        ("Merge pull request #1 from me/fix-12-crash\n\nchore(ci): start", Role.OTHER),
        ("Merge pull request #1 from me/fix-12-crash\n\napp: better start", Role.FIX),
        ("Merge pull request #1 from org/revert-12-x\n\nchore: drop the pool", Role.REVERT),
        ("Merge pull request #1 from org/revert-12-x", Role.REVERT),
        ("Merge pull request #1 from me/x\n\nRevert the pool", Role.REVERT),
        ("Merge branch 'fix/rows' into 'main'\n\nRows\n\nSee merge request a/b!1", Role.FIX),
        ("Merge branch 'rows' into 'main'\n\nFix rows\n\nSee merge request a/b!1", Role.FIX),
        ("Merge branch 'rows'\n\nFix rows", Role.OTHER),  # a body is not read for "fix"
        ("Merged in bugfix/rows (pull request #1)\n\nRows", Role.FIX),
        ("Merged PR 12: Fix rows", Role.FIX),
        ("Merge pull request #1 from me/feature\n\nRelease-Id: fix", Role.OTHER),
    ],
)
def test_merges_are_read_by_title_and_branch(message: str, role: Role) -> None:
    assert read(message).role is role


@pytest.mark.parametrize(
    ("message", "names"),
    [
        (f'Revert "x"\n\nThis reverts commit {SHA}.', (SHA,)),
        (f"x\n\nThis reverts\ncommit\n{SHA}.", (SHA,)),  # wrapped
        (f"x\n\nThis partially reverts commit {SHA[:9]}", (SHA[:9],)),
        (
            f"x\n\nThis reverts commits {SHA},\n{OTHER_SHA} and abc1234.",
            (SHA, OTHER_SHA, "abc1234"),
        ),
        (f"x\n\nThis reverts commits:\n- {SHA}\n- {OTHER_SHA}", (SHA, OTHER_SHA)),
        (f"Reverts {SHA}", (SHA,)),
        (f"x\n\nThis reverts commits abc1234..{SHA[:8]}", (SHA[:8],)),
        (f"x\n\nThis reverts commit {SHA}, reversing\nchanges made to {OTHER_SHA}.", (SHA,)),
        (f"feature (#3)\n\n* feature\n\n* Revert a\n\nThis reverts commit {SHA}.", ()),  # its own
        (f"x\n\nUnlike {SHA} this reverts nothing", ()),
        ("x\n\nRevert the defaced pages", ()),
    ],
)
def test_commits_that_a_message_reverts(message: str, names: tuple[str, ...]) -> None:
    assert parse_message(message).names == names
    assert read(message).is_admitted or not names


@pytest.mark.parametrize(
    ("message", "reapplies"),
    [
        (f"x\n\n(cherry picked from commit {SHA})", (SHA,)),
        (f'Reapply "x"\n\nThis reapplies commit {SHA}.', (SHA,)),
        (f"x\n\nRe-lands {SHA}", (SHA,)),
        ("x\n\nThis relands nothing", ()),
    ],
)
def test_commits_that_a_message_reapplies(message: str, reapplies: tuple[str, ...]) -> None:
    assert parse_message(message).reapplies == reapplies


def test_a_picked_fix_is_a_fix() -> None:
    assert read(f"fix: rows\n\n(cherry picked from commit {SHA})").role is Role.FIX


def test_no_message_yet_means_nothing_but_what_git_has_under_way() -> None:
    staged = Version(id="index", subject=None)
    assert read_intent(staged).role is Role.OTHER
    reverting = Version(id="index", subject=None, is_admitted=True)
    assert read_intent(reverting).role is Role.REVERT
    assert read_intent(reverting).is_admitted


def test_a_merge_without_words_means_nothing() -> None:
    anything = {"fix_patterns": ("^",)}
    assert read("Merge branch 'main'", **anything).role is Role.OTHER
    assert read("Merge branch 'fix/rows'", **anything).role is Role.FIX


def test_configuration_adds_patterns() -> None:
    assert read("Oprava pádu", fix_patterns=(r"^oprava\b",)).role is Role.FIX
    assert read("Vráceno zpět", revert_patterns=(r"\bzpět\b", "x")).role is Role.REVERT


@given(st.text(max_size=200))
def test_any_message_is_read(message: str) -> None:
    intent = read(message)
    assert intent.is_admitted <= (intent.role in {Role.REVERT, Role.REAPPLY})
    assert intent.is_fix >= (intent.role is Role.FIX)


@given(st.text(alphabet="abc ,:-xyz", max_size=40))
def test_a_type_decides_whatever_follows(text: str) -> None:
    assert read(f"fix: {text}").is_fix
    assert read(f'Revert "{text}"').is_admitted


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "piece", ["fix", "add ", "(", "revert ", "a, ", "[x]", "abc1234 ", "back "]
)
def test_a_hostile_subject_takes_no_time(piece: str) -> None:
    read(piece * 20_000 + "!")
