import type { AppointmentView } from '../lib/api';

/** Without case, and without accents and dots, so that "muller" finds "Müller". */
const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase('und');

/** Digits only, for numbers that people write in many ways. */
const digits = (text: string) => text.replace(/\D/g, '');

/** Whether an opened appointment has every word of the query somewhere. */
export function matches(view: AppointmentView, query: string): boolean {
  if (view.problem) return false;
  const text = plain([view.name, view.title, view.email, view.phone, view.reason, view.serviceName, view.resourceName].filter(Boolean).join('\n'));
  const phone = digits(view.phone ?? '');
  return plain(query)
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => text.includes(word) || (digits(word).length > 2 && /^[\d+()/-]+$/.test(word) && phone.includes(digits(word))));
}
