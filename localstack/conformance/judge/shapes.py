"""Whether a value is one of a shape: members, types, bounds, patterns, enums."""

import base64
import binascii
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from functools import cache
from typing import Any, Final

from botocore.model import ListShape, MapShape, Shape, StructureShape

INTEGERS: Final = ("integer", "long", "short", "byte")
DECIMALS: Final = ("float", "double")


class Form(Enum):
    """How a value came: each writes scalars in its own way."""

    REST_JSON = auto()
    JSON = auto()
    XML = auto()
    BOTO3 = auto()
    CLI = auto()

    @property
    def on_the_wire(self) -> bool:
        """Whether members go by their names on the wire."""
        return self in (Form.REST_JSON, Form.JSON, Form.XML)


@dataclass(frozen=True)
class Violation:
    """Something that the model does not allow."""

    shape: str
    kind: str
    path: str
    what: str

    def __str__(self) -> str:
        """Tell it in a line."""
        return f"{self.path}: {self.what} ({self.shape})"


@dataclass
class Check:
    """A value held against a shape; `seen` collects the shapes met on the way."""

    form: Form
    seen: set[str] = field(default_factory=set)

    def violations(self, shape: Shape, value: Any, path: str = "$") -> Iterator[Violation]:
        """Find all that is wrong with the value."""
        self.seen.add(shape.name)
        if getattr(shape, "is_document_type", False):
            return
        match shape:
            case StructureShape() if shape.serialization.get("eventstream"):
                for index, event in enumerate(value):
                    yield from self._structure(shape, event, f"{path}[{index}]")
            case StructureShape():
                yield from self._structure(shape, value, path)
            case ListShape():
                yield from self._list(shape, value, path)
            case MapShape():
                yield from self._map(shape, value, path)
            case _:
                yield from scalar(shape, value, path, self.form)

    def _structure(self, shape: StructureShape, value: Any, path: str) -> Iterator[Violation]:
        if not isinstance(value, dict):
            yield wrong_type(shape, value, path)
            return
        members = {name: member for name, member in shape.members.items() if self._is_here(member)}
        names = {self._name(name, member): name for name, member in members.items()}
        for name in value.keys() - names.keys():
            yield Violation(shape.name, "unknown", f"{path}.{name}", "the model has no such member")
        for wire, name in names.items():
            if wire in value and value[wire] is None:
                yield Violation(shape.name, "null", f"{path}.{wire}", "null instead of nothing")
            elif wire in value:
                yield from self.violations(members[name], value[wire], f"{path}.{wire}")
            elif name in shape.required_members:
                yield Violation(shape.name, "required", f"{path}.{wire}", "a required member is missing")
        if (getattr(shape, "is_tagged_union", False) or shape.serialization.get("eventstream")) and len(value) != 1:
            yield Violation(shape.name, "union", path, f"one member of a union, not {len(value)}")

    def _is_here(self, member: Shape) -> bool:
        return not self.form.on_the_wire or "location" not in member.serialization

    def _name(self, name: str, member: Shape) -> str:
        return str(member.serialization.get("name", name)) if self.form.on_the_wire else name

    def _list(self, shape: ListShape, value: Any, path: str) -> Iterator[Violation]:
        if not isinstance(value, list):
            yield wrong_type(shape, value, path)
            return
        yield from size(shape, len(value), path)
        for index, item in enumerate(value):
            yield from self.violations(shape.member, item, f"{path}[{index}]")

    def _map(self, shape: MapShape, value: Any, path: str) -> Iterator[Violation]:
        if not isinstance(value, dict):
            yield wrong_type(shape, value, path)
            return
        yield from size(shape, len(value), path)
        for key, item in value.items():
            yield from self.violations(shape.key, key, f"{path}.{key}")
            yield from self.violations(shape.value, item, f"{path}.{key}")


def scalar(shape: Shape, value: Any, path: str, form: Form) -> Iterator[Violation]:
    """Find what is wrong with a value that has no parts."""
    kind = shape.type_name
    if not of_type(shape, value, form):
        yield wrong_type(shape, value, path)
    elif kind == "string":
        yield from size(shape, len(value), path)
        pattern = shape.metadata.get("pattern")
        if pattern is not None and not compiled(pattern).fullmatch(value):
            yield Violation(shape.name, "pattern", path, f"{value!r} does not match {pattern}")
        if shape.enum and value not in shape.enum:
            yield Violation(shape.name, "enum", path, f"{value!r} is not one of {', '.join(shape.enum)}")
    elif kind in INTEGERS + DECIMALS:
        number = float(value)
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        if least is not None and number < least:
            yield Violation(shape.name, "min", path, f"{value} is less than {least}")
        if most is not None and number > most:
            yield Violation(shape.name, "max", path, f"{value} is more than {most}")


def of_type(shape: Shape, value: Any, form: Form) -> bool:
    """Tell whether a value is written as its type is in that form."""
    match shape.type_name:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return value in ("true", "false") if form is Form.XML else isinstance(value, bool)
        case kind if kind in INTEGERS:
            if form is Form.XML:
                return re.fullmatch(r"-?\d+", value) is not None
            return isinstance(value, int) and not isinstance(value, bool)
        case kind if kind in DECIMALS:
            if form is Form.XML:
                return re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", value) is not None
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "timestamp":
            return is_time(shape, value, form)
        case "blob":
            return is_blob(value, form)
        case other:
            message = f"{shape.name} is of the type {other}, which no operation here has"
            raise NotImplementedError(message)


def is_time(shape: Shape, value: Any, form: Form) -> bool:
    """Tell whether a value is a time as the protocol writes it, which a shape can change."""
    if form is Form.BOTO3:
        return isinstance(value, datetime)
    if form is Form.CLI:
        # It shows times as they came.
        return isinstance(value, int | float | str) and not isinstance(value, bool)
    usual = "unixTimestamp" if form is Form.JSON else "iso8601"
    if shape.serialization.get("timestampFormat", usual) == "unixTimestamp":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", value) is not None


def is_blob(value: Any, form: Form) -> bool:
    """Tell whether a value is binary data, which is text on the wire."""
    if form is Form.BOTO3 or isinstance(value, bytes):
        return isinstance(value, bytes) and not form.on_the_wire
    try:
        return isinstance(value, str) and base64.b64decode(value, validate=True) is not None
    except binascii.Error:
        return False


def size(shape: Shape, length: int, path: str) -> Iterator[Violation]:
    """Find whether a text, list or map is too short or too long."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and length < least:
        yield Violation(shape.name, "min", path, f"{length} is fewer than {least}")
    if most is not None and length > most:
        yield Violation(shape.name, "max", path, f"{length} is more than {most}")


def wrong_type(shape: Shape, value: Any, path: str) -> Violation:
    """Make the violation of a value that is of another type."""
    return Violation(shape.name, "type", path, f"{value!r:.60} is no {shape.type_name}")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of the model, which is written for another engine."""
    return re.compile(re.sub(r"\\p\{(\w)\}", lambda found: category(found[1]), pattern))


@cache
def category(letter: str) -> str:
    """Write the characters of a Unicode category as ranges of a character class."""
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code))[0] != letter:
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
