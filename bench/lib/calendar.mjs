// Opening 1,000 appointments in Chromium: ours, first time and with the cache wrap, against OpenReception's way.
import { interleave } from "./stats.mjs";

const COUNT = 1000;
const ROUNDS = 7;

export async function calendarRows(browser) {
  await browser.ask("calendarPeerPrepare", COUNT, 512);
  await browser.ask("calendarOursPrepare", COUNT);
  const side = (op) => async () => {
    const { ms, opened } = await browser.ask(op);
    if (opened !== COUNT) throw new Error(`${op} opened ${opened} of ${COUNT}`);
    return ms;
  };
  const sides = { peer: side("calendarPeer"), first: side("calendarOursFirst"), cached: side("calendarOursCached") };
  for (const run of Object.values(sides)) await run();
  const { peer, first, cached } = await interleave(ROUNDS, sides);
  return [
    { name: "calendar_1000_first_vs_openreception", ours: first, peer, ratio: peer / first, unit: "ms", mark: "at least 3" },
    { name: "calendar_1000_cached_vs_openreception", ours: cached, peer, ratio: peer / cached, unit: "ms", mark: "at least 75" },
  ];
}
