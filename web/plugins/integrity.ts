import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin, ResolvedConfig } from 'vite';

const sha384 = (bytes: Uint8Array) => `sha384-${createHash('sha384').update(bytes).digest('base64')}`;

/** `import hash from './file?integrity'` gives what `fetch` is to hold the file against. The bundler copies such files unchanged. */
export function hashes(): Plugin {
  const QUERY = '?integrity';
  return {
    name: 'vestibule-hashes',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(QUERY)) return undefined;
      const file = id.slice(0, -QUERY.length);
      this.addWatchFile(file);
      return `export default ${JSON.stringify(sha384(await readFile(file)))}`;
    },
  };
}

const TAG = /<(script|link)\b[^>]*>/g;

async function htmlFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries.filter((name) => name.endsWith('.html')).map((name) => join(folder, name));
}

/**
 * Adds `integrity="sha384-…"` to each script, style sheet and module preload of the built pages, from the bytes as
 * written. A tag whose file is missing fails the build.
 */
export function integrity(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'vestibule-integrity',
    apply: 'build',
    enforce: 'post',
    configResolved(resolved) {
      config = resolved;
    },
    async closeBundle() {
      const folder = config.build.outDir;
      for (const file of await htmlFiles(folder)) {
        const html = await readFile(file, 'utf8');
        const known = new Map<string, string>();
        for (const [tag] of html.matchAll(TAG)) {
          const path = source(tag);
          if (path) {
            const bytes = await readFile(join(folder, path));
            known.set(path, sha384(bytes));
          }
        }
        const marked = html.replace(TAG, (tag) => {
          const hash = known.get(source(tag) ?? '');
          return hash ? tag.replace(/^<(script|link)/, `<$1 integrity="${hash}"`) : tag;
        });
        await writeFile(file, marked);
      }
    },
  };
}

/** Path of what a tag loads as code or style; undefined for icons and fonts. */
function source(tag: string): string | undefined {
  const loads = tag.startsWith('<script') || /rel="(stylesheet|modulepreload)"/.test(tag);
  return loads ? /\b(?:src|href)="\/([^"]+)"/.exec(tag)?.[1] : undefined;
}
