"""What programs do to the files of the work, by their names."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Programs that only show, or change nothing of the work.
SEEING = _set(
    "ls cat head tail less more bat grep egrep fgrep rg ag wc sort uniq cut tr nl diff cmp stat"
    " file du df pwd echo printf true false test [ [[ which type whoami date uname ps sleep jq tree"
    " cd pushd popd export set unset source . basename dirname realpath readlink awk xxd hexdump"
    " md5sum sha256sum column seq wait kill lsof env printenv hostname id alias ulimit clear"
    " get-content get-childitem select-string test-path resolve-path get-location set-location"
    " write-output write-host measure-object select-object where-object foreach-object sort-object"
    " get-command dir format-table format-list out-string findstr get-date join-path get-process"
)
FINDING = _set("find fd")
REMOTE = _set("ssh gh glab curl wget docker kubectl podman aws gcloud az heroku")
# Programs that write what they build, and not what it is built from.
BUILDING = _set("go cargo tsc cmake ninja javac gcc g++ clang clang++ cc c++ rustc")
GENERATING = _set("fmt generate fix mod add tidy update")  # words by which those do it after all
# Programs that rewrite the files they are given, and the words that make them do so.
FORMATTING = {
    "autopep8": "-i",
    "biome": "--write --apply",
    "black": "",
    "clang-format": "-i",
    "dos2unix": "",
    "eslint": "--fix",
    "gofmt": "-w",
    "goimports": "-w",
    "gsed": "-i",
    "isort": "",
    "perl": "-i -pi",
    "prettier": "--write -w",
    "ruff": "--fix format",
    "rustfmt": "",
    "sed": "-i",
    "truncate": "",
    "yapf": "-i",
}
SCRIPTED = _set("sed gsed perl")  # their first operand is what to do
STILL = _set("--check --diff --list-different")  # words that keep a formatter from writing
GIT_SEEING = _set(
    "status log diff show blame rev-parse ls-files ls-tree config remote fetch push add commit tag"
    " branch describe grep reflog cat-file worktree shortlog rev-list check-ignore notes"
)
