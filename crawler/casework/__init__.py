"""From judged visits to cases under review, and from two people's word to a release."""

from crawler.casework.groups import group
from crawler.casework.keys import case_key
from crawler.casework.placing import ACCUSED
from crawler.casework.precision import precision_of
from crawler.casework.releasing import release
from crawler.casework.review import (
    correct,
    decide,
    find_case,
    merge,
    mute,
    papers_of,
    published,
    split,
    undo,
)
from crawler.casework.settling import hit_list, settle

__all__ = [
    "ACCUSED",
    "case_key",
    "correct",
    "decide",
    "find_case",
    "group",
    "hit_list",
    "merge",
    "mute",
    "papers_of",
    "precision_of",
    "published",
    "release",
    "settle",
    "split",
    "undo",
]
