"""Files in which each row is a session, as data sets have them: all rows are one JSON list."""

from collections.abc import Iterator
from json import JSONDecoder

from loopwatch.sources.session_log.log_file import BOM, LARGEST_DOCUMENT, LogFile

_DECODER = JSONDecoder()
_WHITE = " \t\r\n"


def each_row(log: LogFile) -> Iterator[LogFile]:
    """Yield the rows of a list as logs of their own; those after damage are left out."""
    with log.path.open("rb") as file:
        data = file.read(LARGEST_DOCUMENT + 1)
    offset = len(BOM) if data.startswith(BOM) else 0
    try:
        said = data[offset:].decode("utf-8", "surrogatepass")
        at = said.index("[") + 1
        offset += len(said[:at].encode("utf-8", "surrogatepass"))
        for number in range(1, len(said)):
            start = at + len(said[at:]) - len(said[at:].lstrip(f"{_WHITE},"))
            end = _DECODER.raw_decode(said, start)[1]
            offset += _size(said[at:start])
            size = _size(said[start:end])
            yield LogFile(log.path, f"{log.name}:{number}", (offset, size))
            at, offset = end, offset + size
    except (ValueError, RecursionError):
        return


def _size(said: str) -> int:
    return len(said.encode("utf-8", "surrogatepass"))
