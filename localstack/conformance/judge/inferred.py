"""What the emulator's sources say is inferred: behaviour of AWS that no source states, each with its place."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from .emulator import ROOT

FOLDER: Final = ROOT / "localstack"
# The one file where every documented item is a choice.
CHOICES: Final = FOLDER / "src" / "inferred.rs"
COMMENT: Final = re.compile(r"^\s*//[/!]?( |$)(.*)")
ITEM: Final = re.compile(r"pub\(crate\) (?:const )?(?:fn )?(\w+)")
ROW: Final = re.compile(r"^//! \| (?!choice|-)(.+) \| (.+) \|$")
SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])")


def marks() -> Iterator[tuple[str, str]]:
    """Give every place that is marked, with what is inferred there."""
    for path in sorted((FOLDER / "src").rglob("*.rs")):
        found = choices(path) if path == CHOICES else sentences(path)
        yield from ((f"src/{path.relative_to(FOLDER / 'src')}", what) for what in dict.fromkeys(found))
    for path in sorted((FOLDER / "data").glob("*.json")):
        yield from ((f"data/{path.name}", what) for what in notes(json.loads(path.read_text())))


def choices(path: Path) -> Iterator[str]:
    """Give the choices of a file that has nothing else: the rows of its table, and its items."""
    text = path.read_text()
    for line in text.splitlines():
        if row := ROW.match(line):
            yield f"{row[1]} ({row[2]})"
    for comment, following in blocks(text):
        if item := ITEM.match(following):
            yield f"`{item[1]}`: {first(comment)}"


def sentences(path: Path) -> Iterator[str]:
    """Give the sentences of a file's comments that say that something is inferred."""
    for comment, _ in blocks(path.read_text()):
        before = ""
        for sentence in SENTENCE.split(comment):
            if re.search(r"(?<!\*)\binferred\b(?!\*|`|::)", sentence, re.IGNORECASE):
                # A sentence that only says what is inferred needs what it is said of.
                yield f"{before} {sentence}".strip() if sentence.startswith("Inferred") else sentence
            before = sentence


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Give each run of comments as one text, with the line that follows it."""
    held: list[str] = []
    for line in [*text.splitlines(), ""]:
        if comment := COMMENT.match(line):
            held.append(comment[2])
        elif held and not line.strip().startswith("#["):
            yield " ".join(" ".join(held).split()), line
            held = []


def first(comment: str) -> str:
    """Give the first sentence."""
    return SENTENCE.split(comment)[0]


def notes(value: Any) -> Iterator[str]:
    """Give the notes of a data file."""
    match value:
        case dict():
            for name, member in value.items():
                if name == "inferred" and isinstance(member, str):
                    yield member
                else:
                    yield from notes(member)
        case list():
            for item in value:
                yield from notes(item)
        case str() if "(inferred)" in value:
            yield value
