"""From judged visits to cases under review, and from two people's word to a release."""

from crawler.casework.groups import group
from crawler.casework.keys import case_key
from crawler.casework.review import decide, find_case, release
from crawler.casework.settling import hit_list, settle

__all__ = ["case_key", "decide", "find_case", "group", "hit_list", "release", "settle"]
