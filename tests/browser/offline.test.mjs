// Without a network: what a known device keeps, opened by PIN and passkey together, or by a passcode of its own; and how it is undone.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, addPasskeys, person, startBrowser } from './lib/browser.mjs';
import { look, tabTo } from './lib/page.mjs';
import * as patient from './lib/patient.mjs';
import * as practice from './lib/practice.mjs';
import { startServer } from './lib/server.mjs';

const mark = randomBytes(4).toString('hex');
const PATIENT = { name: `Testperson Eisvogel ${mark}`, email: `eisvogel.${mark}@patient.example`, reason: `Eisvogel am Wehr ${mark}` };
const PINS = { first: '83619420', wrong: '83619421', second: '50718264' };
const PASSCODE = 'Grüner Tee um vier';
const world = {};
let broken = false;

/** A step: those after a failed one fail at once. */
const step = (name, work) =>
  test(name, async () => {
    assert.ok(!broken, 'an earlier step failed');
    try {
      await work();
      assert.deepEqual([world.staff, world.patient].flatMap((each) => each?.complaints ?? []), [], 'console and policy');
    } catch (error) {
      broken = true;
      throw error;
    }
  });

before(async () => {
  [world.server, world.browser] = await Promise.all([startServer(), startBrowser()]);
});

after(async () => {
  await world.browser?.close();
  await world.server?.stop();
  if (!broken) world.server?.remove();
});

/** Without a network the page is loaded anew. */
async function offline(page) {
  await page.context().setOffline(true);
  await page.reload();
  await page.getByTestId('load-problem').waitFor();
}

/** With a network again, the patient unlocks with the PIN alone. */
async function online(page, pin) {
  await page.context().setOffline(false);
  await page.reload();
  await page.getByTestId('unlock-form').waitFor();
  await page.getByTestId('pin').fill(pin);
  await page.getByTestId('unlock').click();
  await page.getByTestId('appointment').waitFor();
}

/** All that this browser stores for the site, as one string of bytes. */
const stored = (page) =>
  page.evaluate(async () => {
    const parts = [];
    const walk = (value) => {
      if (value instanceof Uint8Array) parts.push(String.fromCharCode(...value));
      else if (typeof value === 'string') parts.push(value, unescape(encodeURIComponent(value)));
      else if (value && typeof value === 'object' && !(value instanceof CryptoKey)) Object.entries(value).forEach(([key, each]) => (parts.push(key), walk(each)));
    };
    const opening = indexedDB.open('vestibule', 1);
    await new Promise((resolve, reject) => ([opening.onsuccess, opening.onerror] = [resolve, reject]));
    const store = opening.result.transaction('memory').objectStore('memory');
    for (const request of [store.getAll(), store.getAllKeys()]) {
      await new Promise((resolve) => (request.onsuccess = resolve));
      walk(request.result);
    }
    opening.result.close();
    const pages = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        pages.push(new URL(request.url).pathname);
        parts.push(await (await cache.match(request)).text());
      }
    }
    walk({ ...localStorage, ...sessionStorage });
    return { text: parts.join('\n'), pages };
  });

async function holdsNothingReadable(page) {
  const { text, pages } = await stored(page);
  assert.ok(text.includes('registration') && pages.includes('/me/') && pages.some((path) => path.endsWith('.wasm')), 'the search sees what is kept');
  for (const needle of [PATIENT.name, PATIENT.email, PATIENT.reason, ...Object.values(PINS), PASSCODE]) {
    for (const form of [needle, Buffer.from(needle).toString('latin1'), Buffer.from(needle).toString('base64').replaceAll('=', '')]) assert.ok(!text.includes(form), needle);
  }
}

step('a patient has booked, and keeps the appointment with a passkey', async () => {
  const { server } = world;
  world.staff = await person(world.browser, { locale: 'de-DE', device: DESKTOP });
  await addPasskeys(world.staff);
  const input = { name: 'Praxis am Wehr', staff: 'Dr. Beispiel', person: 'Dr. Beispiel', service: { name: 'Sprechstunde', minutes: 20, description: '' } };
  const { link } = await practice.found(world.staff.page, server.origin, input, async () => {});
  // Without a network the browser itself complains.
  world.patient = await person(world.browser, { locale: 'de-DE', device: PHONE, allow: [/ERR_INTERNET_DISCONNECTED/, /Failed to fetch/] });
  await addPasskeys(world.patient);
  const { page } = world.patient;
  await page.goto(link);
  await patient.chooseTime(page);
  await patient.fillDetails(page, PATIENT);
  await patient.choosePin(page, PINS.first);
  await patient.enterCode(page, server, PATIENT.email);
  await page.getByTestId('booked').waitFor();
  await page.getByTestId('to-mine').click();
  await patient.unlock(page, PATIENT.email, PINS.first);
  await page.getByTestId('appointment').waitFor();
  assert.equal(await page.getByTestId('keep-here').count(), 0, 'only a known device keeps anything');
  await page.getByTestId('remember-device').click();
  await page.getByTestId('keep-here').click();
  const dialog = page.getByTestId('keep-dialog');
  await look(page, 'de, phone, keep');
  await dialog.getByTestId('keep-pin').fill(PINS.wrong);
  await dialog.getByTestId('keep-confirm').click();
  await dialog.getByTestId('keep-problem').getByText('Diese PIN passt nicht').waitFor();
  assert.equal(await page.evaluate(() => caches.keys().then((keys) => keys.length)), 0, 'nothing is kept under a wrong PIN');
  await dialog.getByTestId('keep-pin').fill(PINS.first);
  await dialog.getByTestId('keep-confirm').click();
  await page.getByTestId('kept').waitFor();
  await look(page, 'de, phone, kept');
  await holdsNothingReadable(page);
});

step('without a network PIN and passkey open it, to read', async () => {
  const { page } = world.patient;
  await offline(page);
  await page.getByTestId('offline-form').waitFor();
  await look(page, 'de, phone, without a network');
  await page.getByTestId('offline-pin').fill(PINS.wrong);
  await page.getByTestId('offline-open').click();
  await page.getByTestId('offline-problem').getByText('Das öffnet nicht').waitFor();
  assert.equal(await page.getByTestId('kept-view').count(), 0);
  await page.getByTestId('offline-pin').fill(PINS.first);
  await page.getByTestId('offline-open').click();
  await page.getByTestId('kept-upcoming').getByText(PATIENT.reason).waitFor();
  assert.equal(await page.getByTestId('cancel').count(), 0, 'nothing can be done on it');
  await look(page, 'de, phone, kept appointments');
  await page.setViewportSize(DESKTOP.viewport);
  await look(page, 'de, desktop, kept appointments');
  await page.setViewportSize(PHONE.viewport);
  await page.getByTestId('kept-close').click();
  await page.getByTestId('offline-form').waitFor();
  assert.equal(await page.getByText(PATIENT.reason).count(), 0);
});

step('what was read since is kept in its place, without the passkey', async () => {
  const { page } = world.patient;
  await online(page, PINS.first);
  await page.getByTestId('cancel').click();
  await page.getByTestId('cancel-confirm').click();
  await page.getByTestId('cancel-done').waitFor();
  await page.getByTestId('past').getByTestId('appointment').waitFor();
  await offline(page);
  // By keyboard.
  await tabTo(page, 'offline-pin');
  await page.keyboard.type(PINS.first);
  await page.keyboard.press('Enter');
  await page.getByTestId('kept-past').locator('[data-state=cancelled]').waitFor();
});

step('a new PIN ends it; with a passcode it is kept without a passkey', async () => {
  const { page } = world.patient;
  await online(page, PINS.first);
  await page.getByTestId('change-pin').click();
  const pins = page.getByTestId('pin-dialog');
  await pins.getByTestId('pin-old').fill(PINS.first);
  await pins.getByTestId('pin').fill(PINS.second);
  await pins.getByTestId('pin-repeat').fill(PINS.second);
  await pins.getByTestId('change-pin-confirm').click();
  await page.getByTestId('settings-done').getByText('noch einmal').waitFor();
  await page.getByTestId('keep-here').click();
  const dialog = page.getByTestId('keep-dialog');
  await dialog.getByTestId('keep-without-passkey').click();
  await dialog.getByTestId('keep-less').waitFor();
  await look(page, 'de, phone, keep with a passcode');
  await dialog.getByTestId('keep-passcode').fill('aaaaaaaaaaaa');
  await dialog.getByTestId('keep-confirm').click();
  await dialog.getByTestId('keep-problem').getByText('zu kurz oder zu einfach').waitFor();
  await dialog.getByTestId('keep-passcode').fill(PASSCODE);
  await dialog.getByTestId('keep-confirm').click();
  await page.getByTestId('kept').waitFor();
  await holdsNothingReadable(page);
  await offline(page);
  await page.getByTestId('offline-passcode').fill(`${PASSCODE}!`);
  await page.getByTestId('offline-open').click();
  await page.getByTestId('offline-problem').waitFor();
  await look(page, 'de, phone, wrong passcode');
  await page.getByTestId('offline-passcode').fill(PASSCODE);
  await page.getByTestId('offline-open').click();
  await page.getByTestId('kept-past').getByText(PATIENT.reason).waitFor();
});

step('a forgotten device keeps nothing', async () => {
  const { page } = world.patient;
  await online(page, PINS.second);
  await page.getByTestId('forget-device').click();
  await page.getByTestId('settings-done').waitFor();
  const { text, pages } = await stored(page);
  assert.deepEqual(pages, []);
  assert.ok(!text.includes('offline/') && !text.includes('patient/'), 'nothing of the patient is left');
  await page.context().setOffline(true);
  await assert.rejects(page.reload(), /ERR_INTERNET_DISCONNECTED/);
});
