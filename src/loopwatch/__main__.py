"""Run loopwatch by ``python -m loopwatch``."""

import sys

from loopwatch.entrypoints.main import main

if __name__ == "__main__":
    sys.exit(main())
