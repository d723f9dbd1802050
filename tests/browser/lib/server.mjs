// A worker of our own on real workerd, so that what it stored can be searched when it has stopped.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Waits until `check` gives something other than undefined, asking anew in short steps; says what it waited for. */
export async function until(what, check, limit = 60_000) {
  const end = Date.now() + limit;
  for (;;) {
    const found = await check();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ${limit / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** More arguments for serve.mjs, by a developer who built worker or pages elsewhere (`--worker DIR --assets DIR`). */
const extra = process.env.VESTIBULE_SERVE_ARGS?.split(' ') ?? [];

/** Starts tests/harness/serve.mjs on a fresh state directory; `realms` are the origins that its pages may choose as partners. */
export const startServer = ({ realms = [] } = {}) =>
  start('serve.mjs', [...extra, ...realms.flatMap((origin) => ['--realm', origin])]);

/** Starts a server that only guards PINs, on the Spin host: VESTIBULE_SPIN_HOST is the program. */
export const startRealm = ({ vars = {} } = {}) =>
  start('serve-spin.mjs', ['--variant', 'realm'].concat(Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}=${value}`])));

async function start(harness, options) {
  const state = mkdtempSync(join(tmpdir(), 'vestibule-browser-'));
  const child = spawn('node', [`tests/harness/${harness}`, '--state', state, '--until-stdin-closes', ...options], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const origin = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${harness} ended with ${code} before it was ready`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = /^READY (\S+)$/.exec(line);
      if (ready) resolve(ready[1]);
    });
  });
  const needles = [];
  return {
    origin,
    state,
    /** Notes `{text}` or `{hex}` that must never be found in what the server stores or logs. */
    needle(name, value) {
      const line = { name, ...value };
      if (needles.some((each) => each.name === name)) return;
      needles.push(line);
      // The scan over the server that the other tests share looks for ours too.
      const shared = process.env.VESTIBULE_NEEDLES;
      if (shared) appendFileSync(shared, `${JSON.stringify(line)}\n`);
    },
    /** The newest message in the development outbox to this address, once there are `count` of them. */
    mailTo(address, count = 1) {
      return until(`mail ${count} to the patient`, async () => {
        const answer = await fetch(`${origin}/dev/outbox.json`);
        if (!answer.ok) throw new Error(`outbox: ${answer.status}`);
        const mails = (await answer.json()).filter((mail) => mail.to === address);
        return mails.length >= count ? mails.at(-1) : undefined;
      });
    },
    /** Stops the server, so that everything is on disk. */
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
    /** Scans all of the state but the platform secret for the needles; gives the scanner's exit code and output. */
    scan(wanted = needles) {
      const file = join(state, 'needles.json');
      writeFileSync(file, JSON.stringify(wanted));
      const paths = ['data', 'workerd.log', 'queue.log', 'spin.log'].map((name) => join(state, name)).filter(existsSync);
      const run = spawnSync('node', ['tests/canary/scan.mjs', '--needles', file, ...paths], { cwd: root, encoding: 'utf8' });
      return { code: run.status, output: run.stdout + run.stderr };
    },
    remove: () => rmSync(state, { recursive: true, force: true }),
  };
}
