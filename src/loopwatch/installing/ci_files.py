"""``install github`` and ``install gitlab``: a job that checks what a request brings."""

from pathlib import PurePosixPath

from loopwatch import __version__
from loopwatch.errors import InstallError
from loopwatch.installing.changes import Plan, Write, removal
from loopwatch.sources.repository import Repository

GITHUB_FILE = PurePosixPath(".github/workflows/loopwatch.yml")
GITLAB_FILE = PurePosixPath(".gitlab/loopwatch.yml")
# The head is checked out rather than a merge that nobody wrote, and with all its history: the
# memory is there. The token of a fork may only read, and that is enough. Python is isolated (-I),
# else a file of the pull request, such as pip.py, would be taken for a module. The last step is
# that of ``action.yml``, without the comment, which needs a token that may write.
GITHUB = """\
# Written by `loopwatch install github`.
name: loopwatch
on: pull_request
permissions:
  contents: read
concurrency:
  group: loopwatch-${{{{ github.ref }}}}
  cancel-in-progress: true
jobs:
  loopwatch:
    name: Loops of fixes
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@fbc6f3992d24b796d5a048ff273f7fcc4a7b6c09 # v5.1.0
        with:
          ref: ${{{{ github.event.pull_request.head.sha }}}}
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-python@ece7cb06caefa5fff74198d8649806c4678c61a1 # v6.3.0
        with:
          python-version: "3.13"
      - run: python -I -m pip install "loopwatch=={version}"
      - run: python -I -m loopwatch.entrypoints.github_action
"""
# In a pipeline of merged results HEAD is a merge that nobody wrote; the branch is named there.
# GitLab shows what is new against the target branch, so that has to have a report: an empty one.
GITLAB = """\
# Written by `loopwatch install gitlab`.
loopwatch:
  image: python:3.13
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: "0"
  script:
    - python -I -m pip install "loopwatch=={version}"
    - >-
      loopwatch check
      "$CI_MERGE_REQUEST_DIFF_BASE_SHA..${{CI_MERGE_REQUEST_SOURCE_BRANCH_SHA:-HEAD}}"
      --output gitlab=gl-code-quality-report.json
      --output junit=loopwatch.xml
      --output html=loopwatch.html
  artifacts:
    when: always
    paths: [loopwatch.html]
    reports:
      codequality: gl-code-quality-report.json
      junit: loopwatch.xml

loopwatch-target:
  image: python:3.13
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  variables:
    GIT_STRATEGY: none
  script:
    - echo "[]" >gl-code-quality-report.json
  artifacts:
    reports:
      codequality: gl-code-quality-report.json
"""
GITLAB_BY_HAND = f"""\
# in .gitlab-ci.yml
include:
  - local: {GITLAB_FILE}
"""


def install_github(repository: Repository) -> Plan:
    """Return what adds a workflow for pull requests."""
    return _install(repository, GITHUB_FILE, GITHUB)


def install_gitlab(repository: Repository) -> Plan:
    """Return what adds a job for merge requests; the line that includes it is for the user."""
    return _install(repository, GITLAB_FILE, GITLAB, GITLAB_BY_HAND)


def uninstall_github(repository: Repository) -> Plan:
    """Return what takes the workflow away."""
    return _uninstall(repository, GITHUB_FILE, GITHUB)


def uninstall_gitlab(repository: Repository) -> Plan:
    """Return what takes the job away."""
    return _uninstall(repository, GITLAB_FILE, GITLAB)


def _install(repository: Repository, name: PurePosixPath, text: str, by_hand: str = "") -> Plan:
    root, content = repository.git.folder, text.format(version=__version__).encode()
    path = root / name
    if not path.parent.resolve().is_relative_to(root.resolve()):
        raise InstallError(f"{name.parent} leads out of the repository", hint="take the link away")
    if not path.exists() and not path.is_symlink():
        return Plan(changes=(Write(path=path, content=content),), by_hand=by_hand)
    if path.is_file() and path.read_bytes() == content:
        return Plan(remarks=(f"{name}: installed already",), by_hand=by_hand)
    return Plan(
        failure=InstallError(
            f"there is a file {name} already, so it is left alone", hint="rename it, or remove it"
        )
    )


def _uninstall(repository: Repository, name: PurePosixPath, text: str) -> Plan:
    path = repository.git.folder / name
    if not path.exists():
        return Plan(remarks=(f"there is no {name}",))
    if path.read_bytes() == text.format(version=__version__).encode():
        return Plan(changes=removal(path, repository.git.folder))
    return Plan(
        failure=InstallError(
            f"{name} is not as `install` writes it, so it is left alone", hint="remove it by hand"
        )
    )
