"""What a run says: its reader is found by name, by the command, or by the output."""

from dataclasses import dataclass

from loopwatch.detectors.api import Reader, Run
from loopwatch.model.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was made of a run."""

    reader: str | None = None  # name; None: nobody knows this tool
    said: tuple[Evidence, ...] = ()  # empty: nothing that can be relied on
    advice: str = ""  # how the tool is made to tell more, where its reader knows that


def read_run(run: Run, name: str | None = None) -> Reading:
    """Return what a run says.

    Args:
        run: what was called, and what it answered.
        name: of its reader; None: any that knows it. Plug-ins are loaded only if none of
            our own does.

    Raises:
        LoopwatchError: there is no reader of that name.
    """
    from loopwatch.detectors import plugins, registry

    if name is not None:
        reader = registry.reader_named(name)
        return _reading(reader, registry.read_with(reader, run))
    known = registry.recognise(run)
    if known is not None:
        return _reading(known, registry.read(run))
    others = tuple(one for one in plugins.load_all().found if plugins.is_reader(one))
    known = registry.recognise(run, others)
    return _reading(known, registry.read_with(known, run)) if known is not None else Reading()


def _reading(reader: Reader, said: tuple[Evidence, ...]) -> Reading:
    return Reading(reader=reader.name, said=said, advice=getattr(reader, "advice", ""))
