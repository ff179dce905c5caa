"""Languages: which file is in which, and what each one's definitions are called."""

import importlib

import pytest

from loopwatch.diffing import languages
from loopwatch.diffing.grammars import CORE, Grammar
from loopwatch.diffing.languages import is_code, language_of, missing_grammar
from loopwatch.diffing.more_grammars import EXTRA
from loopwatch.diffing.node_traits import node_kinds
from loopwatch.diffing.syntax import FileSyntax, SyntaxReader
from tests.diffing.language_samples import IMPORTS, SAMPLES, SYMBOLS

ALL = {**CORE, **EXTRA}


def read(language: str) -> FileSyntax:
    if language in EXTRA:
        pytest.importorskip(EXTRA[language].module)
    file = SyntaxReader().read("sample", language, SAMPLES[language].encode())
    assert file is not None
    return file


@pytest.mark.parametrize("language", ALL)
def test_every_language_names_its_definitions(language: str) -> None:
    file = read(language)
    found = [f"{s.name}:{s.start_line}-{s.end_line}" for s in file.symbols]
    assert " ".join(found) == SYMBOLS[language]
    assert not file.has_errors


@pytest.mark.parametrize("language", ALL)
def test_every_language_knows_its_imports(language: str) -> None:
    assert read(language).import_lines == IMPORTS[language]


def words(grammar: Grammar) -> tuple[set[str], set[str]]:
    """Return the kinds and the fields that a description names."""
    places = [grammar.binds, grammar.unbinds, grammar.keeps, grammar.passes, grammar.imports]
    pairs = [word.partition(".") for word in " ".join(places).split()]
    kinds = [grammar.scopes, grammar.compounds, grammar.blocks, grammar.statements]
    kinds += [grammar.comments, grammar.docstrings, grammar.requires, grammar.identifiers]
    kinds += [
        grammar.always_local,
        grammar.shorthands,
        grammar.atoms,
        grammar.prose,
        grammar.prefixes,
    ]
    named = {*" ".join([*kinds, grammar.comma_counts]).split(), *(kind for kind, _, _ in pairs)}
    fields = {field for _, _, field in pairs} - {"", "*", "-"}
    return {word for word in named if "*" not in word} | set(grammar.definitions), fields


@pytest.mark.parametrize("language", ALL)
def test_a_description_names_only_what_the_grammar_has(language: str) -> None:
    pytest.importorskip(ALL[language].module)
    loaded = node_kinds(language)
    assert loaded is not None
    kinds, fields = words(ALL[language])
    unknown = {kind for kind in kinds if not loaded.language.id_for_node_kind(kind, True)}
    allowed = {kind for kind in unknown if language == "typescript" and kind.startswith("jsx_")}
    assert unknown == allowed
    assert all(loaded.language.field_id_for_name(field) for field in fields)


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("src/a.py", "python"),
        ("a.PYI", "python"),
        ("x/b.jsx", "javascript"),
        ("b.mts", "typescript"),
        ("b.d.ts", "typescript"),
        ("b.tsx", "tsx"),
        ("include/c.h", "cpp"),
        ("Rakefile", "ruby"),
        ("home/.bashrc", "bash"),
        ("a.vue", None),
        ("py", None),
        (".py", None),
        ("dir.py/readme", None),
        ("", None),
    ],
)
def test_the_name_tells_the_language(path: str, language: str | None) -> None:
    assert language_of(path) == language


@pytest.mark.parametrize(
    ("first_line", "language"),
    [
        (b"#!/usr/bin/env python3.11\nx", "python"),
        (b"#!/usr/bin/env -S LANG=C node --no-warnings\n", "javascript"),
        (b"#!/bin/sh", "bash"),
        (b"#!/usr/bin/perl\n", None),
        (b"#!", None),
        (b"plain text", None),
    ],
)
def test_where_the_name_is_silent_the_first_line_tells(
    first_line: bytes, language: str | None
) -> None:
    assert language_of("bin/tool", first_line) == language
    assert language_of("notes.txt", first_line) is None


@pytest.mark.parametrize("path", ["a.py", "a.rs", "A.vue", "q.sql", "x.zig", "run.ps1"])
def test_code(path: str) -> None:
    assert is_code(path)


@pytest.mark.parametrize(
    "path", ["a.md", "a.json", "a.yml", "a.toml", "a.html", "a.css", "a.txt", "Dockerfile", "sql"]
)
def test_markup_configuration_and_data_are_not_code(path: str) -> None:
    assert not is_code(path)


def test_a_missing_grammar_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = {"tree_sitter_kotlin", "tree_sitter_rust"}
    monkeypatch.setattr(languages, "find_spec", lambda name: None if name in absent else name)
    languages.is_installed.cache_clear()
    assert missing_grammar("a/B.kt") == "kotlin"
    assert missing_grammar("a/b.rs") == "rust"
    assert missing_grammar("a/b.py") is None
    assert missing_grammar("a/b.md") is None
    languages.is_installed.cache_clear()


def test_the_hint_installs_what_is_missing() -> None:
    assert languages.install_hint("kotlin") == 'pip install "loopwatch[languages]"'
    assert languages.install_hint("rust") == "pip install tree-sitter tree-sitter-rust"


def test_a_language_without_its_grammar_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", refuse)
    node_kinds.cache_clear()
    assert SyntaxReader().read("a", "python", b"x = 1") is None
    node_kinds.cache_clear()
