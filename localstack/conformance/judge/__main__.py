"""Runs everything, tells what was wrong, and what was checked."""

import argparse
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

from cases import CASES
from journeys import JOURNEYS

from . import models, report
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
    print(
        f"{aws.client.name:8} {aws.emulator.partition:10} {part.__module__}.{part.__name__} ({seconds:.1f}s)",
        flush=True,
    )


def in_partition(program: Path, ledger: Ledger, partition: str) -> None:
    """Go on every journey in another partition."""
    with Emulator(program, partition) as emulator:
        for journey in JOURNEYS:
            attempt(journey, caller(Boto, emulator, ledger))


def by_cli(program: Path, ledger: Ledger, journey: Part) -> None:
    """Go on a journey with the AWS CLI, on an emulator of its own so that several can run at once."""
    with Emulator(program) as emulator:
        attempt(journey, caller(Cli, emulator, ledger))


def covered(emulator: Emulator, ledger: Ledger) -> None:
    """Find operations of the emulator that a client did not use with success."""
    for client, used in ledger.successes.items():
        for service, operation in sorted(emulator.operations() - used):
            # The AWS CLI has no operations that stream events.
            if client == Cli.name and models.operation(service, operation).has_event_stream_output:
                continue
            ledger.problem(client, f"{service} {operation} is served, and was not used")


def told(emulator: Emulator, ledger: Ledger, *, write: bool) -> None:
    """Renew the README's tables, or find that they are not those of this run."""
    text = report.README.read_text()
    renewed = report.renewed(text, ledger, emulator.operations())
    if write:
        report.README.write_text(renewed)
    elif renewed != text:
        ledger.problem(str(report.README), "the tables are not those of this run; `run --write` renews them")


def main() -> int:
    """Run it."""
    arguments = argparse.ArgumentParser(prog="run", description=__doc__)
    arguments.add_argument("--write", action="store_true", help="renew the tables of localstack/README.md")
    write = arguments.parse_args().write
    program, ledger = build(), Ledger()
    with ThreadPoolExecutor(max_workers=2) as pool, Emulator(program) as emulator:
        cli = [pool.submit(by_cli, program, ledger, journey) for journey in JOURNEYS]
        aws = caller(Boto, emulator, ledger)
        for part in (*JOURNEYS, *CASES):
            attempt(part, aws)
        for partition in ("aws-us-gov", "aws-eusc"):
            in_partition(program, ledger, partition)
        for each in cli:
            each.result()
        covered(emulator, ledger)
        told(emulator, ledger, write=write)
    print(*(f"- {problem}" for problem in ledger.problems), *report.closing(ledger), sep="\n")
    return 1 if ledger.problems else 0


sys.exit(main())
