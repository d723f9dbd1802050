// What the practice enters itself: a block drawn with the mouse and one with a finger, somebody who calls by keyboard and by touch, a series over the change of
// clocks with a day that is taken, drag to resize and the way back, and the rest of a series cancelled as one. Patients are not
// offered those times.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, addPasskeys, person, startBrowser } from './lib/browser.mjs';
import { look, tabTo } from './lib/page.mjs';
import * as practice from './lib/practice.mjs';
import { startServer } from './lib/server.mjs';

const ZONE = 'Europe/Berlin';
const DAY = 86_400;
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

const clockOf = (seconds) => new Intl.DateTimeFormat('de-DE', { timeZone: ZONE, timeStyle: 'short' }).format(seconds * 1000);
const dayText = (at) => new Date(at).toISOString().slice(0, 10);

/** The Sunday of the next change to summer time: the last one of a March. */
function shortSunday() {
  const now = new Date();
  for (let year = now.getUTCFullYear(); ; year += 1) {
    const last = new Date(Date.UTC(year, 2, 31));
    last.setUTCDate(31 - last.getUTCDay());
    if (last > now.getTime() + 8 * DAY * 1000) return last.getTime();
  }
}

/** The starts that the booking page offers in the week that it shows, without its first day, of which little may be left. */
async function offered() {
  const { page, close, complaints } = await person(world.browser, { locale: 'de-DE', device: PHONE });
  await page.goto(world.link);
  await page.getByTestId('service').first().click();
  await page.getByTestId('slot').filter({ visible: true }).first().waitFor();
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
  const starts = await page.getByTestId('slot').evaluateAll((all) => all.map((slot) => Number(slot.dataset.start)));
  assert.deepEqual(complaints, []);
  await close();
  return [...new Set(starts)].filter((start) => practice.dayOf(start) !== practice.dayOf(starts[0]));
}

const entry = (page, text) => page.getByTestId('event').filter({ hasText: text });
/** Sends the sheet, and waits until what it says stands in the calendar, verified. */
async function enter(page, text) {
  await page.getByTestId('entry-enter').click();
  await settled(page, text);
}
async function settled(page, text) {
  await page.getByTestId('entry-sheet').waitFor({ state: 'hidden' });
  await page.getByTestId('calendar-done').waitFor();
  if (text) await entry(page, text).first().waitFor();
}

step('a practice', async () => {
  world.staff = await person(world.browser, { locale: 'de-DE', device: { ...DESKTOP, hasTouch: true } });
  await addPasskeys(world.staff);
  const { page } = world.staff;
  const input = { name: 'Praxis am Teich', staff: 'Dr. Reiher', person: 'Dr. Reiher', service: { name: 'Sprechstunde', minutes: 30, description: '' } };
  world.link = (await practice.found(page, world.server.origin, input, async () => {})).link;
  await page.getByTestId('to-sign-in').click();
  await practice.signIn(page);
  world.slots = await offered();
  world.day = practice.dayOf(world.slots[0]);
});

step('a block is drawn with the mouse, and no patient is offered its time', async () => {
  const { page } = world.staff;
  await practice.showDay(page, world.day);
  const cells = await page.locator('.ec-day').last().boundingBox();
  const [x, y] = [cells.x + cells.width * 0.6, cells.y + 90];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y + 68, { steps: 5 });
  await page.mouse.up();
  await page.getByTestId('kind-block').click();
  const minutes = Number(await page.getByTestId('entry-minutes').inputValue());
  assert.ok(minutes >= 20 && minutes <= 45, `drawn for ${minutes} minutes`);
  assert.equal(await page.getByTestId('entry-date').inputValue(), world.day);
  await look(page, 'de, sheet, block');
  await page.getByTestId('entry-enter').click();
  await page.getByText('Wofür ist die Zeit gesperrt?').waitFor();
  await page.getByTestId('entry-title').fill('Besprechung Fischteich');
  await page.getByTestId('entry-time').fill(clockOf(world.slots[0]));
  await page.getByTestId('entry-minutes').fill('60');
  await enter(page, 'Besprechung Fischteich');
  const block = entry(page, 'Besprechung Fischteich');
  assert.equal(await block.getAttribute('data-entry'), 'block');
  await block.getByTestId('by-practice').waitFor();
  await page.waitForFunction(() => !document.querySelector('[data-testid=checking]'));
  await look(page, 'de, calendar with a block');
  const gone = new Set([0, 900, 1800].map((later) => world.slots[0] + later));
  assert.deepEqual((await offered()).filter((start) => gone.has(start)), [], 'blocked times are not offered');
});

step('somebody who calls, by keyboard; a taken time is told', async () => {
  const { page } = world.staff;
  await page.getByTestId('calendar-entry').focus();
  await page.keyboard.press('Enter');
  await tabTo(page, 'entry-name');
  await page.keyboard.type('Anruferin Bachstelze');
  await tabTo(page, 'entry-phone');
  await page.keyboard.type('+49 30 5550100');
  await page.getByTestId('entry-service').selectOption({ label: 'Sprechstunde' });
  await page.getByTestId('entry-time').fill(clockOf(world.slots[0] + 1800));
  await look(page, 'de, sheet, visit');
  await tabTo(page, 'entry-enter');
  await page.keyboard.press('Enter');
  await page.getByTestId('entry-taken').waitFor();
  await look(page, 'de, sheet, taken');
  await page.getByTestId('entry-time').fill(clockOf(world.slots[0] + 3600));
  await tabTo(page, 'entry-enter');
  await page.keyboard.press('Enter');
  await settled(page, 'Anruferin Bachstelze');
  await entry(page, 'Anruferin Bachstelze').focus();
  await page.waitForFunction(() => !document.querySelector('[data-testid=checking]'));
  await page.keyboard.press('Enter');
  const drawer = page.getByTestId('drawer');
  await drawer.getByTestId('drawer-entry').waitFor();
  await drawer.getByText('+49 30 5550100').waitFor();
  await look(page, 'de, drawer of a visit');
  await page.keyboard.press('Escape');
});

step('drag to resize, and the way back', async () => {
  const { page } = world.staff;
  const block = page.locator('.ec-event').filter({ hasText: 'Anruferin Bachstelze' });
  const height = async () => (await block.boundingBox()).height;
  /** Waits until the box is that high. */
  const tall = (from, to) =>
    page.waitForFunction(
      ([least, most]) => {
        const box = [...document.querySelectorAll('.ec-event')].find((each) => each.textContent.includes('Bachstelze'));
        const { height: now } = box?.getBoundingClientRect() ?? {};
        return now > least && now < most && !document.querySelector('[data-testid=checking]');
      },
      [from, to],
    );
  const before = await height();
  // At the edge of the screen a drag scrolls.
  await block.evaluate((box) => box.scrollIntoView({ block: 'center' }));
  await block.hover();
  const box = await block.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height - 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (const down of [5, 20, 34]) await page.mouse.move(x, y + down);
  await page.mouse.up();
  await page.getByTestId('undo').waitFor();
  await tall(before + 20, before + 60);
  await look(page, 'de, calendar, moved');
  await page.getByTestId('undo').click();
  await page.getByTestId('undo').waitFor({ state: 'detached' });
  await tall(before - 3, before + 3);
});

step('a series over the change of clocks: one day has no such time, one is taken', async () => {
  const { page } = world.staff;
  const short = shortSunday();
  const [first, last] = [dayText(short - 7 * DAY * 1000), dayText(short + 7 * DAY * 1000)];
  const block = async (title, day, time) => {
    await page.getByTestId('calendar-entry').click();
    await page.getByTestId('kind-block').click();
    for (const [id, text] of [['title', title], ['date', day], ['time', time], ['minutes', '20']]) await page.getByTestId(`entry-${id}`).fill(text);
  };
  await block('Wartung Reusen', last, '02:40');
  await enter(page);
  await block('Nachtdienst Eule', dayText(short), '02:30');
  await page.getByText('Diese Uhrzeit gibt es an diesem Tag nicht').waitFor();
  await page.getByTestId('entry-date').fill(first);
  await page.getByTestId('entry-every').selectOption('1');
  await page.getByTestId('entry-times').fill('3');
  await page.getByTestId('entry-until').waitFor();
  await look(page, 'de, sheet, series');
  await page.getByTestId('entry-enter').click();
  const missing = page.getByTestId('conflict');
  await missing.waitFor();
  assert.deepEqual([await missing.getAttribute('data-day'), await missing.getAttribute('data-why')], [dayText(short), 'missing']);
  await missing.getByTestId('conflict-move').click();
  await page.getByTestId('conflict-time').fill('03:30');
  await page.getByTestId('entry-rest').click();
  const taken = page.locator('[data-testid=conflict][data-why=taken]');
  await taken.waitFor();
  assert.equal(await taken.getAttribute('data-day'), last);
  await page.setViewportSize(PHONE.viewport);
  await look(page, 'de, phone, series with conflicts');
  await page.setViewportSize(DESKTOP.viewport);
  await page.getByTestId('entry-rest').click();
  await settled(page);
  for (const [day, time, count] of [[first, '02:30', 1], [dayText(short), '03:30', 1], [last, '', 0]]) {
    await practice.showDay(page, day);
    if (count) await entry(page, 'Nachtdienst Eule').waitFor();
    else await entry(page, 'Wartung Reusen').waitFor();
    const texts = await entry(page, 'Nachtdienst Eule').allTextContents();
    assert.equal(texts.length, count, day);
    if (count) assert.ok(texts[0].includes(time), texts[0]);
  }
  world.series = [first, dayText(short)];
});

step('this one and all later ones, by touch', async () => {
  const { page } = world.staff;
  await practice.showDay(page, world.series[0]);
  await page.setViewportSize(PHONE.viewport);
  await page.waitForFunction(() => !document.querySelector('[data-testid=checking]'));
  await entry(page, 'Nachtdienst Eule').tap();
  await page.getByTestId('act-cancelled').tap();
  await page.getByTestId('this-and-later').tap();
  await look(page, 'de, phone, the rest of a series');
  await page.getByTestId('act-confirm').tap();
  await page.locator('[data-testid=event][data-state=cancelled]').waitFor({ state: 'attached' });
  await page.getByTestId('drawer-state').waitFor();
  await page.keyboard.press('Escape');
  await page.setViewportSize(DESKTOP.viewport);
  await practice.showDay(page, world.series[1]);
  await page.locator('[data-testid=event][data-state=cancelled]').filter({ hasText: 'Nachtdienst Eule' }).waitFor();
});

step('a swipe scrolls and draws nothing; a finger that rests first draws', async () => {
  const { page } = world.staff;
  await practice.showDay(page, world.day);
  await page.setViewportSize(PHONE.viewport);
  await page.waitForFunction(() => !document.querySelector('[data-testid=checking]'));
  // Where nothing is for a hundred pixels, in the middle of what one sees, once nothing scrolls any more.
  const freePlace = async () => {
    await page.locator('.ec-day').last().evaluate((day) => day.scrollIntoView({ block: 'center' }));
    const place = await page.evaluate(async () => {
      const day = [...document.querySelectorAll('.ec-day')].at(-1);
      const frame = () => new Promise((resume) => requestAnimationFrame(resume));
      for (let still = 0, last = NaN; still < 20; last = day.getBoundingClientRect().top) {
        await frame();
        still = day.getBoundingClientRect().top === last ? still + 1 : 0;
      }
      const { left, width } = day.getBoundingClientRect();
      const x = Math.min(left + width / 2, innerWidth - 60);
      const free = (y) => {
        const at = document.elementFromPoint(x, y);
        return at?.closest('.ec-main') && !at.closest('.ec-event');
      };
      // Away from what ends above: a finger beside its lower edge would take hold of that.
      for (let y = 250; y < innerHeight - 250; y += 10) if ([-40, -20, 0, 20, 40, 60, 80, 100].every((down) => free(y + down))) return { x, y };
      return null;
    });
    assert.ok(place, 'no free place is in sight');
    return place;
  };
  let place = await freePlace();
  const finger = await page.context().newCDPSession(page);
  const touch = (type, down) => finger.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x: place.x, y: place.y + down }] });
  const strokes = async () => {
    for (const down of [10, 25, 45, 68]) await touch('touchMove', down);
    await touch('touchEnd');
  };
  await touch('touchStart', 0);
  await strokes();
  // The rest of the gesture, of a finger and not of a test: longer than the page asks for.
  const rest = () => page.evaluate(() => new Promise((resume) => setTimeout(resume, 700)));
  await rest();
  assert.equal(await page.getByTestId('entry-sheet').filter({ visible: true }).count(), 0, 'a swipe drew');
  // The swipe may still run on.
  place = await freePlace();
  await touch('touchStart', 0);
  await rest();
  await strokes();
  await page.getByTestId('kind-block').tap();
  const minutes = Number(await page.getByTestId('entry-minutes').inputValue());
  assert.ok(minutes >= 20 && minutes <= 45, `drawn for ${minutes} minutes`);
  assert.equal(await page.getByTestId('entry-date').inputValue(), world.day);
  await look(page, 'de, phone, sheet drawn by touch');
  await page.getByTestId('entry-title').fill('Gezeichnet mit dem Finger');
  await page.getByTestId('entry-enter').tap();
  await settled(page, 'Gezeichnet mit dem Finger');
});
