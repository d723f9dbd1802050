// A page in headless Chromium with one Web Worker that does the measured work; files come from a server on the loopback
// interface, because a worker and its WASM need an origin.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Bundles `page/worker.js`, serves it and the given folders (URL prefix -> directory), opens the page. */
export async function openBrowser(root, folders) {
  const bundle = await esbuild.build({
    entryPoints: [path.join(root, "bench/page/worker.js")],
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    write: false,
  });
  const files = new Map([
    ["/", ["text/html", "<!doctype html><title>bench</title>"]],
    ["/worker.js", ["text/javascript", bundle.outputFiles[0].contents]],
  ]);
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost").pathname;
    let found = files.get(url);
    for (const [prefix, directory] of Object.entries(folders)) {
      if (!found && url.startsWith(prefix)) {
        const file = path.join(directory, path.normalize(url.slice(prefix.length)));
        found = await readFile(file).then((bytes) => [TYPES[path.extname(file)] ?? "application/octet-stream", bytes], () => undefined);
      }
    }
    response.writeHead(found ? 200 : 404, { "content-type": found?.[0] ?? "text/plain" });
    response.end(found?.[1]);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  });
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error("bench page:", error));
  await page.goto(`http://localhost:${server.address().port}/`);
  await page.evaluate(() => {
    const worker = new Worker("/worker.js", { type: "module" });
    const open = new Map();
    let last = 0;
    worker.onmessage = ({ data }) => {
      const { resolve, reject } = open.get(data.id);
      open.delete(data.id);
      if ("error" in data) reject(new Error(data.error));
      else resolve(data.result);
    };
    worker.onerror = (event) => open.forEach(({ reject }) => reject(new Error(event.message)));
    globalThis.ask = (op, ...args) =>
      new Promise((resolve, reject) => {
        open.set((last += 1), { resolve, reject });
        worker.postMessage({ id: last, op, args });
      });
  });
  return {
    version: browser.version(),
    /** Runs an operation of the worker and returns its result. */
    ask: (op, ...args) => page.evaluate(([o, a]) => globalThis.ask(o, ...a), [op, args]),
    async close() {
      await browser.close();
      server.close();
    },
  };
}
