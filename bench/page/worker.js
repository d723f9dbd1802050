// What is measured inside Chromium. Times are taken here, in the worker, around the work alone.
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { argon2id } from "hash-wasm";

const PIN = "738194";
const SALT = new Uint8Array(32).fill(7);
const timed = async (work) => {
  const started = performance.now();
  const result = await work();
  return { ms: performance.now() - started, result };
};
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

let ours;
let appointments;
let keys;
let slots;
/** Monday 4 January 2027, 00:00 UTC. */
const MONDAY_CELL = 1_799_020_800 / 300;

const operations = {
  /** Loads our module: its URL is relative to the bench server. Returns the times to compile and to instantiate it. */
  async load(base) {
    const module = await import(`${base}/vestibule_wasm.js`);
    const bytes = await (await fetch(`${base}/vestibule_wasm_bg.wasm`)).arrayBuffer();
    const { ms, result } = await timed(async () => module.default({ module_or_path: await WebAssembly.compile(bytes) }));
    ours = { module, exports: result };
    return ms;
  },

  /** Compiles and instantiates our module afresh; milliseconds. */
  async instantiate(base) {
    const bytes = await (await fetch(`${base}/vestibule_wasm_bg.wasm`)).arrayBuffer();
    const imports = {};
    for (const { module, name, kind } of WebAssembly.Module.imports(await WebAssembly.compile(bytes))) {
      (imports[module] ??= {})[name] = kind === "function" ? () => 0 : undefined;
    }
    return (await timed(() => WebAssembly.instantiate(bytes, imports))).ms;
  },

  async argon2Peer() {
    const { ms, result } = await timed(() =>
      argon2id({ password: PIN, salt: SALT, iterations: 10, memorySize: 65536, parallelism: 1, hashLength: 32, outputType: "binary" }),
    );
    return { ms, hash: hex(result) };
  },

  async argon2Ours() {
    const { ms, result } = await timed(() => ours.module.argon2idBench(new TextEncoder().encode(PIN), SALT, 65536, 10));
    return { ms, hash: hex(result) };
  },

  /**
   * Appointments sealed as OpenReception's concept has them: an AES-256 key for each appointment, reached through a
   * Kyber encapsulation to the practice, opened in JavaScript.
   */
  async calendarPeerPrepare(count, plaintextBytes) {
    keys = ml_kem768.keygen();
    const secret = (bytes) => crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt"]);
    appointments = [];
    for (let n = 0; n < count; n += 1) {
      const { cipherText, sharedSecret } = ml_kem768.encapsulate(keys.publicKey);
      const [dek, wrapIv, iv] = [32, 12, 12].map((size) => crypto.getRandomValues(new Uint8Array(size)));
      const wrapped = await crypto.subtle.encrypt({ name: "AES-GCM", iv: wrapIv }, await secret(sharedSecret), dek);
      const body = crypto.getRandomValues(new Uint8Array(plaintextBytes));
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await secret(dek), body);
      appointments.push({ cipherText, wrapIv, wrapped, iv, sealed });
    }
  },

  async calendarPeer() {
    const key = (bytes) => crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["decrypt"]);
    const { ms, result } = await timed(() =>
      Promise.all(
        appointments.map(async ({ cipherText, wrapIv, wrapped, iv, sealed }) => {
          const shared = ml_kem768.decapsulate(cipherText, keys.secretKey);
          const dek = await crypto.subtle.decrypt({ name: "AES-GCM", iv: wrapIv }, await key(shared), wrapped);
          return crypto.subtle.decrypt({ name: "AES-GCM", iv }, await key(dek), sealed);
        }),
      ),
    );
    return { ms, opened: result.length };
  },

  /** One ML-KEM-768 decapsulation of the peer's; microseconds. */
  async decapsulatePeer(count) {
    const { cipherText } = ml_kem768.encapsulate(keys.publicKey);
    const { ms } = await timed(() => {
      for (let n = 0; n < count; n += 1) ml_kem768.decapsulate(cipherText, keys.secretKey);
    });
    return (ms * 1000) / count;
  },

  /** One unwrap of ours: X-Wing (ML-KEM-768 and X25519), HPKE, and the sealed secret; microseconds. */
  async unwrapOurs(count) {
    ours.wrap ??= new ours.module.WrapBench();
    const { ms } = await timed(() => ours.wrap.unwrap(count));
    return (ms * 1000) / count;
  },

  /** A practice with so many practitioners, days and appointments, for both sides. */
  slotsPrepare(practitioners, days, appointments) {
    ours.slots?.free();
    ours.slots = new ours.module.SlotsBench(practitioners, days, appointments);
    const pairs = ours.slots.claims();
    slots = { practitioners, days, taken: Array.from({ length: practitioners }, () => new Set()) };
    for (let n = 0; n < pairs.length; n += 2) slots.taken[pairs[n] - 1].add(pairs[n + 1]);
    return ours.exports.memory.buffer.byteLength;
  },

  async slotsOurs() {
    const { ms, result } = await timed(() => ours.slots.run());
    return { ms, found: result };
  },

  /** What plain JavaScript takes that knows one zone, one length, weekly hours and nothing else. */
  async slotsPeer() {
    const { ms, result } = await timed(() => {
      const found = [];
      for (let day = 0; day < slots.days; day += 1) {
        if (day % 7 > 4) continue;
        const midnight = MONDAY_CELL + day * 288 - 12;
        for (let who = 0; who < slots.practitioners; who += 1) {
          for (const [from, to] of [[96, 144], [156, 204]]) {
            for (let at = from; at + 4 <= to; at += 1) {
              if ((at - from) % 4 && (at - from) % 3) continue;
              const start = midnight + at;
              const taken = slots.taken[who];
              if (taken.has(start) || taken.has(start + 1) || taken.has(start + 2) || taken.has(start + 3)) continue;
              found.push({ resource: who, start: start * 300 });
            }
          }
        }
      }
      return found.sort((a, b) => a.start - b.start || a.resource - b.resource);
    });
    return { ms, found: result.length };
  },

  /** Ours: sealed by the code that seals bookings, opened by the code that the calendar runs, with all its checks. */
  calendarOursPrepare(count) {
    ours.calendar = new ours.module.OpenBench(count);
  },

  /** First opening: a hybrid KEM operation for each, as far as the lines are shown; signatures still to be verified. */
  async calendarOursFirst() {
    ours.calendar.reset(false);
    const { ms, result } = await timed(() => ours.calendar.open(false));
    return { ms, opened: result.filter(({ name, checking }) => name && checking).length };
  },

  /** The same, and every patient's composite signature verified. */
  async calendarOursVerified() {
    ours.calendar.reset(false);
    const { ms, result } = await timed(() => {
      ours.calendar.open(false);
      return ours.calendar.verify();
    });
    return { ms, opened: result.filter(({ name, checking }) => name && !checking).length };
  },

  /** First opening on another device: the server has the cache hints of the first. */
  async calendarOursHinted() {
    ours.calendar.reset(false);
    const { ms, result } = await timed(() => ours.calendar.open(true));
    return { ms, opened: result.filter(({ name, checking }) => name && checking).length };
  },

  /** Later openings: what this device keeps of what it verified, matched with what the server lists. */
  async calendarOursCached() {
    ours.calendar.reset(true);
    const { ms, result } = await timed(() => ours.calendar.openKept());
    return { ms, opened: result.filter(({ name, checking }) => name && !checking).length };
  },
};

self.onmessage = async ({ data: { id, op, args } }) => {
  try {
    self.postMessage({ id, result: await operations[op](...args) });
  } catch (error) {
    self.postMessage({ id, error: `${op}: ${error?.stack ?? error}` });
  }
};
