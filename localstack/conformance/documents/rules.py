"""An oracle: whether `CreateGuardrail` refuses a document, and why.

It is built on botocore's model and on rules that were measured on the live service, and shares nothing with the
emulator. What nobody saw refused is accepted: look-around and unbalanced regexes, images on any filter, `aws:` tag
keys, up to 200 tags, an empty block of sensitive information.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from judge import models
from judge.shapes import Check, Form

Document: TypeAlias = dict[str, Any]

POLICIES: Final = (
    "topicPolicyConfig",
    "contentPolicyConfig",
    "wordPolicyConfig",
    "sensitiveInformationPolicyConfig",
    "contextualGroundingPolicyConfig",
    "automatedReasoningPolicyConfig",
)
# Characters that a topic's definition may have, by tier. The model says 200 for both; 300 were accepted (measured), and
# 1000 are documented.
DEFINITION: Final = {"CLASSIC": 200, "STANDARD": 1000}


@dataclass(frozen=True)
class Rule:
    """A rule outside the model, with the service's message where it is known."""

    name: str
    broken: Callable[[Document], bool]
    message: str = ""


@dataclass(frozen=True)
class Reason:
    """Why a document is refused, and what the message has to say."""

    name: str
    says: str


def reasons(document: Any, operation: str = "CreateGuardrail") -> list[Reason]:
    """Tell why the service refuses a document; an empty list if it does not.

    Rules come after the model, so they are asked only of a document that fits it.
    """
    shape = models.operation("bedrock", operation).input_shape
    check = Check(Form.REST_JSON)
    violations = [
        violation
        for violation in check.violations(shape, without_nulls(document))
        # A member that the model does not know is dropped; definitions have a rule of their own.
        if violation.kind != "unknown" and (violation.shape, violation.kind) != ("GuardrailTopicDefinition", "max")
    ]
    if violations:
        return [Reason(f"{each.kind} {each.path}", leaf(each.path)) for each in violations]
    return [Reason(rule.name, rule.message) for rule in RULES if rule.broken(without_nulls(document))]


def without_nulls(value: Any) -> Any:
    """Leave out members that are null, which is how JSON says that they are not there."""
    match value:
        case dict():
            return {name: without_nulls(member) for name, member in value.items() if member is not None}
        case list():
            return [without_nulls(item) for item in value]
        case other:
            return other


def leaf(path: str) -> str:
    """Give the last member of a path, without the index of an item."""
    return path.rpartition(".")[2].partition("[")[0].removeprefix("$")


def entries(document: Document, policy: str, entries_name: str) -> list[Document]:
    """Give the entries of a policy."""
    found: list[Document] = document.get(policy, {}).get(entries_name, [])
    return found


def topics(document: Document) -> list[Document]:
    """Give the topics."""
    return entries(document, "topicPolicyConfig", "topicsConfig")


def filters(document: Document) -> list[Document]:
    """Give the content filters."""
    return entries(document, "contentPolicyConfig", "filtersConfig")


def words(document: Document) -> list[Document]:
    """Give the custom words."""
    return entries(document, "wordPolicyConfig", "wordsConfig")


def regexes(document: Document) -> list[Document]:
    """Give the regexes."""
    return entries(document, "sensitiveInformationPolicyConfig", "regexesConfig")


def grounding(document: Document) -> list[Document]:
    """Give the filters of contextual grounding."""
    return entries(document, "contextualGroundingPolicyConfig", "filtersConfig")


def tier(document: Document, policy: str) -> str:
    """Give the tier of a policy."""
    name: str = document.get(policy, {}).get("tierConfig", {}).get("tierName", "CLASSIC")
    return name


def repeat(values: Iterable[str]) -> bool:
    """Tell whether a value occurs twice."""
    all_of_them = list(values)
    return len(set(all_of_them)) < len(all_of_them)


def types(items: Iterable[Document]) -> Iterator[str]:
    """Give the type of each entry."""
    return (item["type"] for item in items)


def too_long(document: Document) -> bool:
    """Tell whether a definition is too long for its tier."""
    most = DEFINITION[tier(document, "topicPolicyConfig")]
    return any(len(topic["definition"]) > most for topic in topics(document))


def attack_on_output(document: Document) -> bool:
    """Tell whether prompt attacks are looked for in answers."""
    return any(each["type"] == "PROMPT_ATTACK" and each["outputStrength"] != "NONE" for each in filters(document))


def all_off(document: Document) -> bool:
    """Tell whether there are content filters, and none is on."""
    strengths = [each[name] for each in filters(document) for name in ("inputStrength", "outputStrength")]
    return bool(strengths) and set(strengths) == {"NONE"}


def standard_alone(document: Document) -> bool:
    """Tell whether a policy has the STANDARD tier without a cross-Region profile."""
    return "crossRegionConfig" not in document and any(tier(document, policy) == "STANDARD" for policy in POLICIES)


RULES: Final = (
    Rule(
        "no policy",
        lambda document: not any(policy in document for policy in POLICIES),
        "Guardrail must have at least one policy",
    ),
    Rule(
        "prompt attack on output",
        attack_on_output,
        "PROMPT ATTACK content filter strength for response must be NONE",
    ),
    Rule("all filters off", all_off, "At least one content filter strength must be set to not NONE."),
    Rule(
        "STANDARD without profile",
        standard_alone,
        "Can't configure guardrail policy tier. Enable cross-Region inference for your guardrail to use Standard tier.",
    ),
    Rule(
        "automated reasoning without profile",
        lambda document: "automatedReasoningPolicyConfig" in document and "crossRegionConfig" not in document,
        "To use Automated Reasoning checks, your guardrail must have a cross-Region inference profile",
    ),
    Rule(
        "threshold of 1",
        lambda document: any(each["threshold"] >= 1 for each in grounding(document)),
        "grounding threshold cannot be greater than or equal to 1",
    ),
    Rule("long definition", too_long),
    Rule("filters repeat", lambda document: repeat(types(filters(document)))),
    Rule("topics repeat", lambda document: repeat(topic["name"] for topic in topics(document))),
    Rule(
        "words repeat",
        lambda document: repeat(word["text"].lower() for word in words(document)),
        "Custom words cannot have case-insensitive duplicates",
    ),
    Rule(
        "managed lists repeat",
        lambda document: repeat(types(entries(document, "wordPolicyConfig", "managedWordListsConfig"))),
        "Managed words cannot have duplicates",
    ),
    Rule(
        "PII types repeat",
        lambda document: repeat(types(entries(document, "sensitiveInformationPolicyConfig", "piiEntitiesConfig"))),
        "The PII entity configs cannot have duplicates",
    ),
    Rule("regex names repeat", lambda document: repeat(regex["name"] for regex in regexes(document))),
    Rule(
        "regex patterns repeat",
        lambda document: repeat(regex["pattern"] for regex in regexes(document)),
        "All regex patterns must be unique",
    ),
    Rule("grounding repeats", lambda document: repeat(types(grounding(document)))),
)
