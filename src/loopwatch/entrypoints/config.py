"""``loopwatch config``: which settings hold here, and where each comes from."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loopwatch import app
from loopwatch.entrypoints.options import CONFIGURED, explain_format_option
from loopwatch.entrypoints.output import print_result, print_warning
from loopwatch.model.options import Options
from loopwatch.reports.escape import clipped
from loopwatch.sources.config_keys import KEYS, OPTION_FIELDS, UNITS

if TYPE_CHECKING:
    from loopwatch.sources.config_file import Settings

HELP = {"help_option_names": ["-h", "--help"]}
SCHEMA = "loopwatch.config/1"
DEFAULT = "default"
LONGEST = 200  # characters of a value
WIDEST = 40  # columns that are kept for a value, while others are longer
NEVER = "none"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key, as it holds now."""

    key: str
    value: object  # as JSON has it
    origin: str  # "loopwatch.toml:4", "LOOPWATCH_FAIL_ON" or "default"


@click.group(context_settings=HELP, no_args_is_help=False)
def config() -> None:
    """See the settings of this repository."""


@config.command(context_settings=HELP)
@explain_format_option
@click.pass_context
def show(ctx: click.Context, /, format_: str) -> None:
    """Say what each setting is, and where that is said."""
    settings = app.settings(Path(), print_warning)
    told = [*_settings(settings, _defaults(ctx)), *_tables(settings)]
    print_result(_json(settings, told) if format_ == "json" else _text(settings, told))


def _defaults(ctx: click.Context) -> Mapping[str, object]:
    """Return what holds where nothing is said: the options of ``scan`` know."""
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    given = {one.name: one.default for one in group.commands["scan"].params}
    outer = {key: given[name] for name, key in CONFIGURED.items()}
    return outer | {key: getattr(Options(), name) for key, name in OPTION_FIELDS.items()}


def _settings(settings: "Settings", defaults: Mapping[str, object]) -> Iterator[Setting]:
    for key in sorted(KEYS):
        value = settings.values.get(key, defaults[key])
        yield Setting(key, _plain(value), settings.origins.get(key, DEFAULT))


def _tables(settings: "Settings") -> Iterator[Setting]:
    """Yield what is said in lists of tables."""
    agents = [{"name": name, "email": email} for name, email in settings.agents]
    yield Setting("agents", agents, settings.origins.get("agents", DEFAULT))
    detectors = [asdict(one) for one in settings.detectors]
    yield Setting("detectors", detectors, settings.origins.get("detectors", DEFAULT))


def _plain(value: object) -> object:
    """Return a value as it is written in the file."""
    if isinstance(value, frozenset):
        return [unit for unit in UNITS if unit in value]
    if isinstance(value, tuple):
        return list(value)
    return value


def _json(settings: "Settings", told: list[Setting]) -> str:
    import json

    from loopwatch.reports.json_doc import printed

    document: dict[str, Any] = {
        "schema": SCHEMA,
        "file": settings.file,
        "settings": {one.key: {"value": one.value, "origin": one.origin} for one in told},
    }
    return f"{printed(json.dumps(document, ensure_ascii=False, indent=2))}\n"


def _text(settings: "Settings", told: list[Setting]) -> str:
    rows = [(one.key, shown, one.origin) for one in told for shown in _shown(one)]
    widths = [max(len(row[at]) for row in rows if len(row[at]) <= WIDEST) for at in range(2)]
    lines = [f"file: {clipped(settings.file or NEVER, LONGEST)}", ""]
    for key, value, origin in rows:
        where = clipped(origin, LONGEST)
        lines.append(f"{key:<{widths[0]}}  {value:<{widths[1]}}  {where}")
    return "\n".join([*lines, ""])


def _shown(one: Setting) -> list[str]:
    """Return a value on a line of its own, or a list of tables on one line each."""
    import json

    if not isinstance(one.value, list) or not any(isinstance(row, dict) for row in one.value):
        return [clipped(json.dumps(one.value, ensure_ascii=False), LONGEST)]
    return [clipped(f"{row['name']}: {_what(row)}", LONGEST) for row in one.value]


def _what(row: Mapping[str, Any]) -> str:
    import shlex

    return str(row["email"]) if "email" in row else shlex.join(row["command"])
