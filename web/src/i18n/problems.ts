import { codeOf, retryAfterOf } from '../lib/errors';
import { showWait } from '../lib/time';
import { problems as de } from './de/problems';
import { problems as en } from './en/problems';
import { dictionary, locale } from './locale.svelte';

const problems = dictionary({ de, en });
const waits = dictionary({
  de: { again: (wait: string) => `Wieder möglich in ${wait}.` },
  en: { again: (wait: string) => `Possible again in ${wait}.` },
});

/** A code in plain words; unknown ones show the code, so that it can be passed on. */
export function explainCode(code: string): string {
  const known = Object.hasOwn(de, code);
  return known ? problems[code as keyof typeof de] : `${problems.unknown} (${code})`;
}

/** An error in plain words, with the time to wait if it has one. */
export function explain(error: unknown): string {
  const wait = retryAfterOf(error);
  const again = wait === undefined ? '' : ` ${waits.again(showWait(wait, locale.tag))}`;
  return explainCode(codeOf(error)) + again;
}
