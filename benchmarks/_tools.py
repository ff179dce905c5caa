"""Runs real linters and type checkers over many files at once, and formats them."""

import json
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from warnings import catch_warnings

from loopwatch.model.evidence import Defect, DefectKind, Span

# Rules about layout, which a formatter changes with intent, and about files and comments.
NOT_RUFF = "E1,E2,E3,E501,W,COM,ISC,Q,D2,ERA,I001,INP,EXE,CPY,TD,FIX,PGH,RUF1"
PACKAGES = ("eslint@9", "typescript-eslint@8", "prettier@3", "typescript@5")
ESLINT_CONFIG = """
import js from "@eslint/js";
import ts from "typescript-eslint";
export default [
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "off" } },
  { files: ["**/*.ts", "**/*.js"], languageOptions: { parser: ts.parser },
    plugins: { "@typescript-eslint": ts.plugin },
    rules: { ...js.configs.all.rules, ...NOT_ALL } },
];
"""
# Rules about layout, order and size, or that report the whole file.
NOT_ESLINT = (
    "max-lines max-lines-per-function max-statements sort-keys sort-imports capitalized-comments"
    " no-inline-comments line-comment-position multiline-comment-style lines-around-directive"
    " no-irregular-whitespace unicode-bom strict max-len one-var sort-vars"
).split()
MORE_ESLINT = (
    "no-explicit-any no-unused-vars no-non-null-assertion ban-ts-comment no-empty-object-type"
    " explicit-function-return-type explicit-module-boundary-types no-inferrable-types"
    " no-unsafe-function-type array-type consistent-type-assertions member-ordering"
).split()
BATCH = 400  # files for one run of a tool


class NoToolError(Exception):
    """A tool could not be had; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools of one language."""

    name: str
    suffix: str

    def defects(self, texts: Mapping[str, str]) -> dict[str, list[Defect]]:
        """Return what is reported of each text, by its key."""
        raise NotImplementedError

    def formatted(self, texts: Mapping[str, str], width: int) -> dict[str, str]:
        """Return each text in another layout; what cannot be formatted is left out."""
        raise NotImplementedError


def _write(folder: Path, texts: Mapping[str, str], suffix: str) -> dict[str, str]:
    names = {}
    for number, (key, text) in enumerate(texts.items()):
        name = f"m{number}{suffix}"
        (folder / name).write_text(text, encoding="utf-8")
        names[name] = key
    return names


def _run(command: list[str], folder: Path, *, is_strict: bool = True) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if is_strict and done.returncode > 1 and not done.stdout:
        raise NoToolError(f"{command[0]} failed: {done.stderr.strip()[:300]}")
    return done.stdout


def _at(line: int, column: int) -> Span:
    return Span(start_line=line, end_line=line, start_column=column)


@dataclass(frozen=True, slots=True)
class Ruff(Toolbox):
    def defects(self, texts: Mapping[str, str]) -> dict[str, list[Defect]]:
        found: dict[str, list[Defect]] = defaultdict(list)
        with TemporaryDirectory() as name:
            folder = Path(name)
            names = _write(folder, texts, ".py")
            command = [_binary("ruff"), "check", "--isolated", "--no-cache", "--exit-zero"]
            command += ["--ignore-noqa", "--output-format", "json", "--select", "ALL"]
            for row in json.loads(_run([*command, "--ignore", NOT_RUFF, "."], folder)):
                if row["code"] and row["code"] != "invalid-syntax":
                    key = names[Path(row["filename"]).name]
                    place = row["location"]
                    found[key].append(
                        _lint(row["code"], row["message"], place["row"], place["column"])
                    )
        return found

    def formatted(self, texts: Mapping[str, str], width: int) -> dict[str, str]:
        with TemporaryDirectory() as name:
            folder = Path(name)
            names = _write(folder, texts, ".py")
            style = f"line-length = {width}\n[format]\nquote-style = 'single'\n"
            (folder / "ruff.toml").write_text(style, encoding="utf-8")
            _run([_binary("ruff"), "format", "--no-cache", "."], folder, is_strict=False)
            return {key: (folder / file).read_text(encoding="utf-8") for file, key in names.items()}


@dataclass(frozen=True, slots=True)
class Mypy(Ruff):
    def defects(self, texts: Mapping[str, str]) -> dict[str, list[Defect]]:
        found: dict[str, list[Defect]] = defaultdict(list)
        keys = [key for key, text in texts.items() if _parses(text)]
        for begin in range(0, len(keys), BATCH):
            self._batch({key: texts[key] for key in keys[begin : begin + BATCH]}, found)
        return found

    @staticmethod
    def _batch(texts: Mapping[str, str], found: dict[str, list[Defect]]) -> None:
        with TemporaryDirectory() as name:
            folder = Path(name)
            inner = folder / "a/b/c/d"  # so that relative imports lead somewhere
            inner.mkdir(parents=True)
            for package in (inner, *list(inner.parents)[:3]):
                (package / "__init__.py").touch()
            names = _write(inner, texts, ".py")
            options = ["--strict", "--follow-imports=skip", "--ignore-missing-imports"]
            options += ["--no-error-summary", "--cache-dir", str(folder / "cache"), "--output=json"]
            files = [f"a/b/c/d/{name}" for name in names]
            output = _run([sys.executable, "-m", "mypy", *options, *files], folder)
            for line in output.splitlines():
                row = json.loads(line)
                if row["code"] is None or row["code"] == "syntax":
                    raise NoToolError(f"mypy stopped: {row['message']}")
                if row["severity"] == "error":
                    defect = _lint(row["code"], row["message"], row["line"], row["column"] + 1)
                    found[names[Path(row["file"]).name]].append(_typed(defect))


@dataclass(frozen=True, slots=True)
class Eslint(Toolbox):
    home: Path = Path()

    def defects(self, texts: Mapping[str, str]) -> dict[str, list[Defect]]:
        found: dict[str, list[Defect]] = defaultdict(list)
        keys = list(texts)
        for begin in range(0, len(keys), BATCH):
            self._batch({key: texts[key] for key in keys[begin : begin + BATCH]}, found)
        return found

    def _batch(self, texts: Mapping[str, str], found: dict[str, list[Defect]]) -> None:
        with TemporaryDirectory(dir=self.home) as name:
            folder = Path(name)
            names = _write(folder, texts, ".ts")
            command = [
                "node",
                str(self.home / "node_modules/eslint/bin/eslint.js"),
                "-f",
                "json",
                ".",
            ]
            for file in json.loads(_run(command, folder)):
                for row in file["messages"]:
                    if row["ruleId"]:
                        key = names[Path(file["filePath"]).name]
                        found[key].append(
                            _lint(row["ruleId"], row["message"], row["line"], row["column"])
                        )

    def formatted(self, texts: Mapping[str, str], width: int) -> dict[str, str]:
        with TemporaryDirectory(dir=self.home) as name:
            folder = Path(name)
            names = _write(folder, texts, ".ts")
            command = ["node", str(self.home / "node_modules/prettier/bin/prettier.cjs"), "--write"]
            command += ["--print-width", str(width), "--single-quote", "--no-semi", "."]
            _run(command, folder, is_strict=False)
            return {key: (folder / file).read_text(encoding="utf-8") for file, key in names.items()}


def eslint(home: Path) -> Eslint:
    """Install ESLint and Prettier into a folder; npm and a package registry are needed."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise NoToolError(
            "npm and node are needed for TypeScript; `--languages python` leaves it out"
        )
    rules = dict.fromkeys(NOT_ESLINT, "off")
    rules |= {f"@typescript-eslint/{rule}": "error" for rule in MORE_ESLINT}
    config = ESLINT_CONFIG.replace("NOT_ALL", json.dumps(rules))
    (home / "eslint.config.mjs").write_text(config, encoding="utf-8")
    if (home / "node_modules").is_dir():
        return Eslint("eslint", ".ts", home)
    (home / "package.json").write_text('{"private": true}', encoding="utf-8")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", *PACKAGES]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoToolError(
            "npm could not install ESLint: is the network there? " + done.stderr[-200:]
        )
    return Eslint("eslint", ".ts", home)


def packed(names: Iterable[str], home: Path) -> list[Path]:
    """Download and unpack packages; return their folders."""
    folders = []
    for name in names:
        done = subprocess.run(
            ["npm", "pack", "--silent", name], cwd=home, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise NoToolError(f"npm could not download {name}: is the network there?")
        archive = home / done.stdout.strip().splitlines()[-1]
        folder = home / archive.stem
        shutil.unpack_archive(archive, folder, filter="data")
        folders.append(folder)
    return folders


def _parses(text: str) -> bool:
    """Tell whether mypy can read a file; one that it cannot read would end the run of all."""
    try:
        with catch_warnings(action="ignore"):
            compile(text, "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _binary(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _lint(rule: str, message: str, line: int, column: int) -> Defect:
    return Defect(kind=DefectKind.LINT, rule=rule, message=message, span=_at(line, column))


def _typed(defect: Defect) -> Defect:
    return Defect(kind=DefectKind.TYPE, rule=defect.rule, message=defect.message, span=defect.span)
