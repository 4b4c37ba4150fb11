"""Writes `detectors/sounds.toml`: which characters sound like those of the trade's key words.

`python tools/sounds.py` needs the extra `train` (pypinyin for sounds, jieba for ordinary
words; both MIT). The key words are those of `detectors/normal.toml`, table `sounds`; the file is
checked in, so that reading needs neither.
"""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import jieba
from pypinyin import Style, lazy_pinyin

ROOT = Path(__file__).resolve().parent.parent
# Founders' judgement: rarer words of the dictionary are names and leftovers, not ordinary writing.
_ORDINARY = 300
_FIRST, _LAST = 0x4E00, 0x9FA5
HEAD = """# Characters that sound like those of normal.toml's key words; made by tools/sounds.py.
# Sounds from pypinyin, ordinary words from jieba's dictionary (both MIT).

# By syllable: the characters read so.
"""


def main() -> int:
    """Write the file."""
    source = (ROOT / "detectors" / "normal.toml").read_text(encoding="utf-8")
    words: list[str] = tomllib.loads(source)["sounds"]["words"]
    syllables = {lazy_pinyin(character)[0] for word in words for character in word}
    alike = _alike(syllables)
    pairs = _pairs(words, alike)
    lines = [HEAD + "[alike]"]
    lines += [f'{syllable} = "{alike[syllable]}"' for syllable in sorted(alike)]
    lines.append(
        "\n# Ordinary words that hold one of them: a reading must not cut through one.\n[ordinary]"
    )
    lines += [
        f'"{first}" = "{"".join(sorted(seconds))}"' for first, seconds in sorted(pairs.items())
    ]
    (ROOT / "detectors" / "sounds.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def _alike(syllables: set[str]) -> dict[str, str]:
    found: dict[str, list[str]] = defaultdict(list)
    for code in range(_FIRST, _LAST + 1):
        character = chr(code)
        try:
            character.encode("gb2312")
        except UnicodeEncodeError:
            continue
        (sound,) = lazy_pinyin(character, style=Style.NORMAL)
        if sound in syllables:
            found[sound].append(character)
    return {sound: "".join(characters) for sound, characters in found.items()}


def _pairs(words: list[str], alike: dict[str, str]) -> dict[str, set[str]]:
    jieba.initialize()
    sounding = {character for characters in alike.values() for character in characters}
    found: dict[str, set[str]] = defaultdict(set)
    for word, count in jieba.dt.FREQ.items():
        if len(word) != 2 or count < _ORDINARY or word in words:
            continue
        if word[0] in sounding or word[1] in sounding:
            found[word[0]].add(word[1])
    return found


if __name__ == "__main__":
    sys.exit(main())
