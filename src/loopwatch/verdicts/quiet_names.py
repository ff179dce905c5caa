"""Names of files that never rise above ``note``, and why. All are in lower case."""

import re
from collections.abc import Mapping
from typing import Final

GENERATED: Final = "generated"
BUNDLED: Final = "bundled"
MINIFIED: Final = "minified"
VENDORED: Final = "vendored"
DOCUMENTATION: Final = "documentation"
RECORDED: Final = "recorded output"
CHANGELOG: Final = "changelog"
LOCK: Final = "lock file"
BOOKKEEPING: Final = "agent bookkeeping"
SCRATCH: Final = "outside the session's folder"  # there things are tried out
CONFIGURED: Final = "quiet by configuration"


def _words(text: str) -> list[str]:
    return text.split()


def _each(reason: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), reason)


DIRECTORIES: Mapping[str, str] = {
    **_each(
        VENDORED,
        "vendor vendors vendored _vendor _vendored third_party third-party thirdparty node_modules "
        "bower_components jspm_packages site-packages .yarn .venv venv pods carthage "
        "typeshed",
    ),
    **_each(GENERATED, "dist __generated__ generated .next .nuxt autogen _generated"),
    **_each(
        RECORDED,
        "__snapshots__ __recordings__ __image_snapshots__ golden goldens goldenfiles golden_files "
        "expected_output expected_outputs expected-output",
    ),
}
# Quiet unless the file is code: a hook in .claude/hooks can be broken like any other program.
PROSE_DIRECTORIES: Mapping[str, str] = {
    **_each(
        BOOKKEEPING,
        ".cursor .claude .specstory .beads .aider .windsurf .codex .gemini .roo .kiro .serena "
        ".taskmaster .agents .agent .clinerules .junie .continue .augment .amazonq .qwen .crush "
        ".openhands .goose .opencode .factory memory-bank memory_bank .claude-flow "
        ".swarm",
    ),
    **_each(
        CHANGELOG,
        "changelog changelogs changelog.d changes.d newsfragments .changeset .changes whatsnew "
        "releasenotes release-notes",
    ),
    **_each(RECORDED, "snapshots cassettes recordings"),
    **_each(DOCUMENTATION, "docs doc documentation man javadoc apidocs"),
}
NAMES: Mapping[str, str] = {
    **_each(
        LOCK,
        "package-lock.json npm-shrinkwrap.json pnpm-lock.yaml yarn.lock bun.lockb go.sum "
        "go.work.sum packages.lock.json project.assets.json package.resolved gradle.lockfile "
        ".terraform.lock.hcl conda-lock.yml",
    ),
    **_each(GENERATED, ".pnp.cjs .pnp.js .pnp.loader.mjs"),
    **_each(BUNDLED, "bundle.js"),
    **_each(
        BOOKKEEPING,
        "agents.md claude.md claude.local.md gemini.md .cursorrules .windsurfrules .clinerules "
        ".roomodes .loopwatch-ignore copilot-instructions.md progress.md memory.md scratchpad.md",
    ),
    **_each(
        DOCUMENTATION,
        "license licence copying notice authors contributors maintainers readme todo "
        "thanks credits patents contributing",
    ),
}
CHANGELOG_STEMS = frozenset(
    _words(
        "changelog changelogs changes history news releases releasenotes release-notes "
        "release_notes relnotes whatsnew"
    )
)
PROSE_SUFFIXES = frozenset(_words("md mdx markdown mdown rst adoc asciidoc txt textile org pod"))
# What holds settings, versions and data, where any number may be a counter.
DATA_SUFFIXES = frozenset(
    _words("""
    json json5 jsonc jsonl ndjson yaml yml toml ini cfg conf config properties xml plist csv tsv
    env lock html htm svg css scss tf tfvars hcl csproj vbproj fsproj props
    targets nuspec po pot ipynb spec rc dat data tpl version
    """)
)
# What stands behind the numbers of a build on the way to a release. To try out a preview is a
# decision.
PRERELEASE = "(?:alpha|beta|canary|dev|final|insiders?|nightly|post|pre|rc|snapshot|a|b)"
# Files of other names that pin versions.
PINS = re.compile(
    r"(?:.*requirements.*|.*constraints.*|runtime)\.(?:txt|in)|go\.(?:mod|work)|pipfile|"
    r"\.tool-versions|\.nvmrc|\.[a-z]+-version"
)
# Text files that steer a build or an installation.
STEERING = re.compile(r"(?:.*requirements.*|.*constraints.*|cmakelists|robots|runtime|.*deps)\.txt")
SHAPES = (
    (LOCK, r".*\.(?:lock|lockfile|lock\.hcl)|.*[-.]lock\.(?:json|ya?ml|toml)"),
    (MINIFIED, r".*[.-]min\.(?:js|mjs|cjs|css)"),
    (BUNDLED, r".*[.-]bundle\.js"),
    (GENERATED, r".*\.(?:js|mjs|cjs|css|ts)\.map"),
    (
        GENERATED,
        r".*_pb2(?:_grpc)?\.pyi?|.*\.pb(?:\.gw)?\.(?:go|cc|h|c|dart|swift)|.*_pb\.(?:js|d\.ts)",
    ),
    (GENERATED, r".*[._-]generated\.\w+|.*\.(?:gen|autogen)\.\w+|zz_generated.*"),
    (GENERATED, r".*\.(?:g|freezed|mocks)\.dart|.*\.designer\.cs|.*\.g\.cs|.*\.pyc"),
    (GENERATED, r".*\.pbxproj"),
    (RECORDED, r".*\.(?:snap|golden|approved|received|ambr|expected|stdout|stderr|out|log|tap)"),
    (RECORDED, r".*\.(?:snap|golden)\.\w+|.*\.(?:approved|received)\.(?:txt|json|xml|html|md|csv)"),
    (BOOKKEEPING, r"\.aider.*|.*\.mdc"),
)
SHAPE = re.compile("|".join(f"(?P<s{n}>{shape})" for n, (_, shape) in enumerate(SHAPES)))
PROSE_NAME = re.compile(r"(?:license|licence|copying|notice|readme|authors)(?:[.-].*)?")
MAN_PAGE = re.compile(r".*\.[1-9](?:\.in)?")

# --- Tests ---

_TEST = re.compile(
    r"(?:.*/)?(?:tests?|__tests__|specs?|testing|e2e|testdata)/.*|"
    r"(?:.*/)?(?:tests?[_.-][^/]*|conftest\.py|[^/]*[_.-](?:tests?|spec)\.\w+|[^/]*(?-i:Tests?|Spec)\.\w+)",
    re.IGNORECASE,
)


def is_test(path: str) -> bool:
    """Tell whether a file is a test, by its name or folder."""
    return _TEST.fullmatch(path) is not None
