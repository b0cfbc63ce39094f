"""What boto3 alone is used for: refusals, limits, time, documents in their hundreds, and the way from them to specs."""

from collections.abc import Callable
from typing import Final, TypeAlias

from judge.aws import Aws

from . import bedrock, corpus, effective, iam, inputs, organizations, policies, protocol, way_in

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
    *way_in.CASES,
)
