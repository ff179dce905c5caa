"""The tests of loopwatch."""
