/**
 * Keeps this page and all that it loaded, so that a service worker can show it where there is no network. The worker asks the network
 * first; what is kept here is never newer than what was shown.
 */
import { registerServiceWorker } from '../lib/trusted';

const CACHE = 'vestibule-me';
const WORKER = '/offline.worker.js';

/** Paths that the page and its worker have loaded, and the page itself. */
function paths(inWorker: string[]): string[] {
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
  const own = [...loaded, ...inWorker].map((url) => new URL(url)).filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith('/assets/'));
  return [...new Set(['/me/', '/favicon.svg', ...own.map(({ pathname }) => pathname)])];
}

/** Keeps the page as it runs now, and forgets what an earlier one had. Fails if a part cannot be had. */
export async function keepPages(inWorker: string[]): Promise<void> {
  const wanted = paths(inWorker);
  const cache = await caches.open(CACHE);
  await cache.addAll(wanted);
  for (const { url } of await cache.keys()) if (!wanted.includes(new URL(url).pathname)) await cache.delete(url);
  await registerServiceWorker(WORKER);
  await navigator.serviceWorker.ready;
}

/** Undoes `keepPages`. */
export async function dropPages(): Promise<void> {
  await caches.delete(CACHE);
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
}
