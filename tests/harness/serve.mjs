// Serves the built worker on real workerd for tests: bindings from wrangler.toml, state in a directory that the caller
// owns, logs and queue messages in files beside it. The contract is in README.md next to this file.
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Miniflare } from "miniflare";
import { restore } from "./restore.mjs";
import { place } from "../../web/partners.mjs";

process.env.WRANGLER_SEND_METRICS = "false";
process.env.WRANGLER_LOG = "warn";
const { unstable_getMiniflareWorkerOptions } = await import("wrangler");

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const { values: args } = parseArgs({
  options: {
    state: { type: "string" },
    port: { type: "string", default: "0" },
    worker: { type: "string" },
    variant: { type: "string", default: "" },
    config: { type: "string", default: path.join(root, "wrangler.toml") },
    assets: { type: "string", default: path.join(root, "web/dist") },
    var: { type: "string", multiple: true, default: [] },
    realm: { type: "string", multiple: true, default: [] },
    direct: { type: "boolean", default: false },
    "no-queue-tap": { type: "boolean", default: false },
    "until-stdin-closes": { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});
if (!args.state) {
  console.error("serve.mjs: --state DIR is needed");
  process.exit(2);
}

const state = path.resolve(args.state);
mkdirSync(state, { recursive: true });
const build = path.resolve(args.worker ?? path.join(root, "functions/cloudflare", args.variant ? `build-${args.variant}` : "build"));
/** The pages; with partner realms a copy of them that may talk to these. */
function pages() {
  const built = path.resolve(args.assets);
  if (args.realm.length === 0) return built;
  const own = path.join(state, "pages");
  place(built, own, args.realm);
  return own;
}

const workerdLog = createWriteStream(path.join(state, "workerd.log"), { flags: "a" });
const queueLog = createWriteStream(path.join(state, "queue.log"), { flags: "a" });

/** A free port, so that the origin is known before the worker starts: WebAuthn binds to it. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The secret that a deployment would set with `wrangler secret put`: kept beside the state, never in the database. */
function platformSecret() {
  const file = path.join(state, "platform-secret");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}

/**
 * Every module of a build directory. First stands an entry that gives the worker a second, named entrypoint: a service
 * binding without a name would end at the router of the static assets, which has no queue handler.
 */
function modules(entry) {
  const directory = path.dirname(entry);
  const found = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile() && /\.(m?js|wasm)$/.test(f.name))
    .map((f) => path.join(f.parentPath ?? f.path, f.name));
  const from = JSON.stringify(`./${path.basename(entry)}`);
  const contents = `export * from ${from};\nexport { default, default as Consumer } from ${from};\n`;
  return [
    { type: "ESModule", path: path.join(directory, "entry-of-tests.mjs"), contents },
    ...found.map((file) => ({ type: file.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: file })),
  ];
}

// Sits between queue and consumer and prints each message, so that the canary scan sees what a queue would keep.
const TAP = `export default {
  async queue(batch, env) {
    for (const m of batch.messages) {
      const b = m.body;
      const bytes = b instanceof ArrayBuffer ? new Uint8Array(b) : ArrayBuffer.isView(b) ? new Uint8Array(b.buffer, b.byteOffset, b.byteLength) : null;
      const text = bytes ? Array.from(bytes, (x) => x.toString(16).padStart(2, "0")).join("") : typeof b === "string" ? b : JSON.stringify(b);
      console.log("VESTIBULE-QUEUE " + text);
    }
    const r = await env.CONSUMER.queue(batch.queue, batch.messages.map((m) => ({ id: m.id, timestamp: m.timestamp, attempts: m.attempts, body: m.body })));
    if (r.outcome !== "ok" && !r.retryBatch?.retry) throw new Error("the consumer failed: " + r.outcome);
    const explicit = new Set(r.explicitAcks);
    const retries = new Map((r.retryMessages ?? []).map((m) => [m.msgId ?? m.id, m]));
    for (const m of batch.messages) {
      const retry = retries.get(m.id) ?? (r.retryBatch?.retry && !explicit.has(m.id) ? r.retryBatch : undefined);
      if (retry) m.retry({ delaySeconds: retry.delaySeconds }); else m.ack();
    }
  },
};`;

/** Worker options from wrangler.toml: the single list of bindings. */
function options(port) {
  const origin = `http://localhost:${port}`;
  // An explicit, empty env file: a developer's .dev.vars must not leak into a test.
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(args.config, undefined, { envFiles: ["/dev/null"] });
  const entry = args.worker || args.variant ? path.join(build, path.basename(main)) : main;
  const { modulesRules: _, assets, ...rest } = workerOptions;
  const given = Object.fromEntries(args.var.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  const worker = {
    ...rest,
    name: "vestibule",
    rootPath: path.dirname(entry),
    modulesRoot: path.dirname(entry),
    modules: modules(entry),
    bindings: { ...rest.bindings, ORIGIN: origin, PLATFORM_SECRET: platformSecret(), ...given },
  };
  if (assets) worker.assets = { ...assets, directory: assetsFolder };
  if (args.direct) worker.unsafeDirectSockets = [{ host: "127.0.0.1", port: 0, entrypoint: "Consumer" }];
  const workers = [worker];
  const consumers = worker.queueConsumers;
  if (consumers && !args["no-queue-tap"]) {
    delete worker.queueConsumers;
    workers.push({
      name: "queue-tap",
      modules: [{ type: "ESModule", path: "tap.mjs", contents: TAP }],
      modulesRoot: "/",
      compatibilityDate: rest.compatibilityDate,
      compatibilityFlags: ["service_binding_extra_handlers"],
      queueConsumers: consumers,
      serviceBindings: { CONSUMER: { name: worker.name, entrypoint: "Consumer" } },
    });
  }
  return {
    origin,
    miniflare: {
      host: "127.0.0.1",
      port,
      defaultPersistRoot: path.join(state, "data"),
      handleRuntimeStdio: capture,
      cf: false,
      telemetry: { enabled: false },
      workers,
    },
  };
}

/** workerd's output goes to the log; tapped queue messages to their own file. */
function capture(...streams) {
  for (const stream of streams) {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const at = line.indexOf("VESTIBULE-QUEUE ");
        (at < 0 ? workerdLog : queueLog).write((at < 0 ? line : line.slice(at + 16)) + "\n");
        if (args.verbose && at < 0) console.error(line);
      }
    });
    stream.on("end", () => rest && workerdLog.write(rest + "\n"));
  }
}

/** Process ids of workerd: this process's children of that name (Linux). */
function workerdPids() {
  return readFileSync(`/proc/self/task/${process.pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter((pid) => pid && readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "workerd");
}

const assetsFolder = pages();
const port = Number(args.port) || (await freePort());
let { origin, miniflare } = options(port);
let server = new Miniflare(miniflare);
let busy = server.ready;
await busy.catch((error) => {
  console.error(`serve.mjs: workerd did not start: ${error.message}\n${readFileSync(path.join(state, "workerd.log"), "utf8").slice(-4000)}`);
  process.exit(1);
});
if (args.direct) console.log(`DIRECT ${(await server.unsafeGetDirectURL("vestibule", "Consumer")).origin}`);
console.log(`READY ${origin}`);

async function stop(code) {
  await busy.catch(() => {});
  await server.dispose();
  await Promise.all([workerdLog, queueLog].map((log) => new Promise((done) => log.end(done))));
  process.exit(code);
}

/** A crash, as power loss would be: workerd is killed, then started again on the same state and port. */
async function crash() {
  for (const pid of workerdPids()) process.kill(Number(pid), "SIGKILL");
  await server.dispose().catch((error) => workerdLog.write(`dispose after crash: ${error}\n`));
  restore(state);
  server = new Miniflare(options(port).miniflare);
  await server.ready;
  console.log(`READY ${origin}`);
}

process.on("SIGTERM", () => stop(0));
process.on("SIGINT", () => stop(0));
process.on("SIGUSR2", () => {
  busy = busy.then(crash).catch((error) => {
    console.error("serve.mjs: restart failed:", error);
    process.exit(1);
  });
});
if (args["until-stdin-closes"]) {
  process.stdin.on("end", () => stop(0));
  process.stdin.resume();
}
