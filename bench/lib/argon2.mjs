// Argon2id, 64 MiB, 10 passes: our module and hash-wasm in Chromium, the reference C code (as the npm package `argon2` builds
// it: opt.c with SSE2) on this machine.
import argon2 from "argon2";
import { interleave } from "./stats.mjs";

const ROUNDS = 9;

export async function argon2Rows(browser) {
  const salt = Buffer.alloc(32, 7);
  const native = async () => {
    const started = performance.now();
    const hash = await argon2.hash("738194", {
      type: argon2.argon2id, raw: true, salt, timeCost: 10, memoryCost: 65536, parallelism: 1, hashLength: 32,
    });
    return { ms: performance.now() - started, hash: hash.toString("hex") };
  };
  const sides = { peer: () => browser.ask("argon2Peer"), ours: () => browser.ask("argon2Ours"), native };
  // Once each to warm up, and to see that all three compute the same function.
  const hashes = new Set();
  for (const side of Object.values(sides)) hashes.add((await side()).hash);
  if (hashes.size !== 1) throw new Error(`the Argon2id implementations differ: ${[...hashes].join(", ")}`);
  const ms = Object.fromEntries(Object.entries(sides).map(([name, side]) => [name, async () => (await side()).ms]));
  const { ours, peer, native: c } = await interleave(ROUNDS, ms);
  return [
    { name: "argon2id_vs_hash_wasm", ours, peer, ratio: ours / peer, unit: "ms", mark: "at most 0.90" },
    { name: "argon2id_vs_native", ours, peer: c, ratio: ours / c, unit: "ms", mark: "at most 1.30" },
  ];
}
