"""Who calls."""

from typing import Final

from judge.aws import Aws


def identity(aws: Aws) -> None:
    """A root is its account."""
    caller = aws.ok("sts", "GetCallerIdentity")
    arn = f"arn:{aws.emulator.partition}:iam::{aws.emulator.account}:root"
    aws.equal("the caller", caller, {"UserId": aws.emulator.account, "Account": aws.emulator.account, "Arn": arn})


JOURNEYS: Final = (identity,)
