"""Every command explains itself, and every example that we print or document can be typed."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import click
import pytest

from crawler.cli import cli, main
from crawler.cli.clicks import CHINESE
from crawler.language import set_language

DOCUMENTS = ("README.md", "README.zh.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md")
EXAMPLES = "示例："


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        yield " ".join((*path, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = dict(commands(cli))


def examples(text: str) -> list[str]:
    """Our commands in a text: those that begin a line, or follow another one's pipe."""
    parts = [
        part
        for raw in text.splitlines()
        for part in re.split(r"\s\|\s", raw.strip().removeprefix("$ "))
    ]
    return [
        re.split(r"\s+(?:>|#\s|\d>)", part)[0]
        for part in parts
        if part.startswith(("certhound ", "./run"))
    ]


def type_in(line: str) -> None:
    """Parse a command line as the shell and click would, without doing it.

    Raises `click.ClickException` for one that would be refused.
    """
    words = shlex.split(line)
    if words[0] == "./run":
        verb = {"./run": "rehearse", "--profile": "run"}.get(words[min(len(words), 2) - 1])
        words = ["certhound", *([verb] if verb else []), *words[1:]]
    for word in words[1:]:
        # Files that an example names exist where it is typed.
        if "." in word.strip(".") and not word.startswith("-") and ":" not in word:
            file = Path(word)
            assert not file.is_absolute(), f"{line}: names a place on a machine"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    command: click.Command = cli
    context = command.make_context(words[0], words[1:])
    while isinstance(command, click.Group):
        left = [*context._protected_args, *context.args]
        if not left:
            return
        name, found, rest = command.resolve_command(context, left)
        assert found is not None
        command = found
        context = command.make_context(name, rest, parent=context)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CERTHOUND_DATA", "CERTHOUND_PROFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("name", ALL)
def test_a_command_has_help_and_examples(name: str) -> None:
    command = ALL[name]
    assert command.help
    assert command.help.strip()
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]} has no help"
    if isinstance(command, click.Group):
        return
    assert EXAMPLES in command.help, f"{name} shows no example"
    found = examples(command.help.partition(EXAMPLES)[2])
    assert found, f"{name}: no line below {EXAMPLES} begins with `certhound `"
    for line in found:
        assert line.startswith(f"certhound {name}"), f"{name}: {line} is another command's example"
        type_in(line)


@pytest.mark.parametrize("name", ALL)
def test_a_list_of_commands_says_what_each_is_for(name: str) -> None:
    """click cuts a long text behind a blank; Chinese has few, and nothing may be left."""
    assert not ALL[name].get_short_help_str(78).endswith("..."), f"{name} wants a short_help"


def clicks_sentences() -> set[str]:
    """Every sentence that click looks up in a catalogue."""
    folder = Path(click.__file__).parent
    trees = (ast.parse(path.read_text("utf-8")) for path in folder.glob("*.py"))
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        argument.value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in ("_", "ngettext")
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    } | {"required"}


def test_what_we_say_for_click_is_what_it_says() -> None:
    assert set(CHINESE) <= clicks_sentences()
    for english, chinese in CHINESE.items():
        fields = {field for _text, field, _format, _kind in Formatter().parse(english) if field}
        said = {field for _text, field, _format, _kind in Formatter().parse(chinese) if field}
        assert said <= fields, english


MISTAKES = (
    "no-such-verb",
    "revew",
    "review confirm",
    "review confirm x",
    "review confirm x --by a --seen x",
    "review confirm x --by a --seen -1",
    "review confirm x --bi a",
    "review list --state x",
    "review list --json=3",
    "review mute x --by a --reason b --until 3",
    "run --profile",
    "run a b --profile x",
    "schedule",
    "schedule never --profile x",
    "assess --from pages.jsonl --references none.json",
    "backup .",
)


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("line", MISTAKES)
def test_a_slip_of_the_pen_is_told_in_the_language_chosen(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {}
    for language in ("zh", "en"):
        set_language(language)
        try:
            with pytest.raises(SystemExit) as ended:
                main(line.split())
        finally:
            set_language("zh")
        assert ended.value.code == 2
        said[language] = capsys.readouterr().err.splitlines()[-1].strip()
    own = r"'[^']*'|--?\w+|[a-z]+(?=[,）])|x>=0|service|timer|cron"
    assert not re.search("[A-Za-z]{2,}", re.sub(own, "", said["zh"])), said["zh"]
    assert re.search("[A-Za-z]{2,}", re.sub(own, "", said["en"])) or "cron" in said["en"]


def test_every_command_answers_machines_too() -> None:
    lines_of_json = {"assess", "screen"}
    people_alone = {"review triage"}
    without = {
        name
        for name, command in ALL.items()
        if not isinstance(command, click.Group)
        and not any("--json" in parameter.opts for parameter in command.params)
    }
    assert without == lines_of_json | people_alone


@pytest.mark.usefixtures("elsewhere")
def test_examples_in_documents_can_be_typed(root: Path) -> None:
    faults = []
    seen = 0
    for pattern in DOCUMENTS:
        for path in sorted(root.glob(pattern)):
            code = re.findall(
                r"^```\w*\n(.*?)^```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL
            )
            for line in examples("\n".join(code)):
                seen += 1
                try:
                    type_in(line)
                except click.ClickException as problem:
                    faults.append(f"{path.name}: {line}: {problem.format_message()}")
    assert not faults, "\n".join(faults)
    assert seen


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    "line", ["certhound no-such-verb", "certhound run --no-such-option", "./run --profile"]
)
def test_a_wrong_example_is_noticed(line: str) -> None:
    with pytest.raises(click.ClickException):
        type_in(line)
