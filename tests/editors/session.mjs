// What yaml-language-server says of a text: node session.mjs SCHEMA FILE…, with the questions as JSON on stdin:
// [{"file": …, "text": …, "complete": {"line": …, "character": …}, "hover": {…}}, …]. Answers as JSON, in their order.
//
// It speaks the Language Server Protocol with the server as an editor does, over pipes.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [schema] = process.argv.slice(2);
const questions = JSON.parse(readFileSync(0, "utf8"));
const server = createRequire(import.meta.url).resolve("yaml-language-server/bin/yaml-language-server");
const child = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });

const waiting = new Map();
const diagnosed = new Map();
let last = 0;

function send(message) {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function request(method, params) {
  last += 1;
  send({ id: last, method, params });
  return new Promise((resolve, reject) => waiting.set(last, { resolve, reject }));
}

const notify = (method, params) => send({ method, params });

const settings = {
  // The schema is the only one: nothing is fetched, from a catalogue or elsewhere.
  yaml: {
    validate: true, completion: true, hover: true, schemaStore: { enable: false, url: "" },
    schemas: { [pathToFileURL(schema).href]: "*.yaml" },
  },
  http: {},
};

function receive({ id, method, params, result, error }) {
  if (method === "workspace/configuration") {
    send({ id, result: params.items.map(({ section }) => settings[section] ?? null) });
  } else if (method !== undefined && id !== undefined) {
    send({ id, result: null });
  } else if (method === "textDocument/publishDiagnostics") {
    diagnosed.get(params.uri)?.(params.diagnostics);
  } else if (waiting.has(id)) {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  }
}

let read = Buffer.alloc(0);
child.stdout.on("data", (piece) => {
  read = Buffer.concat([read, piece]);
  for (;;) {
    const end = read.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(read.toString("utf8", 0, end))[1]);
    if (read.length < end + 4 + length) return;
    const message = JSON.parse(read.toString("utf8", end + 4, end + 4 + length));
    read = read.subarray(end + 4 + length);
    receive(message);
  }
});
child.on("exit", (code) => process.exit(code ?? 1));

await request("initialize", {
  processId: process.pid,
  rootUri: null,
  capabilities: {
    workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
    textDocument: { completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown"] } } },
  },
});
notify("initialized", {});
notify("workspace/didChangeConfiguration", { settings });

const answers = [];
for (const [number, { file, text, complete, hover }] of questions.entries()) {
  const uri = `file:///spec/${number}/${file}`;
  const found = new Promise((resolve) => diagnosed.set(uri, resolve));
  notify("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
  const answer = { diagnostics: (await found).map(({ message, range, severity }) => ({ message, line: range.start.line, severity })) };
  if (complete) {
    const { items } = await request("textDocument/completion", { textDocument: { uri }, position: complete });
    answer.completions = items.map(({ label, documentation, insertText }) => ({
      label, insert: insertText, documentation: documentation?.value ?? documentation ?? "",
    }));
  }
  if (hover) {
    const said = await request("textDocument/hover", { textDocument: { uri }, position: hover });
    answer.hover = said?.contents?.value ?? "";
  }
  answers.push(answer);
}
process.stdout.write(`${JSON.stringify(answers)}\n`, () => child.kill());
