import type { WasmModule } from '../lib/api';
import { CodedError } from '../lib/errors';

/** A function that uses one 128-bit vector instruction: valid only where the browser has WASM SIMD. */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** One build of the module: its glue, the address of its code, and the hash of that. */
export interface Variant {
  glue(): Promise<unknown>;
  url: string;
  integrity: string;
}

/** Loads the variant that this browser can run. */
export async function loadWasm(variants: { simd: Variant; plain: Variant }): Promise<WasmModule> {
  const { glue, url, integrity } = WebAssembly.validate(SIMD_PROBE) ? variants.simd : variants.plain;
  // Both downloads at once.
  const code = fetch(url, { integrity, credentials: 'same-origin', referrerPolicy: 'no-referrer' });
  try {
    const module = (await glue()) as WasmModule;
    await module.default({ module_or_path: code });
    return module;
  } catch (error) {
    throw new CodedError('module-failed', undefined, String(error));
  }
}
