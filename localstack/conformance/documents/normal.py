"""What `GetGuardrail` shows of a document that was accepted."""

from typing import Any, Final

from botocore.model import ListShape, Shape, StructureShape

from judge import models

from .rules import Document, without_nulls

# Request and answer call them differently: policy, its lists.
LISTS: Final = {
    "topicPolicy": {"topicsConfig": "topics"},
    "contentPolicy": {"filtersConfig": "filters"},
    "wordPolicy": {"wordsConfig": "words", "managedWordListsConfig": "managedWordLists"},
    "sensitiveInformationPolicy": {"piiEntitiesConfig": "piiEntities", "regexesConfig": "regexes"},
    "contextualGroundingPolicy": {"filtersConfig": "filters"},
}
TIERED: Final = ("topicPolicy", "contentPolicy", "contextualGroundingPolicy")
AS_SENT: Final = ("name", "description", "blockedInputMessaging", "blockedOutputsMessaging")
SIDES: Final = ("input", "output")
# What says nothing of the document.
OWN: Final = ("guardrailId", "guardrailArn", "version", "status", "createdAt", "updatedAt", "kmsKeyArn")


def expected(document: Document, partition: str, account: str, region: str) -> Document:
    """Write the answer in the form of `comparable`; what the service fills in is filled in."""
    document = declared(models.operation("bedrock", "CreateGuardrail").input_shape, without_nulls(document))
    answer: Document = {name: document[name] for name in AS_SENT if name in document}
    for policy, lists in LISTS.items():
        if (sent := document.get(f"{policy}Config")) is None:
            continue
        shown = {
            name: [entry(policy, each) for each in sent[list_]] for list_, name in lists.items() if sent.get(list_)
        }
        if policy in TIERED:
            shown["tier"] = sent.get("tierConfig", {"tierName": "CLASSIC"})
        answer[policy] = shown
    if "automatedReasoningPolicyConfig" in document:
        answer["automatedReasoningPolicy"] = document["automatedReasoningPolicyConfig"]
    if "crossRegionConfig" in document:
        profile = document["crossRegionConfig"]["guardrailProfileIdentifier"].rpartition("/")[2]
        arn = f"arn:{partition}:bedrock:{region}:{account}:guardrail-profile/{profile}"
        answer["crossRegionDetails"] = {"guardrailProfileId": profile, "guardrailProfileArn": arn}
    return comparable(answer)


def entry(policy: str, sent: Document) -> Document:
    """Write an entry as it comes back."""
    if policy == "topicPolicy":
        return {"examples": []} | sent
    if policy == "sensitiveInformationPolicy":
        action = sent["action"]
        return {"inputAction": action, "outputAction": action, "inputEnabled": True, "outputEnabled": True} | sent
    return sent


def declared(shape: Shape, value: Any) -> Any:
    """Leave out the members that the model does not know, which the service drops."""
    match shape, value:
        case StructureShape(), dict():
            known = {name: member for name, member in value.items() if name in shape.members}
            return {name: declared(shape.members[name], member) for name, member in known.items()}
        case ListShape(), list():
            return [declared(shape.member, item) for item in value]
        case _:
            return value


def comparable(answer: Document) -> Document:
    """Take out what says nothing of the document, and the order of filters and modalities, which is not kept."""
    kept: Document = {name: value for name, value in answer.items() if name not in OWN}
    if "contentPolicy" in kept:
        filters = sorted(map(unordered, kept["contentPolicy"]["filters"]), key=lambda each: str(each["type"]))
        kept["contentPolicy"] = kept["contentPolicy"] | {"filters": filters}
    return kept


def settled(answer: Document) -> Document:
    """Write what is absent where that is a default, and put in order what is a set: the normal form of the spec.

    Whoever sends a default reads it back, and who does not reads nothing; both are one guardrail. Topics and their
    examples are sequences.
    """
    kept = comparable(answer)
    for policy, lists in LISTS.items():
        for name in lists.values():
            if name in kept.get(policy, {}):
                entries = [defaults(policy, each) for each in kept[policy][name]]
                entries = entries if name == "topics" else sorted(entries, key=identity)
                kept[policy] = kept[policy] | {name: entries}
    return kept


def defaults(policy: str, shown: Document) -> Document:
    """Write an entry with all that AWS takes it to say."""
    action = shown.get("action", "BLOCK")
    if policy == "contextualGroundingPolicy":
        return {"action": action, "enabled": True} | shown
    usual = {"Action": action, "Enabled": True}
    directions = {f"{side}{member}": value for side in SIDES for member, value in usual.items()}
    modalities = {f"{side}Modalities": ["TEXT"] for side in SIDES} if policy == "contentPolicy" else {}
    return directions | modalities | shown


def identity(shown: Document) -> str:
    """Tell an entry of a list from the others of it."""
    return str(next(shown[member] for member in ("type", "text", "name") if member in shown))


def unordered(content_filter: Document) -> Document:
    """Put the modalities of a filter in order."""
    lists: dict[str, Any] = {name: sorted(value) for name, value in content_filter.items() if isinstance(value, list)}
    return content_filter | lists
