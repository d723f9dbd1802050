// What hashing a PIN leaves behind in WebAssembly's memory: 64 MiB that follow from the PIN must be gone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

const target = process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, '../../target');
const path = join(target, 'wasm-simd/wasm32-unknown-unknown/release/vestibule_kat.wasm');
const MIB = 1 << 20;

test('the memory of Argon2 is wiped', async () => {
  const { instance } = await WebAssembly.instantiate(await readFile(path), {});
  const { memory, groups, group_name, group_name_len, run_group } = instance.exports;
  const name = (index) =>
    new TextDecoder().decode(new Uint8Array(memory.buffer, group_name(index), group_name_len(index)));
  const pins = Array.from({ length: groups() }, (_, index) => index).find((index) => name(index) === 'own: hashed PIN');
  // The vectors themselves are in the memory from the start.
  const filled = () => new Uint8Array(memory.buffer).reduce((sum, byte) => sum + (byte === 0 ? 0 : 1), 0);
  const before = filled();
  assert.ok(run_group(pins) > 0);
  // It was there: the memory only grows.
  assert.ok(memory.buffer.byteLength > 64 * MIB);
  const left = filled() - before;
  assert.ok(left < MIB, `${left} more bytes than before are not zero`);
});
