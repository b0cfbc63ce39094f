"""The AWS CLI as a client: one process for each call, as people run it."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from botocore import xform_name

from .client import Answer, Call

ERROR: Final = re.compile(r"An error occurred \((\w+)\) when calling the \w+ operation.*?: (.*)", re.DOTALL)


class Cli:
    """The AWS CLI on one endpoint."""

    name = "AWS CLI"

    def __init__(self, endpoint: str) -> None:
        """Take the endpoint of all services."""
        self._endpoint = endpoint

    def call(self, call: Call) -> Answer:
        """Make the request."""
        with tempfile.TemporaryDirectory(prefix="bedrail-cli-") as folder:
            done = subprocess.run(
                [*self._command(call), *arguments(call, Path(folder))],
                env=self._environment(call),
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                return Answer(output=output(call, done.stdout, Path(folder)))
        told = ERROR.search(done.stderr)
        if told is None:
            message = f"{call}: the AWS CLI failed with {done.returncode}: {done.stderr}"
            raise RuntimeError(message)
        return Answer(code=told[1], message=told[2].strip())

    def _command(self, call: Call) -> list[str]:
        program = Path(sys.executable).with_name("aws")
        return [
            *(sys.executable, str(program), "--endpoint-url", self._endpoint, "--output", "json", "--no-paginate"),
            *(call.service, xform_name(call.operation, "-")),
        ]

    def _environment(self, call: Call) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        token = {"AWS_SESSION_TOKEN": call.identity.token} if call.identity.token else {}
        return (
            kept
            | token
            | {
                "AWS_ACCESS_KEY_ID": call.identity.access_key,
                "AWS_SECRET_ACCESS_KEY": "sandbox",
                "AWS_REGION": call.region,
                "AWS_DEFAULT_REGION": call.region,
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "AWS_MAX_ATTEMPTS": "1",
            }
        )


def arguments(call: Call, folder: Path) -> list[str]:
    """Write the parameters. The body of InvokeModel is binary, so it goes by files in and out."""
    if call.operation != "InvokeModel":
        return ["--cli-input-json", json.dumps(call.params)]
    body = folder / "in"
    body.write_bytes(call.params["body"])
    rest = {name: value for name, value in call.params.items() if name != "body"}
    flags = [part for name, value in rest.items() for part in (f"--{xform_name(name, '-')}", value)]
    return [*flags, "--body", f"fileb://{body}", str(folder / "out")]


def output(call: Call, printed: str, folder: Path) -> dict[str, Any]:
    """Read what it printed."""
    read: dict[str, Any] = json.loads(printed or "{}")
    if call.operation == "InvokeModel":
        read["body"] = (folder / "out").read_bytes()
    return read
