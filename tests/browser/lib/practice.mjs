// What the staff does on the pages.
import assert from 'node:assert/strict';

const byId = (page, id) => page.getByTestId(id);

/**
 * Goes through the founding wizard with a passkey; gives booking link and recovery sheet. `seen` is called at each step;
 * `guards` chooses the servers that guard PINs, `problem` mends what is refused the first time.
 */
export async function found(page, origin, { name, staff, person, service, guards, problem }, seen) {
  await page.goto(`${origin}/`);
  await byId(page, 'found').waitFor();
  await seen('home');
  await byId(page, 'found').click();
  await byId(page, 'found-step-0').waitFor();
  await seen('found, practice');
  await byId(page, 'found-step-0').getByTestId('practice-name').fill(name);
  await byId(page, 'practice-contact').fill('Parkstraße 1\n12345 Musterstadt');
  await byId(page, 'found-next').click();
  for (const step of [1, 2, 3]) {
    const form = byId(page, `found-step-${step}`);
    await form.waitFor();
    await seen(`found, step ${step}`);
    const names = form.getByTestId('service-name');
    if (step === 3) {
      await guards?.(form);
    } else if (await names.count()) {
      await names.first().fill(service.name);
      await form.getByTestId('service-minutes').first().fill(String(service.minutes));
      await form.getByTestId('service-description').first().fill(service.description);
    } else {
      await form.getByTestId('person-name').first().fill(person);
    }
    await byId(page, 'found-next').click();
  }
  await byId(page, 'found-step-4').waitFor();
  await seen('found, passkey');
  await byId(page, 'staff-name').fill(staff);
  await byId(page, 'create-passkey').click();
  await byId(page, 'recovery-kit').or(byId(page, 'found-problem')).first().waitFor();
  if (problem && (await byId(page, 'found-problem').count())) {
    await problem();
    await byId(page, 'recovery-kit').waitFor();
  }
  assert.equal(await byId(page, 'found-problem').count(), 0, 'founding succeeds');
  await seen('found, recovery sheet');
  const groups = await byId(page, 'recovery-kit').locator('ol li').allTextContents();
  await byId(page, 'kit-printed').check();
  await byId(page, 'kit-next').click();
  await byId(page, 'found-step-6').waitFor();
  await seen('found, done');
  return { link: await byId(page, 'booking-link').inputValue(), groups };
}

/** Signs in with the passkey on the practice's page. */
export async function signIn(page) {
  await byId(page, 'sign-in-known').click();
  await byId(page, 'calendar-heading').or(byId(page, 'gate-problem')).first().waitFor();
  assert.equal(await byId(page, 'gate-problem').count(), 0, 'signing in succeeds');
}

/** Day of an instant on the wall of the practice. */
export const dayOf = (seconds) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(seconds * 1000);

/** Shows a day and waits until the calendar has loaded. */
export async function showDay(page, day) {
  await byId(page, 'calendar-date').fill(day);
  await page.locator('[data-testid=calendar-status][data-loading=false]').waitFor();
}

/** Prints the page, and gives the words that went to paper. */
export async function paper(page) {
  await page.evaluate(() => {
    addEventListener('beforeprint', () => queueMicrotask(() => (window.printed = document.querySelector('[data-testid=paper]')?.innerText)), { once: true });
  });
  await page.pdf();
  assert.equal(await byId(page, 'paper').count(), 0, 'nothing of it stays on the page');
  return page.evaluate(() => window.printed);
}

/** Runs in the page: how many parts of the calendar this browser keeps. */
export const keptPeriods = () =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('vestibule', 1);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const keys = opening.result.transaction('memory').objectStore('memory').getAllKeys();
      keys.onerror = () => reject(keys.error);
      keys.onsuccess = () => {
        opening.result.close();
        resolve(keys.result.filter((key) => String(key).startsWith('calendar/')).length);
      };
    };
  });
