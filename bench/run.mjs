// Measures and prints. Called by `cargo xtask bench`, which builds everything first.
//   node bench/run.mjs [--json] [NAME...]    NAME: argon2, calendar, module, slots, server, spin, unlock
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { argon2Rows } from "./lib/argon2.mjs";
import { openBrowser } from "./lib/browser.mjs";
import { calendarRows } from "./lib/calendar.mjs";
import { moduleRows } from "./lib/module.mjs";
import { serverRows } from "./lib/server.mjs";
import { slotsRows } from "./lib/slots.mjs";
import { spinRows } from "./lib/spin.mjs";
import { unlockRows } from "./lib/unlock.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const args = process.argv.slice(2);
const json = args.includes("--json");
const names = args.filter((arg) => !arg.startsWith("--"));
const wanted = (name) => names.length === 0 || names.includes(name);
const rows = [];
const round = (value) => (value === null ? null : Number(value.toPrecision(4)));
const add = (more) => {
  for (const { mark, ...row } of more) {
    const line = { ...row, ours: round(row.ours), peer: round(row.peer), ratio: round(row.ratio) };
    rows.push({ ...line, mark });
    if (json) console.log(JSON.stringify(line));
  }
};

if (["argon2", "calendar", "module", "slots"].some(wanted)) {
  const browser = await openBrowser(root, {
    "/bench/": path.join(root, "target/vestibule-bench"),
    "/wasm/": path.join(root, "web/src/wasm"),
  });
  if (!json) console.log(`Chromium ${browser.version}`);
  await browser.ask("load", "/bench/bench-simd");
  if (wanted("argon2")) add(await argon2Rows(browser));
  if (wanted("calendar")) add(await calendarRows(browser));
  if (wanted("module")) add(await moduleRows(root, browser));
  if (wanted("slots")) add(await slotsRows(browser));
  await browser.close();
}
if (wanted("server")) add(await serverRows(root));
if (wanted("spin")) add(await spinRows(root));
if (wanted("unlock")) add(unlockRows(root));

if (!json) {
  const text = (value) => (value === null ? "–" : String(value));
  const table = [
    ["name", "ours", "peer", "ratio", "unit", "mark for the ratio"],
    ...rows.map((row) => [row.name, text(row.ours), text(row.peer), text(row.ratio), row.unit, row.mark]),
  ];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table) console.log(row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join("  ").trimEnd());
}
process.exit(0);
