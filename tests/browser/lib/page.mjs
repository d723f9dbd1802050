// What every state of every page must hold: axe finds nothing in light and dark, nothing is wider than the screen.
import assert from 'node:assert/strict';
import { accessible } from './axe.mjs';

/** Checks the page as it stands; `where` names the state. */
export async function look(page, where) {
  await accessible(page, where);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${where}: ${overflow} px wider than the screen`);
}

/** Presses Tab until the element with this test id has the focus; fails if the keyboard does not get there. */
export async function tabTo(page, id) {
  const here = () =>
    page.evaluate((wanted) => {
      const active = document.activeElement;
      // A group of radio buttons takes the focus inside its labelled option.
      const at = active?.closest(`[data-testid="${wanted}"]`);
      if (!at) return 'elsewhere';
      const { outlineStyle, boxShadow } = getComputedStyle(active);
      return outlineStyle === 'none' && boxShadow === 'none' ? 'invisible' : 'there';
    }, id);
  for (let presses = 0; presses < 80; presses += 1) {
    const state = await here();
    if (state === 'there') return;
    assert.notEqual(state, 'invisible', `${id} has the focus but does not show it`);
    await page.keyboard.press('Tab');
  }
  assert.fail(`${id} is not reached by Tab`);
}
