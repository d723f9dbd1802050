// Runs the tests that stand beside the sources (`src/**/*.test.ts`) in Node, through the same transform as the build.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { createServer } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = readdirSync(`${root}src`, { recursive: true }).filter((name) => name.endsWith('.test.ts'));

const server = await createServer({ root, configFile: `${root}vite.config.ts`, appType: 'custom', server: { middlewareMode: true, hmr: false, ws: false }, logLevel: 'error' });
after(() => server.close());
test(`${files.length} files`, async (t) => {
  for (const file of files) {
    const { default: cases } = await server.ssrLoadModule(`/src/${file}`);
    for (const [name, run] of Object.entries(cases)) await t.test(`${file}: ${name}`, run);
  }
});
