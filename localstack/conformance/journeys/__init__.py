"""Each operation once and again, as somebody would use it: the same calls through boto3 and through the AWS CLI."""

from collections.abc import Callable
from typing import Final, TypeAlias

from judge.aws import Aws

from . import bedrock, iam, organizations, runtime, sts

Journey: TypeAlias = Callable[[Aws], None]

JOURNEYS: Final[tuple[Journey, ...]] = (
    *bedrock.JOURNEYS,
    *organizations.JOURNEYS,
    *iam.JOURNEYS,
    *sts.JOURNEYS,
    *runtime.JOURNEYS,
)
