"""Twins of the sites: other names, words, charset and layout, and the same truth.

`python -m rehearsal.mutate --seed 7 DIR` writes a folder that `Rehearsal(folder=DIR)` serves, with
its names.txt, tips.csv and truth.toml. The same seed makes the same twins.
"""

import argparse
import random
import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from rehearsal.facts import TRUTH_FILE
from rehearsal.registry import SITES_FOLDER
from rehearsal.whois import to_ascii, to_unicode

TABLES_FILE = Path(__file__).parent / "twins.toml"
MARKUP = re.compile(r"(?is)<script\b.*?</script>|<style\b.*?</style>|<!--.*?-->|<[^>]*>")
COLOUR = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
CHARSETS = ("utf-8", "gbk", "gb18030")
BLOCKS = frozenset(
    [
        "div",
        "section",
        "p",
        "table",
        "ul",
        "ol",
        "dl",
        "main",
        "header",
        "footer",
        "nav",
        "h1",
        "h2",
        "h3",
        "article",
    ]
)

Options = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables say what may stand for what."""

    words: Options
    labels: Options
    chinese: Options
    suffixes: Options


def tables(path: Path = TABLES_FILE) -> Tables:
    """Read the tables of a twin."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Tables(data["words"], data["labels"], data["chinese"], data["suffixes"])


def _swap(text: str, options: Options, dice: random.Random) -> str:
    """Replace each word of the options, all in one pass, so that no replacement is replaced."""
    chosen = {word: dice.choice(others) for word, others in options.items() if dice.random() < 0.7}
    if not chosen:
        return text
    either = re.compile("|".join(map(re.escape, sorted(chosen, key=len, reverse=True))))
    return either.sub(lambda found: chosen[found[0]], text)


def _digits(text: str, dice: random.Random) -> str:
    return re.sub(r"\d", lambda _: str(dice.randrange(10)), text)


def twin_domain(domain: str, known: Tables, dice: random.Random) -> str:
    """Another registrable domain of the same kind."""
    label, _, suffix = to_unicode(domain).partition(".")
    if label.isascii():
        parts = [
            dice.choice([part, *known.labels.get(part, ())])
            for part in _digits(label, dice).split("-")
        ]
        label = "-".join(parts)
        if label == domain.partition(".")[0]:
            label += str(dice.randrange(10, 100))
    else:
        label = _swap(label, known.chinese, dice) + dice.choice("网站台")
    return to_ascii(f"{label}.{dice.choice(known.suffixes.get(suffix, (suffix,)))}")


def _domain(folder: Path) -> str:
    facts = tomllib.loads((folder / "site.toml").read_text(encoding="utf-8"))
    named = facts.get("registration", {}).get("domain", folder.name.removeprefix("www."))
    return str(named)


def _kept(folders: Sequence[Path]) -> set[str]:
    """The hosts that pictures and scripts name in ways that cannot be rewritten."""
    hosts: set[str] = set()
    for folder in folders:
        facts = tomllib.loads((folder / "site.toml").read_text(encoding="utf-8"))
        hosts.update(facts.get("twin", {}).get("keep", []))
        pages = facts.get("pages", [])
        hosts.update(urlsplit(page["qr"]).hostname or "" for page in pages if "qr" in page)
    return hosts


def twin_names(folders: Sequence[Path], known: Tables, dice: random.Random) -> dict[str, str]:
    """The new domain of every domain that gets one."""
    kept = _kept(folders)
    stay = {_domain(folder) for folder in folders if folder.name in kept}
    names: dict[str, str] = {}
    for domain in sorted({_domain(folder) for folder in folders} - stay):
        new = twin_domain(domain, known, dice)
        while new in names.values() or new in stay or new == domain:
            new = twin_domain(domain, known, dice)
        names[domain] = new
    return names


def renamer(names: Mapping[str, str]) -> Callable[[str], str]:
    """A function that puts the new domains into a text."""
    either = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![a-z0-9-])(?:{either})(?![a-z0-9-])")
    return lambda text: pattern.sub(lambda found: names[found[0]], text)


def reworded(html: str, known: Tables, dice: random.Random) -> str:
    """A page in other words; markup, scripts and styles stay."""
    seed = dice.random()
    parts: list[str] = []
    place = 0
    for found in [*MARKUP.finditer(html), None]:
        text = html[place : found.start()] if found else html[place:]
        # One choice for the whole page: an author keeps to his words.
        parts.append(_swap(text, known.words, random.Random(seed)))  # noqa: S311  (no secret)
        if found:
            parts.append(found[0])
            place = found.end()
    return "".join(parts)


def _recoloured(found: re.Match[str]) -> str:
    digits = found[1]
    size = len(digits) // 3
    red, green, blue = digits[:size], digits[size : 2 * size], digits[2 * size :]
    return f"#{blue}{red}{green}"


def rearranged(html: str, dice: random.Random) -> str:
    """A page in another layout: blocks moved round, wrapped, other colours."""
    lowered = html.lower()
    if "<body" not in lowered or "<script" in lowered or "<frameset" in lowered:
        return html
    soup = BeautifulSoup(html, "lxml")
    body = soup.body
    if body is None:
        return html
    blocks = [each for each in body.children if isinstance(each, Tag) and each.name in BLOCKS]
    if len(blocks) > 1:
        # Turned, not shuffled: what explains a block stays beside it.
        wrapper = soup.new_tag("div")
        turn = dice.randrange(1, len(blocks))
        blocks[0].insert_before(wrapper)
        for block in blocks[turn:] + blocks[:turn]:
            wrapper.append(block.extract())
    # Without an encoding the page goes on declaring the charset it declared; the stubs forbid it.
    html = soup.decode(eventual_encoding=None)  # type: ignore[arg-type]
    return COLOUR.sub(_recoloured, html)


def _recharged(toml: str, name: str, charset: str) -> str:
    """The site's file with another charset for every page of one HTML file."""
    blocks = re.split(r"(?m)^(?=\[\[pages\]\])", toml)
    line = f'file = "{name}"\n'
    more = f'charset = "{charset}"\ncontent_type = "text/html; charset={charset}"\n'
    return "".join(block.replace(line, line + more) for block in blocks)


def _may_recharge(toml: str, name: str) -> bool:
    """Whether no page of a file says anything about its own charset."""
    blocks = [b for b in toml.split("[[pages]]") if f'file = "{name}"' in b]
    return not any("charset" in block or "content_type" in block for block in blocks)


def _twin_site(
    folder: Path, target: Path, known: Tables, rename: Callable[[str], str], dice: random.Random
) -> None:
    """Write the twin of one site."""
    target.mkdir(parents=True)
    toml = rename((folder / "site.toml").read_text(encoding="utf-8"))
    for file in sorted(folder.iterdir()):
        if file.suffix == ".html":
            html = rearranged(reworded(rename(file.read_text(encoding="utf-8")), known, dice), dice)
            charset = dice.choice(CHARSETS)
            if charset != "utf-8" and _may_recharge(toml, file.name):
                html = re.sub(r"(?i)(charset=[\"']?)utf-8", rf"\g<1>{charset}", html)
                toml = _recharged(toml, file.name, charset)
            (target / file.name).write_text(html, encoding="utf-8")
        elif file.suffix in (".js", ".json"):
            text = _swap(rename(file.read_text(encoding="utf-8")), known.words, dice)
            (target / file.name).write_text(text, encoding="utf-8")
        elif file.name != "site.toml":
            shutil.copyfile(file, target / file.name)
    (target / "site.toml").write_text(toml, encoding="utf-8")


def mutate(
    target: Path, seed: int, source: Path = SITES_FOLDER, truth_file: Path = TRUTH_FILE
) -> Path:
    """Write the twins of every site of a folder and return their truth file.

    Raises:
        FileExistsError: the target holds a site already.
    """
    dice = random.Random(seed)  # noqa: S311  (repeatable, no secret)
    known = tables()
    folders = sorted(each.parent for each in source.glob("*/site.toml"))
    rename = renamer(twin_names(folders, known, dice))
    for folder in folders:
        _twin_site(folder, target / rename(folder.name), known, rename, dice)
    for name in ("names.txt", "tips.csv"):
        if (source / name).exists():
            text = rename((source / name).read_text(encoding="utf-8"))
            (target / name).write_text(text, encoding="utf-8")
    truth = target / "truth.toml"
    renamed = rename(truth_file.read_text(encoding="utf-8")).splitlines(keepends=True)
    # The twin's words are others.
    kept = (line for line in renamed if not line.startswith("shows = "))
    truth.write_text("".join(kept), encoding="utf-8")
    return truth


def main(argv: Sequence[str] | None = None) -> int:
    """Write twins into a folder."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.mutate", description=__doc__)
    parser.add_argument("folder", type=Path, help="an empty or new folder")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other twins")
    options = parser.parse_args(argv)
    truth = mutate(options.folder, options.seed)
    sys.stdout.write(f"{truth}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
