// axe-core on the page as it stands, in light and in dark.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A folder for pictures of every state, for people who look at them. */
const SHOTS = process.env.VESTIBULE_SHOTS;

/** Fails with every finding of axe, in both colour schemes. `where` names the state of the page. */
export async function accessible(page, where) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(`${source};0`);
    const findings = await page.evaluate(async () => {
      // Colours in the middle of a transition are nobody's choice; endless animations have no end to wait for.
      const moving = document.getAnimations().filter((a) => Number.isFinite(a.effect.getComputedTiming().endTime));
      await Promise.allSettled(moving.map((animation) => animation.finished));
      const { violations } = await window.axe.run(document);
      return violations.map((v) => `${v.id} (${v.help}): ${v.nodes.map((n) => `${n.html} ${n.failureSummary}`).join(' | ')}`);
    });
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `${where}, ${page.viewportSize().width} px, ${colorScheme}.png`), fullPage: true });
    assert.deepEqual(findings, [], `axe, ${where}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
