"""What a client of the emulator does, whichever it is."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from .wire import Raw


@dataclass(frozen=True)
class Identity:
    """Keys of somebody."""

    access_key: str
    token: str | None = None

    @classmethod
    def root(cls, account: str) -> "Identity":
        """Give the keys of an account's root."""
        return cls(f"AKIA{account}")


@dataclass(frozen=True)
class Call:
    """A request to make."""

    identity: Identity
    region: str
    service: str
    operation: str
    params: dict[str, Any]
    # Sent as it is in place of what the client would make of the parameters, where given.
    body: bytes | None = None

    def __str__(self) -> str:
        """Name it."""
        return f"{self.service} {self.operation}"


@dataclass(frozen=True)
class Answer:
    """What came of a call: an output, or an error's code and message. The CLI does not show what came over HTTP."""

    output: dict[str, Any] = field(default_factory=dict)
    code: str | None = None
    message: str = ""
    raw: Raw | None = None


class Client(Protocol):
    """Somebody else's client."""

    name: str

    def call(self, call: Call) -> Answer:
        """Make the request."""
        ...
