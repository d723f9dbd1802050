// Free slots of 90 days, 20 practitioners and 3,000 appointments: how often in a second, in WebAssembly in Chromium against
// plain JavaScript that knows one zone and weekly hours alone, and natively; and how the time grows.
import { spawnSync } from "node:child_process";
import { interleave } from "./stats.mjs";

const ROUNDS = 9;
/** Practitioners, days, appointments: the usual one, then ten times the appointments, a third of the days, a quarter of the people. */
const USUAL = [20, 90, 3000];
const GROWTH = { appointments_x10: [20, 90, 30_000], days_div3: [20, 30, 1000], practitioners_x3: [60, 90, 3000] };

function native(shape) {
  const run = spawnSync(process.env.VESTIBULE_SLOTS_TIME, shape.map(String), { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`slots_time: ${run.stderr}`);
  return JSON.parse(run.stdout);
}

export async function slotsRows(browser) {
  const bytes = await browser.ask("slotsPrepare", ...USUAL);
  const side = (op) => async () => await browser.ask(op);
  const [ours, peer] = [await side("slotsOurs")(), await side("slotsPeer")()];
  if (ours.found !== peer.found || ours.found !== native(USUAL).found) throw new Error(`slots: ${ours.found} and ${peer.found} found`);
  const ms = (op) => async () => (await browser.ask(op)).ms;
  const wasm = await interleave(ROUNDS, { ours: ms("slotsOurs"), peer: ms("slotsPeer") });
  const here = await interleave(ROUNDS, { ours: () => native(USUAL).ms, ...Object.fromEntries(Object.entries(GROWTH).map(([name, shape]) => [name, () => native(shape).ms])) });
  const perSecond = (value) => 1000 / value;
  const { kib } = native(USUAL);
  return [
    { name: "slots_90d_20p_3000a_wasm_vs_plain_js", ours: perSecond(wasm.ours), peer: perSecond(wasm.peer), ratio: wasm.peer / wasm.ours, unit: "1/s", mark: "" },
    { name: "slots_90d_20p_3000a_native_vs_wasm", ours: perSecond(here.ours), peer: perSecond(wasm.ours), ratio: wasm.ours / here.ours, unit: "1/s", mark: "" },
    ...Object.keys(GROWTH).map((name) => ({ name: `slots_growth_${name}`, ours: here[name], peer: here.ours, ratio: here[name] / here.ours, unit: "ms", mark: "" })),
    { name: "slots_memory_native", ours: kib, peer: null, ratio: null, unit: "KiB", mark: "" },
    { name: "slots_memory_wasm", ours: bytes / 1024, peer: null, ratio: null, unit: "KiB", mark: "" },
  ];
}
