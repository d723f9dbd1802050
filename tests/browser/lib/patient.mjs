// What a patient does on the pages, by the handles that the pages carry for tests.
import assert from 'node:assert/strict';

const byId = (page, id) => page.getByTestId(id);

/** Types the details of a visitor and goes on. */
export async function fillDetails(page, { name, email, phone, birthDate, reason }) {
  await byId(page, 'name').fill(name);
  await byId(page, 'email').fill(email);
  if (phone) await byId(page, 'phone').fill(phone);
  if (birthDate) await byId(page, 'birth-date').fill(birthDate);
  await byId(page, 'reason').fill(reason);
  await byId(page, 'details-next').click();
}

/**
 * Shows the second day that has something free, and gives its times: unlike those of the first one, how many and which they are
 * does not hang on the hour at which the test runs.
 */
export async function freeTimes(page) {
  await byId(page, 'slot').filter({ visible: true }).first().waitFor();
  const day = byId(page, 'free-day').filter({ visible: true }).nth(1);
  const list = day.locator('summary');
  // A list of days on a phone; a strip of days with the times of one on a desktop.
  const folds = (await list.count()) > 0;
  await (folds ? list : day).click();
  const times = (folds ? day : page).getByTestId('slot').filter({ visible: true });
  await times.first().waitFor();
  return times;
}

/** Chooses the first service, anyone, and the first time of a whole day; gives its start in Unix seconds. */
export async function chooseTime(page, seen) {
  await byId(page, 'service').first().click();
  await byId(page, 'step-person').or(byId(page, 'step-time')).first().waitFor();
  if (await byId(page, 'step-person').isVisible()) {
    await seen?.('person');
    await byId(page, 'person-any').click();
  }
  const slot = (await freeTimes(page)).first();
  await seen?.('time');
  const start = Number(await slot.getAttribute('data-start'));
  await slot.click();
  return start;
}

/** Chooses a PIN, twice, and goes on to the code. */
export async function choosePin(page, pin) {
  await byId(page, 'pin').fill(pin);
  await byId(page, 'pin-repeat').fill(pin);
  await page.locator('form').filter({ has: byId(page, 'pin-repeat') }).locator('button[type=submit]').click();
}

/** The six digits that were mailed to this address. */
export async function mailedCode(server, email) {
  const code = /\b\d{6}\b/.exec((await server.mailTo(email)).text)?.[0];
  assert.ok(code, 'the mail has a six-digit code');
  return code;
}

/** Types the mailed code, or that of each of several servers; the page books by itself at the last digit. */
export async function enterCode(page, servers, email) {
  const several = [servers].flat();
  for (const [n, server] of several.entries()) {
    const field = byId(page, several.length > 1 ? `code-${n + 1}` : 'code');
    await field.waitFor();
    await field.fill(await mailedCode(server, email));
  }
}

/** Opens "my appointments" with address and PIN. */
export async function unlock(page, email, pin) {
  await byId(page, 'email').fill(email);
  await byId(page, 'pin').fill(pin);
  await byId(page, 'unlock').click();
}
