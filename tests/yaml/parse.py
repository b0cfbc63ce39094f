"""Reads a JSON list of YAML texts from stdin and writes the list of their values, as PyYAML sees them."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / ".python"))

import yaml  # noqa: E402

# A date or a set has no JSON: better to fail here than to make text of it, which other parsers see from the start.
json.dump([yaml.safe_load(text) for text in json.load(sys.stdin)], sys.stdout, allow_nan=False)
