import type { Occurrence } from '../../lib/api';
import { instantOf, wallOf, type Day } from '../../lib/time';

/** One date of what is to be entered. */
export interface EntryDate {
  day: Day;
  /** Unix seconds; undefined where the clock skips the time on that day. */
  start: number | undefined;
  /** Why it does not work as it is. */
  why: 'taken' | 'missing' | undefined;
  /** What happens then. */
  choice: 'leave' | 'move';
  /** `HH:MM`, for another time. */
  time: string;
}

/** The dates of a series: one whose time the clock skips is to be decided on at once. */
export const datesOf = (all: readonly Occurrence[], time: string): EntryDate[] =>
  all.map(({ day, start }) => ({ day, start, why: start === undefined ? 'missing' : undefined, choice: 'leave', time }));

/** The instant of a time on the wall; undefined if there is none on that day. */
export function startOf(day: Day, time: string, zone: string): number | undefined {
  const wall = `${day}T${time}`;
  if (Number.isNaN(Date.parse(`${wall}:00Z`))) return undefined;
  const start = instantOf(wall, zone);
  return wallOf(start, zone) === wall ? start : undefined;
}

/** When a date is to be entered; undefined if it is left out, or cannot be. */
export const plannedStart = (date: EntryDate, zone: string): number | undefined =>
  date.why === undefined ? date.start : date.choice === 'leave' ? undefined : startOf(date.day, date.time, zone);

/** The dates that are to be entered, and their starts. */
export function plan(dates: readonly EntryDate[], zone: string): { dates: EntryDate[]; starts: number[] } {
  const kept = dates.flatMap((date) => {
    const start = plannedStart(date, zone);
    return start === undefined ? [] : [{ date, start }];
  });
  return { dates: kept.map(({ date }) => date), starts: kept.map(({ start }) => start) };
}

/** Notes which of the planned dates were in the way, as they were planned; each is to be decided on anew. */
export function refused(dates: readonly EntryDate[], planned: readonly EntryDate[], conflicts: readonly number[], zone: string): EntryDate[] {
  const taken = new Set(conflicts.map((at) => planned[at]));
  return dates.map((date) => (taken.has(date) ? { ...date, start: plannedStart(date, zone), why: 'taken', choice: 'leave' } : date));
}
