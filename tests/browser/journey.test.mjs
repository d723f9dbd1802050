// The journey of the issue, by hand of a browser: found, book, read, return on another device, cancel; and afterwards no
// trace of it in anything that the server stored or logged.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, addPasskeys, person, startBrowser, watchPrf } from './lib/browser.mjs';
import { look, tabTo } from './lib/page.mjs';
import * as patient from './lib/patient.mjs';
import * as practice from './lib/practice.mjs';
import { fromBase32, unlock } from './lib/second-client.mjs';
import { startServer } from './lib/server.mjs';

const mark = randomBytes(4).toString('hex');
const KRANICH = {
  name: `Testperson Kranich ${mark}`,
  email: `kranich.${mark}@patient.example`,
  phone: `+49 30 5550 ${parseInt(mark, 16)}`,
  birthDate: '1981-04-17',
  reason: `Kranichflug über dem Haff ${mark}`,
};
const HERON = { name: `Test Heron ${mark}`, email: `heron.${mark}@patient.example`, reason: `Heron in the reeds ${mark}` };
const PINS = { kranich: '83619420', wrong: '27401853', stranger: '60917284', heron: '50718264', changed: '71940285' };
const MOVED = `Der Reiher zieht früher los ${mark}`;
const NOTE = `Der Kranich zieht weiter ${mark}`;
const ILL = `Dr. Beispiel ist erkrankt ${mark}`;

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

before(async () => {
  [world.server, world.browser] = await Promise.all([startServer(), startBrowser()]);
  const { server } = world;
  for (const [key, text] of Object.entries(KRANICH)) server.needle(`first patient's ${key}`, { text });
  for (const [key, text] of Object.entries(HERON)) server.needle(`second patient's ${key}`, { text });
  for (const [key, text] of Object.entries(PINS)) server.needle(`PIN ${key}`, { text });
  server.needle('note', { text: NOTE });
  server.needle("the practice's note", { text: ILL });
  server.needle("the practice's note on a move", { text: MOVED });
});

after(async () => {
  await world.browser?.close();
  await world.server?.stop();
  if (!broken) world.server?.remove();
});

step('a practice is founded, in German on a desktop', async () => {
  const { server } = world;
  world.staff = await comes('staff', { locale: 'de-DE', device: DESKTOP });
  await watchPrf(world.staff, (hex) => server.needle('PRF output', { hex }));
  await addPasskeys(world.staff);
  const { page } = world.staff;
  const input = {
    name: 'Praxis am Park',
    staff: `Dr. Beispiel ${mark}`,
    person: 'Dr. Beispiel',
    service: { name: 'Sprechstunde', minutes: 20, description: 'Für alle Anliegen.' },
  };
  const { link, groups } = await practice.found(page, server.origin, input, (where) => look(page, `de, ${where}`));
  assert.match(link, new RegExp(`^${server.origin}/b/#[a-z2-7]{32}$`));
  assert.equal(groups.length, 14);
  server.needle('recovery sheet', { text: groups.join('') });
  server.needle('recovery seed', { hex: Buffer.from(fromBase32(groups.join('')).slice(0, 32)).toString('hex') });
  world.link = link;
  world.fingerprint = link.split('#')[1];
});

step('a patient books with PIN and mailed code, in German on a phone', async () => {
  const { server } = world;
  const visitor = await comes('first patient', { locale: 'de-DE', device: PHONE });
  const { page } = visitor;
  const seen = (where) => look(page, `de, phone, booking, ${where}`);
  await page.goto(world.link);
  await page.getByTestId('service').first().waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Termin buchen');
  await page.getByTestId('shield').waitFor();
  await seen('service');
  world.start = await patient.chooseTime(page, seen);
  await page.getByTestId('step-details').waitFor();
  await seen('details');
  await patient.fillDetails(page, KRANICH);
  await page.getByTestId('step-pin').waitFor();
  await page.getByTestId('pin').fill('123456');
  await page.getByTestId('pin-repeat').fill('123456');
  await page.locator('[data-testid=pin][aria-invalid=true]').waitFor();
  await seen('pin, too weak');
  await patient.choosePin(page, PINS.kranich);
  await page.getByTestId('step-code').waitFor();
  await seen('code');
  await patient.enterCode(page, server, KRANICH.email);
  await page.getByTestId('booked').waitFor();
  await seen('booked');
  assert.equal(await page.getByTestId('booked').textContent(), 'Ihr Termin ist gebucht');
  await visitor.close();
});

step('the practice signs out, signs in with the passkey, and reads the appointment', async () => {
  const { page } = world.staff;
  await page.getByTestId('to-sign-in').click();
  await page.getByTestId('sign-in-known').waitFor();
  await look(page, 'de, gate');
  await practice.signIn(page);
  await page.getByTestId('sign-out').click();
  await page.getByTestId('gate-notice').waitFor();
  await practice.signIn(page);
  await practice.showDay(page, practice.dayOf(world.start));
  const event = page.getByTestId('event').filter({ hasText: KRANICH.name });
  await event.waitFor();
  await look(page, 'de, calendar, day');
  await event.click();
  const drawer = page.getByTestId('drawer');
  for (const text of [KRANICH.name, KRANICH.email, KRANICH.phone, KRANICH.reason]) {
    await drawer.getByText(text).first().waitFor();
  }
  await look(page, 'de, calendar, appointment');
  await page.keyboard.press('Escape');
  for (const view of ['work', 'week', 'month', 'list']) {
    await page.getByTestId(`view-${view}`).click();
    await event.waitFor();
    await look(page, `de, calendar, ${view}`);
  }
  await page.getByTestId('calendar-search').fill('5550 kránich');
  await page.getByTestId('end-search').waitFor();
  await event.waitFor();
  await look(page, 'de, calendar, search');
  await page.getByTestId('calendar-search').fill('heron');
  await event.waitFor({ state: 'detached' });
  await page.getByTestId('end-search').click();
  await event.waitFor();
  assert.match(await practice.paper(page), new RegExp(KRANICH.name));
  // Its signature is verified by now, and this device keeps it: at the next sign-in the server only lists it.
  await page.getByTestId('calendar-checking').waitFor({ state: 'detached' });
  await page.waitForFunction(practice.keptPeriods);
  await page.getByTestId('sign-out').click();
  const answers = [];
  page.on('response', (response) => response.url().endsWith('/calendar') && answers.push(response.body()));
  await practice.signIn(page);
  await practice.showDay(page, practice.dayOf(world.start));
  await page.getByTestId('event').filter({ hasText: KRANICH.name }).waitFor();
  const sizes = (await Promise.all(answers)).map((body) => body.length);
  assert.ok(sizes.length > 0 && sizes.every((size) => size < 1000), `an appointment that is kept here was sent again: ${sizes}`);
  await page.getByTestId('view-list').click();
  await page.getByTestId('tab-settings').click();
  await page.getByTestId('settings-save').waitFor();
  await look(page, 'de, settings');
  await page.getByTestId('tab-poster').click();
  await page.getByTestId('poster').waitFor();
  await look(page, 'de, poster');
  await page.getByTestId('tab-calendar').click();
});

step('a stranger who knows the address tries a PIN', async () => {
  const stranger = await comes('stranger', { locale: 'en-GB', device: DESKTOP });
  const { page } = stranger;
  await page.goto(`${world.server.origin}/me/#${world.fingerprint}`);
  await patient.unlock(page, KRANICH.email, PINS.stranger);
  await page.getByTestId('unlock-problem').waitFor();
  assert.equal(await page.getByTestId('appointment').count(), 0);
  await stranger.close();
});

step('the patient returns on another device, is refused with a wrong PIN, moves and cancels, in English', async () => {
  const visitor = await comes('returning patient', { locale: 'en-GB', device: DESKTOP });
  const { page } = visitor;
  await page.goto(`${world.server.origin}/me/#${world.fingerprint}`);
  await page.getByTestId('unlock-form').waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await look(page, 'en, mine, locked');
  await patient.unlock(page, KRANICH.email, PINS.wrong);
  await page.getByTestId('unlock-problem').waitFor();
  await look(page, 'en, mine, wrong PIN');
  await patient.unlock(page, KRANICH.email, PINS.kranich);
  const mine = page.getByTestId('upcoming').getByTestId('appointment');
  await mine.waitFor();
  assert.equal(await mine.getAttribute('data-state'), 'booked');
  // The patient's own slip is taken back with the right PIN; the stranger's is told.
  assert.match(await page.getByTestId('failed-attempts').textContent(), /(one|1) attempt/i);
  await mine.getByText(KRANICH.reason).waitFor();
  await look(page, 'en, mine');
  const start = () => mine.locator('time').getAttribute('datetime');
  const before = await start();
  await mine.getByTestId('move').click();
  const dialog = page.getByTestId('move-dialog');
  const slot = (await patient.freeTimes(dialog)).last();
  await look(page, 'en, mine, move');
  const wanted = new Date(Number(await slot.getAttribute('data-start')) * 1000).toISOString();
  assert.notEqual(wanted, before);
  await slot.click();
  await page.getByTestId('move-done').waitFor();
  await mine.locator(`time[datetime="${wanted}"]`).waitFor();
  assert.match(await mine.getByTestId('state').textContent(), /Moved\s+by you/);
  await look(page, 'en, mine, moved');
  // The practice sees it at its new time, which the patient's signature explains, and nothing where it was.
  world.start = Date.parse(wanted) / 1000;
  const staff = world.staff.page;
  await staff.getByTestId('view-day').click();
  await practice.showDay(staff, practice.dayOf(Date.parse(before) / 1000));
  await staff.getByTestId('calendar-reload').click();
  await practice.showDay(staff, practice.dayOf(world.start));
  const event = staff.getByTestId('event').filter({ hasText: KRANICH.name });
  await event.waitFor();
  assert.equal(await event.count(), 1);
  await event.click();
  await staff.getByTestId('drawer-state').getByText(/verlegt vom Patienten/).waitFor();
  await look(staff, 'de, calendar, moved appointment');
  await staff.keyboard.press('Escape');
  await mine.getByTestId('cancel').click();
  await page.getByTestId('cancel-note').fill(NOTE);
  await look(page, 'en, mine, cancel');
  await page.getByTestId('cancel-confirm').click();
  await page.getByTestId('cancel-done').waitFor();
  const past = page.getByTestId('past').getByTestId('appointment');
  await past.waitFor();
  assert.equal(await past.getAttribute('data-state'), 'cancelled');
  await look(page, 'en, mine, cancelled');
  await visitor.close();
});

step('the practice sees the cancellation and its note', async () => {
  const { page } = world.staff;
  await page.getByTestId('view-day').click();
  await page.getByTestId('calendar-reload').click();
  const event = page.locator('[data-testid=event][data-state=cancelled]').filter({ hasText: KRANICH.name });
  await event.waitFor();
  await event.click();
  await page.getByTestId('drawer').getByText(NOTE).waitFor();
  await look(page, 'de, calendar, cancelled appointment');
  await page.keyboard.press('Escape');
  await page.getByTestId('lang-en').click();
  await page.getByTestId('tab-calendar').getByText('Calendar').waitFor();
  await page.setViewportSize(PHONE.viewport);
  await look(page, 'en, phone, calendar');
  await page.setViewportSize(DESKTOP.viewport);
});

step('another patient books by keyboard alone, in English on a desktop', async () => {
  const visitor = await comes('second patient', { locale: 'en-GB', device: DESKTOP });
  const { page } = visitor;
  const type = async (id, text) => {
    await tabTo(page, id);
    await page.keyboard.type(text);
  };
  const press = async (id) => {
    await tabTo(page, id);
    await page.keyboard.press('Enter');
  };
  await page.goto(world.link);
  await page.getByTestId('service').first().waitFor();
  await page.getByTestId('shield').waitFor();
  await press('service');
  await page.getByTestId('slot').filter({ visible: true }).first().waitFor();
  // The second day that has something free.
  await tabTo(page, 'free-day');
  await page.keyboard.press('Tab');
  await press('free-day');
  await tabTo(page, 'slot');
  world.heron = practice.dayOf(await page.evaluate(() => Number(document.activeElement.dataset.start)));
  await page.keyboard.press('Enter');
  await page.getByTestId('step-details').waitFor();
  await look(page, 'en, booking, details');
  await type('name', HERON.name);
  await type('email', HERON.email);
  await type('reason', HERON.reason);
  await press('details-next');
  await page.getByTestId('step-pin').waitFor();
  await type('pin', PINS.heron);
  await type('pin-repeat', PINS.heron);
  await page.keyboard.press('Enter');
  await page.getByTestId('step-code').waitFor();
  await type('code', await patient.mailedCode(world.server, HERON.email));
  await page.getByTestId('booked').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.closest('[data-testid=step-done]') !== null), true);
  await visitor.close();
  const staff = world.staff.page;
  await practice.showDay(staff, world.heron);
  await staff.getByTestId('calendar-reload').click();
  await staff.getByTestId('event').filter({ hasText: HERON.name }).waitFor();
});

step('a remembered device needs the PIN alone, and the PIN is changed on it', async () => {
  const visitor = await comes('second patient at home', { locale: 'en-GB', device: PHONE });
  const { page } = visitor;
  const mine = page.getByTestId('upcoming').getByTestId('appointment');
  await page.goto(`${world.server.origin}/me/#${world.fingerprint}`);
  await patient.unlock(page, HERON.email, PINS.heron);
  await mine.waitFor();
  await page.getByTestId('remember-device').click();
  await page.getByTestId('remembered').waitFor();
  await page.reload();
  await page.getByTestId('unlock-form').waitFor();
  assert.equal(await page.getByTestId('email').count(), 0, 'no address is asked for');
  await look(page, 'en, phone, mine, known device');
  await page.getByTestId('pin').fill(PINS.heron);
  await page.getByTestId('unlock').click();
  await mine.waitFor();
  await page.getByTestId('change-pin').click();
  const dialog = page.getByTestId('pin-dialog');
  await dialog.getByTestId('pin-old').fill(PINS.heron);
  await dialog.getByTestId('pin').fill(PINS.changed);
  await dialog.getByTestId('pin-repeat').fill(PINS.changed);
  await look(page, 'en, phone, mine, change PIN');
  await dialog.getByTestId('change-pin-confirm').click();
  await page.getByTestId('settings-done').waitFor();
  await page.getByTestId('lock').click();
  await page.getByTestId('pin').fill(PINS.changed);
  await page.getByTestId('unlock').click();
  await mine.waitFor();
  await visitor.close();
});

step('the practice moves an appointment by drag, and again by keyboard', async () => {
  const { page } = world.staff;
  await page.getByTestId('view-day').click();
  await page.getByTestId('calendar-reload').click();
  const event = page.getByTestId('event').filter({ hasText: HERON.name });
  await practice.showDay(page, world.heron);
  await event.waitFor();
  await page.getByTestId('calendar-checking').waitFor({ state: 'detached' });
  // Away from the edges, where a drag scrolls.
  await event.evaluate((box) => box.scrollIntoView({ block: 'center' }));
  const time = () => event.locator('.when').textContent();
  const before = await time();
  const box = await event.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + 6];
  await page.mouse.move(x, y);
  await page.mouse.down();
  // An hour and a quarter: five lines of 34 px.
  for (const down of [20, 80, 150, 170]) await page.mouse.move(x, y + down);
  await page.mouse.up();
  await page.getByTestId('act-confirm').waitFor();
  const proposed = await page.getByTestId('move-time').inputValue();
  const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  assert.equal(minutes(proposed) - minutes(before), 75, `dragged from ${before} to ${proposed}`);
  assert.equal(await time(), before, 'nothing moves before it is confirmed');
  await look(page, 'calendar, move');
  await page.getByTestId('act-note').fill(MOVED);
  await page.getByTestId('act-confirm').click();
  await event.filter({ hasText: proposed }).waitFor();
  await page.getByTestId('drawer-state').getByText(MOVED).waitFor();
  await page.keyboard.press('Escape');
  // By keyboard: five minutes longer.
  await event.focus();
  await page.keyboard.press('Enter');
  await tabTo(page, 'act-moved');
  await page.keyboard.press('Enter');
  await tabTo(page, 'move-minutes');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('25');
  await tabTo(page, 'act-confirm');
  await page.keyboard.press('Enter');
  await page.getByTestId('drawer').getByText(/25 min/i).waitFor();
  await page.keyboard.press('Escape');
});

step('the practice cancels with a few words, and the patient sees who it was', async () => {
  const { page: staff } = world.staff;
  await practice.showDay(staff, world.heron);
  await staff.getByTestId('event').filter({ hasText: HERON.name }).click();
  await staff.getByTestId('drawer').getByTestId('act-cancelled').click();
  await staff.getByTestId('act-note').fill(ILL);
  await look(staff, 'en, calendar, cancel');
  await staff.getByTestId('act-confirm').click();
  await staff.getByTestId('drawer-state').getByText('Cancelled by the practice').waitFor();
  assert.equal(await staff.getByTestId('acts').count(), 0, 'nothing follows a cancellation');
  await staff.keyboard.press('Escape');
  await staff.locator('[data-testid=event][data-state=cancelled]').filter({ hasText: HERON.name }).waitFor();
  await world.staff.close();
  const visitor = await comes('second patient, later', { locale: 'en-GB', device: DESKTOP });
  const { page } = visitor;
  await page.goto(`${world.server.origin}/me/#${world.fingerprint}`);
  await patient.unlock(page, HERON.email, PINS.changed);
  const past = page.getByTestId('past').getByTestId('appointment');
  await past.waitFor();
  assert.equal(await past.getAttribute('data-state'), 'cancelled');
  assert.match(await past.getByTestId('state').textContent(), new RegExp(`Cancelled\\s+by the practice\\s+– ${ILL}`));
  await look(page, 'en, mine, cancelled by the practice');
  await visitor.close();
});

step('the second implementation unlocks over HTTP and reads the same', async () => {
  const { origin } = world.server;
  for (const [who, pin, state] of [[KRANICH, PINS.kranich, 2], [HERON, PINS.changed, 2]]) {
    const { bookings, secrets } = await unlock(origin, world.fingerprint, who.email, pin);
    assert.equal(bookings.length, 1);
    const [{ contact, reason, state: found }] = bookings;
    assert.deepEqual([contact.name, contact.email, reason, found], [who.name, who.email, who.reason, state]);
    for (const [name, bytes] of secrets) world.server.needle(`${who.name}: ${name}`, { hex: Buffer.from(bytes).toString('hex') });
  }
});

step('nothing of it is in what the server stored, queued or printed', async () => {
  const { browser, server } = world;
  await browser.close();
  await server.stop();
  // The scan finds what does lie there: the practice's public name.
  const control = server.scan([{ name: 'public name', text: 'Praxis am Park' }]);
  assert.equal(control.code, 1, control.output);
  const { code, output } = server.scan();
  assert.equal(code, 0, output);
  assert.match(output, /canary: (3[0-9]|[4-9][0-9]) needles, .* 0 found/);
});
