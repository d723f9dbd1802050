import plainHash from '$wasm/practice/vestibule_wasm_bg.wasm?integrity';
import plainUrl from '$wasm/practice/vestibule_wasm_bg.wasm?url';
import simdHash from '$wasm/practice-simd/vestibule_wasm_bg.wasm?integrity';
import simdUrl from '$wasm/practice-simd/vestibule_wasm_bg.wasm?url';
import type { PracticeApi, PracticeWasm } from '../lib/api';
import { CodedError } from '../lib/errors';
import { serve } from '../lib/rpc';
import { deviceSecret, forget, recall, remember, remembered } from './memory';
import { loadWasm } from './wasm';

const loading = loadWasm({
  simd: { glue: () => import('$wasm/practice-simd/vestibule_wasm.js'), url: simdUrl, integrity: simdHash },
  plain: { glue: () => import('$wasm/practice/vestibule_wasm.js'), url: plainUrl, integrity: plainHash },
});
// Whoever calls first is told; without this the browser would report it as unhandled as well.
loading.catch(() => undefined);

let client: PracticeWasm | undefined;
let fingerprint = '';

function practice(): PracticeWasm {
  if (!client) throw new CodedError('not-started');
  return client;
}

const memoryKey = () => `practice/${fingerprint}`;

/** Keeps what must not go backwards (manifest, catalog, heads of appointments) across sign-ins. */
async function keepMemory(): Promise<void> {
  await remember(memoryKey(), await practice().memory(await deviceSecret(memoryKey())));
}

async function restoreMemory(): Promise<void> {
  const blob = await recall<Uint8Array>(memoryKey());
  if (blob) await practice().restoreMemory(blob, await deviceSecret(memoryKey()));
}

/** Appointments that were verified, sealed so that only a sign-in on this device opens them; one blob for four weeks. */
const calendarKey = () => `calendar/${fingerprint}/`;
const calendarSecret = () => deviceSecret(calendarKey());

async function joinPeriods(from: number, to: number): Promise<void> {
  for (const period of practice().periodsToJoin(from, to)) {
    const sealed = await recall<Uint8Array>(calendarKey() + period);
    practice().joinPeriod(period, sealed, await calendarSecret());
  }
}

async function keepPeriods(): Promise<void> {
  for (const [period, sealed] of practice().changedPeriods(await calendarSecret())) {
    await remember(calendarKey() + period, sealed);
  }
}

async function forgetPastPeriods(): Promise<void> {
  for (const key of (await remembered(calendarKey())).map(String)) {
    if (practice().isPast(Number(key.slice(calendarKey().length)))) await forget(key);
  }
}

const api: PracticeApi = {
  async start(origin) {
    const module = await loading;
    client = new module.PracticeClient(origin);
  },
  foundBegin: (founding, code) => practice().foundBegin(founding, code),
  async foundFinish(registration, prf, realms) {
    const founded = await practice().foundFinish(registration, prf, realms);
    prf.fill(0);
    fingerprint = founded.fingerprint;
    await keepMemory();
    return founded;
  },
  signInBegin: (text) => practice().signInBegin(text),
  async signInFinish(text, assertion, prf) {
    await practice().signInFinish(assertion, prf);
    prf.fill(0);
    fingerprint = text;
    await restoreMemory();
    await forgetPastPeriods();
  },
  async directory() {
    const view = await practice().directory();
    await keepMemory();
    return view;
  },
  async calendar(from, to) {
    await joinPeriods(from, to);
    return practice().calendar(from, to);
  },
  beside: (from, to) => practice().beside(from, to),
  verify: (ids) => practice().verify(ids),
  waitingList: () => practice().waitingList(),
  removeWaiting: (id) => practice().removeWaiting(id),
  act: (id, act) => practice().act(id, act),
  enter: (entry) => practice().enter(entry),
  weekly: async (resource, start, weeks, count) => practice().weekly(resource, start, weeks, count),
  cancelRest: (id, note) => practice().cancelRest(id, note),
  async memos(about) {
    const shown = await practice().memos(about);
    await keepMemory();
    return shown;
  },
  async tasks() {
    const shown = await practice().tasks();
    await keepMemory();
    return shown;
  },
  async writeMemo(wish) {
    const shown = await practice().writeMemo(wish);
    await keepMemory();
    return shown;
  },
  memoMarks: (from, to) => practice().memoMarks(from, to),
  appointment: (id) => practice().appointment(id),
  async keep() {
    await keepMemory();
    await keepPeriods();
  },
  catalog: async () => JSON.parse(practice().catalog()),
  async updateCatalog(edit) {
    await practice().updateCatalog(JSON.stringify(edit));
    await keepMemory();
  },
  conflicts: async (edit, booked) => JSON.parse(practice().conflicts(edit && JSON.stringify(edit), JSON.stringify(booked))),
  guards: async () => practice().guards(),
  fingerprintOf: (origin) => practice().fingerprintOf(origin),
  moving: () => practice().moving(),
  async reshare(wanted, prf, progress) {
    try {
      return await practice().reshare(wanted, prf, progress);
    } finally {
      prf.fill(0);
      await keepMemory();
    }
  },
  async endMoving() {
    const missed = await practice().endMoving();
    await keepMemory();
    return missed;
  },
  tellEnded: () => practice().tellEnded(),
  newCode: async () => practice().newCode(),
  refresh: () => practice().refresh(),
  lock: async () => practice().forget(),
};

serve(api);
