// The night in which the clocks change, in a practice where that is soon, and a patient who is in another time zone and uses
// nothing but a finger. What should be offered is computed here, from the time-zone data of Node.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, addPasskeys, person, startBrowser } from './lib/browser.mjs';
import { look } from './lib/page.mjs';
import { mailedCode } from './lib/patient.mjs';
import * as practice from './lib/practice.mjs';
import { startServer } from './lib/server.mjs';

const DAY = 86_400;
const STEP = 15 * 60;
/** Days ahead that a service without further rules is offered, less a week. */
const AHEAD = 173;
const PIN = '58203917';
const TOKYO = 'Asia/Tokyo';

const wall = (seconds, timeZone) =>
  new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(seconds * 1000);
const clockOf = (seconds, timeZone) => wall(seconds, timeZone).slice(-5);
const offset = (seconds, timeZone) => Date.parse(`${wall(seconds, timeZone).replace(' ', 'T')}:00Z`) / 1000 - seconds;

/** The next change of clocks in the night to a Sunday. */
function nextChange(timeZone, now) {
  for (let day = now - (now % DAY); day < now + AHEAD * DAY; day += DAY) {
    const [midnight, later] = [day - offset(day, timeZone), day + DAY - offset(day + DAY, timeZone)];
    if (later - midnight === DAY) continue;
    return { timeZone, sunday: wall(midnight + 6 * 3600, timeZone).slice(0, 10), from: midnight - DAY };
  }
  return undefined;
}

/** Starts of a quarter of an hour on that date, from 0:00 until 4:00 on the wall: a time that comes twice is the first. */
function expected({ timeZone, sunday, from }) {
  const seen = new Set();
  const starts = [];
  for (let start = from; start < from + 3 * DAY; start += STEP) {
    const text = wall(start, timeZone);
    if (!text.startsWith(sunday) || seen.has(text)) continue;
    seen.add(text);
    const ends = wall(start + STEP, timeZone);
    if (text.slice(-5) < '04:00' && ends.startsWith(sunday) && ends.slice(-5) <= '04:00') starts.push(start);
  }
  return starts;
}

const world = {};
before(async () => {
  [world.server, world.browser] = await Promise.all([startServer(), startBrowser()]);
  const now = Math.floor(Date.now() / 1000);
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Sydney', 'America/Santiago'];
  world.change = zones.map((zone) => nextChange(zone, now)).find((each) => each);
  assert.ok(world.change, 'somewhere the clocks change within half a year');
});
after(async () => {
  await world.browser?.close();
  await world.server?.stop();
  world.server?.remove();
});

test('the night in which the clocks change, by touch, from the other side of the world', async () => {
  const { browser, server, change } = world;
  const { timeZone, sunday } = change;
  const staff = await person(browser, { locale: 'en-GB', device: DESKTOP, timeZone });
  await addPasskeys(staff);
  const input = { name: 'Night Practice', staff: 'Dr. Owl', person: 'Dr. Owl', service: { name: 'Visit', minutes: 15, description: '' } };
  const { link } = await practice.found(staff.page, server.origin, input, async (where) => {
    const { page } = staff;
    const days = page.getByRole('checkbox', { name: /day$/ });
    if (where !== 'found, step 1' && where !== 'found, step 2') return;
    if ((await days.count()) === 0) return;
    for (const day of await days.all()) if (await day.isChecked()) await day.uncheck();
    await days.last().check();
    await page.getByLabel('Sunday, from').fill('00:00');
    await page.getByLabel('Sunday, to').fill('04:00');
  });

  const patient = await person(browser, { locale: 'en-GB', device: PHONE, timeZone: TOKYO });
  const { page } = patient;
  const tap = (id) => page.getByTestId(id).filter({ visible: true }).first().tap();
  await page.goto(link);
  await page.getByTestId('shield').waitFor();
  await tap('service');
  const day = page.locator('details').filter({ hasText: new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' }).format(Date.parse(sunday)) });
  const slots = page.getByTestId('slot').filter({ visible: true });
  await slots.first().waitFor();
  for (let week = 0; week < 26 && !(await day.count()); week += 1) {
    const before = await slots.first().getAttribute('data-start');
    await tap('later-days');
    await page.waitForFunction(
      (old) => ![undefined, old].includes([...document.querySelectorAll('[data-testid=slot]')].find((e) => e.checkVisibility())?.dataset.start),
      before,
    );
  }
  await page.getByTestId('clock-change').filter({ visible: true }).waitFor();
  await look(page, 'night of the change');
  const starts = await slots.evaluateAll((all) => all.map((e) => Number(e.dataset.start)));
  assert.deepEqual(starts, expected(change), `${timeZone} ${sunday}`);
  const shown = await slots.evaluateAll((all) => all.map((e) => e.lastChild.textContent.trim()));
  assert.deepEqual(shown, starts.map((start) => clockOf(start, timeZone)), 'the times of the practice');

  // The last quarter of the night: all of what the clocks did lies before it.
  const start = starts.at(-1);
  await slots.last().tap();
  await page.getByTestId('step-details').waitFor();
  assert.match(await page.getByTestId('local-time').filter({ visible: true }).first().textContent(), new RegExp(clockOf(start, TOKYO)));
  const email = 'far.away@patient.example';
  for (const [id, text] of [['name', 'Far Away'], ['email', email], ['reason', 'Owls']]) await page.getByTestId(id).fill(text);
  await tap('details-next');
  await page.getByTestId('step-pin').waitFor();
  for (const id of ['pin', 'pin-repeat']) await page.getByTestId(id).fill(PIN);
  await tap('pin-next');
  await page.getByTestId('code').fill(await mailedCode(server, email));
  await page.getByTestId('booked').waitFor();
  const done = await page.getByTestId('step-done').textContent();
  for (const zone of [timeZone, TOKYO]) assert.match(done, new RegExp(clockOf(start, zone)), zone);
  await look(page, 'booked from afar');
  await tap('to-mine');
  await page.getByTestId('unlock-form').waitFor();
  for (const [id, text] of [['email', email], ['pin', PIN]]) await page.getByTestId(id).fill(text);
  await tap('unlock');
  const mine = page.getByTestId('upcoming').getByTestId('appointment');
  await mine.waitFor();
  assert.equal(await mine.locator('time').getAttribute('datetime'), new Date(start * 1000).toISOString());
  assert.match(await mine.locator('time').textContent(), new RegExp(clockOf(start, timeZone)));
  await look(page, 'mine, from afar');
  await tap('move');
  await page.getByTestId('move-dialog').getByTestId('slot').filter({ visible: true }).first().waitFor();
  await page.keyboard.press('Escape');
  await tap('cancel');
  await tap('cancel-confirm');
  await page.getByTestId('cancel-done').waitFor();

  const { page: calendar } = staff;
  await calendar.getByTestId('to-sign-in').click();
  await practice.signIn(calendar);
  await practice.showDay(calendar, sunday);
  const event = calendar.locator('[data-testid=event][data-state=cancelled]');
  await event.waitFor();
  assert.match(await event.textContent(), new RegExp(clockOf(start, timeZone)));
  await calendar.getByTestId('clock-change').waitFor();
  await look(calendar, 'calendar of that day');
  for (const { complaints } of [staff, patient]) assert.deepEqual(complaints, []);
});
