// Serves the built component on the Spin host for tests: what spin.toml says, state in a directory that the caller owns, its
// log in a file beside it. The contract is that of serve.mjs: README.md next to this file.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { restore } from "./restore.mjs";
import { place } from "../../web/partners.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const { values: args } = parseArgs({
  options: {
    state: { type: "string" },
    port: { type: "string", default: "0" },
    host: { type: "string", default: process.env.VESTIBULE_SPIN_HOST },
    component: { type: "string" },
    variant: { type: "string", default: "" },
    var: { type: "string", multiple: true, default: [] },
    realm: { type: "string", multiple: true, default: [] },
    instances: { type: "string", default: "1" },
    "until-stdin-closes": { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});
if (!args.state || !args.host) {
  console.error("serve-spin.mjs: --state DIR and --host PROGRAM (or VESTIBULE_SPIN_HOST) are needed");
  process.exit(2);
}

const state = path.resolve(args.state);
mkdirSync(state, { recursive: true });
const file = args.variant ? `vestibule-${args.variant}.wasm` : "vestibule.wasm";
const component = path.resolve(args.component ?? path.join(root, "functions/spin/build", file));
const log = createWriteStream(path.join(state, "spin.log"), { flags: "a" });

/** The secret that a deployment would set as a variable: kept beside the state, never in the database. */
function platformSecret() {
  const secret = path.join(state, "platform-secret");
  if (!existsSync(secret)) writeFileSync(secret, randomBytes(32).toString("hex"), { mode: 0o600 });
  return readFileSync(secret, "utf8").trim();
}

/** The manifest; with partner realms one that mounts a copy of the pages that may talk to these. */
function manifest() {
  // The realm alone has a manifest of its own; the variants of the hostile tests have the product's.
  const own = path.join(root, args.variant === "realm" ? "spin-realm.toml" : "spin.toml");
  if (args.realm.length === 0) return own;
  const pages = path.join(state, "pages");
  place(path.join(root, "web/dist"), pages, args.realm);
  const text = readFileSync(own, "utf8");
  const mounted = text.replace('source = "web/dist"', () => `source = ${JSON.stringify(pages)}`);
  if (mounted === text) throw new Error("this manifest does not mount web/dist");
  writeFileSync(path.join(state, "spin.toml"), mounted);
  return path.join(state, "spin.toml");
}
const manifestPath = manifest();

let stopping = false;

/** Starts a host on the port (0: a free one); the port that it got, once it answers. */
function start(port) {
  const given = Object.fromEntries(args.var.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  const variables = { PLATFORM_SECRET: platformSecret(), MAIL: "outbox", ...given };
  const options = Object.entries(variables).flatMap(([name, value]) => ["--variable", `${name.toLowerCase()}=${value}`]);
  const child = spawn(
    args.host,
    ["serve", "--manifest", manifestPath, "--component", component, "--state", state, "--listen", `127.0.0.1:${port}`, ...options],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const lines = createInterface({ input: child.stdout });
  child.stderr.on("data", (chunk) => {
    log.write(chunk);
    if (args.verbose) process.stderr.write(chunk);
  });
  return new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      const ready = /^READY http:\/\/127\.0\.0\.1:(\d+)$/.exec(line);
      if (ready) resolve({ child, port: Number(ready[1]) });
      else log.write(`${line}\n`);
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      reject(new Error(`the host ended (${code ?? signal})`));
      if (!stopping && !child.crashed) {
        console.error(`serve-spin.mjs: the host ended (${code ?? signal})\n${readFileSync(path.join(state, "spin.log"), "utf8").slice(-4000)}`);
        process.exit(1);
      }
    });
  });
}

// The origin is empty, thus taken from each request: the same on both starts, and what a test sends as `Host`.
const count = Number(args.instances);
let hosts = [];
let busy = (async () => {
  for (let n = 0; n < count; n += 1) hosts.push(await start(n === 0 ? Number(args.port) : 0));
})();
await busy;
const tell = () => console.log(`READY ${hosts.map((host) => `http://localhost:${host.port}`).join(" ")}`);
tell();

const ended = (child) => new Promise((done) => (child.exitCode === null && child.signalCode === null ? child.once("exit", done) : done()));

async function stop(code) {
  stopping = true;
  await busy.catch(() => {});
  for (const { child } of hosts) child.kill("SIGTERM");
  await Promise.all(hosts.map((host) => ended(host.child)));
  await new Promise((done) => log.end(done));
  process.exit(code);
}

/** A crash, as power loss would be: the host is killed, then started again on the same state and port. */
async function crash() {
  for (const { child } of hosts) {
    child.crashed = true;
    child.kill("SIGKILL");
    await ended(child);
  }
  restore(state);
  const again = [];
  for (const { port } of hosts) again.push(await start(port));
  hosts = again;
  tell();
}

process.on("SIGTERM", () => stop(0));
process.on("SIGINT", () => stop(0));
process.on("SIGUSR2", () => {
  busy = busy.then(crash).catch((error) => {
    console.error("serve-spin.mjs: restart failed:", error);
    process.exit(1);
  });
});
if (args["until-stdin-closes"]) {
  process.stdin.on("end", () => stop(0));
  process.stdin.resume();
}
