// The Rust side as a child process that answers JSON lines: `tests/formats/peer`. Byte strings travel as hex.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The Rust side refused; `message` says why. */
export class Refused extends Error {}

export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const unhex = (text) => new Uint8Array(Buffer.from(text, 'hex'));

const toJson = (value) => {
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(toJson);
  return value;
};

/** Starts the peer: VESTIBULE_PEER names a built one, else cargo builds it. */
export function startPeer() {
  const built = process.env.VESTIBULE_PEER;
  const [command, args] = built ? [built, []] : ['cargo', ['run', '--quiet', '--package', 'vestibule-peer']];
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  let ended = null;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { resolve, reject } = waiting.shift();
    const answer = JSON.parse(line);
    if (answer.error === undefined) resolve(answer);
    else reject(new Refused(answer.error));
  });
  const end = (why) => {
    ended = new Error(`the Rust peer ended: ${why}`);
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  child.on('error', (e) => end(e.message));
  child.on('exit', (code, signal) => end(code ?? signal));
  child.stdin.on('error', (e) => end(e.message));
  return {
    /** One operation; resolves with the answer's fields, rejects with `Refused`. */
    call: (op, args = {}) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        waiting.push({ resolve, reject });
        const fields = Object.entries(args).map(([key, value]) => [key, toJson(value)]);
        child.stdin.write(`${JSON.stringify({ op, ...Object.fromEntries(fields) })}\n`);
      }),
    /** Closes its input and waits for it to end. */
    stop: async () => {
      if (ended) return;
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
