"""Who calls, and becoming somebody else."""

from typing import Final

from judge.aws import Aws

MEMBER: Final = "333344445555"


def identity(aws: Aws) -> None:
    """A root is its account."""
    caller = aws.ok("sts", "GetCallerIdentity")
    arn = f"arn:{aws.emulator.partition}:iam::{aws.emulator.account}:root"
    aws.equal("the caller", caller, {"UserId": aws.emulator.account, "Account": aws.emulator.account, "Arn": arn})


def session(aws: Aws) -> None:
    """A role lets in whom it trusts, who is then its session."""
    arn = f"arn:{aws.emulator.partition}:iam::{MEMBER}:role/BedrailExecution"
    assumed = aws.ok("sts", "AssumeRole", RoleArn=arn, RoleSessionName="journey", DurationSeconds=900)
    member = aws.as_session(assumed["Credentials"])
    caller = member.ok("sts", "GetCallerIdentity")
    user = assumed["AssumedRoleUser"]
    aws.equal("the caller", caller, {"UserId": user["AssumedRoleId"], "Account": MEMBER, "Arn": user["Arn"]})
    aws.expect("the session's ARN", that=user["Arn"].endswith(":assumed-role/BedrailExecution/journey"))
    member.ok("bedrock", "ListGuardrails")
    stranger = aws.account("555566667777")
    stranger.refused("AccessDenied", "sts", "AssumeRole", RoleArn=arn, RoleSessionName="journey")
    aws.emulator.advance(900_000 + 1_000)
    member.refused("ExpiredTokenException", "bedrock", "ListGuardrails")


JOURNEYS: Final = (identity, session)
