/**
 * The only script addresses that Trusted Types lets pages start: our own workers. The policy refuses every other
 * origin, so an injected address cannot become a script.
 */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

const factory = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
const policy = factory?.createPolicy('vestibule', {
  createScriptURL(url) {
    const { origin, pathname } = new URL(url, location.origin);
    if (origin !== location.origin || !/\.worker(-[\w-]+)?\.(js|ts)$/.test(pathname)) throw new TypeError('not our worker');
    return url;
  },
});

/** Registers a service worker of this site, which is asked for anew each time. */
export function registerServiceWorker(url: string): Promise<ServiceWorkerRegistration> {
  return navigator.serviceWorker.register(policy ? policy.createScriptURL(url) : url, { updateViaCache: 'none' });
}

/** Starts a module worker of this site. */
export function startWorker(url: string): Worker {
  return new Worker(policy ? policy.createScriptURL(url) : url, { type: 'module' });
}
