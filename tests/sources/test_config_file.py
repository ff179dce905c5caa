"""Settings: what may be said, where, and what is said of what may not."""

import re
from pathlib import Path

import pytest

import dev
from loopwatch.entrypoints.cli import scan
from loopwatch.entrypoints.options import CONFIGURED
from loopwatch.errors import ConfigError
from loopwatch.model.options import ALL_UNITS, Options
from loopwatch.model.unit import Granularity
from loopwatch.sources.config_file import HIDDEN, OWN, SHARED, Settings, read_settings
from loopwatch.sources.config_keys import KEYS, OPTION_FIELDS
from loopwatch.sources.detector_config import DetectorConfig
from loopwatch.sources.text_file import LARGEST

FORMATS = ("text", "json")
PAGE = dev.ROOT / "docs" / "configuration.md"
ROW = re.compile(r"^\| `(?P<key>[\w-]+)` \|.*\| `(?P<default>[^`]*)` \|$", re.MULTILINE)


def read(folder: Path, text: str | bytes, name: str = OWN) -> Settings:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return read_settings(folder, FORMATS)


def complaint(folder: Path, text: str | bytes, name: str = OWN) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read(folder, text, name)
    assert "\n" not in str(caught.value) + caught.value.hint
    assert str(folder) not in str(caught.value)
    return caught.value


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert read_settings(tmp_path, FORMATS) == Settings()
    assert Settings().options(Options()) == Options()


def test_every_key(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        """
        agents-only = true
        all = true
        color = "never"
        exit-zero = true
        fail-on = "error"
        fix-patterns = ["^korrigiert"]
        format = "json"
        largest-file = 1
        max-count = 0
        quiet = ["*.snap", "third_party/"]
        revert-patterns = ["(?i:zurück)"]
        prices = ["our-model 1 2"]
        rollback-hunks = 4
        units = ["file", "site"]
        verbose = true
        window-edits = 10
        window-hours = 24
        """,
    )
    assert set(told.values) == set(KEYS)
    assert told.options(Options(paths=("kept",))) == Options(
        units=frozenset({Granularity.FILE, Granularity.SITE}),
        window_hours=24,
        window_edits=10,
        rollback_hunks=4,
        quiet=("*.snap", "third_party/"),
        fix_patterns=("^korrigiert",),
        revert_patterns=("(?i:zurück)",),
        is_agents_only=True,
        largest_file=1,
        prices=("our-model 1 2",),
        paths=("kept",),
    )


def test_units_may_be_written_as_on_the_command_line(tmp_path: Path) -> None:
    assert read(tmp_path, 'units = "tree, file,symbol,site"').values["units"] == ALL_UNITS


def test_pyproject(tmp_path: Path) -> None:
    told = read(tmp_path, '[project]\nname = "x"\n[tool.loopwatch]\nmax-count = 5\n', SHARED)
    assert (told.file, dict(told.values)) == (SHARED, {"max-count": 5})


@pytest.mark.parametrize("text", ["", "[tool.other]\nx = 1", "[tool]\nruff = 1", "broken = "])
def test_a_pyproject_without_us_is_not_ours(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text, SHARED) == Settings()


def test_our_own_file_beside_a_pyproject_without_settings(tmp_path: Path) -> None:
    (tmp_path / SHARED).write_text('[project]\nname = "loopwatch"\n', encoding="utf-8")
    assert read(tmp_path, "all = true").values == {"all": True}


def test_our_own_file_may_be_hidden(tmp_path: Path) -> None:
    told = read(tmp_path, "\nmax-count = 5\n[[detectors]]\ncommand = 'ruff'\n", HIDDEN)
    assert (told.file, told.values["max-count"]) == (HIDDEN, 5)
    assert told.origins == {"max-count": f"{HIDDEN}:2", "detectors": f"{HIDDEN}:3"}
    assert "unknown key `x` in .loopwatch.toml:1" in str(complaint(tmp_path, "x = 1", HIDDEN))


@pytest.mark.parametrize(
    ("files", "inner", "expected"),
    [
        ({"": OWN}, "a/b", "loopwatch.toml"),
        ({"": OWN, "a": OWN}, "a/b", "a/loopwatch.toml"),
        ({"": OWN, "a": OWN, "a/b": SHARED}, "a/b", "a/b/pyproject.toml"),
        ({"": HIDDEN, "c": OWN}, "a/b", ".loopwatch.toml"),
        ({"": OWN, "a": OWN}, ".", "loopwatch.toml"),
        ({"a": OWN}, "", None),
    ],
)
def test_the_nearest_file_holds(
    tmp_path: Path, files: dict[str, str], inner: str, expected: str | None
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "c").mkdir()
    for folder, name in files.items():
        path = Path(folder) / name
        head = "[tool.loopwatch]\n" if name == SHARED else ""
        (tmp_path / path).write_text(f"{head}quiet = ['{path.as_posix()}']", encoding="utf-8")
    told = read_settings(tmp_path, FORMATS, inner)
    assert told.file == expected
    assert told.values == ({"quiet": (expected,)} if expected else {})


def test_an_empty_file_of_ours_says_that_all_is_as_by_default(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / OWN).write_text("all = true", encoding="utf-8")
    (tmp_path / "a" / OWN).touch()
    assert read_settings(tmp_path, FORMATS, "a") == Settings(file="a/loopwatch.toml")


def test_a_mistake_in_an_inner_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / SHARED).write_text("[tool.loopwatch]\nx = 1", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"unknown key `x` in a/pyproject\.toml:2"):
        read_settings(tmp_path, FORMATS, "a")


@pytest.mark.parametrize(("one", "other"), [(OWN, HIDDEN), (HIDDEN, SHARED), (OWN, SHARED)])
def test_any_two_files_with_settings_are_refused(tmp_path: Path, one: str, other: str) -> None:
    for name in (one, other):
        head = "[tool.loopwatch]\n" if name == SHARED else ""
        (tmp_path / name).write_text(f"{head}all = true", encoding="utf-8")
    with pytest.raises(ConfigError, match=f"both {one} and {other} have settings of loopwatch"):
        read_settings(tmp_path, FORMATS)


def test_agents(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        """
        [[agents]]
        name = "house-bot"
        email = "bot+1@example.com"
        [[agents]]
        name = "other"
        email = "other@example.com"
        """,
    )
    named = (("house-bot", "bot+1@example.com"), ("other", "other@example.com"))
    assert told.agents == told.options(Options()).agents == named
    assert Settings().agents == Options().agents == ()


def test_settings_in_both_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / SHARED).write_text("[tool.loopwatch]\nall = true\n", encoding="utf-8")
    error = complaint(tmp_path, "all = true")
    assert str(error) == "both loopwatch.toml and pyproject.toml have settings of loopwatch"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "\n\n\nwindow_hour = 1",
            "unknown key `window_hour` in loopwatch.toml:4 (did you mean `window-hours`?)",
        ),
        ("FAIL_ON = 1", "unknown key `FAIL_ON` in loopwatch.toml:1 (did you mean `fail-on`?)"),
        ("all=true\n'max-cuont' = 1", "(did you mean `max-count`?)"),
        ("[max-count]\nx = 1", "`max-count` in loopwatch.toml:1 must be a whole number"),
        ("[tool.loopwatch]\nall = true", "unknown key `tool` in loopwatch.toml:1"),
        ("[x]\nall = 1\n[y]", "unknown key `x` in loopwatch.toml:1"),
        ("max-count = -1", "must be a whole number of at least 0, not -1"),
        ("max-count = true", "must be a whole number of at least 0, not true"),
        ("all = 1", "`all` in loopwatch.toml:1 must be true or false, not 1"),
        ("quiet = '*'", 'must be a list of texts, such as ["a", "b"], not "*"'),
        ("quiet = [1]", "must be a list of texts"),
        ("fail-on = 2026-01-01", "must be one of never, note, warning, error, not 2026-01-01"),
        ("format = 'xml'", 'must be one of text, json, not "xml"'),
        ("units = ['line']", "must be some of tree,file,symbol,site"),
        ("units = []", "must be some of"),
        ("units = [[]]", "must be some of"),
        ("\nfix-patterns = ['a', '(']", "`fix-patterns` in loopwatch.toml:2 must be regular expr"),
        ("fix-patterns = ['a(?i)']", "must be regular expressions (global flags"),
        (r"fix-patterns = ['(a)\1']", "without references to groups"),
        ("\nall =", "loopwatch.toml:2 is not TOML: Invalid value"),
        ("all = true\nall = true", "loopwatch.toml:2 is not TOML: Cannot overwrite a value"),
        (b"all = true\n# \xff", "loopwatch.toml:2 is not UTF-8"),
        ("#" * (LARGEST + 1), "loopwatch.toml is larger than"),
        (
            "all = true\n[[detectors]]\nname = 'r'\ncomand = 'ruff'",
            "unknown key `comand` of a detector in loopwatch.toml:4 (did you mean `command`?)",
        ),
        ("detectors = 1", "`detectors` in loopwatch.toml:1 must be a list of tables"),
        ("[[detectors]]\nname = 'r'", "must be tables that all have a `command`"),
        ("[[detectors]]\nname = 'r'\ncommand = ''", "a `command`: a text, or a list of words"),
        ("[[detectors]]\nname = 'r'\ncommand = 'a \"'", "whose `command` is complete"),
        ("[[detectors]]\nname = 'r'\ncommand = '{files}'", "that begins with a program"),
        ("[[detectors]]\nname = 'r'\ncommand = 'a'\ntimeout = 0", "a number of seconds"),
        ("[[detectors]]\nname = 'r'\ncommand = 'a'\nscope = 'x'", "is file or tree"),
        ("[[detectors]]\nname = 'r'\ncommand = 'a'\n" * 2, "a name of its own"),
        ("agents = 'x'", "`agents` in loopwatch.toml:1 must be a list of tables: [[agents]]"),
        ("[[agents]]\nemail = 'a@b.c'", "must be tables that all have a `name`"),
        ("[[agents]]\nname = 'a'\nemail = 'ab.c'", "must be tables that all have an `email`"),
        ("[[agents]]\nname = 'a'\nemail = 'a@b.c>\\n'", "must be tables that all have an `email`"),
        (
            "[[agents]]\nname = 'a'\nmail = 'a@b.c'",
            "unknown key `mail` of an agent in loopwatch.toml:3 (did you mean `email`?)",
        ),
        ("fail-on = '" + "x" * 99 + "'", f'not "{"x" * 59} …'),
    ],
)
def test_what_cannot_be(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert expected in str(complaint(tmp_path, text))


def test_what_is_not_near_anything_gets_the_list(tmp_path: Path) -> None:
    assert "agents-only, all, color" in complaint(tmp_path, "zzz = 1").hint


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[tool.ruff]\nmin-turn = 1\n[tool.loopwatch]\nmin-turn = 1", ":4"),
        ("[ tool . loopwatch ] # ours\nall = true\nmin-turn = 1", ":3"),
        ("[tool.loopwatch.min-turn]\nall = true", ":1"),
        ("[tool]\nloopwatch = {min-turn = 1}", ""),
    ],
)
def test_lines_of_pyproject(tmp_path: Path, text: str, place: str) -> None:
    error = complaint(tmp_path, text, SHARED)
    assert str(error).startswith(f"unknown key `min-turn` in pyproject.toml{place}")


def test_detectors(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        """
        [tool.loopwatch]
        max-count = 5
        [[tool.loopwatch.detectors]]
        name = "lint"
        command = "ruff check --output-format json '{files}'"
        [[tool.loopwatch.detectors]]
        name = "types"
        command = ["mypy", "--output", "json", "."]
        format = "mypy"
        files = ["src/"]
        scope = "tree"
        timeout = 300
        """,
        SHARED,
    )
    assert told.detectors == (
        DetectorConfig(
            name="lint", command=("ruff", "check", "--output-format", "json", "{files}")
        ),
        DetectorConfig(
            name="types",
            command=("mypy", "--output", "json", "."),
            format="mypy",
            files=("src/",),
            scope="tree",
            timeout=300,
        ),
    )
    assert Settings().detectors == ()


def test_a_table_that_is_none(tmp_path: Path) -> None:
    assert "not a table" in str(complaint(tmp_path, "[tool]\nloopwatch = 1", SHARED))


def test_a_folder_of_that_name(tmp_path: Path) -> None:
    (tmp_path / OWN).mkdir()
    with pytest.raises(ConfigError, match=r"loopwatch\.toml is not a file"):
        read_settings(tmp_path, FORMATS)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    (tmp_path / OWN).touch()
    with pytest.raises(ConfigError, match=r"cannot read loopwatch\.toml: Permission denied"):
        read_settings(tmp_path, FORMATS)


def test_each_key_is_documented_and_nothing_else() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert [key for key, _ in rows] == sorted(KEYS)


def test_the_defaults_of_the_page_are_those_of_the_code() -> None:
    told = dict(ROW.findall(PAGE.read_text(encoding="utf-8")))
    named = {parameter.name: parameter.default for parameter in scan.params}
    actual = {key: named[name] for name, key in CONFIGURED.items()}
    actual |= {
        key: getattr(Options(), name) for key, name in OPTION_FIELDS.items() if key not in actual
    }
    assert {key: _as_toml(value) for key, value in actual.items()} == told


def _as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value).replace("()", "[]")


def test_each_key_is_heeded_somewhere() -> None:
    assert set(CONFIGURED.values()) | set(OPTION_FIELDS) == set(KEYS)
