// Opening 1,000 appointments in Chromium, from the server's answer to what the page gets, against OpenReception's way: the
// first time until the lines are shown, and until every signature is verified (which OpenReception has none of); on another
// device, with cache hints; and later, from what the device keeps.
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
  const sides = {
    peer: side("calendarPeer"),
    first: side("calendarOursFirst"),
    verified: side("calendarOursVerified"),
    hint: side("calendarOursHinted"),
    cached: side("calendarOursCached"),
  };
  for (const run of Object.values(sides)) await run();
  const { peer, ...ours } = await interleave(ROUNDS, sides);
  const unwrap = await interleave(3 * ROUNDS, {
    peer: () => browser.ask("decapsulatePeer", 50),
    ours: () => browser.ask("unwrapOurs", 50),
  });
  const row = (name, mark) => ({
    name: `calendar_1000_${name}_vs_openreception`, ours: ours[name], peer, ratio: peer / ours[name], unit: "ms", mark,
  });
  return [
    row("first", "at least 3"),
    { ...row("verified", ""), name: "calendar_1000_first_verified_vs_openreception" },
    row("hint", ""),
    row("cached", "at least 75"),
    { name: "xwing_unwrap_vs_noble_mlkem", ...unwrap, ratio: unwrap.ours / unwrap.peer, unit: "us", mark: "ours at most 200" },
  ];
}
