"""The emulator under test: one `bedrail sandbox serve`, in a process of its own, on a state folder of its own."""

import json
import os
import signal
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[3]


def build() -> Path:
    """Build bedrail as cargo is set up to, and tell where it put the program."""
    command = ["cargo", "build", "--locked", "--quiet", "--bin", "bedrail", "--message-format=json-render-diagnostics"]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    messages = [json.loads(line) for line in output.splitlines()]
    return next(Path(message["executable"]) for message in messages if message.get("executable"))


class Emulator:
    """A served emulator, stopped at the end of its `with` block."""

    def __init__(self, program: Path, partition: str = "aws") -> None:
        """Start it, on a free port, and wait until it listens."""
        self.program = program
        self.partition = partition
        self._folder = tempfile.TemporaryDirectory(prefix="bedrail-conformance-")
        state = Path(self._folder.name) / "state"
        self._process = subprocess.Popen(
            [program, "sandbox", "serve", "--port", "0", "--partition", partition, state],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "NO_COLOR": "1"},
        )
        told = self._told()
        self.endpoint = told["AWS_ENDPOINT_URL"]
        self.account = told["AWS_ACCESS_KEY_ID"].removeprefix("AKIA")
        self.region = told["AWS_REGION"]

    def _told(self) -> dict[str, str]:
        """Read what it prints when it listens, which ends with the Region."""
        told: dict[str, str] = {}
        for line in self._process.stdout or ():
            name, _, value = line.strip().removeprefix("export ").partition("=")
            told[name] = value
            if name == "AWS_REGION":
                return told
        message = f"the emulator did not start: {self._process.communicate()[1]}"
        raise RuntimeError(message)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Make a call under `/_bedrail/`."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.endpoint}/_bedrail/{path}", data=data, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    def reset(self, **options: Any) -> None:
        """Go back to the seed, with these options and else the default ones."""
        self.control("POST", "reset")
        self.control("POST", "options", self._defaults | options)

    @property
    def _defaults(self) -> dict[str, Any]:
        # Without waiting for what AWS does in the background, unless a case is about that.
        return {"transition_ms": 0, "propagation_ms": 0, "latency_ms": 0, "empty_pages": False, "refuse": []}

    def options(self, **options: Any) -> None:
        """Change behaviour switches."""
        self.control("POST", "options", options)

    def advance(self, milliseconds: int) -> None:
        """Let time pass without waiting."""
        self.control("POST", "clock", {"advance_ms": milliseconds})

    def operations(self) -> set[tuple[str, str]]:
        """Tell which operations it says it has, as pairs of service and name."""
        return {(row["service"], row["operation"]) for row in self.control("GET", "operations")}

    def __enter__(self) -> Self:
        """Begin to use it."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Stop it as Ctrl-C would; it has to leave with success."""
        self._process.send_signal(signal.SIGINT)
        complaints = self._process.communicate(timeout=60)[1]
        self._folder.cleanup()
        if kind is None and self._process.returncode != 0:
            message = f"the emulator ended with {self._process.returncode}: {complaints}"
            raise RuntimeError(message)
