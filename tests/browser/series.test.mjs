// Series that patients book: allowed in the settings, booked on a phone with one date that is taken, refused as a whole when somebody is
// faster, seen and cancelled by the patient; by keyboard in English.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, addPasskeys, person, startBrowser } from './lib/browser.mjs';
import { look, tabTo } from './lib/page.mjs';
import * as patient from './lib/patient.mjs';
import * as practice from './lib/practice.mjs';
import { startServer } from './lib/server.mjs';

const mark = randomBytes(4).toString('hex');
const FIRST = { name: `Testperson Uferschwalbe ${mark}`, email: `uferschwalbe.${mark}@patient.example`, reason: `Übungen ${mark}` };
const SECOND = { name: `Test Dipper ${mark}`, email: `dipper.${mark}@patient.example`, reason: `Exercises ${mark}` };
const PINS = { first: '83619420', second: '50718264' };
const world = {};
let broken = false;

/** A step: those after a failed one fail at once. */
const step = (name, work) =>
  test(name, async () => {
    assert.ok(!broken, 'an earlier step failed');
    try {
      await work();
      assert.deepEqual([world.staff, world.first, world.second].flatMap((each) => each?.complaints ?? []), [], 'console and policy');
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

/** The dates of the list, and whether each is free. */
const dates = async (page) => {
  await page.locator('[data-testid=series-dates][aria-busy=false]').waitFor();
  return page.getByTestId('series-date').evaluateAll((all) => all.map((date) => [date.dataset.day, date.dataset.free]));
};

step('the practice allows series of four', async () => {
  world.staff = await person(world.browser, { locale: 'de-DE', device: DESKTOP });
  await addPasskeys(world.staff);
  const { page } = world.staff;
  const input = { name: 'Praxis am Ufer', staff: 'Dr. Beispiel', person: 'Dr. Beispiel', service: { name: 'Übungen', minutes: 20, description: '' } };
  world.link = (await practice.found(page, world.server.origin, input, async () => {})).link;
  await page.getByTestId('to-sign-in').click();
  await practice.signIn(page);
  await page.getByTestId('tab-settings').click();
  await page.getByTestId('section-services').click();
  const editor = page.getByTestId('service-editor').first();
  await editor.locator('summary').click();
  await editor.getByTestId('service-series').selectOption('4');
  await look(page, 'de, settings, series');
  await page.getByTestId('settings-save').click();
  await page.getByTestId('settings-saved').or(page.getByTestId('settings-problem')).first().waitFor();
  assert.deepEqual(await page.getByTestId('settings-problem').allTextContents(), []);
});

step('on a phone: every week, without the date that is taken; somebody is faster, and nothing is booked', async () => {
  world.first = await person(world.browser, { locale: 'de-DE', device: PHONE, allow: [/status of 409/] });
  const { page } = world.first;
  await page.goto(world.link);
  await page.getByTestId('service').first().click();
  const slot = (await patient.freeTimes(page)).first();
  world.start = Number(await slot.getAttribute('data-start'));
  world.day = practice.dayOf(world.start);
  await slot.click();
  await page.getByTestId('step-repeat').waitFor();
  await look(page, 'de, phone, once or several times');
  await page.getByTestId('repeat-1').click();
  const free = await dates(page);
  assert.deepEqual(free.map(([, free]) => free), ['true', 'true', 'true', 'true']);
  assert.equal(free[0][0], world.day);
  world.days = free.map(([day]) => day);
  // The second one does not suit.
  await page.getByTestId('series-date').nth(1).locator('input').uncheck();
  await look(page, 'de, phone, dates');
  await page.getByTestId('repeat-next').click();
  await page.getByTestId('chosen-series').waitFor();
  await patient.fillDetails(page, FIRST);
  await patient.choosePin(page, PINS.first);
  await page.getByTestId('step-code').waitFor();

  // Meanwhile the practice takes the third.
  const staff = world.staff.page;
  await staff.getByTestId('tab-calendar').click();
  await practice.showDay(staff, world.days[2]);
  await staff.getByTestId('calendar-entry').click();
  await staff.getByTestId('kind-block').click();
  const time = new Intl.DateTimeFormat('de-DE', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Berlin' }).format(world.start * 1000);
  for (const [id, text] of [['title', 'Besprechung'], ['date', world.days[2]], ['time', time], ['minutes', '20']]) await staff.getByTestId(`entry-${id}`).fill(text);
  await staff.getByTestId('entry-enter').click();
  await staff.getByTestId('event').filter({ hasText: 'Besprechung' }).waitFor();

  await patient.enterCode(page, world.server, FIRST.email);
  await page.getByTestId('series-conflict').waitFor();
  assert.deepEqual((await dates(page)).map(([, free]) => free), ['true', 'true', 'false', 'true']);
  await look(page, 'de, phone, not all are free');
  // Nothing of it is booked: the practice sees its own block, and nobody.
  for (const day of [world.days[0], world.days[3]]) {
    await practice.showDay(staff, day);
    assert.equal(await staff.getByTestId('event').filter({ hasText: FIRST.name }).count(), 0, day);
  }
  // What was left out still is; now it has to do.
  const second = page.getByTestId('series-date').nth(1).locator('input');
  assert.equal(await second.isChecked(), false);
  await second.check();
  await page.getByTestId('repeat-next').click();
  await page.getByTestId('book').click();
  await page.getByTestId('booked').getByText('Ihre 3 Termine sind gebucht').waitFor();
  assert.equal(await page.getByTestId('booked-date').count(), 3);
  await look(page, 'de, phone, a series is booked');
});

step('the practice sees each of them', async () => {
  const { page } = world.staff;
  for (const day of [world.days[0], world.days[1], world.days[3]]) {
    await practice.showDay(page, day);
    await page.getByTestId('calendar-reload').click();
    await page.getByTestId('event').filter({ hasText: FIRST.name }).waitFor();
  }
  await practice.showDay(page, world.days[2]);
  await page.getByTestId('event').filter({ hasText: 'Besprechung' }).waitFor();
  assert.equal(await page.getByTestId('event').filter({ hasText: FIRST.name }).count(), 0);
});

step('the patient cancels the second with the later one; the first stays', async () => {
  const { page } = world.first;
  await page.getByTestId('to-mine').click();
  await patient.unlock(page, FIRST.email, PINS.first);
  const mine = page.getByTestId('upcoming').getByTestId('appointment');
  await mine.nth(2).waitFor();
  assert.deepEqual(await mine.getByTestId('in-series').allTextContents(), [1, 2, 3].map((at) => `Termin ${at} von 3 einer Serie`));
  await look(page, 'de, phone, mine, a series');
  await mine.nth(1).getByTestId('cancel').click();
  await page.getByTestId('cancel-later').check();
  await look(page, 'de, phone, mine, cancel the later ones');
  await page.getByTestId('cancel-confirm').click();
  await page.getByTestId('cancel-done').waitFor();
  await mine.nth(1).waitFor({ state: 'detached' });
  assert.equal(await mine.count(), 1);
  assert.equal(await page.getByTestId('past').getByTestId('appointment').count(), 2);
});

step('in English on a desktop, by keyboard alone; and one appointment is one tap more', async () => {
  world.second = await person(world.browser, { locale: 'en-GB', device: DESKTOP });
  const { page } = world.second;
  const press = async (id, key = 'Enter') => {
    await tabTo(page, id);
    await page.keyboard.press(key);
  };
  await page.goto(world.link);
  await page.getByTestId('shield').waitFor();
  await press('service');
  await page.getByTestId('slot').filter({ visible: true }).first().waitFor();
  await tabTo(page, 'free-day');
  await page.keyboard.press('Tab');
  await press('free-day');
  await press('slot');
  await page.getByTestId('step-repeat').waitFor();
  await tabTo(page, 'repeat-once');
  for (const _ of ['weekly', 'two']) await page.keyboard.press('ArrowRight');
  await tabTo(page, 'repeat-times');
  await page.getByTestId('repeat-times').selectOption('2');
  assert.equal((await dates(page)).length, 2);
  await look(page, 'en, desktop, dates');
  await press('repeat-next');
  await patient.fillDetails(page, SECOND);
  await patient.choosePin(page, PINS.second);
  await patient.enterCode(page, world.server, SECOND.email);
  await page.getByTestId('booked').getByText('Your 2 appointments are booked').waitFor();
  // Another one, once.
  await page.getByTestId('again').click();
  await page.getByTestId('service').first().click();
  await (await patient.freeTimes(page)).last().click();
  await page.getByTestId('repeat-next').click();
  await page.getByTestId('book').click();
  await page.getByTestId('booked').waitFor();
  assert.equal(await page.getByTestId('booked-date').count(), 1);
});
