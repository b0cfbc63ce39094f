"""An answer as it came over HTTP, held against the operation's output shape or its exceptions.

botocore drops what its model does not know, so its parsed answers cannot tell whether there was more.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from . import models
from .shapes import Check, Form, Violation

FORMS: Final = {"rest-json": Form.REST_JSON, "json": Form.JSON, "query": Form.XML}
CONTENT_TYPES: Final = {
    "rest-json": "application/json",
    "json": "application/x-amz-json-1.1",
    "query": "text/xml",
}


@dataclass(frozen=True)
class Raw:
    """What came over HTTP. The body is `None` where the client streams it."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None

    def header(self, name: str) -> str | None:
        """Give a header, whatever its case."""
        return next((value for key, value in self.headers.items() if key.lower() == name), None)


def success(service: str, model: OperationModel, raw: Raw, seen: set[str]) -> Iterator[str | Violation]:
    """Find what is wrong with a success; `seen` collects the shapes met."""
    protocol = models.protocol(service)
    if raw.status != model.http.get("responseCode", 200):
        yield f"status {raw.status}, not {model.http.get('responseCode', 200)}"
    if not raw.header("x-amzn-requestid"):
        yield "no request id"
    output = model.output_shape
    yield from headers(output, raw)
    if raw.body is None:
        return
    if output is None or not output.members:
        yield from nothing(service, model, raw.body)
        return
    content_type = (raw.header("content-type") or "").partition(";")[0]
    if content_type != CONTENT_TYPES[protocol]:
        yield f"content type {content_type}"
    if protocol == "query":
        value, problems = result(service, model, raw.body)
        yield from problems
    else:
        value = json.loads(raw.body)
    check = Check(FORMS[protocol])
    yield from check.violations(output, value)
    seen |= check.seen


def headers(output: StructureShape | None, raw: Raw) -> Iterator[str | Violation]:
    """Find what is wrong with the members that travel in headers."""
    if output is None:
        return
    for name, member in output.members.items():
        if member.serialization.get("location") != "header":
            continue
        value = raw.header(member.serialization["name"].lower())
        if value is None and name in output.required_members:
            yield f"the header of {name} is missing"
        elif value is not None:
            yield from Check(Form.XML).violations(member, value, f"header {name}")


def nothing(service: str, model: OperationModel, body: bytes) -> Iterator[str]:
    """Find what an answer without output holds all the same."""
    match models.protocol(service):
        case "query":
            yield from envelope(service, model, ElementTree.fromstring(body))
        case "json" if body not in (b"", b"{}"):
            yield f"a body where there is none: {body[:60]!r}"
        case "rest-json" if body not in (b"", b"{}"):
            yield f"a body where there is none: {body[:60]!r}"


def envelope(service: str, model: OperationModel, root: ElementTree.Element) -> Iterator[str]:
    """Find what is wrong with the frame of a Query answer: its name, its namespace, its metadata."""
    namespace = models.service(service).metadata["xmlNamespace"]
    if root.tag != f"{{{namespace}}}{model.name}Response":
        yield f"the root element {root.tag}"
    metadata = root.find(f"{{{namespace}}}ResponseMetadata/{{{namespace}}}RequestId")
    if metadata is None or not metadata.text:
        yield "no request id in the body"
    for child in root:
        if local(child) not in ("ResponseMetadata", wrapper(model)):
            yield f"the element {child.tag}"


def wrapper(model: OperationModel) -> str:
    """Name the element that holds the output."""
    return str(model.output_shape.serialization.get("resultWrapper", "")) if model.output_shape else ""


def result(service: str, model: OperationModel, body: bytes) -> tuple[Any, list[str]]:
    """Take the output out of a Query answer, and tell what is wrong around it."""
    root = ElementTree.fromstring(body)
    problems = list(envelope(service, model, root))
    element = next((child for child in root if local(child) == wrapper(model)), None)
    if element is None:
        return {}, [*problems, f"no element {wrapper(model)}"]
    return value_of(model.output_shape, element), problems


def local(element: ElementTree.Element) -> str:
    """Give an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def value_of(shape: Shape | None, element: ElementTree.Element) -> Any:
    """Read an element as its shape says; what the shape does not know stays, for the check to find."""
    match shape:
        case StructureShape():
            members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
            return {local(child): value_of(members.get(local(child)), child) for child in element}
        case ListShape():
            wanted = shape.member.serialization.get("name", "member")
            return [value_of(shape.member if local(child) == wanted else None, child) for child in element]
        case MapShape():
            return dict(entry(shape, child) for child in element)
        case None if len(element):
            return {local(child): value_of(None, child) for child in element}
        case _:
            return element.text or ""


def entry(shape: MapShape, element: ElementTree.Element) -> tuple[str, Any]:
    """Read one entry of a map."""
    parts = {local(child): child for child in element}
    key = parts[shape.key.serialization.get("name", "key")]
    return key.text or "", value_of(shape.value, parts[shape.value.serialization.get("name", "value")])


@dataclass(frozen=True)
class Refusal:
    """An error as the protocol writes it."""

    code: str
    members: dict[str, Any]
    problems: list[str]


def refusal(service: str, raw: Raw) -> Refusal:
    """Read an error, and tell what is wrong with its form."""
    protocol = models.protocol(service)
    problems = [] if raw.header("x-amzn-requestid") else ["no request id"]
    body = raw.body or b""
    if protocol == "query":
        return query_refusal(body, problems)
    members: dict[str, Any] = json.loads(body)
    if protocol == "json":
        code = members.pop("__type", "")
        if not code:
            problems.append("no __type")
    else:
        code = raw.header("x-amzn-errortype") or ""
    if not any(members.get(name) for name in ("message", "Message")):
        problems.append("no message")
    return Refusal(code.rpartition("#")[2], members, problems)


def query_refusal(body: bytes, problems: list[str]) -> Refusal:
    """Read an error of the Query protocol."""
    root = ElementTree.fromstring(body)
    parts = {local(child): child for child in root}
    if local(root) != "ErrorResponse" or parts.keys() != {"Error", "RequestId"}:
        problems.append(f"the error's elements {local(root)}: {', '.join(parts)}")
    error = {local(child): child.text or "" for child in parts["Error"]}
    if error.get("Type") not in ("Sender", "Receiver") or not error.get("Message"):
        problems.append(f"the error's members {error}")
    members = {name: value for name, value in error.items() if name not in ("Type", "Code", "Message")}
    return Refusal(error.get("Code", ""), members, problems)


def exception(shape: Shape, raw: Raw, refusal: Refusal, form: Form) -> Iterator[str | Violation]:
    """Find what is wrong with an error that the model declares."""
    if models.status(shape) not in (None, raw.status):
        yield f"{refusal.code} with status {raw.status}, not {models.status(shape)}"
    yield from Check(form).violations(shape, members_of(shape, refusal.members))


def members_of(shape: Shape, members: dict[str, Any]) -> dict[str, Any]:
    """Give an exception's members; the message is read whatever its case, as clients read it."""
    known = {name.lower(): name for name in shape.members if name.lower() == "message"}
    named = {known.get(name.lower(), name): value for name, value in members.items()}
    # A message that the model does not declare is how every error tells what is wrong.
    return {name: value for name, value in named.items() if name in shape.members or name.lower() != "message"}
