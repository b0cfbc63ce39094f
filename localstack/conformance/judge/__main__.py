"""Runs everything, tells what was wrong, and what was checked."""

import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

from cases import CASES
from journeys import JOURNEYS

from .aws import Aws
from .boto import Boto
from .cli import Cli
from .client import Client, Identity
from .emulator import Emulator, build
from .ledger import Ledger

Part: TypeAlias = Callable[[Aws], None]


def caller(client: type[Boto | Cli], emulator: Emulator, ledger: Ledger) -> Aws:
    """Be the root of the management account, in the home Region."""
    made: Client = client(emulator.endpoint)
    return Aws(made, emulator, ledger, Identity.root(emulator.account), emulator.region)


def attempt(part: Part, aws: Aws) -> None:
    """Run a part on a fresh state; a part that cannot go on is a problem like any other."""
    began = time.monotonic()
    aws.emulator.reset()
    try:
        part(aws)
    except Exception:  # noqa: BLE001
        aws.ledger.problem(f"{aws.client.name} {part.__module__}.{part.__name__}", traceback.format_exc(limit=-3))
    seconds = time.monotonic() - began
    print(f"{aws.client.name:8} {part.__module__}.{part.__name__} ({seconds:.1f}s)", flush=True)


def by_cli(program: Path, ledger: Ledger, journey: Part) -> None:
    """Go on a journey with the AWS CLI, on an emulator of its own so that several can run at once."""
    with Emulator(program) as emulator:
        attempt(journey, caller(Cli, emulator, ledger))


def covered(emulator: Emulator, ledger: Ledger) -> None:
    """Find operations of the emulator that a client did not use with success."""
    for client, used in ledger.successes.items():
        for service, operation in sorted(emulator.operations() - used):
            ledger.problem(client, f"{service} {operation} is served, and was not used")


def main() -> int:
    """Run it."""
    program, ledger = build(), Ledger()
    with ThreadPoolExecutor(max_workers=2) as pool, Emulator(program) as emulator:
        cli = [pool.submit(by_cli, program, ledger, journey) for journey in JOURNEYS]
        aws = caller(Boto, emulator, ledger)
        for part in (*JOURNEYS, *CASES):
            attempt(part, aws)
        for each in cli:
            each.result()
        covered(emulator, ledger)
    for problem in ledger.problems:
        print(f"- {problem}")
    operations = len(set.union(*ledger.successes.values()))
    shapes = len(set.union(*ledger.shapes.values()))
    verdict = f"{len(ledger.problems)} problems" if ledger.problems else "ok"
    print(
        f"conformance: {operations} operations, {shapes} shapes, {len(ledger.paths)} error paths, "
        f"{len(ledger.documents)} corpus documents: {verdict}"
    )
    return 1 if ledger.problems else 0


sys.exit(main())
