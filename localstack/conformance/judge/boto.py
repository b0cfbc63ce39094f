"""boto3 as a client, its own checks of parameters switched off, and with an eye on what comes over HTTP."""

import threading
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import OperationModel, Shape

from . import models
from .client import Answer, Call, Identity
from .wire import Raw


class Boto:
    """boto3 on one endpoint. A client of it may be used by one thread at a time."""

    name = "boto3"

    def __init__(self, endpoint: str) -> None:
        """Take the endpoint of all services."""
        self._endpoint = endpoint
        self._now = threading.local()
        self._client = cache(self._made)

    def _made(self, service: str, identity: Identity, region: str) -> Any:
        session = boto3.Session(botocore_session=None)
        client = session.client(
            service,
            endpoint_url=self._endpoint,
            region_name=region,
            aws_access_key_id=identity.access_key,
            aws_secret_access_key="sandbox",  # noqa: S106
            aws_session_token=identity.token,
            config=Config(parameter_validation=False, retries={"total_max_attempts": 1}, read_timeout=30),
        )
        client.meta.events.register("before-call", self._before_call)
        client.meta.events.register("before-parse", self._before_parse)
        return client

    def _before_call(self, params: dict[str, Any], **_: Any) -> None:
        if self._now.body is not None:
            params["body"] = self._now.body

    def _before_parse(self, response_dict: dict[str, Any], **_: Any) -> None:
        body = response_dict["body"]
        body = body if isinstance(body, bytes) else None
        self._now.raw = Raw(response_dict["status_code"], dict(response_dict["headers"]), body)

    def call(self, call: Call) -> Answer:
        """Make the request; what the client itself refuses is raised."""
        self._now.body, self._now.raw = call.body, None
        client = self._client(call.service, call.identity, call.region)
        method = {name: method for method, name in client.meta.method_to_api_mapping.items()}[call.operation]
        try:
            output = getattr(client, method)(**call.params)
        except ClientError as error:
            told = error.response["Error"]
            return Answer(code=told["Code"], message=told.get("Message", ""), raw=self._now.raw)
        output.pop("ResponseMetadata")
        self._drain(models.operation(call.service, call.operation), output)
        return Answer(output=output, raw=self._now.raw)

    def _drain(self, model: OperationModel, output: dict[str, Any]) -> None:
        """Read what is streamed to its end."""
        if model.has_event_stream_output:
            (name,) = (name for name, member in model.output_shape.members.items() if is_stream(member))
            output[name] = list(output[name])
        elif model.has_streaming_output:
            name = model.output_shape.serialization["payload"]
            output[name] = output[name].read()


def is_stream(member: Shape) -> bool:
    """Tell whether a member is a stream of events."""
    return bool(member.serialization.get("eventstream"))
