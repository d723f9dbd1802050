import type { Resource } from '../lib/api';
import { weekdayOf, type Day } from '../lib/time';

/** Minutes after midnight. */
export interface Range {
  from: number;
  to: number;
}

/** Where an appointment is, or is to be: calendar, Unix seconds, minutes. */
export interface Place {
  resource: string;
  start: number;
  minutes: number;
}

const HOUR = 60;
const DAY = 24 * HOUR;
/** Shown when there are neither hours nor appointments. */
const USUAL: Range = { from: 8 * HOUR, to: 17 * HOUR };

/** `YYYY-MM-DDTHH:MM` some minutes later, on a wall without changes of clocks. */
export const plus = (wall: string, minutes: number): string =>
  new Date(Date.parse(`${wall}:00Z`) + minutes * 60_000).toISOString().slice(0, 16);

/** The hours of some calendars on a day. */
export const openingsOf = (day: Day, resources: readonly Resource[]): Range[] =>
  resources.flatMap(({ hours }) => hours.filter(({ weekday }) => weekday === weekdayOf(day)));

/** Whole hours that take in all hours and appointments. */
export function bounds(openings: readonly Range[], appointments: readonly Range[]): Range {
  const all = [...(openings.length > 0 ? openings : [USUAL]), ...appointments];
  return {
    from: Math.floor(Math.min(...all.map(({ from }) => from)) / HOUR) * HOUR,
    to: Math.min(DAY, Math.ceil(Math.max(...all.map(({ to }) => to)) / HOUR) * HOUR),
  };
}

/** What is left of `within` where nothing is open. */
export function closedIn(openings: readonly Range[], within: Range): Range[] {
  const gaps: Range[] = [];
  let at = within.from;
  for (const { from, to } of [...openings].sort((a, b) => a.from - b.from)) {
    if (from > at) gaps.push({ from: at, to: from });
    at = Math.max(at, to);
  }
  if (at < within.to) gaps.push({ from: at, to: within.to });
  return gaps;
}

/** Monday to Friday, and what else has hours. */
export const workDays = (days: readonly Day[], resources: readonly Resource[]): Day[] =>
  days.filter((day) => weekdayOf(day) <= 5 || openingsOf(day, resources).length > 0);

/** What a date shows in the browser's own zone, as `YYYY-MM-DDTHH:MM`: the calendar component gives times on the wall like that. */
export function localWall(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(two).join('-');
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Minutes from one time on the wall to another. */
export const minutesBetween = (from: string, to: string): number => (Date.parse(`${to}:00Z`) - Date.parse(`${from}:00Z`)) / 60_000;
