"""Organizations."""

import json
from typing import Any, Final

from judge.aws import Aws

PROD: Final = "333344445555"
DEV: Final = "444455556666"
SERVICE: Final = "bedrock.amazonaws.com"


def baseline(arn: str, region: str) -> str:
    """Write a policy that enforces a guardrail's version in a Region."""
    return json.dumps({"bedrock": {"guardrail_inference": {region: {"config_1": {"identifier": {"@@assign": arn}}}}}})


def named(aws: Aws, name: str) -> str:
    """Give the id of an OU by its name."""
    parents = [aws.ok("organizations", "ListRoots")["Roots"][0]["Id"]]
    while parents:
        units = aws.ok("organizations", "ListOrganizationalUnitsForParent", ParentId=parents.pop())
        for unit in units["OrganizationalUnits"]:
            if unit["Name"] == name:
                return str(unit["Id"])
            parents.append(unit["Id"])
    raise LookupError(name)


def tree(aws: Aws) -> None:
    """What there is, from the root to the accounts and back."""
    organization = aws.ok("organizations", "DescribeOrganization")["Organization"]
    aws.equal("the management account", organization["MasterAccountId"], aws.emulator.account)
    (root,) = aws.ok("organizations", "ListRoots")["Roots"]
    units = aws.ok("organizations", "ListOrganizationalUnitsForParent", ParentId=root["Id"])["OrganizationalUnits"]
    unit = next(unit for unit in units if unit["Name"] == "Workloads")
    described = aws.ok("organizations", "DescribeOrganizationalUnit", OrganizationalUnitId=unit["Id"])
    aws.equal("a described OU", described["OrganizationalUnit"]["Name"], "Workloads")
    children = aws.ok("organizations", "ListChildren", ParentId=unit["Id"], ChildType="ORGANIZATIONAL_UNIT")["Children"]
    accounts: list[dict[str, Any]] = []
    for child in children:
        accounts += aws.ok("organizations", "ListAccountsForParent", ParentId=child["Id"])["Accounts"]
    aws.equal("the accounts below", {account["Id"] for account in accounts}, {PROD, DEV})
    everyone = aws.ok("organizations", "ListAccounts", MaxResults=20)["Accounts"]
    aws.expect("the suspended account", that=any(account["State"] == "SUSPENDED" for account in everyone))
    described = aws.ok("organizations", "DescribeAccount", AccountId=PROD)["Account"]
    aws.expect("an account is described as it is listed", that=described in everyone)
    parents = aws.ok("organizations", "ListParents", ChildId=PROD)["Parents"]
    aws.expect("an account has one parent", that=len(parents) == 1 and parents[0]["Type"] == "ORGANIZATIONAL_UNIT")
    aws.refused("ParentNotFoundException", "organizations", "ListAccountsForParent", ParentId="ou-sand-00000000")


def policies(aws: Aws) -> None:
    """A policy's life, from the type to the accounts that it reaches."""
    (root,) = aws.ok("organizations", "ListRoots")["Roots"]
    kind = {"RootId": root["Id"], "PolicyType": "BEDROCK_POLICY"}
    if any(held["Type"] == "BEDROCK_POLICY" for held in root["PolicyTypes"]):
        aws.ok("organizations", "DisablePolicyType", **kind)
    aws.ok("organizations", "EnablePolicyType", **kind)
    aws.ok("organizations", "DescribeOrganization")
    where = f"arn:{aws.emulator.partition}:bedrock:{aws.region}:{aws.emulator.account}"
    content = baseline(f"{where}:guardrail/abc123:1", aws.region)
    tags = [{"Key": "team", "Value": "safety"}]
    made = aws.ok(
        "organizations",
        "CreatePolicy",
        Name="baseline",
        Description="",
        Type="BEDROCK_POLICY",
        Content=content,
        Tags=tags,
    )["Policy"]
    policy = made["PolicySummary"]["Id"]
    aws.ok("organizations", "UpdatePolicy", PolicyId=policy, Name="baseline-2")
    held = aws.ok("organizations", "DescribePolicy", PolicyId=policy)["Policy"]
    aws.equal("the policy", (held["PolicySummary"]["Name"], held["Content"]), ("baseline-2", content))
    listed = aws.ok("organizations", "ListPolicies", Filter="BEDROCK_POLICY")["Policies"]
    aws.expect("the policy is listed", that=held["PolicySummary"] in listed)
    workloads = named(aws, "Workloads")
    attachment = {"PolicyId": policy, "TargetId": workloads}
    aws.ok("organizations", "AttachPolicy", **attachment)
    aws.refused("DuplicatePolicyAttachmentException", "organizations", "AttachPolicy", **attachment)
    targets = aws.ok("organizations", "ListTargetsForPolicy", PolicyId=policy)["Targets"]
    aws.equal("the targets", [target["TargetId"] for target in targets], [workloads])
    attached = aws.ok("organizations", "ListPoliciesForTarget", TargetId=workloads, Filter="BEDROCK_POLICY")
    aws.equal("what is attached", attached["Policies"], [held["PolicySummary"]])
    effective = aws.ok("organizations", "DescribeEffectivePolicy", PolicyType="BEDROCK_POLICY", TargetId=PROD)
    document = json.loads(effective["EffectivePolicy"]["PolicyContent"])
    identifier = document["bedrock"]["guardrail_inference"][aws.region]["config_1"]["identifier"]
    aws.expect("the effective policy has no operators", that=isinstance(identifier, str), otherwise=document)
    invalid = aws.ok("organizations", "ListAccountsWithInvalidEffectivePolicy", PolicyType="BEDROCK_POLICY")
    aws.equal("the accounts whose policy is invalid", invalid["Accounts"], [])
    errors = aws.ok("organizations", "ListEffectivePolicyValidationErrors", PolicyType="BEDROCK_POLICY", AccountId=PROD)
    aws.equal("the errors of a valid policy", errors["EffectivePolicyValidationErrors"], [])
    aws.ok("organizations", "TagResource", ResourceId=policy, Tags=[{"Key": "stage", "Value": "prod"}])
    aws.ok("organizations", "UntagResource", ResourceId=policy, TagKeys=["team"])
    left = aws.ok("organizations", "ListTagsForResource", ResourceId=policy)
    aws.equal("the tags", left["Tags"], [{"Key": "stage", "Value": "prod"}])
    aws.refused("PolicyInUseException", "organizations", "DeletePolicy", PolicyId=policy)
    aws.ok("organizations", "DetachPolicy", **attachment)
    aws.ok("organizations", "DeletePolicy", PolicyId=policy)
    aws.ok("organizations", "DisablePolicyType", **kind)


def delegation(aws: Aws) -> None:
    """Another account is let in."""
    register = {"AccountId": PROD, "ServicePrincipal": SERVICE}
    aws.ok("organizations", "EnableAWSServiceAccess", ServicePrincipal=SERVICE)
    aws.ok("organizations", "RegisterDelegatedAdministrator", **register)
    administrators = aws.ok("organizations", "ListDelegatedAdministrators", ServicePrincipal=SERVICE)
    ids = [administrator["Id"] for administrator in administrators["DelegatedAdministrators"]]
    aws.equal("the delegated administrators", ids, [PROD])
    services = aws.ok("organizations", "ListDelegatedServicesForAccount", AccountId=PROD)["DelegatedServices"]
    aws.equal("the delegated services", [service["ServicePrincipal"] for service in services], [SERVICE])
    aws.ok("organizations", "DeregisterDelegatedAdministrator", **register)
    aws.refused("ResourcePolicyNotFoundException", "organizations", "DescribeResourcePolicy")
    statement = {
        "Sid": "Read",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{aws.emulator.partition}:iam::{PROD}:root"},
        "Action": ["organizations:ListRoots"],
        "Resource": "*",
    }
    content = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    put = aws.ok("organizations", "PutResourcePolicy", Content=content)
    held = aws.ok("organizations", "DescribeResourcePolicy")
    aws.equal("the resource policy", held, put)
    aws.account(PROD).ok("organizations", "ListRoots")
    aws.ok("organizations", "DeleteResourcePolicy")
    aws.account(PROD).refused("AccessDeniedException", "organizations", "ListRoots")


JOURNEYS: Final = (tree, policies, delegation)
