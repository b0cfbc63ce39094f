"""Effective policies: what a tree of Bedrock policies comes to, when, and what becomes of a merge that is not valid."""

import itertools
import json
from typing import Any, Final

from journeys.organizations import DEV, PROD, named
from judge.aws import Aws, UnexpectedError

from .organizations import BEDROCK, DELAY_MS, ROOT, created, enable, refused

REGION: Final = "us-east-1"
CHILDREN: Final = "@@operators_allowed_for_child_policies"
NUMBERS: Final = itertools.count()


def arn(name: str) -> str:
    """Name a version of a guardrail."""
    return f"arn:aws:bedrock:us-east-1:111122223333:guardrail/{name}:1"


def policy(name: str | None = None, **more: Any) -> str:
    """Write a policy with one configuration."""
    identifier = {"identifier": {"@@assign": arn(name)}} if name else {}
    return json.dumps({"bedrock": {"guardrail_inference": {REGION: {"config_1": identifier | more}}}})


def models(**operators: list[str]) -> dict[str, Any]:
    """Write which models are excluded, of all."""
    excluded = {f"@@{operator}": names for operator, names in operators.items()}
    return {"model_enforcement": {"included_models": {"@@assign": ["ALL"]}, "excluded_models": excluded}}


def attach(aws: Aws, content: str, target: str) -> str:
    """Create a policy, attach it, and give its id."""
    made = created(aws, f"policy-{next(NUMBERS)}", content)
    aws.ok("organizations", "AttachPolicy", PolicyId=made, TargetId=target)
    return made


def effective(aws: Aws, account: str) -> dict[str, Any]:
    """Give the configuration that an account ends up with."""
    told = aws.ok("organizations", "DescribeEffectivePolicy", TargetId=account, **BEDROCK)["EffectivePolicy"]
    document = json.loads(told["PolicyContent"])
    configuration: dict[str, Any] = document["bedrock"]["guardrail_inference"][REGION]["config_1"]
    return configuration


def inherited(aws: Aws) -> None:
    """A child's value displaces its parent's; lists can be added to and taken from."""
    enable(aws)
    attach(aws, policy("parent", **models(assign=["amazon.titan-a", "amazon.titan-b"])), ROOT)
    aws.equal("what a parent says holds", effective(aws, PROD)["identifier"], arn("parent"))
    attach(aws, policy("child"), PROD)
    aws.equal("what a child says holds more", effective(aws, PROD)["identifier"], arn("child"))
    aws.equal("elsewhere nothing changes", effective(aws, DEV)["identifier"], arn("parent"))
    lists = effective(aws, PROD)["model_enforcement"]
    aws.equal("a list that the child leaves alone", set(lists["excluded_models"]), {"amazon.titan-a", "amazon.titan-b"})
    changed = {"@@append": ["amazon.titan-c"], "@@remove": ["amazon.titan-a"]}
    attach(aws, policy(model_enforcement={"excluded_models": changed}), DEV)
    lists = effective(aws, DEV)["model_enforcement"]
    aws.equal("a list that it changes", set(lists["excluded_models"]), {"amazon.titan-b", "amazon.titan-c"})


def locked(aws: Aws) -> None:
    """An operator that the parent forbids is ignored, and the merge stays valid."""
    enable(aws)
    lock = {CHILDREN: ["@@none"]}
    identifier = {"identifier": {"@@assign": arn("parent")} | lock}
    attach(aws, policy(None, **identifier), ROOT)
    attach(aws, policy("child"), PROD)
    aws.equal("the parent's value stays", effective(aws, PROD)["identifier"], arn("parent"))
    listed = aws.ok("organizations", "ListAccountsWithInvalidEffectivePolicy", **BEDROCK)["Accounts"]
    aws.equal("no merge is invalid", listed, [])


def first_wins(aws: Aws) -> None:
    """On one node, what was attached first holds."""
    enable(aws)
    first = attach(aws, policy("first"), PROD)
    attach(aws, policy("second"), PROD)
    aws.equal("the first", effective(aws, PROD)["identifier"], arn("first"))
    aws.ok("organizations", "DetachPolicy", PolicyId=first, TargetId=PROD)
    aws.ok("organizations", "AttachPolicy", PolicyId=first, TargetId=PROD)
    aws.equal("the one that is first now", effective(aws, PROD)["identifier"], arn("second"))


def late(aws: Aws) -> None:
    """Effective policies follow after a while, and tell when they were computed."""
    enable(aws)
    aws.emulator.options(propagation_ms=DELAY_MS)
    held = attach(aws, policy("one"), ROOT)
    refused(aws, "EffectivePolicyNotFound", "DescribeEffectivePolicy", TargetId=PROD, **BEDROCK)
    aws.emulator.advance(DELAY_MS)
    aws.equal("after a while", effective(aws, PROD)["identifier"], arn("one"))
    aws.equal("its own", effective(aws.account(PROD), PROD)["identifier"], arn("one"))
    aws.ok("organizations", "UpdatePolicy", PolicyId=held, Content=policy("two"))
    aws.equal("not yet", effective(aws, PROD)["identifier"], arn("one"))
    aws.emulator.advance(DELAY_MS)
    aws.equal("now", effective(aws, PROD)["identifier"], arn("two"))
    aws.ok("organizations", "DetachPolicy", PolicyId=held, TargetId=ROOT)
    aws.equal("not gone yet", effective(aws, PROD)["identifier"], arn("two"))
    aws.emulator.advance(DELAY_MS)
    refused(aws, "EffectivePolicyNotFound", "DescribeEffectivePolicy", TargetId=PROD, **BEDROCK)


def invalid(aws: Aws) -> None:
    """An account whose merge is not valid keeps its last valid policy, and both validation operations tell of it."""
    enable(aws)
    attach(aws, policy("good"), ROOT)
    unit = named(aws, "Prod")
    bad = json.loads(policy("good"))
    bad["bedrock"]["guardrail_inference"][REGION]["config_2"] = {"identifier": {"@@assign": arn("two")}}
    try:
        broken = attach(aws, json.dumps(bad), unit)
    except UnexpectedError as refusal:
        aws.expect("a policy that is valid by itself", that=False, otherwise=refusal)
        return
    aws.equal("the last valid policy", effective(aws, PROD)["identifier"], arn("good"))
    listed = aws.ok("organizations", "ListAccountsWithInvalidEffectivePolicy", **BEDROCK)
    aws.equal("the accounts", [account["Id"] for account in listed["Accounts"]], [PROD])
    told = aws.ok("organizations", "ListEffectivePolicyValidationErrors", AccountId=PROD, **BEDROCK)
    (error,) = told["EffectivePolicyValidationErrors"]
    aws.equal("the error", error["ErrorCode"], "ELEMENTS_TOO_MANY")
    aws.expect("who contributed", that=broken in error["ContributingPolicies"], otherwise=error)
    aws.equal("the path", told["Path"].rpartition("/")[2] or told["Path"].split("/")[-2], PROD)
    aws.ok("organizations", "DetachPolicy", PolicyId=broken, TargetId=unit)
    listed = aws.ok("organizations", "ListAccountsWithInvalidEffectivePolicy", **BEDROCK)
    aws.equal("repaired", listed["Accounts"], [])


def guards(aws: Aws) -> None:
    """A guardrail that a policy of the organization enforces is in use."""
    enable(aws)
    made = aws.ok(
        "bedrock",
        "CreateGuardrail",
        name="organization",
        blockedInputMessaging="Not that.",
        blockedOutputsMessaging="Withheld.",
        wordPolicyConfig={"wordsConfig": [{"text": "tamarind"}]},
    )
    this = {"guardrailIdentifier": made["guardrailId"]}
    aws.ok("bedrock", "CreateGuardrailVersion", **this)
    attach(aws, policy(made["guardrailId"]), PROD)
    aws.refused("ResourceInUseException", "bedrock", "DeleteGuardrail", **this)
    aws.refused("ResourceInUseException", "bedrock", "DeleteGuardrail", **this, guardrailVersion="1")


CASES: Final = (inherited, locked, first_wins, late, invalid, guards)
