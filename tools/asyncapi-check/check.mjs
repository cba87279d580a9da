// Checks an AsyncAPI document with AsyncAPI's own parser: prints every diagnostic, exits with 1 if any is an error.
import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";

const SEVERITIES = ["error", "warning", "information", "hint"];
const file = process.argv[2];
if (!file) {
  console.error("usage: node check.mjs FILE");
  process.exit(2);
}

let text;
try {
  text = await readFile(file, "utf8");
} catch (error) {
  console.error(`${file}: cannot be read: ${error.code}`);
  process.exit(2);
}

const { document, diagnostics } = await new Parser().parse(text, { source: file });
for (const { severity, range, code, message, path } of diagnostics) {
  console.log(`${file}:${range.start.line + 1}: ${SEVERITIES[severity]}: ${code}: ${message} (/${path.join("/")})`);
}
const errors = diagnostics.filter(({ severity }) => severity === 0).length;
const counted = document ? `${document.channels().length} channels, ${document.operations().length} operations, ${document.messages().length} messages` : "no document";
console.log(`${file}: ${counted}, ${errors} errors, ${diagnostics.length - errors} remarks`);
process.exit(errors || !document ? 1 : 0);
