"""Reads and writes an office's own weights, in the same form as the policy of the program."""

from __future__ import annotations

from pathlib import Path

from crawler.errors import ProfileError
from crawler.language import _
from crawler.tables import read_table
from detectors.scoring import Policy, load_policy, read_policy


def load_office_policy(path: Path | None) -> Policy | None:
    """The policy in a TOML file, `None` where no file is named.

    It weighs exactly the signals that this version of the program knows. Raises `ProfileError`
    naming file, key and remedy.
    """
    if path is None:
        return None
    policy = read_policy(read_table(path, ProfileError))
    ours = load_policy()
    for said, known, name in (
        (policy.weights, ours.weights, "weights"),
        (policy.innocence, ours.innocence, "innocence"),
    ):
        for key in sorted(known.keys() - said.keys()):
            text = _("{file} 缺少 {key}，请从程序自带的 detectors/policy.toml 抄来")
            raise ProfileError(text.format(file=path, key=f"{name}.{key}"))
        for key in sorted(said.keys() - known.keys()):
            text = _("{file} 中的 {key} 不是本程序的判断依据，请删除")
            raise ProfileError(text.format(file=path, key=f"{name}.{key}"))
    return policy
