"""What was called, what was answered, and what was wrong with it."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TypeAlias

Operation: TypeAlias = tuple[str, str]


@dataclass
class Ledger:
    """The record of a run. Appending is all that threads do with it."""

    problems: list[str] = field(default_factory=list)
    # By client.
    successes: dict[str, set[Operation]] = field(default_factory=lambda: defaultdict(set))
    # By client: operation and code.
    errors: dict[str, set[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(set))
    # By client: service and shape.
    shapes: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    # Service, operation, code, and the way there.
    paths: set[tuple[str, str, str, str]] = field(default_factory=set)
    # Errors that were asked for with the option `refuse`, to see how they look: service, operation, code.
    injected: set[tuple[str, str, str]] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    # The guardrails of the corpus that bedrail took over and brought to a second Region.
    brought_in: set[str] = field(default_factory=set)
    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def problem(self, where: str, what: object) -> None:
        """Note something that is wrong."""
        self.problems.append(f"{where}: {what}")

    def expect(self, *, that: bool, where: str, otherwise: object) -> None:
        """Note something as wrong unless it holds."""
        if not that:
            self.problem(where, otherwise)
