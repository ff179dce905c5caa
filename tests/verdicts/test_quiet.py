"""What never rises above a note, and what must."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.verdicts.quiet import (
    Attributes,
    attribute_reason,
    is_changelog,
    is_version_line_change,
    quiet_reason,
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("web/package-lock.json", "lock file"),
        ("Cargo.lock", "lock file"),
        ("go.sum", "lock file"),
        ("skills-lock.json", "lock file"),
        ("vendor/lib/a.go", "vendored"),
        ("web/node_modules/x/index.js", "vendored"),
        ("src/pkg/_vendor/six.py", "vendored"),
        ("static/app.min.js", "minified"),
        ("dist/index.js", "generated"),
        ("api/user_pb2.py", "generated"),
        ("api/user.pb.go", "generated"),
        ("src/schema.generated.ts", "generated"),
        ("static/app.js.map", "generated"),
        ("ios/App.xcodeproj/project.pbxproj", "generated"),
        ("ui/__snapshots__/a.test.tsx.snap", "recorded output"),
        ("tests/golden/report.py", "recorded output"),
        ("tests/cassettes/login.yaml", "recorded output"),
        ("README", "documentation"),
        ("LICENSE-MIT", "documentation"),
        ("docs/index.html", "documentation"),
        ("notes/plan.md", "documentation"),
        ("man/tool.1", "documentation"),
        ("CHANGELOG.md", "changelog"),
        ("HISTORY", "changelog"),
        ("changelog/12.bugfix.rst", "changelog"),
        ("CLAUDE.md", "agent bookkeeping"),
        (".claude/settings.json", "agent bookkeeping"),
        (".specstory/history/1.md", "agent bookkeeping"),
        (".aider.chat.history.md", "agent bookkeeping"),
        ("/tmp/probe.py", "outside the session's folder"),
        ("src/app.py", None),
        ("docs/conf.py", None),  # code among documents is code
        (".claude/hooks/guard.py", None),  # a hook can be broken like any other program
        ("src/history.py", None),
        ("src/changelog/sphinx.py", None),
        ("src/snapshots/take.py", None),
        ("src/readme-generator.js", None),
        ("src/code_gen.py", None),
        ("requirements-dev.txt", None),
        ("CMakeLists.txt", None),
        ("config/settings.yaml", None),
    ],
)
def test_known_names(path: str, expected: str | None) -> None:
    assert quiet_reason(path) == expected


@pytest.mark.parametrize(
    ("glob", "path", "is_quiet"),
    [
        ("legacy/", "legacy/a/b.py", True),
        ("legacy", "src/legacy/b.py", True),
        ("/legacy", "src/legacy/b.py", False),
        ("*.tpl.py", "a/b.tpl.py", True),
        ("src/**/gen_*.py", "src/a/b/gen_x.py", True),
        ("src/*.py", "src/a/b.py", False),
        ("src/*/**", "src/a/b/c.py", True),
        ("a*/**/b*.py", "ab/c/d/be.py", True),
        ("[z-a].py", "b.py", False),  # what makes no sense matches nothing
    ],
)
def test_configured_globs(glob: str, path: str, is_quiet: bool) -> None:
    assert quiet_reason(path, (glob,)) == ("quiet by configuration" if is_quiet else None)


def test_changelogs_are_told_by_name() -> None:
    assert is_changelog("pkg/CHANGES.rst")
    assert not is_changelog("pkg/changes.py")


ATTRIBUTES = Attributes.parse(
    """
    # comment
    *.gen.py linguist-generated
    lib/** text linguist-vendored=true
    lib/keep.c -linguist-vendored
    /top.c linguist-generated=true
    "a b.c" linguist-documentation
    a/**/z.c linguist-generated
    folder/ linguist-generated
    x[0-9].c linguist-generated
    x7.c linguist-generated=false
    """
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("deep/er/y.gen.py", "generated"),
        ("lib/a/b.c", "vendored"),
        ("lib/keep.c", None),  # the last rule that matches counts
        ("top.c", "generated"),
        ("deep/top.c", None),
        ("a b.c", "documentation"),
        ("a/z.c", "generated"),
        ("a/b/c/z.c", "generated"),
        ("folder/f.c", None),  # in .gitattributes a folder says nothing about its files
        ("x1.c", "generated"),
        ("x7.c", None),
    ],
)
def test_attributes(path: str, expected: str | None) -> None:
    assert ATTRIBUTES.reason(path) == expected


def test_values_are_read_as_git_prints_them() -> None:
    assert attribute_reason({"linguist-generated": "set"}) == "generated"
    assert attribute_reason({"linguist-generated": "unspecified"}) is None


@pytest.mark.timeout(5)
@pytest.mark.parametrize("glob", ["*a" * 30 + "b", "**/a/" * 30 + "b", "?*" * 30])
def test_a_hostile_pattern_takes_no_time(glob: str) -> None:
    assert quiet_reason("a" * 250, (glob,)) in {None, "quiet by configuration"}
    assert quiet_reason("a/" * 250, (glob,)) in {None, "quiet by configuration"}


GLOB = st.lists(st.sampled_from(["a", "b", "*", "?", "/"]), min_size=1, max_size=7).map("".join)


@given(GLOB.filter(lambda glob: "**" not in glob and "//" not in glob), st.text("ab", max_size=6))
def test_stars_match_as_in_a_shell(glob: str, name: str) -> None:
    is_quiet = Attributes.parse(f"/{glob.strip('/')} linguist-generated").reason(name) is not None
    assert is_quiet == ("/" not in glob.strip("/") and fnmatchcase(name, glob.strip("/")))


@given(st.text(max_size=80), st.text(max_size=30))
def test_any_attributes_are_read(text: str, path: str) -> None:
    Attributes.parse(text).reason(path)
    Attributes.parse(f"{text} linguist-generated").reason(path)


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ("pkg/__init__.py", '__version__ = "1.2.3"', '__version__ = "1.3.0rc1"', True),
        ("a.go", "const SchemaVersion = 3", "const SchemaVersion = 4", True),
        ("a.c", "#define VERSION 3", "#define VERSION 4", True),
        ("a.ts", "  buildNumber: 12,", "  buildNumber: 13,", True),
        ("package.json", '  "version": "1.2.3-dev",', '  "version": "1.2.3",', True),
        ("package.json", '  "version": "0.1.6",', '  "version": "0.2.0-canary.0",', True),
        ("package.json", '  "version": "0.1.6",', '  "version": "0.1.6-mine",', False),
        ("a.swift", "        line: 1285,", "        line: 1317,", True),
        ("a.py", '    "lineno": 125', '    "lineno": 126', True),
        ("a.ts", "  line: 0,", "  line: 1,", False),  # to be off by one is a mistake
        ("a.py", "chart(line=100)", "chart(line=300)", False),
        ("a.swift", "read(line: 100, wait: 30)", "read(line: 100, wait: 60)", False),
        ("a.py", 'API = "version=2024-02-15-preview"', 'API = "version=2024-02-15"', False),
        ("a.py", "max_line = 100", "max_line = 120", False),
        ("a.ts", "lineHeight: 100", "lineHeight: 120", False),
        ("Cargo.toml", 'tokio = "1.2"', 'tokio = "1.3"', True),
        ("requirements-dev.txt", "click==8.1", "click==8.2", True),
        ("app/constraints.in", "click>=8.1", "click>=8.2", True),
        ("go.mod", "require example.org/a v1.2.3", "require example.org/a v1.2.4", True),
        (".tool-versions", "python 3.12.1", "python 3.13.0", True),
        (".python-version", "3.12", "3.13", True),
        ("notes-version", "3.12", "3.13", False),
        ("Dockerfile", "EXPOSE 80", "EXPOSE 8080", False),
        (
            "data.json",
            '  "at": "2024-05-01", "id": "0a1b2c3d"',
            '  "at": "2024-05-02", "id": "9f8e7d6c"',
            True,
        ),
        ("a.py", "timeout = 30", "timeout = 60", False),  # a decision, not a counter
        ("a.py", "if sys.version_info >= (3, 8):", "if sys.version_info >= (3, 9):", False),
        ("a.toml", 'name = "a1"', 'name = "b1"', False),
        ("a.unknown", "x 1", "x 2", False),
    ],
)
def test_version_lines(path: str, before: str, after: str, expected: bool) -> None:
    assert is_version_line_change(path, [before], [after]) is expected
    assert is_version_line_change(path, [after], [before]) is expected


def test_a_version_line_beside_another_change_is_no_version_change() -> None:
    before = ['version = "1"', "run()"]
    assert not is_version_line_change("a.py", before, ['version = "2"', "walk()"])
    assert not is_version_line_change("a.py", before, ['version = "2"'])
    assert not is_version_line_change("a.py", before, before)


def test_what_go_itself_writes_is_a_lock() -> None:
    line = "\tgithub.com/pages/queue/v5 v5.0.3 // indirect"
    assert is_version_line_change("go.mod", [], [line])
    assert is_version_line_change("web/go.mod", [line, line.replace("v5.0.3", "v5.1.0")], [line])
    assert not is_version_line_change("go.mod", [], [line.replace(" // indirect", "")])
    assert not is_version_line_change("go.mod", [line], [line])
    assert not is_version_line_change("go.md", [], [line])
