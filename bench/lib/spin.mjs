// Requests a second and slowest percent of slots, hold and book on the Spin host, as a ratio to an empty component there.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { READS, ROUNDS, WRITES, load, makeRequests, plainRequest } from "./server.mjs";
import { median } from "./stats.mjs";

async function start(root, state, ...more) {
  const child = spawn("node", [
    "tests/harness/serve-spin.mjs", "--state", state, "--until-stdin-closes", "--var", "RATE_LIMIT_SCALE=1000000", ...more,
  ], { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
  const origin = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`serve-spin.mjs ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => line.startsWith("READY ") && resolve(line.split(" ")[1]));
  });
  // The load client connects to an address; the host listens on one only.
  const direct = origin.replace("localhost", "127.0.0.1");
  return { origin, direct, stop: () => new Promise((done) => { child.once("exit", done); child.stdin.end(); }) };
}

export async function spinRows(root) {
  const folder = mkdtempSync(path.join(tmpdir(), "vestibule-bench-"));
  const servers = [];
  try {
    const ours = await start(root, path.join(folder, "ours"));
    servers.push(ours);
    const empty = await start(root, path.join(folder, "empty"), "--component", process.env.VESTIBULE_EMPTY_COMPONENT);
    servers.push(empty);
    const requests = path.join(folder, "requests");
    mkdirSync(requests);
    makeRequests(root, requests, ours.origin);
    const of = (name) => path.join(requests, name);
    plainRequest(of("plain-get.bin"), "GET", 0);
    plainRequest(of("plain-post.bin"), "POST", 500);
    const results = {};
    for (let round = 0; round <= ROUNDS; round += 1) {
      const steps = [
        ["get", () => load(empty.direct, of("plain-get.bin"), READS)],
        ["slots", () => load(ours.direct, of("slots.bin"), READS)],
        ["post", () => load(empty.direct, of("plain-post.bin"), WRITES)],
        ["hold", () => load(ours.direct, of(`hold-${round}.bin`), WRITES)],
        ["post", () => load(empty.direct, of("plain-post.bin"), WRITES)],
        ["book", () => load(ours.direct, of(`book-${round}.bin`), WRITES)],
      ];
      // Round 0 warms up.
      for (const [name, step] of steps) {
        const result = step();
        if (round > 0) (results[name] ??= []).push(result);
      }
    }
    const of99 = (name) => median(results[name].map((r) => r.p99)) / 1000;
    const rps = (name) => median(results[name].map((r) => r.rps));
    return [["slots", "get"], ["hold", "post"], ["book", "post"]].flatMap(([name, peer]) => [
      { name: `spin_${name}_rps_vs_empty`, ours: rps(name), peer: rps(peer), ratio: rps(name) / rps(peer), unit: "requests/s", mark: "" },
      { name: `spin_${name}_p99_vs_empty`, ours: of99(name), peer: of99(peer), ratio: of99(name) / of99(peer), unit: "ms", mark: "" },
    ]);
  } finally {
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true });
  }
}
