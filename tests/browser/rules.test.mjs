// The editor of the rules of booking: what is published there is what the booking page offers, and what is booked already is
// never moved, but listed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, addPasskeys, person, startBrowser } from './lib/browser.mjs';
import { look, tabTo } from './lib/page.mjs';
import * as patient from './lib/patient.mjs';
import * as practice from './lib/practice.mjs';
import { startServer } from './lib/server.mjs';

const PATIENT = { name: 'Testperson Storch', email: 'storch@patient.example', reason: 'Storchennest' };
const PIN = '52907361';
const world = {};
let broken = false;

/** A step: those after a failed one fail at once. */
const step = (name, work) =>
  test(name, async () => {
    assert.ok(!broken, 'an earlier step failed');
    try {
      await work();
      assert.deepEqual(world.staff?.complaints, [], 'console and policy');
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

/** The catalog that everybody reads. */
const catalog = async () => (await fetch(`${world.server.origin}/v1/practices/${world.id}/catalog`, { headers: { accept: 'application/json' } })).json();

/** Opens a section of the settings. */
async function section(page, name) {
  await page.getByTestId(`section-${name}`).click();
  await page.locator('#section-heading').waitFor();
}

/** Publishes, and waits until it is. */
async function publish(page) {
  await page.getByTestId('settings-save').click();
  await page.getByTestId('settings-saved').or(page.getByTestId('settings-problem')).first().waitFor();
  assert.deepEqual(await page.getByTestId('settings-problem').allTextContents(), [], 'publishing succeeds');
}

/** The starts of the week that the page shows, as Unix seconds. */
async function shown(page) {
  // In one look: the list is drawn anew while it is loaded.
  const found = await page.waitForFunction(() => {
    const slots = [...document.querySelectorAll('[data-testid=slot]')].map((slot) => Number(slot.dataset.start));
    return document.querySelector('[aria-busy=true]') || slots.length === 0 ? undefined : [...new Set(slots)];
  });
  return found.jsonValue();
}

/** The starts that the booking page offers in its first week. */
async function offered() {
  const visitor = await person(world.browser, { locale: 'de-DE', device: DESKTOP });
  await visitor.page.goto(world.link);
  await visitor.page.getByTestId('service').first().click();
  const starts = await shown(visitor.page);
  await visitor.close();
  return starts;
}

step('a practice, and a patient who has booked', async () => {
  const { server } = world;
  world.staff = await person(world.browser, { locale: 'de-DE', device: DESKTOP });
  await addPasskeys(world.staff);
  const { page } = world.staff;
  const input = { name: 'Praxis am Rain', staff: 'Dr. Beispiel', person: 'Dr. Beispiel', service: { name: 'Sprechstunde', minutes: 20, description: '' } };
  const { link } = await practice.found(page, server.origin, input, async () => {});
  world.link = link;
  const visitor = await person(world.browser, { locale: 'de-DE', device: PHONE });
  await visitor.page.goto(link);
  await visitor.page.getByTestId('service').first().click();
  const times = await patient.freeTimes(visitor.page);
  const starts = await times.evaluateAll((all) => all.map((slot) => Number(slot.dataset.start)));
  // One with another free time right after it, so that a buffer shows.
  const chosen = starts.findIndex((start) => starts.includes(start + 1200));
  world.start = starts[chosen];
  await times.nth(chosen).click();
  await patient.fillDetails(visitor.page, PATIENT);
  await patient.choosePin(visitor.page, PIN);
  await visitor.page.getByTestId('step-code').waitFor();
  await patient.enterCode(visitor.page, server, PATIENT.email);
  await visitor.page.getByTestId('booked').waitFor();
  world.id = (await visitor.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))).map((url) => /practices\/([a-z2-7]+)/.exec(url)?.[1]).find(Boolean);
  await visitor.close();
  await page.getByTestId('to-sign-in').click();
  await practice.signIn(page);
});

step('a buffer and a room need change what is offered', async () => {
  const { page } = world.staff;
  const before = await offered();
  await page.getByTestId('tab-settings').click();
  await section(page, 'people');
  await look(page, 'de, settings, people');
  await page.getByTestId('add-room').click();
  const room = page.getByTestId('resource-editor').last();
  await room.getByTestId('resource-name').fill('Raum 1');
  await room.getByTestId('resource-always').waitFor();
  await look(page, 'de, settings, a room');
  await page.getByTestId('resource-editor').first().locator('summary').click();
  await page.getByTestId('add-season').click();
  await page.getByTestId('add-exception').click();
  await look(page, 'de, settings, a person with everything');
  await page.getByTestId('season').getByRole('button', { name: /^Entfernen/ }).click();
  await page.getByTestId('exception').getByRole('button', { name: /^Entfernen/ }).last().click();
  await section(page, 'services');
  await page.getByTestId('service-editor').first().locator('summary').click();
  await page.getByTestId('service-before').selectOption('30');
  await page.getByTestId('add-need').click();
  await page.getByTestId('need-after').selectOption('15');
  await page.getByTestId('service-price').fill('30 €');
  await page.getByTestId('add-question').click();
  await page.getByTestId('question-text').fill('Waren Sie schon bei uns?');
  await page.getByTestId('question-answers').fill('Ja\nNein');
  await look(page, 'de, settings, services');
  await publish(page);
  const { rules, services } = await catalog();
  assert.equal(services[0].price, '30 €');
  assert.deepEqual(services[0].questions, [{ text: 'Waren Sie schon bei uns?', answers: ['Ja', 'Nein'], required: false }]);
  assert.deepEqual(services[0].classes, [1]);
  const [own, beside] = rules.classes[0].needs;
  assert.deepEqual([own.before, beside.after, beside.one_of.length], [30, 15, 1]);
  const after = await offered();
  const soon = (starts) => starts.filter((start) => start >= world.start && start < world.start + 3000);
  assert.ok(soon(before).includes(world.start + 1200), 'right after the booked one there was a time');
  assert.ok(after.length > 0);
  assert.deepEqual(soon(after), [], 'there is none before its 30 minutes are over');
  // A day without the room is a day without appointments.
  const day = after.map(practice.dayOf).findLast((each) => each !== practice.dayOf(world.start));
  await section(page, 'absences');
  await look(page, 'de, settings, no absences');
  await page.getByTestId('add-absence').click();
  await page.getByTestId('absence-who').selectOption({ label: 'Raum 1' });
  await page.getByTestId('absence-from-day').fill(day);
  await page.getByTestId('absence-to-day').fill(day);
  await page.getByTestId('absence-take').click();
  await publish(page);
  assert.ok((await offered()).every((start) => practice.dayOf(start) !== day), 'nothing without the room');
});

step('public holidays by country and region become closures', async () => {
  const { page } = world.staff;
  await section(page, 'closures');
  await page.getByTestId('add-holidays').click();
  await page.getByTestId('holidays-country').selectOption('DE');
  await page.getByTestId('holidays-state').selectOption('BY');
  await page.getByTestId('holiday').filter({ hasText: 'Heilige Drei Könige' }).first().waitFor();
  await look(page, 'de, settings, holidays');
  await page.getByTestId('holidays-take').click();
  await look(page, 'de, settings, closures');
  await publish(page);
  const days = (await catalog()).rules.closures.map(({ from, name }) => `${String(from).slice(4)} ${name}`);
  assert.ok(days.includes('1225 1. Weihnachtstag') && days.includes('0106 Heilige Drei Könige'), days.join());
});

step('an absence is two clicks from the calendar; what is booked is listed, and opened', async () => {
  const { page } = world.staff;
  await page.getByTestId('tab-calendar').click();
  await practice.showDay(page, practice.dayOf(world.start));
  await page.getByTestId('event').filter({ hasText: PATIENT.name }).waitFor();
  await page.getByTestId('calendar-absence').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('absence-enter').waitFor();
  await look(page, 'de, calendar, absence');
  await tabTo(page, 'absence-enter');
  await page.keyboard.press('Enter');
  const dialog = page.getByTestId('quick-absence');
  await dialog.getByTestId('clash').waitFor();
  assert.equal(await dialog.getByTestId('clash').getAttribute('data-conflict'), 'away');
  assert.deepEqual((await catalog()).resources.map(({ schedule }) => schedule?.absences.length ?? 0), [0, 1], 'nothing is published before that');
  await look(page, 'de, calendar, absence with a conflict');
  await page.getByTestId('absence-enter').click();
  const opens = dialog.getByTestId('clash-open');
  await opens.waitFor();
  const day = Number(practice.dayOf(world.start).replaceAll('-', ''));
  const published = await catalog();
  assert.deepEqual(published.resources[0].schedule.absences, [{ from_day: day, from: 0, to_day: day, to: 1440 }]);
  assert.ok((await offered()).every((start) => practice.dayOf(start) !== practice.dayOf(world.start)), 'that day is not offered');
  await opens.click();
  await page.getByTestId('drawer').getByText(PATIENT.reason).waitFor();
  await page.getByTestId('act-moved').waitFor();
  await page.keyboard.press('Escape');
  // A span drawn with the mouse is asked for with its times.
  const cells = await page.locator('.ec-day').last().boundingBox();
  const [x, y] = [cells.x + cells.width * 0.6, cells.y + 150];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y + 34, { steps: 4 });
  await page.mouse.up();
  await page.getByTestId('kind-absence').click();
  await page.getByTestId('absence-enter').waitFor();
  const [from, to] = [await page.getByTestId('absence-from').inputValue(), await page.getByTestId('absence-to').inputValue()];
  assert.ok(from < to, `drawn from ${from} to ${to}`);
  await page.keyboard.press('Escape');
  // Later, from the settings, and on a phone.
  await page.setViewportSize(PHONE.viewport);
  await page.getByTestId('tab-settings').click();
  await section(page, 'absences');
  await page.getByTestId('absence').first().waitFor();
  await look(page, 'de, phone, settings, absences');
  await section(page, 'conflicts');
  await page.getByTestId('clash').waitFor();
  await look(page, 'de, phone, settings, conflicts');
  for (const name of ['practice', 'people', 'closures', 'services']) {
    await section(page, name);
    await look(page, `de, phone, settings, ${name}`);
  }
  await page.getByTestId('lang-en').click();
  await section(page, 'services');
  await page.getByTestId('service-editor').first().locator('summary').click();
  await page.getByTestId('access-code').click();
  await page.getByTestId('make-code').click();
  const link = await page.getByTestId('code-link').inputValue();
  assert.match(link, /&service=[a-z2-7]{26}&code=[a-z2-7]{26}$/);
  await look(page, 'en, phone, settings, a service with a link');
  await publish(page);
  const hidden = await person(world.browser, { locale: 'en-GB', device: DESKTOP });
  await hidden.page.goto(link);
  await hidden.page.getByTestId('slot').filter({ visible: true }).first().waitFor();
  await hidden.close();
});
