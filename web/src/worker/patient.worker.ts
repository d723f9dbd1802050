import plainHash from '$wasm/patient/vestibule_wasm_bg.wasm?integrity';
import plainUrl from '$wasm/patient/vestibule_wasm_bg.wasm?url';
import simdHash from '$wasm/patient-simd/vestibule_wasm_bg.wasm?integrity';
import simdUrl from '$wasm/patient-simd/vestibule_wasm_bg.wasm?url';
import type { PatientApi, PatientWasm } from '../lib/api';
import { CodedError } from '../lib/errors';
import { serve } from '../lib/rpc';
import { deviceSecret, forget, recall, remember } from './memory';
import { loadWasm } from './wasm';

const loading = loadWasm({
  simd: { glue: () => import('$wasm/patient-simd/vestibule_wasm.js'), url: simdUrl, integrity: simdHash },
  plain: { glue: () => import('$wasm/patient/vestibule_wasm.js'), url: plainUrl, integrity: plainHash },
});
// Whoever calls first is told; without this the browser would report it as unhandled as well.
loading.catch(() => undefined);

let client: PatientWasm | undefined;
let fingerprint = '';

function patient(): PatientWasm {
  if (!client) throw new CodedError('not-started');
  return client;
}

const blobKey = () => `patient/${fingerprint}`;
const seenKey = () => `seen/${fingerprint}`;
const secret = () => deviceSecret(blobKey());

/** What is kept for use without a network, all of it sealed by the module. */
interface Kept {
  registration: string;
  at: number;
  view: Uint8Array;
  passkey?: { credential: Uint8Array; salt: Uint8Array; share: Uint8Array };
}
const keptKey = () => `offline/${fingerprint}`;

async function keep(view: Uint8Array, passkey: Kept['passkey']): Promise<void> {
  const kept: Kept = { registration: patient().registration(), at: Math.floor(Date.now() / 1000), view, ...(passkey && { passkey }) };
  await remember(keptKey(), kept);
}

/** What is kept, and the device's memory, without which it does not open. */
async function keptWithDevice(): Promise<[Kept, Uint8Array]> {
  const [kept, blob] = [await recall<Kept>(keptKey()), await recall<Uint8Array>(blobKey())];
  if (!kept || !blob) throw new CodedError('device-unknown');
  return [kept, blob];
}

/** A right PIN refreshes what the device holds, if it holds anything. */
async function refreshBlob(): Promise<void> {
  if (await recall(blobKey())) await api.rememberDevice();
}

const api: PatientApi = {
  async start(origin, text) {
    const module = await loading;
    fingerprint = text;
    client = new module.PatientClient(origin, text);
  },
  async directory() {
    const view = await patient().directory(await recall(seenKey()));
    if (view.seen) await remember(seenKey(), view.seen);
    return view;
  },
  locate: (email) => patient().locate(email),
  checkPin: async (pin, birthDate) => patient().checkPin(pin, birthDate || undefined) ?? null,
  prepareEnrolment: (pin, progress) => patient().prepareEnrolment(pin, progress),
  requestCode: async (locale) => [...(await patient().requestCode(locale))],
  redeem: (codes) => patient().redeem(codes),
  enrol: () => patient().enrol(),
  async unlock(pin, progress) {
    const result = await patient().unlock(pin, progress);
    await refreshBlob();
    return result;
  },
  witness: async () => [...(await patient().witness())],
  book: (request) => patient().book(request),
  bookSeries: (request, starts) => patient().bookSeries(request, starts),
  appointments: () => patient().appointments(),
  cancel: (id, note) => patient().cancel(id, note),
  accept: (id) => patient().accept(id),
  moveTo: (id, resource, start) => patient().moveTo(id, resource, start),
  wait: (request) => patient().wait(request),
  waiting: () => patient().waiting(),
  acceptOffer: (id) => patient().acceptOffer(id),
  waitingAct: (id, leave) => patient().waitingAct(id, leave),
  async changePin(old, next, progress) {
    await patient().changePin(old, next, progress);
    await refreshBlob();
  },
  deviceKnown: async () => (await recall(blobKey())) !== undefined,
  async rememberDevice() {
    await remember(blobKey(), await patient().deviceBlob(await secret()));
  },
  async unlockKnown(pin, progress) {
    const blob = await recall<Uint8Array>(blobKey());
    if (!blob) throw new CodedError('device-unknown');
    const result = await patient().unlockDevice(pin, blob, await secret(), progress);
    await refreshBlob();
    return result;
  },
  forgetDevice: async () => {
    await forget(keptKey());
    await forget(blobKey());
  },
  async kept() {
    const [kept, blob] = [await recall<Kept>(keptKey()), await recall(blobKey())];
    if (!kept || !blob) return undefined;
    return { at: kept.at, ...(kept.passkey && { passkey: { credential: kept.passkey.credential, salt: kept.passkey.salt } }) };
  },
  async keepWithPasskey(pin, { credential, salt }, prf, view, progress) {
    const blob = await recall<Uint8Array>(blobKey());
    if (!blob) throw new CodedError('device-unknown');
    const share = await patient().offlineShare(pin, prf, blob, await secret(), progress);
    await refreshBlob();
    await keep(patient().offlineKeep(view), { credential, salt, share });
  },
  keepWithPasscode: async (passcode, view, progress) => keep(patient().passcodeKeep(passcode, view, progress), undefined),
  async keepNewer(view) {
    const kept = await recall<Kept>(keptKey());
    if (!kept) return;
    if (kept.registration !== patient().registration()) await forget(keptKey());
    else if (kept.passkey) await keep(patient().offlineKeep(view), kept.passkey);
  },
  async openKept(pin, prf, progress) {
    const [{ passkey, view }, blob] = await keptWithDevice();
    if (!passkey) throw new CodedError('device-unknown');
    return patient().offlineOpen(pin, prf, passkey.share, view, blob, await secret(), progress);
  },
  async openKeptByPasscode(passcode, progress) {
    const [{ view }, blob] = await keptWithDevice();
    return patient().passcodeOpen(passcode, view, blob, await secret(), progress);
  },
  forgetKept: async () => {
    await forget(keptKey());
  },
  loaded: async () => [location.href, ...performance.getEntriesByType('resource').map(({ name }) => name)],
  lock: async () => patient().forget(),
};

serve(api);
