import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { hashes, integrity } from './plugins/integrity.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Each page is an entry of its own, so that the booking page loads only what booking needs.
const pages = ['index.html', 'b/index.html', 'me/index.html', 'practice/index.html', 'w/index.html'];

export default defineConfig({
  root: here('.'),
  plugins: [svelte(), integrity()],
  resolve: {
    // Where `cargo xtask build` puts the output of wasm-bindgen; another folder for builds out of the tree.
    alias: { $wasm: process.env.VESTIBULE_WASM_DIR ?? here('./src/wasm') },
  },
  worker: { format: 'es', plugins: () => [hashes()] },
  server: { proxy: { '/v1': process.env.VESTIBULE_API ?? 'http://localhost:8787' } },
  build: {
    target: 'es2022',
    outDir: process.env.VESTIBULE_WEB_OUT ?? here('./dist'),
    emptyOutDir: true,
    // A data: URL in a script or style would need a weaker policy.
    assetsInlineLimit: 0,
    // The polyfill is for browsers without module preload, which lack what we need anyway.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: pages.map(here) },
  },
});
