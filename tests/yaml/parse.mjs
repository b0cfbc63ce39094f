// Reads a JSON list of YAML texts from stdin and writes the list of their values, as the parser of the YAML language
// server sees them.

import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";

const texts = JSON.parse(readFileSync(0, "utf8"));
const values = texts.map((text) => {
  const document = parseDocument(text, { version: "1.2", strict: true, uniqueKeys: true });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault) throw fault;
  return document.toJS();
});
process.stdout.write(JSON.stringify(values));
