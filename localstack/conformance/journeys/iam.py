"""IAM: managed policies, and the roles that have them."""

import json
from typing import Any, Final
from urllib.parse import unquote

from judge.aws import Aws

MEMBER: Final = "333344445555"
ROLE: Final = "app-role"


def statement(action: str, effect: str = "Allow") -> str:
    """Write a policy about one action."""
    rule = {"Effect": effect, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [rule]})


def document(value: Any) -> Any:
    """Read a policy as IAM gives it: percent-encoded, unless the client has read it already."""
    return json.loads(unquote(value)) if isinstance(value, str) else value


def managed(aws: Aws) -> None:
    """A managed policy's life, with its versions, tags and attachments."""
    aws = aws.account(MEMBER)
    tags = [{"Key": "team", "Value": "safety"}]
    made = aws.ok(
        "iam",
        "CreatePolicy",
        PolicyName="apply-guardrails",
        Path="/safety/",
        Description="Lets a role apply guardrails",
        PolicyDocument=statement("bedrock:ApplyGuardrail"),
        Tags=tags,
    )["Policy"]
    aws.equal("the ARN", made["Arn"], f"arn:{aws.emulator.partition}:iam::{MEMBER}:policy/safety/apply-guardrails")
    this = {"PolicyArn": made["Arn"]}
    version = aws.ok(
        "iam", "CreatePolicyVersion", **this, PolicyDocument=statement("bedrock:GetGuardrail"), SetAsDefault=False
    )["PolicyVersion"]
    aws.equal("the version", (version["VersionId"], version["IsDefaultVersion"]), ("v2", False))
    aws.ok("iam", "SetDefaultPolicyVersion", **this, VersionId="v2")
    aws.refused("DeleteConflict", "iam", "DeletePolicyVersion", **this, VersionId="v2")
    aws.ok("iam", "DeletePolicyVersion", **this, VersionId="v1")
    versions = aws.ok("iam", "ListPolicyVersions", **this)["Versions"]
    aws.equal("the versions", [held["VersionId"] for held in versions], ["v2"])
    held = aws.ok("iam", "GetPolicyVersion", **this, VersionId="v2")["PolicyVersion"]
    aws.equal("its document", document(held["Document"]), json.loads(statement("bedrock:GetGuardrail")))
    aws.ok("iam", "TagPolicy", **this, Tags=[{"Key": "stage", "Value": "prod"}])
    aws.ok("iam", "UntagPolicy", **this, TagKeys=["team"])
    aws.equal("its tags", aws.ok("iam", "ListPolicyTags", **this)["Tags"], [{"Key": "stage", "Value": "prod"}])
    aws.ok("iam", "AttachRolePolicy", RoleName=ROLE, **this)
    attached = aws.ok("iam", "ListAttachedRolePolicies", RoleName=ROLE)["AttachedPolicies"]
    aws.expect("it is attached", that={"PolicyName": "apply-guardrails", "PolicyArn": made["Arn"]} in attached)
    roles = aws.ok("iam", "ListEntitiesForPolicy", **this)["PolicyRoles"]
    aws.equal("whom it is attached to", [role["RoleName"] for role in roles], [ROLE])
    aws.equal("how often", aws.ok("iam", "GetPolicy", **this)["Policy"]["AttachmentCount"], 1)
    listed = aws.ok("iam", "ListPolicies", Scope="Local", PathPrefix="/safety/")["Policies"]
    aws.equal("the policies of the path", [policy["Arn"] for policy in listed], [made["Arn"]])
    aws.refused("DeleteConflict", "iam", "DeletePolicy", **this)
    aws.ok("iam", "DetachRolePolicy", RoleName=ROLE, **this)
    aws.ok("iam", "DeletePolicy", **this)
    aws.refused("NoSuchEntity", "iam", "GetPolicy", **this)


def roles(aws: Aws) -> None:
    """The roles of an account, and the policies within one."""
    aws = aws.account(MEMBER)
    listed = aws.ok("iam", "ListRoles")["Roles"]
    aws.expect("the role is listed", that=ROLE in {role["RoleName"] for role in listed})
    role = aws.ok("iam", "GetRole", RoleName=ROLE)["Role"]
    aws.equal("its ARN", role["Arn"], f"arn:{aws.emulator.partition}:iam::{MEMBER}:role/{ROLE}")
    aws.expect("its trust", that="Statement" in document(role["AssumeRolePolicyDocument"]))
    policy = {"RoleName": ROLE, "PolicyName": "within"}
    aws.ok("iam", "PutRolePolicy", **policy, PolicyDocument=statement("bedrock:InvokeModel", "Deny"))
    names = aws.ok("iam", "ListRolePolicies", RoleName=ROLE)["PolicyNames"]
    aws.expect("a policy within it", that="within" in names)
    held = aws.ok("iam", "GetRolePolicy", **policy)
    aws.equal("its document", document(held["PolicyDocument"]), json.loads(statement("bedrock:InvokeModel", "Deny")))
    details = aws.ok("iam", "GetAccountAuthorizationDetails", Filter=["Role"])["RoleDetailList"]
    within = {row["PolicyName"] for one in details if one["RoleName"] == ROLE for row in one["RolePolicyList"]}
    aws.expect("it is among all that the role may do", that="within" in within)
    aws.ok("iam", "DeleteRolePolicy", **policy)
    aws.refused("NoSuchEntity", "iam", "GetRolePolicy", **policy)


def simulated(aws: Aws) -> None:
    """What policies allow, those of a request and those of a role."""
    aws = aws.account(MEMBER)
    asked = {"ActionNames": ["bedrock:ApplyGuardrail", "bedrock:DeleteGuardrail"]}
    texts = [statement("bedrock:*"), statement("bedrock:Delete*", "Deny")]
    custom = aws.ok("iam", "SimulateCustomPolicy", PolicyInputList=texts, **asked)["EvaluationResults"]
    decisions = [result["EvalDecision"] for result in custom]
    aws.equal("of a request", decisions, ["allowed", "explicitDeny"])
    role = f"arn:{aws.emulator.partition}:iam::{MEMBER}:role/{ROLE}"
    principal = aws.ok("iam", "SimulatePrincipalPolicy", PolicySourceArn=role, **asked)["EvaluationResults"]
    decisions = [result["EvalDecision"] for result in principal]
    aws.equal("of a role", decisions, ["allowed", "implicitDeny"])
    aws.refused("NoSuchEntity", "iam", "SimulatePrincipalPolicy", PolicySourceArn=f"{role}-not", **asked)


JOURNEYS: Final = (managed, roles, simulated)
