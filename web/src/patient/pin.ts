import type { PinProblem } from '../lib/api';
import { patient as t } from '../i18n/patient';

/** What is wrong with a PIN, in words. */
export function pinMessage(problem: PinProblem): string {
  return { length: t.pinLength, digits: t.pinDigits, weak: t.pinWeak, birthday: t.pinBirthday }[problem];
}

/** Enough of a check to catch slips; the real one is the mail that arrives. */
export function looksLikeEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text.trim());
}
