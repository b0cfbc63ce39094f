"""The runtime: guardrails applied to texts, by themselves and around a model."""

import json
from typing import Any, Final

from judge.aws import Aws
from judge.cli import Cli

from .bedrock import created

MODEL: Final = "amazon.nova-lite-v1:0"
GOOD: Final = "A recipe with basil"
BAD: Final = "A recipe with tamarind"


def text(words: str) -> list[dict[str, Any]]:
    """Write the content of ApplyGuardrail."""
    return [{"text": {"text": words}}]


def message(words: str) -> list[dict[str, Any]]:
    """Write a conversation of one message."""
    return [{"role": "user", "content": [{"text": words}]}]


def applied(aws: Aws) -> None:
    """A guardrail is applied to a text, which it lets pass or not."""
    arn = created(aws, "applied")
    this = {"guardrailIdentifier": arn, "guardrailVersion": "DRAFT", "source": "INPUT"}
    passed = aws.ok("bedrock-runtime", "ApplyGuardrail", **this, content=text(GOOD))
    aws.equal("a text that passes", (passed["action"], passed["outputs"]), ("NONE", []))
    stopped = aws.ok("bedrock-runtime", "ApplyGuardrail", **this, content=text(BAD), outputScope="FULL")
    aws.equal("one that does not", stopped["action"], "GUARDRAIL_INTERVENED")
    aws.equal("what is said instead", stopped["outputs"], [{"text": "Not that."}])
    word = stopped["assessments"][0]["wordPolicy"]["customWords"][0]
    aws.equal("why", (word["match"].lower(), word["action"]), ("tamarind", "BLOCKED"))
    details = stopped["assessments"][0]["appliedGuardrailDetails"]
    aws.equal("by what", (details["guardrailOrigin"], details["guardrailArn"]), (["REQUEST"], arn))
    gone = this | {"guardrailVersion": "9"}
    aws.refused("ResourceNotFoundException", "bedrock-runtime", "ApplyGuardrail", **gone, content=text(GOOD))


def invoked(aws: Aws) -> None:
    """A model is called with a guardrail of the request, and with one that the account enforces."""
    # No model of that partition is known.
    if aws.emulator.partition == "aws-eusc":
        return
    arn = created(aws, "invoked")
    this = {"guardrailIdentifier": arn, "guardrailVersion": "DRAFT"}
    config = {"guardrailConfig": {**this, "trace": "enabled"}}
    answer = aws.ok("bedrock-runtime", "Converse", modelId=MODEL, messages=message(GOOD), **config)
    aws.equal("a model answers", answer["stopReason"], "end_turn")
    answer = aws.ok("bedrock-runtime", "Converse", modelId=MODEL, messages=message(BAD), **config)
    aws.equal("a guardrail does", answer["stopReason"], "guardrail_intervened")
    aws.expect("and tells why", that="inputAssessment" in answer["trace"]["guardrail"])
    body = json.dumps({"messages": message(GOOD)}).encode()
    invocation = {"modelId": MODEL, "contentType": "application/json", "accept": "application/json", "body": body}
    answer = aws.ok("bedrock-runtime", "InvokeModel", **invocation, **this)
    aws.expect("the body is the model's", that=bool(json.loads(answer["body"])))
    # The AWS CLI has no operations that stream events.
    if not isinstance(aws.client, Cli):
        streamed(aws, invocation | this, config)
    aws.ok("bedrock", "CreateGuardrailVersion", guardrailIdentifier=arn)
    enforced = {"guardrailIdentifier": arn, "guardrailVersion": "1"}
    aws.ok("bedrock", "PutEnforcedGuardrailConfiguration", guardrailInferenceConfig=enforced)
    answer = aws.ok(
        "bedrock-runtime", "Converse", modelId=MODEL, messages=message(BAD), guardrailConfig={"trace": "enabled"}
    )
    aws.equal("what the account enforces holds", answer["stopReason"], "guardrail_intervened")
    (assessment,) = answer["trace"]["guardrail"]["inputAssessment"].values()
    origin = assessment["appliedGuardrailDetails"]["guardrailOrigin"]
    aws.equal("and says where it is from", origin, ["ACCOUNT_ENFORCED"])


def streamed(aws: Aws, invocation: dict[str, Any], config: dict[str, Any]) -> None:
    """The same, in events."""
    events = aws.ok("bedrock-runtime", "ConverseStream", modelId=MODEL, messages=message(BAD), **config)["stream"]
    stop = next(event["messageStop"]["stopReason"] for event in events if "messageStop" in event)
    aws.equal("a guardrail stops the stream", stop, "guardrail_intervened")
    chunks = aws.ok("bedrock-runtime", "InvokeModelWithResponseStream", **invocation)["body"]
    aws.expect("the stream has chunks of JSON", that=all(json.loads(chunk["chunk"]["bytes"]) for chunk in chunks))


JOURNEYS: Final = (applied, invoked)
