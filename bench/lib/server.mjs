// Requests a second and slowest percent of slots, hold and book on workerd, as a ratio to what plain JavaScript costs there.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Miniflare } from "miniflare";
import { median } from "./stats.mjs";

const CLIENTS = 16;
export const ROUNDS = 5;
/** Holds in one round: below the cap of open holds in one practice. */
export const WRITES = 200;
export const READS = 2000;

/** Runs the load client (at sockets of the workers themselves: miniflare's own router would cost more than they do); every answer must be a success. */
export function load(origin, file, requests) {
  const run = spawnSync(process.env.VESTIBULE_LOAD, [new URL(origin).host, file, String(CLIENTS), String(requests)], {
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(`load: ${run.stderr}`);
  const result = JSON.parse(run.stdout);
  const failed = Object.keys(result.statuses).filter((status) => !status.startsWith("2"));
  if (failed.length) throw new Error(`load: ${path.basename(file)} at ${origin}: ${run.stdout}`);
  return result;
}

async function startPeer(file, extra = {}) {
  const peer = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    name: "peer",
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    modules: [{ type: "ESModule", path: file }],
    modulesRoot: path.dirname(file),
    compatibilityDate: "2026-04-01",
    cf: false,
    ...extra,
  });
  await peer.ready;
  return { direct: (await peer.unsafeGetDirectURL("peer")).origin, stop: () => peer.dispose() };
}

async function startOurs(root, state) {
  // Another build than the one in place, to compare two.
  const worker = process.env.VESTIBULE_WORKER ? ["--worker", process.env.VESTIBULE_WORKER] : [];
  const child = spawn("node", [
    "tests/harness/serve.mjs", "--state", state, "--no-queue-tap", "--until-stdin-closes", "--direct", "--var", "RATE_LIMIT_SCALE=1000000", ...worker,
  ], { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
  const [direct, origin] = await new Promise((resolve, reject) => {
    const urls = [];
    child.once("exit", (code) => reject(new Error(`serve.mjs ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      urls.push(line.split(" ")[1]);
      if (line.startsWith("READY ")) resolve(urls);
    });
  });
  return { direct, origin, stop: () => new Promise((done) => { child.once("exit", done); child.stdin.end(); }) };
}

/** Founds a practice there, and writes the requests of all rounds. */
export function makeRequests(root, folder, origin) {
  const made = spawnSync(
    "cargo",
    ["run", "--quiet", "--package", "vestibule-tests", "--example", "load_requests", "--", folder, String(ROUNDS + 1), String(WRITES)],
    { cwd: root, env: { ...process.env, VESTIBULE_URL: origin }, stdio: ["ignore", "inherit", "inherit"] },
  );
  if (made.status !== 0) throw new Error("load_requests failed");
}

/** A request for the peers, in the load client's form. */
export function plainRequest(file, method, bytes) {
  const body = Buffer.alloc(bytes, 120);
  const head = Buffer.from(`${method} / HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${bytes}\r\n\r\n`);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length + bytes);
  writeFileSync(file, Buffer.concat([length, head, body]));
}

export async function serverRows(root) {
  const folder = mkdtempSync(path.join(tmpdir(), "vestibule-bench-"));
  const stops = [];
  try {
    const start = async (starting) => {
      const server = await starting;
      stops.push(server.stop);
      return server;
    };
    const ours = await start(startOurs(root, path.join(folder, "state")));
    const peers = path.join(root, "bench/peers");
    const empty = await start(startPeer(path.join(peers, "empty.mjs")));
    const object = await start(
      startPeer(path.join(peers, "object.mjs"), {
        durableObjects: { PEER: { className: "Peer", useSQLite: true } },
        durableObjectsPersist: path.join(folder, "peer"),
      }),
    );
    const requests = path.join(folder, "requests");
    mkdirSync(requests);
    makeRequests(root, requests, ours.origin);
    const get = path.join(requests, "plain-get.bin");
    const post = path.join(requests, "plain-post.bin");
    plainRequest(get, "GET", 0);
    plainRequest(post, "POST", 500);
    const of = (name) => path.join(requests, name);

    const results = {};
    const note = (name, result) => (results[name] ??= []).push(result);
    for (let round = 0; round <= ROUNDS; round += 1) {
      const steps = [
        ["empty", () => load(empty.direct, get, READS)],
        ["slots", () => load(ours.direct, of("slots.bin"), READS)],
        ["object", () => load(object.direct, post, WRITES)],
        ["hold", () => load(ours.direct, of(`hold-${round}.bin`), WRITES)],
        ["object", () => load(object.direct, post, WRITES)],
        ["book", () => load(ours.direct, of(`book-${round}.bin`), WRITES)],
      ];
      // Round 0 warms up.
      for (const [name, step] of steps) {
        const result = step();
        if (round > 0) note(name, result);
      }
    }
    const of99 = (name) => median(results[name].map((r) => r.p99)) / 1000;
    const rps = (name) => median(results[name].map((r) => r.rps));
    return [["slots", "empty", "empty_worker"], ["hold", "object", "do_write"], ["book", "object", "do_write"]].flatMap(
      ([name, peer, what]) => [
        { name: `${name}_rps_vs_${what}`, ours: rps(name), peer: rps(peer), ratio: rps(name) / rps(peer), unit: "requests/s", mark: "" },
        { name: `${name}_p99_vs_${what}`, ours: of99(name), peer: of99(peer), ratio: of99(name) / of99(peer), unit: "ms", mark: "" },
      ],
    );
  } finally {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true });
  }
}
