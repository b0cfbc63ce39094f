"""Organizations: each refusal with its reason, limits, types that take time, and lists in pages."""

import itertools
import json
from collections.abc import Iterator
from typing import Any, Final

from journeys.organizations import DEV, PROD, SERVICE, baseline, named
from judge.aws import Aws

ROOT: Final = "r-sand"
STRANGER: Final = "000011112222"
CLOSED: Final = "777788889999"
NOBODY: Final = "999999999999"
PER_TARGET: Final = 10
LONGEST: Final = 10_000
TAGS: Final = 50
DELAY_MS: Final = 60_000
BEDROCK: Final = {"PolicyType": "BEDROCK_POLICY"}
CONTENT: Final = baseline("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123:1", "us-east-1")


def enable(aws: Aws) -> None:
    """Enable Bedrock policies."""
    aws.ok("organizations", "EnablePolicyType", RootId=ROOT, **BEDROCK)


def created(aws: Aws, name: str, content: str = CONTENT) -> str:
    """Create a Bedrock policy, and give its id."""
    params = {"Name": name, "Description": "", "Type": "BEDROCK_POLICY", "Content": content}
    return str(aws.ok("organizations", "CreatePolicy", **params)["Policy"]["PolicySummary"]["Id"])


def refused(aws: Aws, code: str, operation: str, reason: str | None = None, **params: Any) -> None:
    """Make a call that has to fail with a code, and with a reason if the code has reasons."""
    answer = aws.refused(f"{code}Exception", "organizations", operation, **params)
    if reason is not None and answer.raw is not None:
        told = json.loads(answer.raw.body or b"{}").get("Reason")
        aws.equal(f"{operation} with {params}: the reason", told, reason)


def reads(aws: Aws) -> None:
    """What is not there, and what cannot be asked for."""
    unit, policy = "ou-sand-nowhere0", "p-nowhere000"
    for operation, code, params in (
        ("ListAccountsForParent", "ParentNotFound", {"ParentId": unit}),
        ("ListOrganizationalUnitsForParent", "ParentNotFound", {"ParentId": unit}),
        ("ListChildren", "ParentNotFound", {"ParentId": unit, "ChildType": "ACCOUNT"}),
        ("ListParents", "ChildNotFound", {"ChildId": NOBODY}),
        ("DescribeAccount", "AccountNotFound", {"AccountId": NOBODY}),
        ("DescribeOrganizationalUnit", "OrganizationalUnitNotFound", {"OrganizationalUnitId": unit}),
        ("DescribePolicy", "PolicyNotFound", {"PolicyId": policy}),
        ("UpdatePolicy", "PolicyNotFound", {"PolicyId": policy}),
        ("DeletePolicy", "PolicyNotFound", {"PolicyId": policy}),
        ("ListTargetsForPolicy", "PolicyNotFound", {"PolicyId": policy}),
        ("AttachPolicy", "PolicyNotFound", {"PolicyId": policy, "TargetId": ROOT}),
        ("DetachPolicy", "PolicyNotFound", {"PolicyId": policy, "TargetId": ROOT}),
        ("DetachPolicy", "TargetNotFound", {"PolicyId": "p-FullAWSAccess", "TargetId": unit}),
        ("DetachPolicy", "PolicyNotAttached", {"PolicyId": "p-FullAWSAccess", "TargetId": ROOT}),
        ("ListPoliciesForTarget", "TargetNotFound", {"TargetId": unit, "Filter": "TAG_POLICY"}),
        ("TagResource", "TargetNotFound", {"ResourceId": policy, "Tags": []}),
        ("UntagResource", "TargetNotFound", {"ResourceId": policy, "TagKeys": ["k"]}),
        ("ListTagsForResource", "TargetNotFound", {"ResourceId": policy}),
        ("DescribeEffectivePolicy", "TargetNotFound", {"PolicyType": "TAG_POLICY", "TargetId": NOBODY}),
        ("ListEffectivePolicyValidationErrors", "AccountNotFound", {"AccountId": NOBODY, **BEDROCK}),
        ("ListEffectivePolicyValidationErrors", "EffectivePolicyNotFound", {"AccountId": PROD, **BEDROCK}),
        ("ListAccountsWithInvalidEffectivePolicy", "EffectivePolicyNotFound", BEDROCK),
        ("DescribeEffectivePolicy", "EffectivePolicyNotFound", BEDROCK),
        ("ListDelegatedServicesForAccount", "AccountNotFound", {"AccountId": NOBODY}),
        ("ListDelegatedServicesForAccount", "AccountNotRegistered", {"AccountId": PROD}),
        ("DescribeResourcePolicy", "ResourcePolicyNotFound", {}),
        ("DeleteResourcePolicy", "ResourcePolicyNotFound", {}),
        ("EnablePolicyType", "RootNotFound", {"RootId": "r-none", **BEDROCK}),
        ("DisablePolicyType", "RootNotFound", {"RootId": "r-none", **BEDROCK}),
    ):
        refused(aws, code, operation, **params)
    # Not in the model of ListPolicies, and answered all the same.
    refused(aws, "PolicyTypeNotEnabled", "ListPolicies", Filter="TAG_POLICY")
    refused(aws, "InvalidInput", "DescribeEffectivePolicy", "TARGET_NOT_SUPPORTED", TargetId=ROOT, **BEDROCK)
    refused(aws, "InvalidInput", "ListRoots", "INVALID_NEXT_TOKEN", NextToken="never-given-out")


def callers(aws: Aws) -> None:
    """An account of another organization, and one that nothing is delegated to."""
    for service, operation in sorted(aws.emulator.operations()):
        if service == "organizations":
            refused(aws.account(STRANGER), "AWSOrganizationsNotInUse", operation)
    open_to_members = {"DescribeOrganization", "DescribeEffectivePolicy"}
    for service, operation in sorted(aws.emulator.operations()):
        if service == "organizations" and operation not in open_to_members:
            refused(aws.account(PROD), "AccessDenied", operation)
    aws.account(PROD).ok("organizations", "DescribeOrganization")
    enable(aws)
    refused(aws.account(PROD), "EffectivePolicyNotFound", "DescribeEffectivePolicy", **BEDROCK)


def writes(aws: Aws) -> None:
    """Policies that cannot be created, changed, deleted or attached."""
    policy = created(aws, "one")
    refused(aws, "PolicyTypeNotEnabled", "AttachPolicy", PolicyId=policy, TargetId=ROOT)
    refused(aws, "PolicyTypeNotEnabled", "DisablePolicyType", RootId=ROOT, **BEDROCK)
    enable(aws)
    refused(aws, "PolicyTypeAlreadyEnabled", "EnablePolicyType", RootId=ROOT, **BEDROCK)
    new = {"Name": "new", "Description": "", "Type": "BEDROCK_POLICY", "Content": CONTENT}
    refused(aws, "DuplicatePolicy", "CreatePolicy", **(new | {"Name": "one"}))
    refused(aws, "DuplicatePolicy", "UpdatePolicy", PolicyId=created(aws, "two"), Name="one")
    for content in ("no JSON", "[]", "{}", '{"bedrock": {}}', CONTENT.replace("@@assign", "@@allow")):
        refused(aws, "MalformedPolicyDocument", "CreatePolicy", **(new | {"Content": content}))
        refused(aws, "MalformedPolicyDocument", "UpdatePolicy", PolicyId=policy, Content=content)
    longest = CONTENT + " " * (LONGEST - len(CONTENT))
    created(aws, "longest", longest)
    over = {"Content": longest + " "}
    refused(aws, "ConstraintViolation", "CreatePolicy", "POLICY_CONTENT_LIMIT_EXCEEDED", **(new | over))
    refused(aws, "ConstraintViolation", "UpdatePolicy", "POLICY_CONTENT_LIMIT_EXCEEDED", PolicyId=policy, **over)
    refused(aws, "InvalidInput", "DeletePolicy", "IMMUTABLE_POLICY", PolicyId="p-FullAWSAccess")
    refused(aws, "TargetNotFound", "AttachPolicy", PolicyId=policy, TargetId=NOBODY)
    for number in range(PER_TARGET):
        aws.ok("organizations", "AttachPolicy", PolicyId=created(aws, f"p{number}"), TargetId=PROD)
    limit = "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
    refused(aws, "ConstraintViolation", "AttachPolicy", limit, PolicyId=policy, TargetId=PROD)
    for target in (ROOT, DEV):
        aws.ok("organizations", "AttachPolicy", PolicyId=policy, TargetId=target)
        refused(aws, "DuplicatePolicyAttachment", "AttachPolicy", PolicyId=policy, TargetId=target)
    refused(aws, "PolicyInUse", "DeletePolicy", PolicyId=policy)
    aws.ok("organizations", "DisablePolicyType", RootId=ROOT, **BEDROCK)
    targets = aws.ok("organizations", "ListTargetsForPolicy", PolicyId=policy)["Targets"]
    aws.equal("a type that is disabled leaves no attachment", targets, [])
    aws.ok("organizations", "DeletePolicy", PolicyId=policy)


def tags(aws: Aws) -> None:
    """Fifty tags."""
    policy = created(aws, "tagged")
    many = [{"Key": f"k{number} é/語", "Value": ""} for number in range(TAGS)]
    aws.ok("organizations", "TagResource", ResourceId=policy, Tags=many)
    more = [{"Key": "more", "Value": ""}]
    refused(aws, "ConstraintViolation", "TagResource", "MAX_TAG_LIMIT_EXCEEDED", ResourceId=policy, Tags=more)
    twice = [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]
    refused(aws, "InvalidInput", "TagResource", "DUPLICATE_TAG_KEY", ResourceId=PROD, Tags=twice)
    held = list(itertools.chain(*pages(aws, "ListTagsForResource", "Tags", ResourceId=policy)))
    aws.equal("the tags", {tag["Key"] for tag in held}, {tag["Key"] for tag in many})


def delegation(aws: Aws) -> None:
    """Who can be delegated to, and what."""
    this = {"AccountId": PROD, "ServicePrincipal": SERVICE}
    operation = "RegisterDelegatedAdministrator"
    refused(aws, "ConstraintViolation", operation, "SERVICE_ACCESS_NOT_ENABLED", **this)
    aws.ok("organizations", "EnableAWSServiceAccess", ServicePrincipal=SERVICE)
    aws.ok("organizations", "EnableAWSServiceAccess", ServicePrincipal=SERVICE)
    refused(aws, "AccountNotFound", operation, **(this | {"AccountId": NOBODY}))
    reason = "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR"
    refused(aws, "ConstraintViolation", operation, reason, **(this | {"AccountId": aws.emulator.account}))
    aws.ok("organizations", operation, **this)
    refused(aws, "AccountAlreadyRegistered", operation, **this)
    aws.account(PROD).ok("organizations", "ListRoots")
    aws.ok("organizations", "DeregisterDelegatedAdministrator", **this)
    refused(aws, "AccountNotRegistered", "DeregisterDelegatedAdministrator", **this)
    refused(aws, "AccountNotFound", "DeregisterDelegatedAdministrator", **(this | {"AccountId": NOBODY}))
    statement = {
        "Sid": "A",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{PROD}:root"},
        "Action": "organizations:ListRoots",
        "Resource": "*",
    }

    def content(**changed: Any) -> str:
        document = {"Version": "2012-10-17", "Statement": [statement | changed]}
        return json.dumps(document)

    unsupported = "organizations:ListAccountsWithInvalidEffectivePolicy"
    reason = "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY"
    refused(aws, "InvalidInput", "PutResourcePolicy", reason, Content=content(Action=unsupported))
    refused(aws, "InvalidInput", "PutResourcePolicy", "INVALID_RESOURCE_POLICY_JSON", Content="no JSON")
    for changed in ({"NotAction": "organizations:ListRoots"}, {"NotResource": "*"}):
        without = {key: value for key, value in statement.items() if f"Not{key}" not in changed}
        document = {"Version": "2012-10-17", "Statement": [without | changed]}
        refused(aws, "InvalidInput", "PutResourcePolicy", Content=json.dumps(document))
    aws.ok("organizations", "PutResourcePolicy", Content=content())


def pending(aws: Aws) -> None:
    """A type is enabled and disabled in the background."""
    aws.emulator.options(propagation_ms=DELAY_MS)

    def status() -> list[str]:
        (root,) = aws.ok("organizations", "ListRoots")["Roots"]
        return [held["Status"] for held in root["PolicyTypes"] if held["Type"] == "BEDROCK_POLICY"]

    policy = created(aws, "pending")
    attachment = {"PolicyId": policy, "TargetId": PROD}
    enable(aws)
    aws.equal("while it is enabled", status(), ["PENDING_ENABLE"])
    refused(aws, "PolicyTypeNotEnabled", "AttachPolicy", **attachment)
    refused(aws, "PolicyTypeAlreadyEnabled", "EnablePolicyType", RootId=ROOT, **BEDROCK)
    refused(aws, "PolicyChangesInProgress", "DisablePolicyType", RootId=ROOT, **BEDROCK)
    aws.emulator.advance(DELAY_MS)
    aws.equal("when it is", status(), ["ENABLED"])
    aws.ok("organizations", "AttachPolicy", **attachment)
    refused(aws, "EffectivePolicyNotFound", "DescribeEffectivePolicy", TargetId=PROD, **BEDROCK)
    aws.emulator.advance(DELAY_MS)
    aws.ok("organizations", "DescribeEffectivePolicy", TargetId=PROD, **BEDROCK)
    aws.ok("organizations", "DisablePolicyType", RootId=ROOT, **BEDROCK)
    aws.equal("while it is disabled", status(), ["PENDING_DISABLE"])
    refused(aws, "PolicyChangesInProgress", "EnablePolicyType", RootId=ROOT, **BEDROCK)
    refused(aws, "PolicyTypeNotEnabled", "DisablePolicyType", RootId=ROOT, **BEDROCK)
    aws.emulator.advance(DELAY_MS)
    aws.equal("when it is not", status(), [])


def pages(aws: Aws, operation: str, rows: str, **params: Any) -> Iterator[list[Any]]:
    """Give the pages of a list, as a client sees them that goes on while there is a token."""
    token: dict[str, str] = {}
    while True:
        page = aws.ok("organizations", operation, **params, **token)
        yield page[rows]
        if "NextToken" not in page:
            return
        token = {"NextToken": page["NextToken"]}


def lists(aws: Aws) -> None:
    """Every list in pages of one, and with an empty page before them."""
    enable(aws)
    aws.ok("organizations", "EnableAWSServiceAccess", ServicePrincipal=SERVICE)
    for account in (PROD, DEV):
        aws.ok("organizations", "RegisterDelegatedAdministrator", AccountId=account, ServicePrincipal=SERVICE)
    first, second = created(aws, "p1"), created(aws, "p2")
    for policy, target in ((first, DEV), (second, DEV), (second, PROD)):
        aws.ok("organizations", "AttachPolicy", PolicyId=policy, TargetId=target)
    everything: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("ListRoots", "Roots", {}),
        ("ListAccounts", "Accounts", {}),
        ("ListOrganizationalUnitsForParent", "OrganizationalUnits", {"ParentId": ROOT}),
        ("ListAccountsForParent", "Accounts", {"ParentId": named(aws, "Sandbox")}),
        ("ListChildren", "Children", {"ParentId": named(aws, "Workloads"), "ChildType": "ORGANIZATIONAL_UNIT"}),
        ("ListParents", "Parents", {"ChildId": PROD}),
        ("ListPolicies", "Policies", {"Filter": "BEDROCK_POLICY"}),
        ("ListPoliciesForTarget", "Policies", {"TargetId": DEV, "Filter": "BEDROCK_POLICY"}),
        ("ListTargetsForPolicy", "Targets", {"PolicyId": second}),
        ("ListDelegatedAdministrators", "DelegatedAdministrators", {}),
        ("ListDelegatedServicesForAccount", "DelegatedServices", {"AccountId": PROD}),
    )
    for operation, rows, params in everything:
        whole = aws.ok("organizations", operation, **params)[rows]
        aws.expect(f"{operation} has something", that=bool(whole))
        ones = list(pages(aws, operation, rows, MaxResults=1, **params))
        first, *rest = [[row] for row in whole]
        # A list that takes several pages has an empty one behind the first.
        aws.equal(f"{operation} in pages of one", ones, [first, [], *rest] if rest else [first])
        aws.emulator.options(empty_pages=True)
        behind = list(pages(aws, operation, rows, **params))
        aws.equal(f"{operation} behind an empty page", behind, [[], whole])
        aws.emulator.options(empty_pages=False)


CASES: Final = (reads, callers, writes, tags, delegation, pending, lists)
