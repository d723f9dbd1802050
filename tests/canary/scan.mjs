// Looks for secrets in every byte of files and directories: raw, hex, base64 (standard and URL-safe, at each of the three
// alignments), UTF-16, percent-encoded. Used after the browser tests on everything that workerd stored or logged.
//
//   node tests/canary/scan.mjs --needles needles.json PATH...
//
// needles.json: [{"name": "patient e-mail", "text": "..."}, {"name": "root", "hex": "..."}]. Exit code 1 if one is found.
import { readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

/** Shorter ones would be found by chance. */
export const SHORTEST = 6;
/** From this length on each half counts alone, so that a page or chunk boundary inside the needle hides nothing. */
const HALVES_FROM = 16;

/** The characters of base64 that depend on `bytes` alone when `before` unknown bytes stand in front. */
function base64At(bytes, before, encoding) {
  const all = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding).replace(/=+$/, "");
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor(((before + bytes.length) * 8) / 6);
  return all.slice(first, last);
}

/** Every form in which `bytes` may lie about: pairs of form name and byte pattern. */
export function forms(bytes, isText) {
  const found = new Map();
  const add = (form, pattern) => {
    const key = pattern.toString("latin1");
    if (pattern.length >= SHORTEST && !found.has(key)) found.set(key, { form, pattern });
  };
  add("raw", bytes);
  add("hex", Buffer.from(bytes.toString("hex")));
  add("HEX", Buffer.from(bytes.toString("hex").toUpperCase()));
  for (const before of [0, 1, 2]) {
    add(`base64+${before}`, Buffer.from(base64At(bytes, before, "base64")));
    add(`base64url+${before}`, Buffer.from(base64At(bytes, before, "base64url")));
  }
  if (isText) {
    const text = bytes.toString("utf8");
    const le = Buffer.from(text, "utf16le");
    add("utf-16le", le);
    add("utf-16be", Buffer.from(le).swap16());
    add("percent-encoded", Buffer.from(encodeURIComponent(text)));
    add("json-escaped", Buffer.from(JSON.stringify(text).slice(1, -1)));
  }
  return [...found.values()];
}

/** Patterns of one needle: of the whole, its lower-case form, and of both halves where it is long. */
function patterns(needle) {
  const isText = needle.text !== undefined;
  const bytes = isText ? Buffer.from(needle.text, "utf8") : Buffer.from(needle.hex, "hex");
  if (bytes.length < SHORTEST) throw new Error(`needle "${needle.name}" is shorter than ${SHORTEST} bytes`);
  const parts = [bytes];
  if (isText) parts.push(Buffer.from(needle.text.toLowerCase(), "utf8"));
  if (bytes.length >= HALVES_FROM) {
    const half = Math.floor(bytes.length / 2);
    parts.push(bytes.subarray(0, half), bytes.subarray(half));
  }
  return parts.flatMap((part) => forms(part, isText));
}

/** All regular files under the given paths. */
function files(paths) {
  return paths.flatMap((p) =>
    statSync(p).isDirectory()
      ? readdirSync(p, { recursive: true, withFileTypes: true })
          .filter((f) => f.isFile())
          .map((f) => path.join(f.parentPath ?? f.path, f.name))
      : [p],
  );
}

/** Scans; returns {files, bytes, hits: [{name, form, file, offset}]}. */
export function scan(needles, paths) {
  const wanted = needles.map((needle) => ({ name: needle.name, patterns: patterns(needle) }));
  const result = { files: 0, bytes: 0, hits: [] };
  for (const file of files(paths)) {
    const content = readFileSync(file);
    result.files += 1;
    result.bytes += content.length;
    for (const { name, patterns: forms } of wanted) {
      for (const { form, pattern } of forms) {
        const offset = content.indexOf(pattern);
        if (offset >= 0) result.hits.push({ name, form, file, offset });
      }
    }
  }
  return result;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values, positionals } = parseArgs({ options: { needles: { type: "string" } }, allowPositionals: true });
  const needles = JSON.parse(readFileSync(values.needles, "utf8"));
  if (needles.length === 0 || positionals.length === 0) {
    console.error("canary: nothing to look for, or nowhere to look");
    process.exit(2);
  }
  const result = scan(needles, positionals);
  for (const hit of result.hits) console.error(`canary: ${hit.name} as ${hit.form} in ${hit.file} at ${hit.offset}`);
  console.log(`canary: ${needles.length} needles, ${result.files} files, ${result.bytes} bytes, ${result.hits.length} found`);
  // Nothing scanned is a failure too: the state that the tests made must be there.
  process.exit(result.hits.length > 0 || result.bytes === 0 ? 1 : 0);
}
