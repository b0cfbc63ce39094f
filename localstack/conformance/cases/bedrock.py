"""Guardrails: what takes time, what there is only so much of, and who may not."""

import itertools
from collections.abc import Iterator
from typing import Any, Final

from journeys.bedrock import MESSAGES, WORDS, created, share
from judge.aws import Aws

MEMBER: Final = "333344445555"
GUARDRAILS: Final = 100
VERSIONS: Final = 20
TAGS: Final = 200
TRANSITION_MS: Final = 60_000


def pages(aws: Aws, operation: str, rows: str, **params: Any) -> Iterator[list[Any]]:
    """Give the pages of a list, as a client sees them that goes on while there is a token."""
    token: dict[str, str] = {}
    while True:
        page = aws.ok("bedrock", operation, **params, **token)
        yield page[rows]
        if "nextToken" not in page:
            return
        token = {"nextToken": page["nextToken"]}


def busy(aws: Aws) -> None:
    """A guardrail that is still changing takes no other change; then it has changed."""
    aws.emulator.options(transition_ms=TRANSITION_MS)
    arn = created(aws, "busy")
    this = {"guardrailIdentifier": arn}

    def status() -> str:
        return str(aws.ok("bedrock", "GetGuardrail", **this)["status"])

    def settle() -> None:
        aws.emulator.advance(TRANSITION_MS)
        aws.equal("the status in the end", status(), "READY")

    def conflicts() -> None:
        update = {"name": "busy", **MESSAGES, **WORDS}
        aws.refused("ConflictException", "bedrock", "UpdateGuardrail", **this, **update)
        aws.refused("ConflictException", "bedrock", "CreateGuardrailVersion", **this)
        aws.refused("ConflictException", "bedrock", "DeleteGuardrail", **this)

    aws.equal("a new guardrail", status(), "CREATING")
    conflicts()
    settle()
    aws.ok("bedrock", "UpdateGuardrail", **this, name="changed", **MESSAGES, **WORDS)
    aws.equal("a changed guardrail", status(), "UPDATING")
    conflicts()
    settle()
    aws.ok("bedrock", "CreateGuardrailVersion", **this)
    aws.equal("a published guardrail", status(), "VERSIONING")
    config = {**this, "guardrailVersion": "1"}
    aws.refused("ConflictException", "bedrock", "PutEnforcedGuardrailConfiguration", guardrailInferenceConfig=config)
    conflicts()
    settle()
    aws.ok("bedrock", "DeleteGuardrail", **this)
    aws.equal("a deleted guardrail", status(), "DELETING")
    aws.emulator.advance(TRANSITION_MS)
    aws.refused("ResourceNotFoundException", "bedrock", "GetGuardrail", **this)


def tokens(aws: Aws) -> None:
    """A request that comes again with its token does nothing, and is answered as before."""
    request = {"name": "token", **MESSAGES, **WORDS, "clientRequestToken": "once"}
    made = aws.ok("bedrock", "CreateGuardrail", **request)
    again = aws.ok("bedrock", "CreateGuardrail", **request)
    aws.equal("the same answer", again, made)
    other = aws.ok("bedrock", "CreateGuardrail", **(request | {"name": "other"}))
    aws.equal("whatever the body", other, made)
    elsewhere = aws.at("eu-west-1").ok("bedrock", "CreateGuardrail", **request)
    aws.expect("tokens are of one Region", that=elsewhere["guardrailId"] != made["guardrailId"])
    aws.equal("one guardrail", len(aws.ok("bedrock", "ListGuardrails")["guardrails"]), 1)
    this = {"guardrailIdentifier": made["guardrailId"]}
    version = aws.ok("bedrock", "CreateGuardrailVersion", **this, clientRequestToken="one")
    aws.equal("one version", aws.ok("bedrock", "CreateGuardrailVersion", **this, clientRequestToken="one"), version)
    aws.equal("another", aws.ok("bedrock", "CreateGuardrailVersion", **this, clientRequestToken="two")["version"], "2")


def versions(aws: Aws) -> None:
    """Twenty versions, whose numbers are not used again."""
    arn = created(aws, "versions")
    this = {"guardrailIdentifier": arn}
    numbers = [aws.ok("bedrock", "CreateGuardrailVersion", **this)["version"] for _ in range(VERSIONS)]
    aws.equal("the numbers", numbers, [str(number) for number in range(1, VERSIONS + 1)])
    aws.refused("ServiceQuotaExceededException", "bedrock", "CreateGuardrailVersion", **this)
    aws.ok("bedrock", "DeleteGuardrail", **this, guardrailVersion="20")
    aws.refused("ResourceNotFoundException", "bedrock", "DeleteGuardrail", **this, guardrailVersion="20")
    aws.refused("ResourceNotFoundException", "bedrock", "GetGuardrail", **this, guardrailVersion="20")
    aws.equal("the next", aws.ok("bedrock", "CreateGuardrailVersion", **this)["version"], "21")
    aws.refused("ValidationException", "bedrock", "DeleteGuardrail", **this, guardrailVersion="DRAFT")
    aws.refused("ValidationException", "bedrock", "GetGuardrail", guardrailIdentifier=f"{arn}:1")
    before = aws.ok("bedrock", "GetGuardrail", **this, guardrailVersion="1")
    aws.ok("bedrock", "UpdateGuardrail", **this, name="changed", **MESSAGES, **WORDS)
    aws.equal("a version stays", aws.ok("bedrock", "GetGuardrail", **this, guardrailVersion="1"), before)
    rows = itertools.chain(*pages(aws, "ListGuardrails", "guardrails", maxResults=3, **this))
    aws.equal("the rows", len({row["version"] for row in rows}), VERSIONS + 1)


def quota(aws: Aws) -> None:
    """A hundred guardrails in an account and Region, and their pages."""
    for number in range(GUARDRAILS):
        created(aws, f"g{number}")
    params = {"name": "more", **MESSAGES, **WORDS}
    aws.refused("ServiceQuotaExceededException", "bedrock", "CreateGuardrail", **params)
    created(aws.at("us-west-2"), "elsewhere")
    created(aws.account(MEMBER), "others")
    for size in (1, 7, 100):
        listed = list(pages(aws, "ListGuardrails", "guardrails", maxResults=size))
        names = {row["name"] for row in itertools.chain(*listed)}
        aws.equal(f"pages of {size}", names, {f"g{number}" for number in range(GUARDRAILS)})
        aws.expect(f"pages of {size}", that=all(len(page) <= size for page in listed))
    aws.emulator.options(empty_pages=True)
    listed = list(pages(aws, "ListGuardrails", "guardrails", maxResults=50))
    aws.equal("an empty page, and all the others", [len(page) for page in listed], [0, 50, 50])
    aws.refused("ValidationException", "bedrock", "ListGuardrails", nextToken="never-given-out")


def tags(aws: Aws) -> None:
    """Tags are of guardrails, and only so many."""
    first = [{"key": f"k{number}", "value": "v"} for number in range(TAGS)]
    arn = created(aws, "tags", tags=first)
    aws.refused("TooManyTagsException", "bedrock", "TagResource", resourceARN=arn, tags=[{"key": "more", "value": ""}])
    aws.ok("bedrock", "TagResource", resourceARN=arn, tags=[{"key": "k0", "value": "changed"}])
    aws.ok("bedrock", "UntagResource", resourceARN=arn, tagKeys=["k1", "not there"])
    held = aws.ok("bedrock", "ListTagsForResource", resourceARN=arn)["tags"]
    aws.expect("a tag changed", that={"key": "k0", "value": "changed"} in held and len(held) == TAGS - 1)
    gone = arn.rpartition("/")[0] + "/gone"
    aws.refused("ResourceNotFoundException", "bedrock", "TagResource", resourceARN=gone, tags=[])
    aws.refused("ResourceNotFoundException", "bedrock", "UntagResource", resourceARN=gone, tagKeys=["k"])
    aws.refused("ResourceNotFoundException", "bedrock", "ListTagsForResource", resourceARN=gone)
    aws.refused("ValidationException", "bedrock", "ListTagsForResource", resourceARN=f"{arn}:1")


def enforced(aws: Aws) -> None:
    """What an account or the organization enforces stays, and can be nothing but a version."""
    arn = created(aws, "enforced")
    for _ in range(2):
        aws.ok("bedrock", "CreateGuardrailVersion", guardrailIdentifier=arn)

    def put(version: str, **more: Any) -> Any:
        config = {"guardrailIdentifier": arn, "guardrailVersion": version, **more}
        return aws.call("bedrock", "PutEnforcedGuardrailConfiguration", {"guardrailInferenceConfig": config})

    for version, more in (
        ("DRAFT", {}),
        ("0", {}),
        ("1", {"modelEnforcement": {"includedModels": ["ALL"]}}),
        ("1", {"modelEnforcement": {"includedModels": [], "excludedModels": []}}),
        ("1", {"modelEnforcement": {"includedModels": ["deepseek.v3.2"], "excludedModels": []}}),
        ("1", {"modelEnforcement": {"includedModels": ["ALL"], "excludedModels": ["us.anthropic.claude-v2"]}}),
        ("1", {"selectiveContentGuarding": {"system": "selective"}}),
    ):
        aws.equal(f"enforcing {version} with {more}", put(version, **more).code, "ValidationException")
    absent = {"guardrailIdentifier": arn, "guardrailVersion": "9"}
    operation = "PutEnforcedGuardrailConfiguration"
    aws.refused("ResourceNotFoundException", "bedrock", operation, guardrailInferenceConfig=absent)
    first = put("1").output["configId"]
    aws.equal("the one configuration", put("2").output["configId"], first)
    (row,) = aws.ok("bedrock", "ListEnforcedGuardrailsConfiguration")["guardrailsConfig"]
    aws.equal("its version", (row["guardrailVersion"], row["owner"]), ("2", "ACCOUNT"))
    aws.ok("bedrock", "DeleteGuardrail", guardrailIdentifier=arn, guardrailVersion="1")
    for named in ({"guardrailVersion": "2"}, {}):
        aws.refused("ResourceInUseException", "bedrock", "DeleteGuardrail", guardrailIdentifier=arn, **named)
    aws.refused("ResourceNotFoundException", "bedrock", "DeleteEnforcedGuardrailConfiguration", configId="other")
    aws.ok("bedrock", "DeleteEnforcedGuardrailConfiguration", configId=first)
    aws.refused("ResourceNotFoundException", "bedrock", "DeleteEnforcedGuardrailConfiguration", configId=first)
    aws.ok("bedrock", "DeleteGuardrail", guardrailIdentifier=arn)


def strangers(aws: Aws) -> None:
    """Another account's guardrail can be read when its resource policy says so, and never be changed."""
    arn = created(aws, "shared")
    member, this = aws.account(MEMBER), {"guardrailIdentifier": arn}
    organization = aws.ok("organizations", "DescribeOrganization")["Organization"]["Id"]
    member.refused("AccessDeniedException", "bedrock", "GetGuardrail", **this)
    aws.ok("bedrock", "PutResourcePolicy", resourceArn=arn, resourcePolicy=share(arn, organization))
    member.ok("bedrock", "GetGuardrail", **this)
    denied: tuple[tuple[str, dict[str, Any]], ...] = (
        ("UpdateGuardrail", {**this, "name": "mine", **MESSAGES, **WORDS}),
        ("CreateGuardrailVersion", this),
        ("DeleteGuardrail", this),
        ("ListGuardrails", this),
        ("TagResource", {"resourceARN": arn, "tags": []}),
        ("UntagResource", {"resourceARN": arn, "tagKeys": []}),
        ("ListTagsForResource", {"resourceARN": arn}),
        ("PutResourcePolicy", {"resourceArn": arn, "resourcePolicy": share(arn, organization)}),
        ("GetResourcePolicy", {"resourceArn": arn}),
        ("DeleteResourcePolicy", {"resourceArn": arn}),
    )
    for operation, params in denied:
        member.refused("AccessDeniedException", "bedrock", operation, **params)
    aws.ok("bedrock", "DeleteResourcePolicy", resourceArn=arn)
    member.refused("AccessDeniedException", "bedrock", "GetGuardrail", **this)


def missing(aws: Aws) -> None:
    """What is not there is not found."""
    gone = {"guardrailIdentifier": "gone"}
    arn = f"arn:aws:bedrock:us-east-1:{aws.emulator.account}:guardrail/gone"
    missing: tuple[tuple[str, dict[str, Any]], ...] = (
        ("UpdateGuardrail", {**gone, "name": "n", **MESSAGES, **WORDS}),
        ("CreateGuardrailVersion", gone),
        ("DeleteGuardrail", gone),
        ("ListGuardrails", gone),
        ("GetResourcePolicy", {"resourceArn": arn}),
        ("DeleteResourcePolicy", {"resourceArn": arn}),
    )
    for operation, params in missing:
        aws.refused("ResourceNotFoundException", "bedrock", operation, **params)
    policy = share(arn, "o-bedrailsand")
    # The one operation whose model has no ResourceNotFoundException.
    aws.refused("ValidationException", "bedrock", "PutResourcePolicy", resourceArn=arn, resourcePolicy=policy)
    elsewhere = arn.replace("us-east-1", "eu-west-1")
    aws.refused("ValidationException", "bedrock", "GetGuardrail", guardrailIdentifier=elsewhere)


def regions(aws: Aws) -> None:
    """Keys are unknown where Bedrock is not, where the account has not enabled the Region, and in other partitions."""
    for region in ("ap-east-1", "eu-south-2", "us-gov-west-1", "mars-north-1"):
        aws.at(region).refused("UnrecognizedClientException", "bedrock", "ListGuardrails")
    for region in ("us-west-1", "eu-central-1", "ap-northeast-1"):
        aws.at(region).ok("bedrock", "ListGuardrails")
    aws.at("eu-west-1").refused("InvalidSignatureException", "organizations", "ListRoots")
    aws.account("000000000000").ok("sts", "GetCallerIdentity")


CASES: Final = (busy, tokens, versions, quota, tags, enforced, strangers, missing, regions)
