import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { problems as de } from './de/problems';
import { problems as en } from './en/problems';

const repository = new URL('../../../', import.meta.url);

/** Codes that the Rust sources can throw: the strings inside functions named `code`, `…_code` or `slug` tables. */
function codesOf(folder: string): string[] {
  const path = new URL(`${folder}/`, repository);
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.rs') && !name.includes('test'));
  return files.flatMap((name) => {
    const text = readFileSync(new URL(name, path), 'utf8');
    const bodies = [...text.matchAll(/fn (?:\w+_)?code\([^]*?\n(?: {4})?\}/g)].map(([body]) => body);
    const thrown = [...text.matchAll(/Failure::input\("([\w-]+)"\)/g)].map(([, code]) => code!);
    return [...bodies.flatMap((body) => [...body.matchAll(/=> "([a-z-]+)"/g)].map(([, code]) => code!)), ...thrown];
  });
}

function slugs(): string[] {
  const text = readFileSync(new URL('core/src/problem.rs', repository), 'utf8');
  return [...text.matchAll(/= \d{3}, "([a-z-]+)"/g)].map(([, slug]) => slug!);
}

export default {
  'every code of the crypto module and the server has words in both languages'() {
    const codes = new Set([...codesOf('edge-crypto/src'), ...codesOf('edge-crypto/wasm/src'), ...slugs()]);
    assert.ok(codes.size > 60, `only ${codes.size} codes were found: the sources moved`);
    assert.deepEqual([...codes].filter((code) => !Object.hasOwn(de, code)), []);
  },
  'the languages differ where they should'() {
    assert.deepEqual(Object.keys(en), Object.keys(de));
    for (const [code, words] of Object.entries(de)) assert.notEqual(words, en[code as keyof typeof en], code);
  },
};
