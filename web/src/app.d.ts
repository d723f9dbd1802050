// The generated glue of wasm-bindgen; `lib/api.ts` has its types, since the folder exists only after a WASM build.
declare module '$wasm/*/vestibule_wasm.js';

declare module '*?integrity' {
  /** SHA-384 of the file, as `fetch` takes it. */
  const hash: string;
  export default hash;
}
