"""Writes seeds/pinyin.toml: how the Chinese names and words of the seeds are spelt in pinyin.

    python tools/pinyin_words.py            # needs pypinyin, which the program itself does not
    python tools/pinyin_words.py --check    # exit code 1 where it would write something else

Readings that the library gets wrong are in READINGS.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pypinyin import Style, lazy_pinyin, load_phrases_dict

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from seeds.loader import SEEDS, load_watchlist

HAN = re.compile("[\u4e00-\u9fff]+")
READINGS = {
    "蚌埠": [["beng"], ["bu"]],
    "六安": [["lu"], ["an"]],
    "亳州": [["bo"], ["zhou"]],
    "台州": [["tai"], ["zhou"]],
    "丽水": [["li"], ["shui"]],
    "儋州": [["dan"], ["zhou"]],
    "漯河": [["luo"], ["he"]],
    "濮阳": [["pu"], ["yang"]],
    "郴州": [["chen"], ["zhou"]],
    "重庆": [["chong"], ["qing"]],
    "长春": [["chang"], ["chun"]],
    "长治": [["chang"], ["zhi"]],
    "长沙": [["chang"], ["sha"]],
    "厦门": [["xia"], ["men"]],
    "乐山": [["le"], ["shan"]],
    "朝阳": [["chao"], ["yang"]],
    "大连": [["da"], ["lian"]],
    "作业": [["zuo"], ["ye"]],
    "调试": [["tiao"], ["shi"]],
    "重氮": [["chong"], ["dan"]],
}
HEAD = """\
# How the Chinese names and words of the other seeds are spelt in pinyin, and their initials.
# Written by tools/pinyin_words.py from pypinyin's readings; change READINGS there, not this file.

[spelling]
"""


def terms() -> list[str]:
    """Every Chinese text of the seeds that a host name may spell, once."""
    watchlist = load_watchlist()
    found: dict[str, None] = {}
    for authority in watchlist.authorities:
        found |= dict.fromkeys((authority.name, *authority.aliases, *authority.platforms))
    for kind in watchlist.certificates:
        if kind.ours:
            found |= dict.fromkeys((kind.name, *kind.aliases))
    found |= dict.fromkeys(word.text for word in watchlist.name_words)
    return sorted(term for term in found if HAN.fullmatch(term))


def main() -> int:
    """Write the file, or compare it."""
    load_phrases_dict(READINGS)
    lines = [HEAD]
    for term in terms():
        spelt = "".join(lazy_pinyin(term, v_to_u=False)).replace("ü", "v")
        initials = "".join(lazy_pinyin(term, style=Style.FIRST_LETTER))
        if not re.fullmatch("[a-z]+", spelt + initials):
            raise ValueError(term)
        lines.append(f'"{term}" = ["{spelt}", "{initials}"]\n')
    text = "".join(lines)
    path = SEEDS / "pinyin.toml"
    if "--check" in sys.argv[1:]:
        return int(path.read_text(encoding="utf-8") != text)
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
