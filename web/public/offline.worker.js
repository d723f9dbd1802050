// Where there is no network: "my appointments" from what the page itself has kept (src/me/pages.ts), for those who asked for that.
// While there is one, everything comes from it, so no page is ever older than the server's.
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== location.origin) return;
  if (pathname !== '/me/' && pathname !== '/favicon.svg' && !pathname.startsWith('/assets/')) return;
  event.respondWith(
    fetch(event.request).catch(async (error) => {
      const kept = await caches.match(pathname, { ignoreVary: true });
      if (!kept) throw error;
      return kept;
    }),
  );
});
