"""The service models of botocore, which are the law for every shape and error."""

from functools import cache
from typing import Any, Final

import botocore.session
from botocore.model import OperationModel, ServiceModel, Shape

SERVICES: Final = ("bedrock", "organizations", "iam", "sts", "bedrock-runtime")


@cache
def session() -> Any:
    """Give the session that all clients come from: it keeps models once loaded."""
    return botocore.session.Session()


@cache
def service(name: str) -> ServiceModel:
    """Give the model of a service."""
    return ServiceModel(session().get_component("data_loader").load_service_model(name, "service-2"), name)


@cache
def operation(service_name: str, name: str) -> OperationModel:
    """Give the model of an operation."""
    return service(service_name).operation_model(name)


def protocol(service_name: str) -> str:
    """Tell how a service speaks: `rest-json`, `json` or `query`."""
    return str(service(service_name).metadata["protocol"])


@cache
def errors(service_name: str, name: str) -> dict[str, Shape]:
    """Give the exceptions that an operation may answer with, by their code on the wire."""
    shapes = operation(service_name, name).error_shapes
    return {shape.metadata.get("error", {}).get("code", shape.name): shape for shape in shapes}


def status(exception: Shape) -> int | None:
    """Tell the HTTP status that the model gives an exception, if it does."""
    declared = exception.metadata.get("error", {}).get("httpStatusCode")
    return None if declared is None else int(declared)
