"""Frozen values that flow through loopwatch; they import nothing but each other."""
