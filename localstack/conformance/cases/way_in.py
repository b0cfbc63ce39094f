"""The way in: what boto3 created is imported, adopted and brought to a second Region by bedrail, and read by boto3."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

from documents import normal
from documents.rules import Document
from judge.aws import Aws

from .corpus import read

SECOND: Final = "eu-west-1"
MARK: Final = "tags.bedrail:"
SPEC: Final = "bedrail.yaml"


class Bedrail:
    """The binary under test, in a folder of its own, as somebody with credentials in the environment."""

    def __init__(self, aws: Aws, folder: Path) -> None:
        """Take whose credentials they are."""
        self._program, self._folder = aws.emulator.program, folder
        self._environment = {
            "AWS_ENDPOINT_URL": aws.emulator.endpoint,
            "AWS_ACCESS_KEY_ID": aws.identity.access_key,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_REGION": aws.region,
        }

    def run(self, *arguments: str) -> str:
        """Run a command that has to end with 0, and give what it printed."""
        done = subprocess.run(
            [self._program, *arguments],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            message = f"bedrail {' '.join(arguments)} ended with {done.returncode}: {done.stderr}"
            raise RuntimeError(message)
        return done.stdout

    def spec(self, text: str) -> None:
        """Write the spec that the next command reads."""
        (self._folder / SPEC).write_text(text)


def placed(name: str, document: Document, home: str) -> tuple[str, Document]:
    """Tell the Region that a document is for, and give it a name of its own: two of the corpus have the same."""
    changed = document | {"name": f"{document['name'][:47]}-{name[:2]}"}
    profile = document.get("crossRegionConfig", {}).get("guardrailProfileIdentifier", "")
    if not profile.startswith("arn:"):
        return home, changed
    return profile.split(":")[3], changed | {
        "crossRegionConfig": {"guardrailProfileIdentifier": profile.split("/")[-1]}
    }


def shown(aws: Aws) -> dict[str, Document]:
    """Read every guardrail of a Region, by name."""
    rows = aws.ok("bedrock", "ListGuardrails", maxResults=100)["guardrails"]
    answers = [aws.ok("bedrock", "GetGuardrail", guardrailIdentifier=row["id"]) for row in rows]
    return {answer["name"]: settled(answer) for answer in answers}


def settled(answer: Document) -> Document:
    """Put an answer in normal form, without what names a Region."""
    return {member: value for member, value in normal.settled(answer).items() if member != "crossRegionDetails"}


def only_marks(plan: Any) -> bool:
    """Tell whether a plan does nothing but put marks on what is there."""
    fields = (field["path"].startswith(MARK) for action in plan["actions"] for field in action["fields"])
    return not plan["held"] and all(action["verb"] == "adopt" for action in plan["actions"]) and all(fields)


def way_in(aws: Aws) -> None:
    """Bring the corpus into a spec, and by the spec to another Region."""
    documents = [placed(name, document, aws.region) for name, document in read("guardrails").items()]
    for region, document in documents:
        aws.at(region).ok("bedrock", "CreateGuardrail", **document)
    wanted = {
        document["name"]: settled(normal.expected(document, aws.emulator.partition, aws.emulator.account, region))
        for region, document in documents
        if region == aws.region
    }
    with tempfile.TemporaryDirectory(prefix="bedrail-way-in-") as folder:
        bedrail = Bedrail(aws, Path(folder))
        bedrail.spec(bedrail.run("import", "--stack", "corpus"))
        plan = json.loads(bedrail.run("plan", "--adopt", "--format", "json"))
        aws.expect("the plan of what was imported", that=only_marks(plan), otherwise=plan["actions"])
        aws.equal("what is adopted", len(plan["actions"]), len(documents))
        bedrail.run("apply", "--adopt", "--yes")
        bedrail.run("plan", "--detailed-exitcode")

        one = bedrail.run("import", "--stack", "corpus", "--regions", aws.region)
        line = f"\nregions: [{aws.region}]\n"
        aws.equal("the Regions of the spec", one.count(line), 1)
        both = f"\nregions: [{aws.region}, {SECOND}]\nscan: {{regions: declared}}\n"
        bedrail.spec(one.replace(line, both))
        bedrail.run("apply", "--yes")
        bedrail.run("plan", "--detailed-exitcode")
    here, there = shown(aws), shown(aws.at(SECOND))
    aws.equal("the guardrails of the second Region", there.keys(), wanted.keys())
    for name, document in wanted.items():
        aws.equal(f"{name}, after it was adopted", here.get(name), document)
        aws.equal(f"{name} in {SECOND}", there.get(name), document)
        aws.ledger.brought_in.add(name)


CASES: Final = (way_in,)
