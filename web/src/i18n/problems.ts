import { codeOf, realmsOf, retryAfterOf } from '../lib/errors';
import { hostOf } from '../lib/origin';
import { showWait } from '../lib/time';
import { atRealm as atRealmDe, problems as de } from './de/problems';
import { atRealm as atRealmEn, problems as en } from './en/problems';
import { dictionary, locale } from './locale.svelte';

const problems = dictionary({ de, en });
const atRealm = dictionary({ de: atRealmDe, en: atRealmEn });
const waits = dictionary({
  de: { again: (wait: string) => `Wieder möglich in ${wait}.` },
  en: { again: (wait: string) => `Possible again in ${wait}.` },
});

/** A code in plain words; unknown ones show the code, so that it can be passed on. */
export function explainCode(code: string): string {
  const known = Object.hasOwn(de, code);
  return known ? problems[code as keyof typeof de] : `${problems.unknown} (${code})`;
}

/** An error in plain words, with the server that it comes from and the time to wait if it has these. */
export function explain(error: unknown): string {
  const wait = retryAfterOf(error);
  const again = wait === undefined ? '' : ` ${waits.again(showWait(wait, locale.tag))}`;
  const code = codeOf(error);
  const hosts = realmsOf(error).map(hostOf).join(', ');
  const named = hosts && Object.hasOwn(atRealmDe, code) ? atRealm[code as keyof typeof atRealmDe](hosts) : '';
  return (named || explainCode(code)) + again;
}
