"""The options that commands share, and what the configuration says in their place."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from loopwatch import app
from loopwatch.entrypoints.output import print_warning
from loopwatch.model.finding import Level
from loopwatch.model.options import Options
from loopwatch.model.unit import Granularity
from loopwatch.reports.registry import DEFAULT_FORMAT, WRITERS
from loopwatch.sources.config_file import Settings
from loopwatch.sources.config_keys import UNITS, WrongValueError, units
from loopwatch.sources.scan_range import NEWEST, ScanRange

Command = Callable[..., Any]
# Parameters that a key of the configuration sets; the flag of one run goes before it.
CONFIGURED = {
    "color": "color",
    "exit_zero": "exit-zero",
    "fail_on": "fail-on",
    "format_": "format",
    "has_settled": "all",
    "is_agents_only": "agents-only",
    "max_count": "max-count",
    "units": "units",
    "verbose": "verbose",
}


def _units(ctx: click.Context, param: click.Parameter, value: str) -> frozenset[Granularity]:
    """Return the units that are named with commas between them."""
    try:
        return units(value)
    except WrongValueError as error:
        raise click.BadParameter(f"{value!r} must be {error}", ctx, param) from error


def _together(*options: Command) -> Command:
    """Return one decorator that adds all of these options, in this order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(list(WRITERS)),
    default=DEFAULT_FORMAT,
    show_default=True,
    help="How the report is written to standard output.",
)
explain_format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
look_options = _together(
    click.option(
        "-v",
        "--verbose/--no-verbose",
        default=False,
        help="Leave nothing out: notes too.",
    ),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colour adds nothing that the text does not say.",
    ),
)
result_options = _together(
    click.option(
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT=FILE",
        help="Write the report to a file too; may be given again.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(["never", *(level.value for level in Level)]),
        default="warning",
        show_default=True,
        help="Exit with 1 from this level on.",
    ),
    click.option(
        "--exit-zero/--no-exit-zero",
        default=False,
        help="Exit with 0 whatever is found.",
    ),
    click.option(
        "-q",
        "--quiet",
        "is_silent",
        is_flag=True,
        help="Print nothing; --output and the exit status remain.",
    ),
)
units_option = click.option(
    "--units",
    callback=_units,
    default=",".join(UNITS),
    show_default=True,
    metavar="LIST",
    help="What to follow from state to state.",
)
all_option = click.option(
    "--all/--no-all",
    "has_settled",
    default=False,
    help="Old, settled findings decide the exit status too.",
)
agents_option = click.option(
    "--agents-only/--no-agents-only",
    "is_agents_only",
    default=False,
    help="Only cycles that a coding agent took part in.",
)
range_options = _together(
    click.option(
        "--max-count",
        type=click.IntRange(min=0),
        default=NEWEST,
        show_default=True,
        metavar="N",
        help="Newest commits to read, 0 for all; a range A..B is always read whole.",
    ),
    click.option(
        "--since",
        metavar="DATE",
        help="Read what was committed after a date, in git's words: 2026-01-31, '2 weeks ago'.",
    ),
    units_option,
    click.option("--path", "paths", multiple=True, hidden=True),
)


def filled(ctx: click.Context, given: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Return the parameters: as given, or else as configured, or else by default."""
    values = dict(given)
    for name, key in CONFIGURED.items():
        is_open = name in values and ctx.get_parameter_source(name) is ParameterSource.DEFAULT
        if is_open and key in settings.values:
            values[name] = settings.values[key]
    return values


def options_of(given: Mapping[str, Any], settings: Settings) -> Options:
    """Return the choices of one run; ``given`` has been filled."""
    chosen = {"units": given["units"], "is_agents_only": given.get("is_agents_only", False)}
    return replace(settings.options(Options()), **chosen)


def request(
    given: Mapping[str, Any], settings: Settings, revision: str | None, **more: Any
) -> app.ScanRequest:
    """Return what to scan; ``given`` has been filled."""
    return app.ScanRequest(
        folder=Path(),
        range=ScanRange(
            revision=revision,
            max_count=given["max_count"],
            since=given["since"],
            paths=given["paths"],
        ),
        options=options_of(given, settings),
        say=print_warning,
        **more,
    )
