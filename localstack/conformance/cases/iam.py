"""IAM and STS: each refusal, limits, and lists in pages."""

import json
from collections.abc import Iterator
from typing import Any, Final

from journeys.iam import ROLE, statement
from judge.aws import Aws

MEMBER: Final = "333344445555"
AWS_POLICY: Final = "arn:aws:iam::aws:policy/AWSDenyAll"
VERSIONS: Final = 5
TAGS: Final = 50
PER_ROLE: Final = 20
LONGEST: Final = 6144
HOUR: Final = 3600


def created(aws: Aws, name: str, document: str | None = None) -> str:
    """Create a managed policy, and give its ARN."""
    params = {"PolicyName": name, "PolicyDocument": document or statement("bedrock:ApplyGuardrail")}
    return str(aws.ok("iam", "CreatePolicy", **params)["Policy"]["Arn"])


def missing(aws: Aws) -> None:
    """What is not there."""
    aws = aws.account(MEMBER)
    policy = {"PolicyArn": f"arn:aws:iam::{MEMBER}:policy/nowhere"}
    version, role = {**policy, "VersionId": "v1"}, {"RoleName": "nobody"}
    text = statement("bedrock:ApplyGuardrail")
    absent: tuple[tuple[str, dict[str, Any]], ...] = (
        ("GetPolicy", policy),
        ("DeletePolicy", policy),
        ("ListPolicyVersions", policy),
        ("ListEntitiesForPolicy", policy),
        ("ListPolicyTags", policy),
        ("GetPolicyVersion", version),
        ("DeletePolicyVersion", version),
        ("SetDefaultPolicyVersion", version),
        ("CreatePolicyVersion", {**policy, "PolicyDocument": text}),
        ("TagPolicy", {**policy, "Tags": [{"Key": "k", "Value": ""}]}),
        ("UntagPolicy", {**policy, "TagKeys": ["k"]}),
        ("GetRole", role),
        ("ListRolePolicies", role),
        ("ListAttachedRolePolicies", role),
        ("GetRolePolicy", {**role, "PolicyName": "p"}),
        ("DeleteRolePolicy", {**role, "PolicyName": "p"}),
        ("PutRolePolicy", {**role, "PolicyName": "p", "PolicyDocument": text}),
        ("AttachRolePolicy", {**role, "PolicyArn": created(aws, "there")}),
        ("DetachRolePolicy", {"RoleName": ROLE, **policy}),
        ("DetachRolePolicy", {**role, **policy}),
        ("GetRolePolicy", {"RoleName": ROLE, "PolicyName": "nothing"}),
        ("DeleteRolePolicy", {"RoleName": ROLE, "PolicyName": "nothing"}),
    )
    for operation, params in absent:
        aws.refused("NoSuchEntity", "iam", operation, **params)


def documents(aws: Aws) -> None:
    """Documents that are none, or too long."""
    aws = aws.account(MEMBER)
    arn = created(aws, "documents")
    bad = (
        "no JSON",
        "[]",
        "{}",
        json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps", "Action": "*", "Resource": "*"}]}),
        json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "bedrock", "Resource": "*"}]}),
        json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*"}]}),
    )
    for text in bad:
        aws.refused("MalformedPolicyDocument", "iam", "CreatePolicy", PolicyName="bad", PolicyDocument=text)
        aws.refused("MalformedPolicyDocument", "iam", "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=text)
        aws.refused(
            "MalformedPolicyDocument", "iam", "PutRolePolicy", RoleName=ROLE, PolicyName="bad", PolicyDocument=text
        )
    base = statement("bedrock:ApplyGuardrail")
    action = "bedrock:" + "A" * (LONGEST - len(base.replace(" ", "")) + len("ApplyGuardrail"))
    created(aws, "longest", statement(action) + " " * 100)
    aws.refused("LimitExceeded", "iam", "CreatePolicy", PolicyName="over", PolicyDocument=statement(action + "A"))
    aws.refused("EntityAlreadyExists", "iam", "CreatePolicy", PolicyName="LONGEST", PolicyDocument=base)


def limits(aws: Aws) -> None:
    """Five versions, fifty tags, twenty policies of a role."""
    aws = aws.account(MEMBER)
    arn = created(aws, "limited")
    text = statement("bedrock:GetGuardrail")
    for _ in range(VERSIONS - 1):
        aws.ok("iam", "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)
    aws.refused("LimitExceeded", "iam", "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=text)
    aws.refused("DeleteConflict", "iam", "DeletePolicyVersion", PolicyArn=arn, VersionId=f"v{VERSIONS}")
    aws.refused("DeleteConflict", "iam", "DeletePolicy", PolicyArn=arn)
    aws.ok("iam", "DeletePolicyVersion", PolicyArn=arn, VersionId="v1")
    again = aws.ok("iam", "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=text)
    aws.equal("numbers are not used again", again["PolicyVersion"]["VersionId"], f"v{VERSIONS + 1}")
    tags = [{"Key": f"k{number}", "Value": ""} for number in range(TAGS)]
    aws.ok("iam", "TagPolicy", PolicyArn=arn, Tags=tags)
    aws.refused("LimitExceeded", "iam", "TagPolicy", PolicyArn=arn, Tags=[{"Key": "more", "Value": ""}])
    held = aws.ok("iam", "ListAttachedRolePolicies", RoleName=ROLE)["AttachedPolicies"]
    for number in range(PER_ROLE - len(held)):
        policy = {"RoleName": ROLE, "PolicyArn": created(aws, f"p{number}")}
        aws.ok("iam", "AttachRolePolicy", **policy)
        aws.ok("iam", "AttachRolePolicy", **policy)
    aws.refused("LimitExceeded", "iam", "AttachRolePolicy", RoleName=ROLE, PolicyArn=arn)


def strangers(aws: Aws) -> None:
    """Policies of AWS can be attached and read, and not be changed."""
    aws = aws.account(MEMBER)
    this = {"PolicyArn": AWS_POLICY}
    aws.ok("iam", "GetPolicy", **this)
    aws.ok("iam", "AttachRolePolicy", RoleName=ROLE, **this)
    aws.ok("iam", "DetachRolePolicy", RoleName=ROLE, **this)
    for operation, params in (
        ("CreatePolicyVersion", {"PolicyDocument": statement("bedrock:GetGuardrail")}),
        ("DeletePolicy", {}),
        ("SetDefaultPolicyVersion", {"VersionId": "v1"}),
        ("DeletePolicyVersion", {"VersionId": "v1"}),
    ):
        aws.refused("AccessDenied", "iam", operation, **this, **params)


def pages(aws: Aws, operation: str, rows: str, **params: Any) -> Iterator[list[Any]]:
    """Give the pages of a list, as a client sees them that goes on while it is truncated."""
    marker: dict[str, str] = {}
    while True:
        page = aws.ok("iam", operation, **params, **marker)
        yield page[rows]
        aws.equal(f"{operation}: a marker", page["IsTruncated"], "Marker" in page)
        if not page["IsTruncated"]:
            return
        marker = {"Marker": page["Marker"]}


def lists(aws: Aws) -> None:
    """Every list in pages of one."""
    aws = aws.account(MEMBER)
    policies = [created(aws, name) for name in ("one", "two")]
    for arn in policies:
        aws.ok("iam", "AttachRolePolicy", RoleName=ROLE, PolicyArn=arn)
    aws.ok("iam", "CreatePolicyVersion", PolicyArn=policies[0], PolicyDocument=statement("bedrock:GetGuardrail"))
    aws.ok("iam", "AttachRolePolicy", RoleName="BedrailRead", PolicyArn=policies[0])
    aws.ok("iam", "TagPolicy", PolicyArn=policies[0], Tags=[{"Key": key, "Value": ""} for key in "ab"])
    for name in ("within", "without"):
        aws.ok("iam", "PutRolePolicy", RoleName=ROLE, PolicyName=name, PolicyDocument=statement("bedrock:*"))
    this = {"PolicyArn": policies[0]}
    everything: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("ListPolicies", "Policies", {"Scope": "Local"}),
        ("ListPolicies", "Policies", {"Scope": "Local", "OnlyAttached": True}),
        ("ListRoles", "Roles", {}),
        ("ListPolicyVersions", "Versions", this),
        ("ListEntitiesForPolicy", "PolicyRoles", this),
        ("ListPolicyTags", "Tags", this),
        ("ListRolePolicies", "PolicyNames", {"RoleName": ROLE}),
        ("ListAttachedRolePolicies", "AttachedPolicies", {"RoleName": ROLE}),
    )
    for operation, rows, params in everything:
        whole = aws.ok("iam", operation, **params)[rows]
        aws.expect(f"{operation} has several", that=len(whole) > 1, otherwise=whole)
        ones = list(pages(aws, operation, rows, MaxItems=1, **params))
        aws.equal(f"{operation} in pages of one", ones, [[row] for row in whole])
        aws.refused("ValidationError", "iam", operation, Marker="never-given-out", **params)


def sessions(aws: Aws) -> None:
    """Who may become whom, for how long, and with what."""
    arn = f"arn:aws:iam::{MEMBER}:role/BedrailExecution"
    asked = {"RoleArn": arn, "RoleSessionName": "case"}
    aws.refused("AccessDenied", "sts", "AssumeRole", **(asked | {"RoleArn": f"{arn}-not"}))
    aws.account("555566667777").refused("AccessDenied", "sts", "AssumeRole", **asked)
    aws.refused("MalformedPolicyDocument", "sts", "AssumeRole", **asked, Policy="no JSON")
    long = statement("bedrock:" + "A" * 2048)
    answer = aws.call("sts", "AssumeRole", {**asked, "Policy": long})
    aws.expect("a long session policy", that=answer.code in ("PackedPolicyTooLarge", "ValidationError"))
    aws.refused("ValidationError", "sts", "AssumeRole", **asked, DurationSeconds=43200)
    first = aws.as_session(aws.ok("sts", "AssumeRole", **asked)["Credentials"])
    first.ok("sts", "GetCallerIdentity")
    aws.emulator.advance(HOUR * 1000 + 1000)
    first.refused("ExpiredToken", "sts", "GetCallerIdentity")
    first.refused("ExpiredToken", "iam", "ListRoles")
    first.refused("ExpiredTokenException", "bedrock", "ListGuardrails")


CASES: Final = (missing, documents, limits, strangers, lists, sessions)
