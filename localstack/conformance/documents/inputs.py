"""An input for any operation, made from its shape, and what breaks it in one place."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from judge.shapes import DECIMALS, INTEGERS, compiled

# A value for each text shape whose pattern or meaning no run of letters fits. What it names need not be there: bounds
# are looked at before.
TEXTS: Final = {
    "AccountId": "333344445555",
    "AutomatedReasoningPolicyArn": "arn:aws:bedrock:us-east-1:111122223333:automated-reasoning-policy/abcdefghijkl",
    "ChildId": "333344445555",
    "EffectivePolicyTargetId": "333344445555",
    "ExcludedModelId": "amazon.nova-pro-v1:0",
    "GuardrailArn": "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123",
    "GuardrailCrossRegionGuardrailProfileIdentifier": "us.guardrail.v1:0",
    "GuardrailNumericalVersion": "1",
    "GuardrailVersion": "1",
    "IncludedModelId": "ALL",
    "KmsKeyId": "alias/guardrails",
    "ModelId": "amazon.nova-pro-v1:0",
    "OrganizationalUnitId": "ou-sand-workload",
    "ParentId": "r-sand",
    "PolicyId": "p-12345678",
    "PolicyTargetId": "r-sand",
    "RoleArn": "arn:aws:iam::111122223333:role/logs",
    "RootId": "r-sand",
    "TaggableResourceId": "r-sand",
    "TaggableResourcesArn": "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123",
    "arnType": "arn:aws:iam::111122223333:policy/sample",
    "policyVersionIdType": "v1",
    "policyPathType": "/",
    "pathPrefixType": "/",
    "pathType": "/",
    "tokenCodeType": "123456",
}


def example(shape: Shape, within: tuple[str, ...] = ()) -> Any:
    """Make a value with every member of its shape, save that unions have one and that nothing holds itself."""
    match shape:
        case StructureShape():
            if getattr(shape, "is_document_type", False):
                return {}
            members = {name: member for name, member in shape.members.items() if member.name not in within}
            if getattr(shape, "is_tagged_union", False):
                members = dict(list(members.items())[:1])
            return {name: example(member, (*within, shape.name)) for name, member in members.items()}
        case ListShape():
            item = example(shape.member, (*within, shape.name))
            return [copy.deepcopy(item) for _ in range(max(1, shape.metadata.get("min", 1)))]
        case MapShape():
            return {example(shape.key): example(shape.value, (*within, shape.name))}
        case _:
            return scalar(shape)


def scalar(shape: Shape) -> Any:
    """Make a value without parts."""
    kind = shape.type_name
    if kind == "boolean":
        return True
    if kind == "blob":
        return b"{}"
    if kind in INTEGERS + DECIMALS:
        return max(0, shape.metadata.get("min", 0))
    if kind == "timestamp":
        return 1_800_000_000
    if shape.enum:
        return shape.enum[0]
    text: str = TEXTS.get(shape.name, "a" * max(1, shape.metadata.get("min", 1)))
    pattern = shape.metadata.get("pattern")
    if pattern is not None and not compiled(pattern).fullmatch(text):
        message = f"{shape.name} needs an example for {pattern}"
        raise LookupError(message)
    return text


@dataclass(frozen=True)
class Variant:
    """An input that differs from the example in one place."""

    path: str
    kind: str
    input: Any

    @property
    def member(self) -> str:
        """Name the member that is different."""
        return re.sub(r"\[\d+\]", "", self.path).rpartition(".")[2]


def broken(shape: Shape, value: Any, path: str = "$") -> Iterator[Variant]:
    """Break a value in each place where its shape has a bound, a pattern, an enum or a required member."""
    metadata = shape.metadata
    least, most = metadata.get("min", 0), metadata.get("max")
    match shape, value:
        case StructureShape(), dict():
            yield from broken_members(shape, value, path)
        case ListShape(), list():
            if least > 0:
                yield Variant(path, "min", value[: least - 1])
            if most is not None:
                yield Variant(path, "max", [copy.deepcopy(value[0]) for _ in range(most + 1)])
            for variant in broken(shape.member, value[0], f"{path}[0]"):
                yield Variant(variant.path, variant.kind, [variant.input, *value[1:]])
        case _ if shape.type_name == "string" and shape.enum:
            yield Variant(path, "enum", "NOT_ONE_OF_THEM")
        case _ if shape.type_name == "string":
            yield from broken_text(shape, value, path)
        case _ if shape.type_name in INTEGERS + DECIMALS:
            bounds = {"min": (metadata.get("min"), -1), "max": (most, 1)}
            yield from (
                Variant(path, kind, bound + step) for kind, (bound, step) in bounds.items() if bound is not None
            )


def broken_members(shape: StructureShape, value: dict[str, Any], path: str) -> Iterator[Variant]:
    """Break a structure: leave out what is required, break what is there."""
    for name, member in shape.members.items():
        if name not in value:
            continue
        # Without a label there is no path, and so another operation or none.
        in_path = member.serialization.get("location") == "uri"
        if name in shape.required_members and not in_path:
            yield Variant(f"{path}.{name}", "required", {key: each for key, each in value.items() if key != name})
        for variant in broken(member, value[name], f"{path}.{name}"):
            if not (in_path and variant.input == ""):
                yield Variant(variant.path, variant.kind, value | {name: variant.input})


def broken_text(shape: Shape, value: str, path: str) -> Iterator[Variant]:
    """Break a text: too short, too long, of other characters."""
    least, most, pattern = shape.metadata.get("min", 0), shape.metadata.get("max"), shape.metadata.get("pattern")
    if least > 0:
        yield Variant(path, "min", value[: least - 1])
    if most is not None:
        yield Variant(path, "max", value + value[-1:] * (most + 1 - len(value)))
    if pattern is not None:
        candidates = (other + value[len(other) :] for other in ("~", "?", " ", "A", "\u2603"))
        wrong = next((each for each in candidates if not compiled(pattern).fullmatch(each)), None)
        if wrong is not None:
            yield Variant(path, "pattern", wrong)


def at_bound(shape: Shape, value: Any, path: str = "$") -> Iterator[Variant]:
    """Take a value to the bound in each place where a longer text or a larger number is still one of the shape."""
    most = shape.metadata.get("max")
    match shape, value:
        case StructureShape(), dict():
            for name, member in shape.members.items():
                for variant in at_bound(member, value[name], f"{path}.{name}") if name in value else ():
                    yield Variant(variant.path, variant.kind, value | {name: variant.input})
        case ListShape(), list():
            for variant in at_bound(shape.member, value[0], f"{path}[0]"):
                yield Variant(variant.path, variant.kind, [variant.input, *value[1:]])
        case _ if shape.type_name == "string" and most is not None and not shape.enum:
            longest = value + value[-1:] * (most - len(value))
            pattern = shape.metadata.get("pattern")
            if pattern is None or compiled(pattern).fullmatch(longest):
                yield Variant(path, "bound", longest)
        case _ if shape.type_name in INTEGERS + DECIMALS and most is not None:
            yield Variant(path, "bound", most)


def whole(model: OperationModel) -> dict[str, Any]:
    """Make an input of an operation."""
    made: dict[str, Any] = example(model.input_shape) if model.input_shape else {}
    return made
