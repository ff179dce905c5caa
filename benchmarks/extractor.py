"""Measure how long symbols take to read, against a plain parse of the same files.

    python benchmarks/extractor.py REPOSITORY [--versions N] [--check N]

Reads the successive versions of each file on the first-parent line of HEAD and
prints, for each language, CPU time of the reader over that of tree-sitter
alone (target: 1.0 or less), and the same for versions with syntax errors, which
nothing that was read before can help with. ``--check N`` also compares what the
reader says of the N last versions with what a reader without any memory says.
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
    """Yield paths and contents, a batch at a time; blobs that are not there are left out."""
    command = ["git", "-C", repository, "cat-file", "--batch", "--buffer"]
    for begin in range(0, len(blobs), BATCH):
        batch = blobs[begin : begin + BATCH]
        wanted = "".join(f"{blob}\n" for _, blob in batch).encode()
        out = subprocess.run(command, input=wanted, capture_output=True, check=True).stdout
        versions, at = [], 0
        for path, _ in batch:
            line_end = out.index(b"\n", at)
            header = out[at:line_end].split()
            at = line_end + 1
            if header[1] == b"blob":
                versions.append((path, out[at : at + int(header[2])]))
                at += int(header[2]) + 1
        yield versions


def measure(repository: str, language: str, blobs: list[tuple[str, str]], check: int) -> str:
    """Return one line of figures for one language."""
    kinds = node_kinds(language)
    if kinds is None:
        return f"{language:12} no grammar installed, {len(blobs)} versions"
    parser, reader = Parser(kinds.language), SyntaxReader()
    plain, ours = [0.0, 0.0], [0.0, 0.0]  # CPU seconds for first versions of files, and later ones
    broken = [0.0, 0.0]  # the same for versions with errors: those of the parser, and ours
    size = errors = symbols = refused = 0
    seen: set[str] = set()
    differing = []
    for versions in contents(repository, blobs):
        for path, content in versions:  # in turns, so that other load falls on both
            before = time.process_time()
            parser.parse(content)
            between = time.process_time()
            file = reader.read(path, language, content)
            parse, read = between - before, time.process_time() - between
            plain[path in seen] += parse
            ours[path in seen] += read
            seen.add(path)
            size += len(content)
            refused += file is None
            if file is not None and file.has_errors:
                errors += 1
                broken = [broken[0] + parse, broken[1] + read]
            symbols += len(file.symbols) if file else 0
            check -= 1
            if check >= 0 and SyntaxReader().read(path, language, content) != file:
                differing.append(path)
    sides = zip((*ours, broken[1]), (*plain, broken[0]), strict=True)
    ratios = [mine / its if its else 0.0 for mine, its in sides]
    wrong = f", {len(differing)} DIFFER from a fresh reading: {differing[:3]}" if differing else ""
    return (
        f"{language:12}{len(blobs):6} versions of{len(seen):5} files,{size / 1e6:7.1f} MB:"
        f"  ratio {sum(ours) / sum(plain):4.2f} (first {ratios[0]:4.2f}, later {ratios[1]:4.2f})"
        f" {size / 1e6 / sum(ours):5.1f} MB/s, {symbols / len(blobs):5.1f} symbols,"
        f" {errors / len(blobs):3.0%} with errors (ratio {ratios[2]:4.2f}),"
        f" {refused} not read{wrong}"
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
