// The known answers inside WebAssembly: the same functions that `cargo test -p vestibule-kat` runs natively.
// `cargo xtask test formats` builds the module first.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

const target = process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, '../../target');
const path = join(target, 'wasm-simd/wasm32-unknown-unknown/release/vestibule_kat.wasm');
const { instance } = await WebAssembly.instantiate(await readFile(path), {});
const { memory, groups, group_name, group_name_len, run_group } = instance.exports;

const name = (index) =>
  new TextDecoder().decode(new Uint8Array(memory.buffer, group_name(index), group_name_len(index)));

// What native runs print; a group that shrinks unseen would prove less.
const atLeast = 1_000;

test('known answers in WebAssembly', async (t) => {
  let cases = 0;
  for (let index = 0; index < groups(); index += 1) {
    await t.test(name(index), () => {
      const held = run_group(index);
      assert.ok(held > 0);
      cases += held;
    });
  }
  assert.ok(cases >= atLeast, `${cases} cases`);
});
