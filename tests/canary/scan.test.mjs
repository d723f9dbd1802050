// The scanner must find what is planted, in each form and at each place, or its silence means nothing.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { scan } from "./scan.mjs";

const text = "Käthe.Canary+7f3a@example.org";
const key = randomBytes(32);
const needles = [
  { name: "mail", text },
  { name: "key", hex: key.toString("hex") },
  { name: "pin", text: "738194" },
];
const top = mkdtempSync(path.join(tmpdir(), "canary-"));
after(() => rmSync(top, { recursive: true }));

/** A fresh directory with noise, and the given bytes in the middle of a nested file. */
let count = 0;
function plant(bytes) {
  const directory = path.join(top, String(count++));
  mkdirSync(path.join(directory, "deep/er"), { recursive: true });
  writeFileSync(path.join(directory, "noise"), randomBytes(1 << 16));
  writeFileSync(path.join(directory, "deep/er/db.sqlite-wal"), Buffer.concat([randomBytes(4096), bytes, randomBytes(4096)]));
  return directory;
}

/** What a base64 of a longer message with the needle somewhere inside looks like. */
const inside = (bytes, before) => Buffer.concat([randomBytes(before), bytes, randomBytes(7)]);
const mail = Buffer.from(text);
const utf16be = Buffer.from(text, "utf16le").swap16();
const pin = Buffer.from("738194");

const planted = {
  "mail raw": ["mail", mail],
  "mail in lower case": ["mail", Buffer.from(text.toLowerCase())],
  "mail hex": ["mail", Buffer.from(mail.toString("hex"))],
  "mail HEX": ["mail", Buffer.from(mail.toString("hex").toUpperCase())],
  "mail UTF-16LE": ["mail", Buffer.from(text, "utf16le")],
  "mail UTF-16BE": ["mail", utf16be],
  "mail percent-encoded": ["mail", Buffer.from(encodeURIComponent(text))],
  "mail first half, then a page boundary": ["mail", mail.subarray(0, Math.ceil(mail.length / 2))],
  "key raw": ["key", key],
  "key second half": ["key", key.subarray(16)],
  "pin raw": ["pin", pin],
};
for (const before of [0, 1, 2, 3, 4, 5]) {
  planted[`mail base64, ${before} bytes before`] = ["mail", Buffer.from(inside(mail, before).toString("base64"))];
  planted[`key base64url, ${before} bytes before`] = ["key", Buffer.from(inside(key, before).toString("base64url"))];
  planted[`pin base64, ${before} bytes before`] = ["pin", Buffer.from(inside(pin, before).toString("base64"))];
}

for (const [title, [name, bytes]] of Object.entries(planted)) {
  test(`finds ${title}`, () => {
    const { hits } = scan(needles, [plant(bytes)]);
    assert.ok(hits.some((hit) => hit.name === name), "planted but not found");
    assert.ok(hits.every((hit) => hit.name === name), "something else was found");
  });
}

test("finds nothing in noise", () => {
  const { hits, bytes } = scan(needles, [plant(randomBytes(1 << 20))]);
  assert.deepEqual(hits, []);
  assert.ok(bytes > 1 << 20);
});

test("the command fails on a find, on an empty place and on short needles", () => {
  const file = path.join(top, "needles.json");
  const run = (list, directory) => {
    writeFileSync(file, JSON.stringify(list));
    return spawnSync(process.execPath, [path.join(import.meta.dirname, "scan.mjs"), "--needles", file, directory]).status;
  };
  assert.equal(run(needles, plant(mail)), 1);
  assert.equal(run(needles, plant(Buffer.alloc(0))), 0);
  const empty = path.join(top, "empty");
  mkdirSync(empty);
  assert.equal(run(needles, empty), 1);
  assert.equal(run([{ name: "short", text: "abc" }], plant(mail)), 1);
  assert.equal(run([], plant(mail)), 2);
});
