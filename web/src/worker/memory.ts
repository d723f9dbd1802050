/**
 * What this browser remembers, in IndexedDB: sealed bytes, and the key that guards them. The key is a WebCrypto HMAC
 * key that cannot be exported, so a copied profile folder is not enough to open what it guards.
 */
const STORE = 'memory';
const encoder = new TextEncoder();

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('vestibule', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
  return opened;
}

async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction(STORE, mode);
  const request = act(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'));
  });
}

export const recall = <T>(key: string): Promise<T | undefined> => run('readonly', (store) => store.get(key));
export const remember = (key: string, value: unknown): Promise<unknown> =>
  run('readwrite', (store) => store.put(value, key));
export const forget = (key: string): Promise<unknown> => run('readwrite', (store) => store.delete(key));

/** The names under which something is remembered that begin with `prefix`. */
export const remembered = (prefix: string): Promise<IDBValidKey[]> =>
  run('readonly', (store) => store.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));

async function deviceKey(): Promise<CryptoKey> {
  const known = await recall<CryptoKey>('device-key');
  if (known) return known;
  const fresh = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  await remember('device-key', fresh);
  return fresh;
}

/** 32 bytes that only this browser profile can derive again, one value for each purpose. */
export async function deviceSecret(purpose: string): Promise<Uint8Array> {
  const mac = await crypto.subtle.sign('HMAC', await deviceKey(), encoder.encode(`vestibule/device/v1/${purpose}`));
  return new Uint8Array(mac);
}
