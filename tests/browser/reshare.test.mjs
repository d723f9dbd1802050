// Other servers for the PINs, from the practice's settings: founded over one on workerd, a second on the Spin host is added. A patient
// comes back with the old PIN and goes over; the page counts; the move is ended; the patient comes again, and one who never came
// is asked to begin anew. Then the second is removed, and has nothing left.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, addPasskeys, person, startBrowser } from './lib/browser.mjs';
import { look, tabTo } from './lib/page.mjs';
import * as patient from './lib/patient.mjs';
import * as practice from './lib/practice.mjs';
import { startRealm, startServer } from './lib/server.mjs';

const mark = randomBytes(4).toString('hex');
const ROBIN = { name: `Testperson Robin ${mark}`, email: `robin.${mark}@patient.example`, reason: `Robin am Futterhaus ${mark}` };
const SWIFT = { name: `Testperson Swift ${mark}`, email: `swift.${mark}@patient.example`, reason: `Swift im Turm ${mark}` };
const PIN = '83619420';
const CODE = `founding ${mark}`;

const world = { people: [] };
let broken = false;

/** A step of the journey: those after a failed one fail at once. */
const step = (name, work) =>
  test(name, async () => {
    assert.ok(!broken, 'an earlier step failed');
    try {
      await work();
      for (const { who, complaints } of world.people) assert.deepEqual(complaints, [], `${who}: console and policy`);
    } catch (error) {
      broken = true;
      throw error;
    }
  });

async function comes(who, options) {
  const someone = await person(world.browser, options);
  world.people.push({ who, complaints: someone.complaints });
  return someone;
}

const host = ({ origin }) => new URL(origin).host;
const hosts = (page) => page.getByTestId('guards-of').locator('strong').allTextContents();

/** Opens the section again, so that what is shown is what the server says now. */
async function guards(page) {
  await page.getByTestId('section-people').click();
  await page.getByTestId('section-guards').click();
  await page.getByTestId('guards-of').waitFor();
}

async function count(page) {
  await page.getByTestId('moving-recount').click();
  await page.locator('[data-testid=moving-recount]:not([disabled])').waitFor();
  const shown = page.getByTestId('moving-count');
  return [await shown.getAttribute('data-here'), await shown.getAttribute('data-all')].map(Number);
}

async function opens(who, device, locale, check) {
  const visitor = await comes(who, { locale, device });
  await visitor.page.goto(`${world.first.origin}/me/#${world.fingerprint}`);
  await patient.unlock(visitor.page, ROBIN.email, PIN);
  await visitor.page.getByTestId('upcoming').getByTestId('appointment').getByText(ROBIN.reason).waitFor();
  await check?.(visitor.page);
  await visitor.close();
}

before(async () => {
  [world.second, world.browser] = await Promise.all([startRealm({ vars: { FOUNDING_CODE: CODE } }), startBrowser()]);
  world.first = await startServer({ realms: [world.second.origin] });
  for (const server of [world.first, world.second]) {
    for (const [key, text] of Object.entries({ ...ROBIN, PIN })) server.needle(key, { text });
  }
});

after(async () => {
  await world.browser?.close();
  await Promise.all([world.first?.stop(), world.second?.stop()]);
  if (!broken) for (const server of [world.first, world.second]) server?.remove();
});

step('a practice is founded with one server, and two patients book', async () => {
  const staff = (world.staff = await comes('staff', { locale: 'de-DE', device: DESKTOP }));
  await addPasskeys(staff);
  const input = {
    name: 'Praxis am Weiher',
    staff: `Dr. Beispiel ${mark}`,
    person: 'Dr. Beispiel',
    service: { name: 'Sprechstunde', minutes: 20, description: '' },
  };
  const { link } = await practice.found(staff.page, world.first.origin, input, () => undefined);
  world.fingerprint = link.split('#')[1];
  for (const details of [ROBIN, SWIFT]) {
    const visitor = await comes(details.name, { locale: 'de-DE', device: PHONE });
    await visitor.page.goto(link);
    await patient.chooseTime(visitor.page);
    await patient.fillDetails(visitor.page, details);
    await patient.choosePin(visitor.page, PIN);
    await patient.enterCode(visitor.page, world.first, details.email);
    await visitor.page.getByTestId('booked').waitFor();
    await visitor.close();
  }
});

step('the founder adds a server, by keyboard, after a wrong code', async () => {
  const { page } = world.staff;
  await page.getByTestId('to-sign-in').click();
  await page.getByTestId('sign-in-known').waitFor();
  await practice.signIn(page);
  await page.getByTestId('tab-settings').click();
  await page.getByTestId('section-guards').click();
  await page.getByTestId('guard-add').waitFor();
  assert.deepEqual(await hosts(page), [host(world.first)]);
  await look(page, 'de, guards, one server');
  await tabTo(page, 'guard-add');
  await page.keyboard.press('Enter');
  const option = page.getByTestId('guard-option');
  await page.locator('[data-testid=guard-option][data-state=ready]').waitFor();
  assert.equal(await option.getAttribute('data-origin'), world.second.origin);
  // Nothing is sent before a server is chosen and its fingerprint compared.
  await tabTo(page, 'guard-confirm');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'wählen Sie einen Server' }).waitFor();
  // The page takes the keyboard to what is missing.
  await page.waitForFunction(() => document.activeElement?.type === 'radio');
  await page.keyboard.press('Space');
  const chosen = page.getByTestId('guard-chosen');
  const told = await (await fetch(`${world.second.origin}/v1/realm`)).json();
  await chosen.getByTestId('fingerprint').waitFor();
  assert.equal((await chosen.getByTestId('fingerprint').textContent()).replaceAll(/\s/g, ''), told.fingerprint.toUpperCase());
  await look(page, 'de, guards, compare');
  await tabTo(page, 'guard-compared');
  await page.keyboard.press('Space');
  await tabTo(page, 'guard-code');
  await page.keyboard.type('not this one');
  await tabTo(page, 'guard-confirm');
  await page.keyboard.press('Enter');
  await page.getByTestId('guard-problem').waitFor();
  assert.match(await page.getByTestId('guard-problem').textContent(), new RegExp(host(world.second)));
  await look(page, 'de, guards, the new server refuses the code');
  await page.getByTestId('guard-code').fill(CODE);
  await tabTo(page, 'guard-confirm');
  await page.keyboard.press('Enter');
  await page.getByTestId('guards-published').waitFor();
  assert.deepEqual(await hosts(page), [host(world.first), host(world.second)]);
  assert.deepEqual(await count(page), [0, 2]);
  await look(page, 'de, guards, patients are going over');
});

step('a patient comes back with the old PIN and is counted', async () => {
  await opens('patient who goes over', PHONE, 'de-DE');
  assert.deepEqual(await count(world.staff.page), [1, 2]);
  await opens('patient who is there', DESKTOP, 'en-GB', async (page) => {
    await page.getByTestId('shield').click();
    const shown = await page.getByTestId('guards').locator('span').allTextContents();
    assert.deepEqual(shown, [world.first, world.second].map(host));
  });
  assert.deepEqual(await count(world.staff.page), [1, 2]);
});

step('on a phone, in English, the move is ended after a warning', async () => {
  const { page } = world.staff;
  await page.setViewportSize(PHONE.viewport);
  await page.getByTestId('lang-en').click();
  await look(page, 'phone, guards, patients are going over');
  await page.getByTestId('moving-end').click();
  const dialog = page.getByTestId('moving-dialog');
  await dialog.getByTestId('moving-wait').waitFor();
  await look(page, 'phone, guards, the warning before the end');
  await dialog.getByTestId('moving-end-confirm').click();
  await page.getByTestId('moving-ended').waitFor();
  assert.equal(await page.getByTestId('tell-ended').count(), 0, 'every server has heard it');
  await look(page, 'phone, guards, the move has ended');
  await page.setViewportSize(DESKTOP.viewport);
});

step('who went over gets in, who never came is asked to begin anew', async () => {
  await opens('patient after the end', PHONE, 'de-DE');
  const visitor = await comes('patient who never came', { locale: 'de-DE', device: PHONE });
  const { page } = visitor;
  await page.goto(`${world.first.origin}/me/#${world.fingerprint}`);
  await patient.unlock(page, SWIFT.email, PIN);
  await page.getByTestId('unlock-problem').waitFor();
  await visitor.close();
});

step('the second server is removed again, and told to erase', async () => {
  const { page } = world.staff;
  await guards(page);
  await page.getByTestId('guard-remove').click();
  await page.getByTestId('guard-preview').waitFor();
  await look(page, 'guards, remove');
  await page.getByTestId('guard-confirm').click();
  await page.getByTestId('guards-published').waitFor();
  assert.deepEqual(await hosts(page), [host(world.first)]);
  await opens('patient who goes back', PHONE, 'de-DE');
  assert.deepEqual(await count(page), [1, 1]);
  await page.getByTestId('moving-end').click();
  await page.getByTestId('moving-end-confirm').click();
  await page.getByTestId('moving-ended').waitFor();
  assert.equal(await page.getByTestId('tell-ended').count(), 0);
  await guards(page);
  await page.getByTestId('left').waitFor();
  await look(page, 'guards, removed last');
  await opens('patient at the one server', DESKTOP, 'en-GB');
});

step('nothing of it is in what either server stored, queued or printed', async () => {
  await world.browser.close();
  await Promise.all([world.first.stop(), world.second.stop()]);
  for (const server of [world.first, world.second]) {
    const { code, output } = server.scan();
    assert.equal(code, 0, output);
  }
});
