// Two realms, by hand of a browser: the practice and its pages on workerd, the second, which only guards PINs, on the Spin host. Found over both,
// enrol with a code of each, book, return on a new device, guess wrongly until both lock, change the PIN, unlock with the new one.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, addPasskeys, person, startBrowser, watchPrf } from './lib/browser.mjs';
import { look, tabTo } from './lib/page.mjs';
import * as patient from './lib/patient.mjs';
import * as practice from './lib/practice.mjs';
import { lockedRealms, unlock } from './lib/second-client.mjs';
import { startRealm, startServer } from './lib/server.mjs';

const mark = randomBytes(4).toString('hex');
const IBIS = { name: `Testperson Ibis ${mark}`, email: `ibis.${mark}@patient.example`, reason: `Ibis im Schilf ${mark}` };
const PINS = { first: '83619420', wrong: '27401853', changed: '71940285' };
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

/** The code that each realm mailed. */
const codes = async (count = 1) => {
  const mails = await Promise.all([world.first, world.second].map((server) => server.mailTo(IBIS.email, count)));
  return mails.map((mail) => ({ ...mail, code: /(?<!\d)\d{6}(?!\d)/.exec(mail.text)[0] }));
};

before(async () => {
  [world.second, world.browser] = await Promise.all([startRealm({ vars: { FOUNDING_CODE: CODE } }), startBrowser()]);
  world.first = await startServer({ realms: [world.second.origin] });
  for (const server of [world.first, world.second]) {
    for (const [key, text] of Object.entries({ ...IBIS, ...PINS })) server.needle(key, { text });
  }
});

after(async () => {
  await world.browser?.close();
  await Promise.all([world.first?.stop(), world.second?.stop()]);
  if (!broken) for (const server of [world.first, world.second]) server?.remove();
});

step('a practice is founded over two realms, after the wrong code of one', async () => {
  const { first, second } = world;
  const staff = (world.staff = await comes('staff', { locale: 'de-DE', device: DESKTOP }));
  await watchPrf(staff, (hex) => [first, second].forEach((server) => server.needle('PRF output', { hex })));
  await addPasskeys(staff);
  const { page } = staff;
  const guards = async (form) => {
    await form.getByTestId('guards-few').waitFor();
    assert.equal(await form.getByTestId('guards-3').locator('input').isDisabled(), true, 'three need two partners');
    await form.getByTestId('guards-2').locator('input').check();
    const partner = form.getByTestId('partner');
    assert.equal(await partner.getAttribute('data-origin'), second.origin);
    await page.locator('[data-testid=partner][data-state=ready]').waitFor();
    await page.getByTestId('found-next').click();
    await form.locator('[data-testid=partner-code][aria-invalid=true]').waitFor();
    await look(page, 'de, found, a code is missing');
    await form.getByTestId('partner-code').fill('not this one');
  };
  const input = {
    name: 'Praxis am Weiher',
    staff: `Dr. Beispiel ${mark}`,
    person: 'Dr. Beispiel',
    service: { name: 'Sprechstunde', minutes: 20, description: '' },
    guards,
    async problem() {
      assert.match(await page.getByTestId('found-problem').textContent(), new RegExp(new URL(second.origin).host));
      await look(page, 'de, found, the other realm refuses the code');
      await page.getByTestId('partner-code').fill(CODE);
      await page.getByTestId('create-passkey').click();
    },
  };
  const { link } = await practice.found(page, first.origin, input, (where) => look(page, `de, ${where}`));
  assert.match(link, new RegExp(`^${first.origin}/b/#[a-z2-7]{32}$`));
  world.link = link;
  world.fingerprint = link.split('#')[1];
});

step('a patient enrols with the codes of both realms and books, on a phone', async () => {
  const visitor = await comes('patient', { locale: 'de-DE', device: PHONE });
  const { page } = visitor;
  await page.goto(world.link);
  await page.getByTestId('shield').waitFor();
  await page.getByTestId('shield').click();
  const shown = await page.getByTestId('guards').locator('span').allTextContents();
  assert.deepEqual(shown, [world.first, world.second].map(({ origin }) => new URL(origin).host));
  await look(page, 'de, phone, who guards the PIN');
  await page.keyboard.press('Escape');
  world.start = await patient.chooseTime(page);
  await patient.fillDetails(page, IBIS);
  await patient.choosePin(page, PINS.first);
  await page.getByTestId('code-1').waitFor();
  await look(page, 'de, phone, two codes');
  const mails = await codes();
  assert.match(mails[0].subject, /^Ihr Code 1 von 2 für Praxis am Weiher$/);
  assert.equal(mails[1].subject, `Ihr Code 2 von 2 für ${new URL(world.second.origin).host}`);
  const [one, two] = mails.map(({ code }) => code);
  // A wrong second code: the first is taken, and only the second is asked for again.
  await page.getByTestId('code-1').fill(one);
  await page.getByTestId('code-2').fill(two === '000000' ? '000001' : '000000');
  await page.locator('[data-testid=code-2][aria-invalid=true]').waitFor();
  await look(page, 'de, phone, the code of one realm is wrong');
  assert.equal(await page.getByTestId('code-1').inputValue(), one);
  assert.equal(await page.getByTestId('code-2').inputValue(), '');
  // The whole mail, pasted into the wrong field, finds its place.
  await page.getByTestId('code-1').evaluate((field, text) => {
    const data = new DataTransfer();
    data.setData('text', text);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, `${mails[1].subject}\n${mails[1].text}`);
  await page.getByTestId('booked').waitFor();
  await visitor.close();
});

step('the practice reads it, and sees who guards the PINs', async () => {
  const { page } = world.staff;
  await page.getByTestId('to-sign-in').click();
  await page.getByTestId('sign-in-known').waitFor();
  await practice.signIn(page);
  await practice.showDay(page, practice.dayOf(world.start));
  await page.getByTestId('event').filter({ hasText: IBIS.name }).waitFor();
  await page.getByTestId('tab-settings').click();
  await page.getByTestId('section-guards').click();
  await page.getByTestId('guards-of').waitFor();
  const hosts = await page.getByTestId('guards-of').locator('strong').allTextContents();
  assert.deepEqual(hosts, [world.first, world.second].map(({ origin }) => new URL(origin).host));
  await look(page, 'de, settings, who guards the PINs');
  await world.staff.close();
});

step('on a new device, by keyboard alone, with e-mail and PIN', async () => {
  const visitor = await comes('patient on a new device', { locale: 'en-GB', device: DESKTOP });
  const { page } = visitor;
  await page.goto(`${world.first.origin}/me/#${world.fingerprint}`);
  await page.getByTestId('unlock-form').waitFor();
  for (const [id, text] of [['email', IBIS.email], ['pin', PINS.first]]) {
    await tabTo(page, id);
    await page.keyboard.type(text);
  }
  await page.keyboard.press('Enter');
  await page.getByTestId('upcoming').getByTestId('appointment').getByText(IBIS.reason).waitFor();
  await page.getByTestId('remember-device').click();
  await page.getByTestId('remembered').waitFor();
  world.home = visitor;
});

step('wrong PINs are counted by both realms until both lock', async () => {
  assert.deepEqual(await lockedRealms(world.first.origin, world.fingerprint, IBIS.email), [false, false]);
  const stranger = await comes('stranger', { locale: 'de-DE', device: DESKTOP });
  const { page } = stranger;
  await page.goto(`${world.first.origin}/me/#${world.fingerprint}`);
  await page.getByTestId('unlock-form').waitFor();
  // The check above took one of three at each realm.
  for (let guess = 0; guess < 2; guess += 1) {
    await patient.unlock(page, IBIS.email, PINS.wrong);
    await page.getByTestId('unlock-problem').waitFor();
    await page.locator('[data-testid=unlock]:not([disabled])').waitFor();
  }
  await patient.unlock(page, IBIS.email, PINS.wrong);
  await page.getByTestId('locked').waitFor();
  await look(page, 'de, locked by both realms');
  assert.deepEqual(await lockedRealms(world.first.origin, world.fingerprint, IBIS.email), [true, true]);
  await stranger.close();
});

step('the remembered device is not locked out, and changes the PIN on both realms', async () => {
  const { page } = world.home;
  await page.getByTestId('change-pin').click();
  const dialog = page.getByTestId('pin-dialog');
  await dialog.getByTestId('pin-old').fill(PINS.first);
  await dialog.getByTestId('pin').fill(PINS.changed);
  await dialog.getByTestId('pin-repeat').fill(PINS.changed);
  await dialog.getByTestId('change-pin-confirm').click();
  await page.getByTestId('settings-done').waitFor();
  await world.home.close();
  const visitor = await comes('patient with the new PIN', { locale: 'en-GB', device: PHONE });
  await visitor.page.goto(`${world.first.origin}/me/#${world.fingerprint}`);
  await patient.unlock(visitor.page, IBIS.email, PINS.first);
  await visitor.page.getByTestId('unlock-problem').waitFor();
  await patient.unlock(visitor.page, IBIS.email, PINS.changed);
  await visitor.page.getByTestId('upcoming').getByTestId('appointment').waitFor();
  await visitor.close();
});

step('the second implementation unlocks over both realms and reads the same', async () => {
  const { origin } = world.first;
  const { bookings, secrets } = await unlock(origin, world.fingerprint, IBIS.email, PINS.changed);
  assert.deepEqual(bookings.map(({ contact, reason }) => [contact.name, reason]), [[IBIS.name, IBIS.reason]]);
  for (const server of [world.first, world.second]) {
    // A realm keeps its own unlock key and share, sealed; what is here must not lie open with either.
    for (const [name, bytes] of secrets) server.needle(name, { hex: Buffer.from(bytes).toString('hex') });
  }
});

step('with the second realm down the patient is told which one it is', async () => {
  // The browser's own note of a request without an answer.
  const allow = [/ERR_CONNECTION_REFUSED/];
  const visitor = await comes('patient without the second realm', { locale: 'de-DE', device: PHONE, allow });
  const { page } = visitor;
  await world.second.stop();
  await page.goto(`${world.first.origin}/me/#${world.fingerprint}`);
  await patient.unlock(page, IBIS.email, PINS.changed);
  const told = page.getByTestId('unlock-problem');
  await told.waitFor();
  assert.match(await told.textContent(), new RegExp(`Keine Antwort von ${new URL(world.second.origin).host}\\.`));
  await look(page, 'de, phone, a realm is down');
  await visitor.close();
});

step('nothing of it is in what either realm stored, queued or printed', async () => {
  await world.browser.close();
  await world.first.stop();
  for (const server of [world.first, world.second]) {
    const { code, output } = server.scan();
    assert.equal(code, 0, output);
  }
});
