// The partner realms of a deployment: the other operators' servers that founders may choose to guard PINs. They stand in the
// pages' own files, so that every platform serves the same: `realms.json`, which the founding wizard offers, and the policy in
// `_headers`, which lets pages talk to exactly these and to no other origin.
//
//   node web/partners.mjs PAGES TARGET [ORIGIN]...
//
// copies the built pages to TARGET (which may be PAGES itself) and writes both files there.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const HEADERS = fileURLToPath(new URL('public/_headers', import.meta.url));
const OWN = "connect-src 'self';";
// Plain host names: no wildcard, and nothing that would end the directive.
const ORIGIN = /^(https:\/\/[a-z0-9.-]+|http:\/\/localhost)(:\d+)?$/;

/** Refuses whatever is not the origin of another server, written as browsers write it. */
export function checked(origins) {
  for (const origin of origins) {
    const whole = URL.canParse(origin) && new URL(origin).origin === origin;
    if (!whole || !ORIGIN.test(origin)) {
      throw new Error(`REALMS: '${origin}' is not an origin like https://pins.example (http for localhost only, no path)`);
    }
  }
  if (new Set(origins).size !== origins.length) throw new Error('REALMS names a realm twice');
  return origins;
}

/** The pages' headers, with a policy that allows requests to these origins. */
export function headers(text, origins) {
  if (text.split(OWN).length !== 2) throw new Error(`_headers has not exactly one "${OWN}"`);
  return text.replace(OWN, ["connect-src 'self'", ...checked(origins)].join(' ') + ';');
}

/** Pages at `target` that know these partner realms. */
export function place(pages, target, origins) {
  const finished = headers(readFileSync(HEADERS, 'utf8'), origins);
  if (resolve(pages) !== resolve(target)) {
    rmSync(target, { recursive: true, force: true });
    cpSync(pages, target, { recursive: true });
  }
  writeFileSync(join(target, '_headers'), finished);
  writeFileSync(join(target, 'realms.json'), `${JSON.stringify(origins)}\n`);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [pages, target, ...origins] = process.argv.slice(2);
  try {
    place(pages, target, origins);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
