// Pages that were tampered with on the way refuse to take anything in, each with its own message; and the booking page
// paints before it loads any cryptography.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESKTOP, addPasskeys, person, startBrowser } from './lib/browser.mjs';
import { look } from './lib/page.mjs';
import * as patient from './lib/patient.mjs';
import * as practice from './lib/practice.mjs';
import { startServer, until } from './lib/server.mjs';

const world = {};

before(async () => {
  [world.server, world.browser] = await Promise.all([startServer(), startBrowser()]);
  const staff = await person(world.browser, { locale: 'en-GB', device: DESKTOP });
  await addPasskeys(staff);
  const input = {
    name: 'Park Lane Practice',
    staff: 'Dr. Sample',
    person: 'Dr. Sample',
    service: { name: 'Consultation', minutes: 15, description: '' },
  };
  const { link } = await practice.found(staff.page, world.server.origin, input, async () => {});
  world.link = link;
  world.print = link.split('#')[1];
  await staff.close();
});

after(async () => {
  await world.browser?.close();
  await world.server?.stop();
  world.server?.remove();
});

test('the guards of these tests bite: a foreign style and script are reported', async () => {
  const visitor = await person(world.browser, { locale: 'en-GB', device: DESKTOP });
  const { page, complaints } = visitor;
  await page.goto(`${world.server.origin}/`);
  await page.evaluate(() => {
    document.head.append(Object.assign(document.createElement('style'), { textContent: 'p { color: red }' }));
    try {
      document.head.append(Object.assign(document.createElement('script'), { textContent: '0' }));
    } catch {
      // Trusted Types refuse it: reported as well.
    }
  });
  await until('both reports', () => (/style-src/.test(complaints.join()) && /trusted-types/.test(complaints.join())) || undefined);
  await visitor.close();
});

/** Opens a page at an address that must be refused with `code`, and checks that it takes nothing in. */
async function refused(path, code, { tamper, allow } = {}) {
  const visitor = await person(world.browser, { locale: 'en-GB', device: DESKTOP, allow });
  await tamper?.(visitor.context);
  const { page } = visitor;
  await page.goto(world.server.origin + path);
  const blocked = page.getByTestId('blocked');
  await blocked.waitFor();
  assert.equal(await blocked.getAttribute('data-code'), code);
  assert.ok((await blocked.getByRole('alert').textContent()).length > 40, 'it says why');
  assert.equal(await page.locator('input, textarea').count(), 0, 'nothing can be typed');
  await look(page, `en, refused, ${code}`);
  assert.deepEqual(visitor.complaints, []);
  await visitor.close();
}

// The practice id is the first 16 of 20 bytes, so the last symbol changes the fingerprint only.
const another = () => world.print.slice(0, -1) + (world.print.endsWith('a') ? 'b' : 'a');

test('a link with another fingerprint of the same practice id', async () => {
  await refused(`/b/#${another()}`, 'genesis-mismatch');
  await refused(`/me/#${another()}`, 'genesis-mismatch');
});

test('an incomplete link', () => refused('/b/#abc', 'link-invalid'));

test('a catalog that differs from the signed one', () =>
  refused(`/b/#${world.print}`, 'catalog-differs', {
    tamper: (context) =>
      context.route('**/v1/practices/*/catalog', async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: (await answer.text()).replace('Consultation', 'Cosmetics') });
      }),
  }));

test('a directory with a false signature', () =>
  refused(`/b/#${world.print}`, 'freshness-unsigned', {
    tamper: (context) =>
      context.route('**/v1/practices/*/directory', async (route) => {
        const answer = await route.fetch();
        const body = await answer.body();
        body[body.length - 1] ^= 1;
        await route.fulfill({ response: answer, body });
      }),
  }));

test('a practice that is not there', async () => {
  const allow = [/status of 404/];
  const visitor = await person(world.browser, { locale: 'en-GB', device: DESKTOP, allow });
  await visitor.page.goto(`${world.server.origin}/b/#${'a'.repeat(32)}`);
  await visitor.page.getByTestId('load-problem').waitFor();
  await look(visitor.page, 'en, no such practice');
  assert.deepEqual(visitor.complaints, []);
  await visitor.close();
});

test('a module that is not the one that the page was built with does not run', async () => {
  const visitor = await person(world.browser, { locale: 'en-GB', device: DESKTOP, allow: [/integrity/, /Failed to fetch|ERR_FAILED/] });
  let altered = 0;
  await visitor.context.route('**/*.wasm', async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    // In a text that nobody reads: it would run as before.
    const at = body.indexOf('PRK size is correct');
    assert.ok(at > 0, 'the text is there');
    body[at] ^= 1;
    altered += 1;
    await route.fulfill({ response: answer, body });
  });
  await visitor.page.goto(`${world.server.origin}/me/#${world.print}`);
  await visitor.page.getByTestId('load-problem').or(visitor.page.getByTestId('unlock-form')).first().waitFor();
  assert.equal(await visitor.page.getByTestId('load-problem').count(), 1);
  assert.ok(altered > 0);
  assert.deepEqual(visitor.complaints, []);
  await visitor.close();
});

test('the booking page paints first, then loads worker and module', async () => {
  const visitor = await person(world.browser, { locale: 'en-GB', device: DESKTOP });
  const { page } = visitor;
  const crypto = [];
  page.on('request', (request) => {
    if (/\.wasm$|worker[^/]*\.js$/.test(new URL(request.url()).pathname)) crypto.push(request);
  });
  await page.goto(world.link);
  await page.getByTestId('shield').waitFor();
  const paint = await page.evaluate(
    () => performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime,
  );
  assert.ok(crypto.some((r) => r.url().endsWith('.wasm')), 'the module is loaded in the end');
  for (const request of crypto) {
    const late = request.timing().startTime - paint;
    assert.ok(late >= 0, `${request.url()} started ${-late} ms before the first paint`);
  }
  const early = await page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name));
  assert.deepEqual(early.filter((name) => name.endsWith('.wasm')), [], 'only the worker fetches the module');
  assert.deepEqual(visitor.complaints, []);
  await visitor.close();
});

test('a time that was taken meanwhile: what was typed stays, and another time is booked', async () => {
  const visitors = await Promise.all(
    ['quick', 'slow'].map(async (name) => {
      const allow = [/status of 409/];
      const visitor = await person(world.browser, { locale: 'en-GB', device: DESKTOP, allow });
      await visitor.page.goto(world.link);
      await visitor.page.getByTestId('shield').waitFor();
      const start = await patient.chooseTime(visitor.page);
      return { ...visitor, start, email: `${name}@patient.example` };
    }),
  );
  assert.equal(visitors[0].start, visitors[1].start, 'both want the same time');
  for (const { page, email } of visitors) {
    await patient.fillDetails(page, { name: 'Test Person', email, reason: 'First words' });
    await patient.choosePin(page, '50718264');
    await patient.enterCode(page, world.server, email);
    await page.getByTestId('booked').or(page.getByTestId('slot-conflict')).first().waitFor();
  }
  const [quick, slow] = visitors;
  assert.equal(await quick.page.getByTestId('booked').count(), 1);
  const { page } = slow;
  await page.getByTestId('slot-conflict').waitFor();
  const slot = page.getByTestId('slot').filter({ visible: true }).first();
  await slot.waitFor();
  await look(page, 'en, booking, time taken');
  assert.notEqual(Number(await slot.getAttribute('data-start')), slow.start, 'the taken time is not offered');
  await slot.click();
  await page.getByTestId('book').click();
  await page.getByTestId('booked').waitFor();
  for (const { complaints, close } of visitors) {
    assert.deepEqual(complaints, []);
    await close();
  }
});
