"""Settings from the environment: ``LOOPWATCH_FAIL_ON=error`` goes before the file."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from loopwatch.sources.config_file import Settings, checked, nearest
from loopwatch.sources.config_keys import KEYS, from_text

PREFIX = "LOOPWATCH_"
# Variables of ours that are no settings: to look for bugs, a guard of ``record``, and for hooks.
OTHERS = frozenset({"LOOPWATCH_DEBUG", "LOOPWATCH_RECORDING", "LOOPWATCH_SKIP"})


def variable(key: str) -> str:
    """Return the variable that stands for a key."""
    return PREFIX + key.upper().replace("-", "_")


VARIABLES = {variable(key): key for key in KEYS}


def with_environment(
    settings: Settings, environment: Mapping[str, str], formats: Collection[str]
) -> Settings:
    """Return the settings, with what the environment says in place of what they say.

    A variable that is empty says nothing.

    Raises:
        ConfigError: a value does not fit.
    """
    said = {
        key: checked(key, from_text(key, text), f"{name} in the environment", formats)
        for name, key in VARIABLES.items()
        if (text := environment.get(name, "").strip())
    }
    return replace(
        settings,
        values={**settings.values, **said},
        origins={**settings.origins, **{key: variable(key) for key in said}},
    )


def unknown_variables(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each variable that looks like ours, and is not."""
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in VARIABLES and name not in OTHERS:
            near = nearest(name.removeprefix(PREFIX), KEYS)
            guess = f" (did you mean {variable(near)}?)" if near else ""
            yield f"there is no setting {name}{guess}; it is not heeded"
