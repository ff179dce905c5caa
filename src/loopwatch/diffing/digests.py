"""BLAKE2b, as ``hashlib`` has it, without OpenSSL.

``hashlib`` loads OpenSSL for the other algorithms: close to 4 MB, and some milliseconds, in
each process that only wants this one.
"""

try:
    from _blake2 import blake2b
except ImportError:  # not CPython, or not all of it
    from hashlib import blake2b

__all__ = ["blake2b"]
