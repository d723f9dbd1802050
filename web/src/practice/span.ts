import { addDays, addMonths, mondayOf, type Day } from '../lib/time';

export type View = 'day' | 'work' | 'week' | 'month' | 'list';
export const VIEWS: readonly View[] = ['day', 'work', 'week', 'month', 'list'];

/** How far the search looks back and ahead from today, in days. */
const SEARCH = { back: 28, ahead: 182 } as const;

/** Days `[from, to)`. */
export interface Span {
  from: Day;
  to: Day;
}

/** By what the arrows of a view move. */
export const stepOf = (view: View): 'day' | 'week' | 'month' => (view === 'day' || view === 'month' ? view : 'week');

/** The day that a view shows one step on (`by` 1) or back (-1). */
export function stepped(view: View, day: Day, by: 1 | -1): Day {
  const step = stepOf(view);
  return step === 'month' ? addMonths(day, by) : addDays(day, step === 'day' ? by : 7 * by);
}

/** What a view loads: the week of its day, or the six weeks that a month can touch. */
export function spanOf(view: View, day: Day): Span {
  const from = mondayOf(view === 'month' ? `${day.slice(0, 8)}01` : day);
  return { from, to: addDays(from, view === 'month' ? 42 : 7) };
}

/** What the search looks through. */
export const searchSpan = (today: Day): Span => ({ from: addDays(today, -SEARCH.back), to: addDays(today, SEARCH.ahead) });
