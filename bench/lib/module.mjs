// The booking page's module: bytes on the wire and time to be ready.
import { readFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { median } from "./stats.mjs";

/** 60 KiB. */
const LIMIT = 61440;

/** As a content delivery network sends it: brotli at its highest quality. */
const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length;

export async function moduleRows(root, browser) {
  const size = brotli(readFileSync(path.join(root, "web/src/wasm/patient-simd/vestibule_wasm_bg.wasm")));
  const times = [];
  for (let n = 0; n < 15; n += 1) times.push(await browser.ask("instantiate", "/wasm/patient-simd"));
  const ms = median(times);
  return [
    { name: "wasm_patient_brotli_bytes", ours: size, peer: LIMIT, ratio: size / LIMIT, unit: "bytes", mark: "at most 1" },
    { name: "wasm_instantiate_ms", ours: ms, peer: null, ratio: null, unit: "ms", mark: "" },
  ];
}
