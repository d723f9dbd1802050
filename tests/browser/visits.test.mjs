// Several services in one visit, asked for on a phone and answered by the practice; and the day by rooms.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, addPasskeys, person, startBrowser } from './lib/browser.mjs';
import { look, tabTo } from './lib/page.mjs';
import * as patient from './lib/patient.mjs';
import * as practice from './lib/practice.mjs';
import { startServer } from './lib/server.mjs';

const PATIENT = { name: 'Testperson Kranich', email: 'kranich@patient.example', reason: 'Kranichflug' };
const CHILD = 'Testkind Kranich';
const PIN = '61840297';
const SORRY = 'An dem Tag geht es leider nicht';
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

/** Adds a room. */
async function addRoom(page, name) {
  await page.getByTestId('add-room').click();
  await page.getByTestId('resource-editor').last().getByTestId('resource-name').fill(name);
}

step('two services that may be booked together, one of them on request and in a room', async () => {
  world.staff = await person(world.browser, { locale: 'de-DE', device: DESKTOP });
  await addPasskeys(world.staff);
  const { page } = world.staff;
  const input = { name: 'Praxis am Teich', staff: 'Dr. Beispiel', person: 'Dr. Beispiel', service: { name: 'Beratung', minutes: 20, description: '' } };
  const { link } = await practice.found(page, world.server.origin, input, async () => {});
  world.link = link;
  await page.getByTestId('to-sign-in').click();
  await practice.signIn(page);
  await page.getByTestId('tab-settings').click();
  await page.getByTestId('section-people').click();
  await addRoom(page, 'Raum 1');
  await page.getByTestId('section-services').click();
  const editors = page.getByTestId('service-editor');
  await editors.first().locator('summary').click();
  await editors.first().getByTestId('together-yes').click();
  // What the wizard put there besides is offered alone.
  const others = await editors.count();
  await page.getByTestId('add-service').click();
  const second = editors.nth(others);
  await second.getByTestId('service-name').fill('Ultraschall');
  await second.getByTestId('service-minutes').fill('15');
  await second.getByTestId('add-need').click();
  await second.getByTestId('asks-yes').click();
  await second.getByTestId('together-yes').click();
  await second.getByTestId('service-price').fill('40 €');
  await second.getByTestId('add-question').click();
  await second.getByTestId('question-text').fill('Sind Sie nüchtern?');
  await look(page, 'de, settings, services together');
  await page.getByTestId('settings-save').click();
  await page.getByTestId('settings-saved').or(page.getByTestId('settings-problem')).first().waitFor();
  assert.deepEqual(await page.getByTestId('settings-problem').allTextContents(), []);
});

/** Chooses both services, in four taps from the first one, and a time. */
async function chooseBoth(page) {
  await page.getByTestId('service').filter({ hasText: 'Beratung' }).click();
  await page.getByTestId('slot').filter({ visible: true }).first().waitFor();
  await page.getByTestId('add-service').click();
  const more = page.getByTestId('service');
  assert.deepEqual((await more.allTextContents()).map((text) => /Ultraschall/.test(text)), [true], 'only what may be added');
  return more.first();
}

step('on a phone: one visit of both, which is asked for', async () => {
  world.patient = await person(world.browser, { locale: 'de-DE', device: PHONE });
  const { page } = world.patient;
  await page.goto(world.link);
  const more = await chooseBoth(page);
  await look(page, 'de, phone, another service');
  await more.click();
  await page.getByTestId('asks').waitFor();
  assert.equal(await page.getByTestId('chosen-service').count(), 2);
  const slot = page.getByTestId('slot').filter({ visible: true }).first();
  await slot.waitFor();
  await look(page, 'de, phone, a time for both');
  // Left out, and taken again.
  await page.getByTestId('remove-service').click();
  await slot.waitFor();
  assert.equal(await page.getByTestId('asks').count(), 0);
  await page.getByTestId('add-service').click();
  await page.getByTestId('service').first().click();
  await page.getByTestId('asks').waitFor();
  const time = (await patient.freeTimes(page)).first();
  world.start = Number(await time.getAttribute('data-start'));
  await time.click();
  await page.getByTestId('answer').fill('Ja');
  await patient.fillDetails(page, PATIENT);
  await patient.choosePin(page, PIN);
  await page.getByTestId('step-code').waitFor();
  await patient.enterCode(page, world.server, PATIENT.email);
  await page.getByTestId('booked').waitFor();
  await page.getByText(/Beratung \+ Ultraschall · 35/).waitFor();
  await look(page, 'de, phone, asked for');
});

step('the same PIN for a child: chosen anew, and told apart', async () => {
  const { page } = world.patient;
  await page.getByTestId('again').click();
  await page.getByTestId('service').filter({ hasText: 'Beratung' }).click();
  await (await patient.freeTimes(page)).nth(6).click();
  await page.getByTestId('for-whom').getByText(PATIENT.name).waitFor();
  await look(page, 'de, phone, for whom');
  await page.getByTestId('change-person').click();
  const known = page.getByTestId('family');
  await known.waitFor();
  assert.deepEqual(await known.allTextContents(), [PATIENT.name]);
  assert.equal(await known.getAttribute('aria-pressed'), 'true');
  await page.getByTestId('family-other').click();
  assert.equal(await page.getByTestId('name').inputValue(), '');
  assert.equal(await page.getByTestId('email').inputValue(), PATIENT.email);
  await look(page, 'de, phone, details, a family');
  await page.getByTestId('name').fill(CHILD);
  await page.getByTestId('details-next').click();
  await page.getByTestId('for-whom').getByText(CHILD).waitFor();
  await page.getByTestId('book').click();
  await page.getByTestId('booked').waitFor();
});

step('staff confirms with the keyboard, and sees the room in its own column', async () => {
  const { page } = world.staff;
  await page.getByTestId('tab-calendar').click();
  await practice.showDay(page, practice.dayOf(world.start));
  const event = page.getByTestId('event').filter({ hasText: PATIENT.name });
  await event.waitFor();
  assert.equal(await event.getAttribute('data-state'), 'requested');
  await tabTo(page, 'by-people');
  await page.keyboard.press('ArrowRight');
  await event.filter({ hasText: 'Dr. Beispiel' }).waitFor();
  await page.getByTestId('grid').getByText('Raum 1').waitFor();
  await look(page, 'de, calendar by rooms');
  // The visit is 35 minutes long, and has the room for its second part.
  const tall = async () => (await event.boundingBox()).height;
  const inRoom = await tall();
  await page.getByTestId('by-people').click();
  await event.filter({ hasText: 'Beratung + Ultraschall' }).waitFor();
  assert.ok(inRoom < (await tall()) * 0.6, 'the room is claimed for 15 of 35 minutes');
  await event.focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('drawer').getByText('Sind Sie nüchtern?').waitFor();
  await page.getByTestId('act-confirmed').waitFor();
  await look(page, 'de, calendar, a request');
  await tabTo(page, 'act-confirmed');
  await page.keyboard.press('Enter');
  await page.getByTestId('act-cancelled').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await event.getAttribute('data-state'), 'booked');
});

/** The calendar shows who will come. */
async function staffSees(page) {
  await page.getByTestId('calendar-reload').click();
  await page.getByTestId('accepted').waitFor();
  await page.getByTestId('event').filter({ hasText: PATIENT.name }).click();
  await page.getByTestId('drawer-state').getByText('Gebucht · zugesagt vom Patienten').waitFor();
  await look(page, 'de, calendar, will come');
  await page.keyboard.press('Escape');
}

step('the patient sees the answer, asks again, and is declined with words', async () => {
  const { page } = world.patient;
  await page.getByTestId('to-mine').click();
  await patient.unlock(page, PATIENT.email, PIN);
  const mine = page.getByTestId('appointment');
  await mine.first().waitFor();
  const both = mine.filter({ hasText: 'Beratung + Ultraschall' });
  assert.equal(await both.getAttribute('data-state'), 'booked');
  assert.deepEqual((await mine.getByTestId('whose').allTextContents()).sort(), [`Für ${CHILD}`, `Für ${PATIENT.name}`]);
  await look(page, 'de, phone, confirmed');
  await both.getByTestId('accept').click();
  await page.getByTestId('accept-done').waitFor();
  await both.getByText('Zugesagt von Ihnen').waitFor();
  assert.equal(await both.getByTestId('accept').count(), 0);
  await look(page, 'de, phone, will come');
  await staffSees(world.staff.page);
  await page.goto(world.link);
  await (await chooseBoth(page)).click();
  await page.getByTestId('asks').waitFor();
  const slot = (await patient.freeTimes(page)).first();
  const start = Number(await slot.getAttribute('data-start'));
  await slot.click();
  await page.getByTestId('answer').fill('Nein');
  await patient.fillDetails(page, PATIENT);
  await page.getByTestId('pin-existing').click();
  await page.getByTestId('pin').fill(PIN);
  await page.getByTestId('unlock').click();
  await page.getByTestId('booked').waitFor();

  const staff = world.staff.page;
  await practice.showDay(staff, practice.dayOf(start));
  await staff.getByTestId('calendar-reload').click();
  const asked = staff.locator('[data-testid=event][data-state=requested]');
  await asked.click();
  await staff.getByTestId('act-declined').click();
  await staff.getByTestId('act-note').fill(SORRY);
  await staff.getByTestId('act-confirm').click();
  await staff.getByTestId('drawer-state').getByText(SORRY).waitFor();
  await staff.keyboard.press('Escape');

  await page.getByTestId('to-mine').click();
  await patient.unlock(page, PATIENT.email, PIN);
  await page.locator('[data-testid=appointment][data-state=declined]').getByText(SORRY).waitFor();
  await look(page, 'de, phone, declined');
});

step('somebody new in the practice can be booked', async () => {
  const { page } = world.staff;
  await page.getByTestId('tab-settings').click();
  await page.getByTestId('section-people').click();
  await page.getByTestId('add-person').click();
  await page.getByTestId('resource-editor').last().getByTestId('resource-name').fill('Dr. Muster');
  await look(page, 'de, settings, somebody new');
  await page.getByTestId('section-services').click();
  const first = page.getByTestId('service-editor').first();
  await first.locator('summary').click();
  await first.getByTestId('service-by').last().check();
  await page.getByTestId('settings-save').click();
  await page.getByTestId('settings-saved').or(page.getByTestId('settings-problem')).first().waitFor();
  assert.deepEqual(await page.getByTestId('settings-problem').allTextContents(), []);
  // The patient's device saw the first manifest; it takes the next one.
  const { page: phone } = world.patient;
  await phone.goto(world.link);
  await phone.getByTestId('service').filter({ hasText: 'Beratung' }).click();
  await phone.getByTestId('person').filter({ hasText: 'Dr. Muster' }).click();
  const slot = (await patient.freeTimes(phone)).first();
  const start = Number(await slot.getAttribute('data-start'));
  await slot.click();
  await patient.fillDetails(phone, PATIENT);
  await phone.getByTestId('pin-existing').click();
  await phone.getByTestId('pin').fill(PIN);
  await phone.getByTestId('unlock').click();
  await phone.getByTestId('booked').waitFor();
  await page.getByTestId('tab-calendar').click();
  await practice.showDay(page, practice.dayOf(start));
  await page.getByTestId('calendar-reload').click();
  await page.getByTestId('grid').getByText('Dr. Muster').waitFor();
  // Opened by the keys that were granted before.
  await page.getByTestId('event').filter({ hasText: PATIENT.name }).filter({ hasText: new Intl.DateTimeFormat('de-DE', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Berlin' }).format(start * 1000) }).first().waitFor();
});

step('on another site the practice shows what is free; the booking opens in its own window', async () => {
  const staff = world.staff.page;
  await staff.getByTestId('tab-poster').click();
  const code = await staff.getByTestId('widget-code').inputValue();
  await look(staff, 'de, link, poster and site');
  assert.match(code, /^<iframe src="http:\/\/localhost:\d+\/w\/#[a-z2-7-]+" title="Termin buchen" style="[^"]+"><\/iframe>$/);
  // A site of somebody else's.
  const site = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="de"><title>Praxis</title><h1>Praxis</h1>${code}${code.replace('/w/', '/b/')}</html>`);
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  const visitor = await person(world.browser, { locale: 'de-DE', device: DESKTOP });
  try {
    await visitor.page.goto(`http://127.0.0.1:${site.address().port}/`);
    const frame = visitor.page.frameLocator('iframe').first();
    const service = frame.getByTestId('widget-service').filter({ hasText: 'Beratung' });
    await service.getByTestId('widget-first').waitFor();
    await visitor.page.screenshot({ fullPage: true, ...(process.env.VESTIBULE_SHOTS && { path: `${process.env.VESTIBULE_SHOTS}/de, on another site.png` }) });
    const [opened] = await Promise.all([visitor.context.waitForEvent('page'), service.click()]);
    await opened.getByTestId('step-person').waitFor();
    assert.equal(await opened.evaluate(() => opener), null, 'the site has no hold of it');
    // The page on which PINs are typed stays empty in a frame.
    const [, framed] = visitor.page.frames().filter((each) => each !== visitor.page.mainFrame());
    assert.equal(await framed?.locator('[data-testid]').count().catch(() => 0), 0);
  } finally {
    await visitor.close();
    site.close();
  }
  await visit(world.browser);
});

/** The frame's page by itself: small and large, in both languages. */
async function visit(browser) {
  for (const [language, device] of [['de-DE', PHONE], ['en-GB', DESKTOP]]) {
    const alone = await person(browser, { locale: language, device });
    await alone.page.goto(world.link.replace('/b/', '/w/'));
    await alone.page.getByTestId('widget-first').first().waitFor();
    await look(alone.page, `${language}, frame`);
    assert.deepEqual(alone.complaints, []);
    await alone.close();
  }
}
