"""What boto3 alone is used for: refusals, limits, time, and documents in their hundreds."""

from collections.abc import Callable
from typing import Final, TypeAlias

from judge.aws import Aws

from . import bedrock, corpus, effective, iam, inputs, organizations, policies, protocol

Case: TypeAlias = Callable[[Aws], None]

CASES: Final[tuple[Case, ...]] = (
    *bedrock.CASES,
    *organizations.CASES,
    *effective.CASES,
    *iam.CASES,
    *protocol.CASES,
    *inputs.CASES,
    *policies.CASES,
    *corpus.CASES,
)
