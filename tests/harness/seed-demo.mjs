// Founds the demo practice of `cargo xtask dev` and books a few appointments there, through the real pages in a headless
// browser with a passkey device of its own. That passkey is gone when the browser closes: the demo practice can be booked at,
// and nobody can sign in to it. Its booking link goes into the file OUT.
//
//   node tests/harness/seed-demo.mjs --url http://localhost:8787 --out FILE
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { DESKTOP, addPasskeys, person, startBrowser } from "../browser/lib/browser.mjs";
import * as patient from "../browser/lib/patient.mjs";
import * as practice from "../browser/lib/practice.mjs";
import { until } from "../browser/lib/server.mjs";

const { values: args } = parseArgs({ options: { url: { type: "string" }, out: { type: "string" }, realm: { type: "string", multiple: true, default: [] } } });
const PATIENTS = [
  { name: "Beispielperson Eins", email: "eins@patient.example", reason: "Kontrolle", pin: "83619420" },
  { name: "Beispielperson Zwei", email: "zwei@patient.example", reason: "Beratung", pin: "50718264" },
];

/** A development outbox, as the journey's steps want it. */
const outbox = (origin) => ({
  mailTo: (address, count = 1) =>
    until("the mailed code", async () => {
      const answer = await fetch(`${origin}/dev/outbox.json`);
      if (!answer.ok) throw new Error(`outbox: ${answer.status}`);
      const mails = (await answer.json()).filter((mail) => mail.to === address);
      return mails.length >= count ? mails.at(-1) : undefined;
    }),
});
const outboxes = [args.url, ...args.realm].map(outbox);

async function found(browser) {
  const staff = await person(browser, { locale: "de-DE", device: DESKTOP });
  await addPasskeys(staff);
  const input = {
    name: "Demo-Praxis",
    staff: "Dr. Beispiel",
    person: "Dr. Beispiel",
    service: { name: "Sprechstunde", minutes: 20, description: "Zum Ausprobieren." },
    guards: (form) => form.getByTestId(`guards-${outboxes.length}`).locator("input").check(),
  };
  const { link } = await practice.found(staff.page, args.url, input, async () => {});
  await staff.close();
  return link;
}

async function book(browser, link, { pin, ...details }) {
  const visitor = await person(browser, { locale: "de-DE", device: DESKTOP });
  await visitor.page.goto(link);
  await patient.chooseTime(visitor.page);
  await patient.fillDetails(visitor.page, details);
  await patient.choosePin(visitor.page, pin);
  await patient.enterCode(visitor.page, outboxes, details.email);
  await visitor.page.getByTestId("booked").waitFor();
  await visitor.close();
}

const browser = await startBrowser();
try {
  const link = await found(browser);
  console.error("  Demo-Praxis is founded");
  for (const details of PATIENTS) await book(browser, link, details);
  console.error(`  ${PATIENTS.length} appointments are booked`);
  writeFileSync(args.out, `${link}\n`);
} catch (error) {
  console.error(`seed-demo: ${error.stack ?? error}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
