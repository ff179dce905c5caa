"""Measure how long symbols take to read, against a plain parse of the same files.

    python benchmarks/extractor.py REPOSITORY [--versions N] [--check N]

Reads the successive versions of each file on the first-parent line of HEAD and
prints, for each language, CPU time of the reader over that of tree-sitter
alone (target: 1.0 or less). ``--check N`` also compares what the reader says of
the N last versions with what a reader without any memory says.
"""

import argparse
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator

from tree_sitter import Parser

from loopwatch.diffing.languages import language_of
from loopwatch.diffing.node_traits import node_kinds
from loopwatch.diffing.syntax import SyntaxReader

BATCH = 400  # blobs in memory at once

Version = tuple[str, bytes]  # path, content


def blob_ids(repository: str, limit: int) -> dict[str, list[tuple[str, str]]]:
    """Return paths and blobs in order of path, then history, for each language."""
    command = ["git", "-C", repository, "log", "--reverse", "--first-parent", "-m", "--raw"]
    command += ["-z", "--no-abbrev", "--no-renames", "--format=", "HEAD"]
    fields = subprocess.run(command, capture_output=True, check=True).stdout.split(b"\0")
    history: dict[str, list[str]] = defaultdict(list)
    for head, name in zip(fields[::2], fields[1::2], strict=False):
        blob = head.split()[3].decode()
        if blob.strip("0"):
            history[name.decode("utf-8", "replace")].append(blob)
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted(history):
        language = language_of(path)
        if language is not None:
            found[language].extend((path, blob) for blob in history[path])
    return {language: spread(blobs, limit) for language, blobs in sorted(found.items())}


def spread(blobs: list[tuple[str, str]], limit: int) -> list[tuple[str, str]]:
    """Return at most ``limit`` blobs: whole runs of versions, from all over the list."""
    run = 50
    keep = max(1, -(-len(blobs) // limit)) if limit else 1
    return [blob for index, blob in enumerate(blobs) if index // run % keep == 0]


def contents(repository: str, blobs: list[tuple[str, str]]) -> Iterator[list[Version]]:
    """Yield the contents of blobs, a batch at a time."""
    command = ["git", "-C", repository, "cat-file", "--batch", "--buffer"]
    for begin in range(0, len(blobs), BATCH):
        batch = blobs[begin : begin + BATCH]
        wanted = "".join(f"{blob}\n" for _, blob in batch).encode()
        out = subprocess.run(command, input=wanted, capture_output=True, check=True).stdout
        versions, at = [], 0
        for path, _ in batch:
            line_end = out.index(b"\n", at)
            header = out[at:line_end].split()
            size = int(header[2]) if header[1] == b"blob" else -1
            if size >= 0:
                versions.append((path, out[line_end + 1 : line_end + 1 + size]))
            at = line_end + 2 + size
        yield versions


def measure(repository: str, language: str, blobs: list[tuple[str, str]], check: int) -> str:
    """Return one line of figures for one language."""
    kinds = node_kinds(language)
    if kinds is None:
        return f"{language:12} no grammar installed, {len(blobs)} versions"
    parser, reader = Parser(kinds.language), SyntaxReader()
    size = plain = ours = errors = symbols = 0.0
    differing = []
    for versions in contents(repository, blobs):
        begin = time.process_time()
        for _, content in versions:
            parser.parse(content)
        middle = time.process_time()
        read = [reader.read(path, language, content) for path, content in versions]
        end = time.process_time()
        plain, ours = plain + middle - begin, ours + end - middle
        size += sum(len(content) for _, content in versions)
        errors += sum(1 for file in read if file and file.has_errors)
        symbols += sum(len(file.symbols) for file in read if file)
        if check > 0:
            for (path, content), file in zip(versions, read, strict=True):
                if SyntaxReader().read(path, language, content) != file:
                    differing.append(path)
            check -= len(versions)
    rates = f"{size / 1e6 / ours:6.1f} MB/s, {symbols / len(blobs):5.1f} symbols"
    wrong = f", {len(differing)} DIFFER from a fresh reading: {differing[:3]}" if differing else ""
    return (
        f"{language:12} {len(blobs):6} versions {size / 1e6:7.1f} MB  ratio {ours / plain:5.2f}"
        f"  {rates}, {errors / len(blobs):4.0%} with errors{wrong}"
    )


def main() -> None:
    """Print the figures for each language of a repository."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    arguments.add_argument("repository")
    arguments.add_argument("--versions", type=int, default=1500, help="of each language; 0: all")
    arguments.add_argument("--check", type=int, default=0, help="versions to read afresh as well")
    given = arguments.parse_args()
    for language, blobs in blob_ids(given.repository, given.versions).items():
        print(measure(given.repository, language, blobs, given.check), flush=True)


if __name__ == "__main__":
    main()
