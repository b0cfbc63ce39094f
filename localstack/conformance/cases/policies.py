"""Policy documents that people wrote, each put where it belongs."""

import json
from typing import Any, Final

from journeys.bedrock import created
from judge.aws import Aws

from .corpus import read
from .organizations import enable

# What each document is, by its number; the others are policies of roles.
RESOURCE: Final = ("29", "31", "33", "35")
BEDROCK: Final = ("37", "39", "41")
SCP: Final = ("11", "13", "17", "27", "43")


def placed(document: Any, arn: str, organization: str) -> str:
    """Put this guardrail and this organization in place of those that a resource policy names."""
    text = json.dumps(document)
    for statement in document["Statement"]:
        text = text.replace(json.dumps(statement["Resource"]), json.dumps(arn))
        equals = statement.get("Condition", {}).get("StringEquals", {})
        if "aws:PrincipalOrgID" in equals:
            text = text.replace(equals["aws:PrincipalOrgID"], organization)
        principal = statement["Principal"]
        if isinstance(principal, dict):
            account = arn.split(":")[4]
            text = text.replace(json.dumps(principal), json.dumps({"AWS": f"arn:aws:iam::{account}:root"}))
    return text


def resource(aws: Aws) -> None:
    """The forms of a resource policy that AWS documents are accepted, whole and as they were sent."""
    organization = aws.ok("organizations", "DescribeOrganization")["Organization"]["Id"]
    for name, document in read("policies").items():
        if not name.startswith(RESOURCE):
            continue
        aws.ledger.documents.add(name)
        arn = created(aws, f"g{name[:2]}")
        text = placed(document, arn, organization)
        answer = aws.call("bedrock", "PutResourcePolicy", {"resourceArn": arn, "resourcePolicy": text})
        aws.equal(f"{name}: {answer.message}", answer.code, None)
        if answer.code is None:
            held = aws.ok("bedrock", "GetResourcePolicy", resourceArn=arn)
            aws.equal(f"{name} read back", held["resourcePolicy"], text)


def organization(aws: Aws) -> None:
    """Policies of organizations are accepted, those of an older syntax as well."""
    enable(aws)
    kinds = {"BEDROCK_POLICY": BEDROCK, "SERVICE_CONTROL_POLICY": SCP}
    for name, document in read("policies").items():
        for kind, numbers in kinds.items():
            if not name.startswith(numbers):
                continue
            aws.ledger.documents.add(name)
            text = json.dumps(document, separators=(",", ":"))
            params = {"Name": name, "Description": "", "Type": kind, "Content": text}
            answer = aws.call("organizations", "CreatePolicy", params)
            aws.equal(f"{name}: {answer.message}", answer.code, None)
            if answer.code is None:
                aws.equal(f"{name} read back", answer.output["Policy"]["Content"], text)


def identity(aws: Aws) -> None:
    """Policies of roles are accepted as managed policies, and come back as they were sent, percent-encoded."""
    for name, document in read("policies").items():
        if name.startswith(RESOURCE + BEDROCK + SCP):
            continue
        aws.ledger.documents.add(name)
        params = {"PolicyName": name, "PolicyDocument": json.dumps(document)}
        answer = aws.call("iam", "CreatePolicy", params)
        aws.equal(f"{name}: {answer.message}", answer.code, None)
        if answer.code is None:
            version = {"PolicyArn": answer.output["Policy"]["Arn"], "VersionId": "v1"}
            held = aws.call("iam", "GetPolicyVersion", version)
            aws.equal(f"{name} read back", held.output["PolicyVersion"]["Document"], document)
            encoded = held.raw is not None and b"<Document>%7B" in (held.raw.body or b"")
            aws.expect(f"{name} is percent-encoded", that=encoded)


# What the language of resource policies does not have; each is put in place of a part of a statement that is accepted.
OUTSIDE: Final[tuple[dict[str, Any], ...]] = (
    {"Effect": "Deny"},
    {"Action": "bedrock:InvokeModel"},
    {"Action": "bedrock:*"},
    {"Resource": "*"},
    {"Resource": "arn:aws:bedrock:us-east-1:111122223333:guardrail/other"},
    {"Principal": "*", "Condition": {}},
    {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-otherotherr"}}},
    {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "333344445555"}}},
    {"Principal": {"AWS": "arn:aws:iam::333344445555:root"}},
    {"Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}},
    {"Principal": {"Service": "bedrock.amazonaws.com"}},
    {"NotAction": "bedrock:ApplyGuardrail"},
    {"NotPrincipal": "*"},
)


def outside(aws: Aws) -> None:
    """A resource policy with anything else in it is refused."""
    arn = created(aws, "narrow")
    account = aws.emulator.account
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": ["bedrock:ApplyGuardrail"],
        "Resource": arn,
    }

    def put(document: Any) -> str | None:
        params = {"resourceArn": arn, "resourcePolicy": json.dumps(document)}
        return aws.call("bedrock", "PutResourcePolicy", params).code

    whole = {"Version": "2012-10-17", "Statement": [statement]}
    aws.equal("the statement by itself", put(whole), None)
    for changed in OUTSIDE:
        document = whole | {"Statement": [statement | changed]}
        aws.equal(f"a resource policy with {changed}", put(document), "ValidationException")
        aws.path("bedrock", "PutResourcePolicy", "ValidationException", str(changed))
    others: tuple[Any, ...] = ([], {}, whole | {"Statement": []}, whole | {"Version": "1999-01-01"}, "text")
    for document in others:
        aws.equal(f"{document!s:.80} as a resource policy", put(document), "ValidationException")


CASES: Final = (resource, organization, identity, outside)
