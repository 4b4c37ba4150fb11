"""Every error that a user can meet; each message says what, where and what to do."""

from __future__ import annotations


class CerthoundError(Exception):
    """The base of all errors told to the user in one sentence, without a traceback."""

    exit_code = 1


class StoppedError(CerthoundError):
    """Somebody ended the run by a signal; what it had done is stored."""

    def __init__(self, said: str, signal: int) -> None:
        super().__init__(said)
        self.exit_code = 128 + signal
        """As shells say it: 130 for Ctrl+C, 143 for SIGTERM."""


class UsageError(CerthoundError):
    """The command line asks for something that does not exist or cannot be combined."""

    exit_code = 2


class ProfileError(CerthoundError):
    """A profile is missing, is not TOML, or has an unknown key or a value of the wrong kind."""

    exit_code = 2


class SeedError(CerthoundError):
    """A file of our own knowledge (seeds, rules, policy) is missing, empty or malformed."""


class StoreError(CerthoundError):
    """The data folder or its database cannot be read or written, or is newer than we are."""


class BackupError(CerthoundError):
    """A file is no backup of ours, was cut off or changed, or is newer than we are."""


class BusyError(CerthoundError):
    """Another run is at work in the same data folder."""


class InputError(CerthoundError):
    """A file that a command was asked to read is missing or cannot be read."""

    exit_code = 2


class CaseworkError(CerthoundError):
    """A decision cannot be taken: no such case, the same person twice, or a lost race."""


class EvidenceError(CerthoundError):
    """A stored byte is not what was written: a blob or the custody chain is damaged."""
