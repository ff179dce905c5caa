"""Which language a file is written in, and whether there is a parser for it.

Grammars come as separate packages, so any of them may be missing. Nothing
here loads one.
"""

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec

from loopwatch.diffing.grammars import CORE
from loopwatch.diffing.node_traits import grammar_of

_EXTENSIONS = {
    "python": "py pyi pyw",
    "javascript": "js jsx mjs cjs",
    "typescript": "ts mts cts",
    "tsx": "tsx",
    "go": "go",
    "rust": "rs",
    "java": "java",
    "c": "c",
    "cpp": "cpp cc cxx c++ h hh hpp hxx h++ inl ipp tpp cu cuh",  # h: the C++ grammar reads C too
    "c_sharp": "cs csx",
    "ruby": "rb rake gemspec ru podspec",
    "php": "php phtml",
    "bash": "sh bash zsh ksh bats",
    "kotlin": "kt kts",
    "swift": "swift",
    "scala": "scala sc sbt",
    "lua": "lua",
    "elixir": "ex exs",
}
LANGUAGES: Mapping[str, str] = {
    extension: language for language, known in _EXTENSIONS.items() for extension in known.split()
}

_NAMES = {
    "python": "sconstruct sconscript wscript",
    "ruby": "rakefile gemfile vagrantfile podfile fastfile brewfile guardfile capfile",
    "bash": ".bashrc .bash_profile .bash_aliases .profile .zshrc .zprofile pkgbuild",
}
FILE_NAMES: Mapping[str, str] = {
    name: language for language, known in _NAMES.items() for name in known.split()
}

INTERPRETERS: Mapping[bytes, str] = {
    b"python": "python",
    b"pypy": "python",
    b"node": "javascript",
    b"deno": "typescript",
    b"bun": "typescript",
    b"ts-node": "typescript",
    b"tsx": "typescript",
    b"sh": "bash",
    b"bash": "bash",
    b"zsh": "bash",
    b"ksh": "bash",
    b"dash": "bash",
    b"ruby": "ruby",
    b"php": "php",
    b"lua": "lua",
    b"elixir": "elixir",
}

# Programming languages without a parser here. Single-file components count, for the script in
# them. Markup, style sheets, configuration, build descriptions and data are not code.
OTHER_CODE = frozenset(
    (
        "vue svelte astro sql plsql pls psql r jl pl pm t raku dart zig nim cr v d hs lhs elm"
        " purs ml mli re res fs fsx fsi vb bas pas pp dpr ada adb ads f f77 f90 f95 f03 f08 for"
        " cob cbl clj cljs cljc edn lisp lsp cl el scm ss rkt erl hrl gleam groovy gradle m mm asm"
        " s nasm vhd vhdl sv svh ps1 psm1 bat cmd fish nu awk sed tcl vim sol vy move cairo wat hx"
        " hlsl glsl frag vert metal wgsl cl gd gdshader nix coffee ls litcoffee pyx pxd pxi mojo"
        " odin jai pony apex cls trigger abap prolog pro forth fth apl st factor q sas do ado stan"
        " mat bsl ahk au3 applescript wren lean agda idr dfy"
    ).split()
)

INSTALL_EXTRA = 'pip install "loopwatch[languages]"'


def language_of(path: str, content: bytes = b"") -> str | None:
    """Return the language of a file that has a grammar, installed or not.

    Args:
        path: its path or name; only the last part is looked at.
        content: where the name says nothing, its ``#!`` line may.
    """
    name = path.rpartition("/")[2].lower()
    stem, dot, extension = name.rpartition(".")
    if dot and stem and extension in LANGUAGES:
        return LANGUAGES[extension]
    if name in FILE_NAMES:
        return FILE_NAMES[name]
    return _interpreter(content) if not dot and content[:2] == b"#!" else None


def _interpreter(content: bytes) -> str | None:
    """Return the language of a ``#!`` line: ``#!/usr/bin/env -S python3.11 -u``."""
    words = content[2:200].split(b"\n", 1)[0].split()
    for word in words[:4]:
        program = word.rpartition(b"/")[2]
        if program != b"env" and not program.startswith(b"-") and b"=" not in program:
            return INTERPRETERS.get(program.rstrip(b"0123456789."))
    return None


def is_code(path: str) -> bool:
    """Tell whether a file is in a programming language, by its name.

    Markup, configuration, data and documents are not; neither is a file whose
    name says nothing.
    """
    stem, _, extension = path.rpartition("/")[2].lower().rpartition(".")
    return language_of(path) is not None or (bool(stem) and extension in OTHER_CODE)


def missing_grammar(path: str) -> str | None:
    """Return the language of a file if its grammar is not installed, else None."""
    language = language_of(path)
    return language if language is not None and not is_installed(language) else None


@cache
def is_installed(language: str) -> bool:
    """Tell whether files in a language can be parsed here."""
    grammar = grammar_of(language)
    return grammar is not None and all(map(find_spec, ("tree_sitter", grammar.module)))


def install_hint(language: str) -> str:
    """Return the command that installs a language's grammar."""
    grammar = grammar_of(language)
    if grammar is None or language not in CORE:
        return INSTALL_EXTRA
    return "pip install tree-sitter " + grammar.module.replace("_", "-")
