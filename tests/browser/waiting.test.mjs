// The waiting list, in German on a phone: somebody finds nothing suitable and joins, somebody else cancels, the practice's open
// window mails, and one tap books.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, addPasskeys, person, startBrowser } from './lib/browser.mjs';
import { look } from './lib/page.mjs';
import * as patient from './lib/patient.mjs';
import * as practice from './lib/practice.mjs';
import { startServer, until } from './lib/server.mjs';

const mark = randomBytes(4).toString('hex');
const FIRST = { name: `Erste Person ${mark}`, email: `erste.${mark}@patient.example`, reason: `Kommt dazwischen ${mark}` };
const SECOND = { name: `Wartende Person ${mark}`, email: `wartend.${mark}@patient.example`, phone: '+49 30 5550 77', reason: `Gern bald ${mark}` };
const PINS = { first: '83619420', second: '50718264' };

const world = { people: [] };
let broken = false;
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

/** With `SHOTS` set, a picture of a state for whoever wants to look. */
const shot = async (page, name) => {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/waiting-${name}.png`, fullPage: true });
};

before(async () => {
  [world.server, world.browser] = await Promise.all([startServer(), startBrowser()]);
  for (const [who, texts] of Object.entries({ FIRST, SECOND, PINS })) {
    for (const [key, text] of Object.entries(texts)) world.server.needle(`${who} ${key}`, { text });
  }
});

after(async () => {
  await world.browser?.close();
  await world.server?.stop();
  if (!broken) world.server?.remove();
});

step('a practice is founded, and somebody books', async () => {
  const { server } = world;
  world.staff = await comes('staff', { locale: 'de-DE', device: DESKTOP });
  await addPasskeys(world.staff);
  const { page } = world.staff;
  const input = {
    name: 'Praxis am Park',
    staff: `Dr. Beispiel ${mark}`,
    person: 'Dr. Beispiel',
    service: { name: 'Sprechstunde', minutes: 20, description: 'Für alle Anliegen.' },
  };
  world.link = (await practice.found(page, server.origin, input, () => undefined)).link;
  world.first = await comes('first patient', { locale: 'de-DE', device: PHONE });
  const { page: mine } = world.first;
  await mine.goto(world.link);
  world.start = await patient.chooseTime(mine);
  await patient.fillDetails(mine, FIRST);
  await patient.choosePin(mine, PINS.first);
  await patient.enterCode(mine, server, FIRST.email);
  await mine.getByTestId('booked').waitFor();
});

step('somebody else joins the waiting list', async () => {
  world.second = await comes('second patient', { locale: 'de-DE', device: PHONE });
  const { page } = world.second;
  await page.goto(world.link);
  await page.getByTestId('service').first().click();
  await page.getByTestId('step-person').or(page.getByTestId('step-time')).first().waitFor();
  if (await page.getByTestId('step-person').isVisible()) await page.getByTestId('person-any').click();
  await page.getByTestId('to-wait').click();
  await page.getByTestId('step-wait').waitFor();
  await look(page, 'de, phone, waiting list');
  await shot(page, 'join');
  // No day: said at the days, and nothing goes on.
  for (let day = 1; day <= 7; day += 1) await page.getByTestId(`weekday-${day}`).press('Space');
  await page.getByTestId('wait-next').click();
  await page.locator('[data-testid=weekday-1][aria-invalid=true]').waitFor();
  await look(page, 'de, phone, waiting list, no day');
  for (let day = 1; day <= 7; day += 1) await page.getByTestId(`weekday-${day}`).press('Space');
  await page.getByTestId('wait-next').click();
  await page.getByTestId('step-details').waitFor();
  await page.getByTestId('chosen-wait').waitFor();
  await patient.fillDetails(page, SECOND);
  await patient.choosePin(page, PINS.second);
  await patient.enterCode(page, world.server, SECOND.email);
  await page.getByTestId('booked').waitFor();
  assert.equal(await page.getByTestId('booked').textContent(), 'Sie stehen auf der Warteliste');
  await look(page, 'de, phone, on the waiting list');
  await shot(page, 'joined');
  await page.getByTestId('to-mine').click();
  await patient.unlock(page, SECOND.email, PINS.second);
  await page.getByTestId('waiting').waitFor();
  assert.equal(await page.getByTestId('offer').count(), 0);
  await look(page, 'de, phone, mine, waiting');
  await shot(page, 'mine');
});

step('the practice sees who waits, and offers what is cancelled by mail', async () => {
  const { page } = world.staff;
  await page.getByTestId('to-sign-in').click();
  await practice.signIn(page);
  await page.getByTestId('tab-waiting').click();
  await page.getByTestId('waiting-entry').filter({ hasText: SECOND.name }).waitFor();
  await look(page, 'de, waiting list');

  const { page: mine } = world.first;
  await mine.getByTestId('to-mine').click();
  await patient.unlock(mine, FIRST.email, PINS.first);
  await mine.getByTestId('cancel').click();
  await mine.getByTestId('cancel-confirm').click();
  await mine.getByTestId('cancel-done').waitFor();

  await page.getByTestId('waiting-reload').click();
  await page.getByTestId('waiting-offer').waitFor();
  await look(page, 'de, waiting list, offered');
  await shot(page, 'staff');
  const text = await until('the notice', async () => {
    const mail = await world.server.mailTo(SECOND.email);
    return mail.text.includes('frei geworden') ? mail.text : undefined;
  });
  assert.ok(text.includes(`/me/#${world.link.split('#')[1]}`), text);
  assert.ok(!text.includes(SECOND.name) && !text.includes('Sprechstunde'), text);
});

step('one tap books it', async () => {
  const { page } = world.second;
  await page.reload();
  await patient.unlock(page, SECOND.email, PINS.second);
  await page.getByTestId('offer').waitFor();
  await look(page, 'de, phone, mine, offered');
  await shot(page, 'offered');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shot(page, 'offered-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByTestId('offer-accept').click();
  await page.getByTestId('offer-done').waitFor();
  await page.getByTestId('upcoming').getByText('Sprechstunde').waitFor();
  assert.equal(await page.getByTestId('waiting').count(), 0);
  await look(page, 'de, phone, mine, accepted');
  await world.staff.page.getByTestId('waiting-reload').click();
  await world.staff.page.getByTestId('waiting-entry').waitFor({ state: 'detached' });
});
