"""The control plane of Bedrock."""

import json
from typing import Any, Final

from judge.aws import Aws

# As the service model writes them; every client fills the rest.
MESSAGES: Final = {"blockedInputMessaging": "Not that.", "blockedOutputsMessaging": "Withheld."}
WORDS: Final = {"wordPolicyConfig": {"wordsConfig": [{"text": "tamarind"}]}}


def created(aws: Aws, name: str, **more: Any) -> str:
    """Create a guardrail with one word in it, and give its ARN."""
    made = aws.ok("bedrock", "CreateGuardrail", name=name, **(MESSAGES | WORDS | more))
    return str(made["guardrailArn"])


def share(arn: str, organization: str) -> str:
    """Write the resource policy that lets an organization apply a guardrail."""
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"],
        "Resource": arn,
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": organization}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def guardrails(aws: Aws) -> None:
    """A guardrail's life."""
    tags = [{"key": "team", "value": "safety"}]
    arn = created(aws, "journey", description="First", tags=tags, clientRequestToken="journey-1")
    aws.refused("ResourceNotFoundException", "bedrock", "GetGuardrail", guardrailIdentifier="gone")
    filters = [{"type": kind, "inputStrength": "HIGH", "outputStrength": "LOW"} for kind in ("HATE", "INSULTS")]
    content = {"contentPolicyConfig": {"filtersConfig": filters}}
    aws.ok("bedrock", "UpdateGuardrail", guardrailIdentifier=arn, name="renamed", **MESSAGES, **content)
    draft = aws.ok("bedrock", "GetGuardrail", guardrailIdentifier=arn)
    aws.equal("the draft", (draft["name"], draft["version"], draft["status"]), ("renamed", "DRAFT", "READY"))
    aws.expect("an update replaces all", that="wordPolicy" not in draft and "description" not in draft)
    version = aws.ok("bedrock", "CreateGuardrailVersion", guardrailIdentifier=arn, description="One")
    aws.equal("the version", version["version"], "1")
    published = aws.ok("bedrock", "GetGuardrail", guardrailIdentifier=arn, guardrailVersion="1")
    aws.equal("what was published", published["contentPolicy"], draft["contentPolicy"])
    rows = aws.ok("bedrock", "ListGuardrails", guardrailIdentifier=arn)["guardrails"]
    aws.equal("the versions", {row["version"] for row in rows}, {"DRAFT", "1"})
    aws.ok("bedrock", "TagResource", resourceARN=arn, tags=[{"key": "stage", "value": ""}])
    aws.ok("bedrock", "UntagResource", resourceARN=arn, tagKeys=["team"])
    left = aws.ok("bedrock", "ListTagsForResource", resourceARN=arn)
    aws.equal("the tags", left, {"tags": [{"key": "stage", "value": ""}]})
    aws.ok("bedrock", "DeleteGuardrail", guardrailIdentifier=arn, guardrailVersion="1")
    aws.ok("bedrock", "DeleteGuardrail", guardrailIdentifier=arn)
    aws.refused("ResourceNotFoundException", "bedrock", "GetGuardrail", guardrailIdentifier=arn)


def enforcement(aws: Aws) -> None:
    """An account that enforces a guardrail, and lets its organization apply it."""
    arn = created(aws, "enforced")
    aws.ok("bedrock", "CreateGuardrailVersion", guardrailIdentifier=arn)
    config = {
        "guardrailIdentifier": arn,
        "guardrailVersion": "1",
        "selectiveContentGuarding": {"system": "COMPREHENSIVE", "messages": "SELECTIVE"},
        "modelEnforcement": {"includedModels": ["ALL"], "excludedModels": ["amazon.titan-embed-text-v2:0"]},
    }
    put = aws.ok("bedrock", "PutEnforcedGuardrailConfiguration", guardrailInferenceConfig=config)
    again = aws.ok(
        "bedrock",
        "PutEnforcedGuardrailConfiguration",
        configId=put["configId"],
        guardrailInferenceConfig=config,
    )
    aws.equal("the id of a configuration that changed", again["configId"], put["configId"])
    (row,) = aws.ok("bedrock", "ListEnforcedGuardrailsConfiguration")["guardrailsConfig"]
    aws.equal(
        "what is enforced",
        {name: row[name] for name in config if name in row},
        {name: value for name, value in config.items() if name != "guardrailIdentifier"},
    )
    aws.refused("ResourceInUseException", "bedrock", "DeleteGuardrail", guardrailIdentifier=arn)
    aws.ok("bedrock", "DeleteEnforcedGuardrailConfiguration", configId=put["configId"])
    organization = aws.ok("organizations", "DescribeOrganization")["Organization"]["Id"]
    policy = share(arn, organization)
    aws.ok("bedrock", "PutResourcePolicy", resourceArn=arn, resourcePolicy=policy)
    held = aws.ok("bedrock", "GetResourcePolicy", resourceArn=arn)
    aws.equal("the resource policy", json.loads(held["resourcePolicy"]), json.loads(policy))
    aws.ok("bedrock", "DeleteResourcePolicy", resourceArn=arn)
    aws.refused("ResourceNotFoundException", "bedrock", "GetResourcePolicy", resourceArn=arn)
    aws.ok("bedrock", "DeleteGuardrail", guardrailIdentifier=arn)


def logging(aws: Aws) -> None:
    """The log of invocations, and the models that there are to invoke."""
    aws.equal("no logging yet", aws.ok("bedrock", "GetModelInvocationLoggingConfiguration"), {})
    role = f"arn:{aws.emulator.partition}:iam::{aws.emulator.account}:role/bedrock-logs"
    config = {
        "cloudWatchConfig": {"logGroupName": "bedrock", "roleArn": role},
        "s3Config": {"bucketName": "larkfield-logs", "keyPrefix": "bedrock"},
        "textDataDeliveryEnabled": True,
    }
    aws.ok("bedrock", "PutModelInvocationLoggingConfiguration", loggingConfig=config)
    held = aws.ok("bedrock", "GetModelInvocationLoggingConfiguration")["loggingConfig"]
    aws.equal("the logging", {name: held.get(name) for name in config}, config)
    aws.ok("bedrock", "DeleteModelInvocationLoggingConfiguration")
    aws.equal("no logging any more", aws.ok("bedrock", "GetModelInvocationLoggingConfiguration"), {})
    models = aws.ok("bedrock", "ListFoundationModels")["modelSummaries"]
    aws.expect("models", that=bool(models) or aws.emulator.partition == "aws-eusc")
    wanted = [model for model in models if "TEXT" in model["outputModalities"]]
    answer = aws.ok("bedrock", "ListFoundationModels", byOutputModality="TEXT")["modelSummaries"]
    aws.expect("the models that write", that=answer == wanted)


JOURNEYS: Final = (guardrails, enforcement, logging)
