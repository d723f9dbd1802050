import type { AppointmentView, DirectoryView, Resource } from '../lib/api';
import type { Catalog } from '../lib/catalog';
import { daysBetween, weekdayOf, type Day } from '../lib/time';

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

/** Who comes; of a block what for. */
export const titleOf = ({ entry, title, name }: AppointmentView): string => (entry === 'block' ? title : name) ?? '';

/** A span on the wall, `YYYY-MM-DDTHH:MM`, of a calendar if it was drawn in one's column. */
export interface Span {
  from: string;
  to: string;
  /** Days, the last of which is before `to`. */
  whole: boolean;
  resource?: string;
}

const HOUR = 60;
const DAY = 24 * HOUR;
/** Shown when there are neither hours nor appointments. */
const USUAL: Range = { from: 8 * HOUR, to: 17 * HOUR };

/** `YYYY-MM-DDTHH:MM` some minutes later, on a wall without changes of clocks. */
export const plus = (wall: string, minutes: number): string =>
  new Date(Date.parse(`${wall}:00Z`) + minutes * 60_000).toISOString().slice(0, 16);

const numberOf = (day: Day) => Number(day.replaceAll('-', ''));
const dayOfNumber = (number: number): Day => `${String(number).slice(0, 4)}-${String(number).slice(4, 6)}-${String(number).slice(6)}`;

/** The hours of a calendar on a day. */
export type Openings = (day: Day, resource: string) => Range[];

/** What is left of spans without others. */
function without(spans: Range[], away: Range[]): Range[] {
  return away.reduce<Range[]>(
    (left, gap) =>
      left.flatMap(({ from, to }) => [
        { from, to: Math.min(to, gap.from) },
        { from: Math.max(from, gap.to), to },
      ].filter((span) => span.from < span.to && (span.to <= gap.from || span.from >= gap.to))),
    spans,
  );
}

/**
 * When calendars are open, for the eye: rules S1 to S5 of docs/SCHEDULING.md on the wall of each calendar's place. What can be
 * booked is decided by the engine. Until the catalog is there, by the weekly hours.
 */
export function openingsOf(catalog: Catalog | undefined, resources: readonly Resource[]): Openings {
  return (day, id) => {
    const weekday = weekdayOf(day);
    const resource = catalog?.resources.find((each) => each.id === id);
    if (!resource) return resources.filter((each) => each.id === id).flatMap(({ hours }) => hours.filter((each) => each.weekday === weekday));
    const { schedule } = resource;
    const date = numberOf(day);
    const exception = schedule?.exceptions.find((each) => each.day === date);
    const closed = catalog?.rules?.closures.some(({ from, to, location }) => from <= date && date <= to && (location === null || location === schedule?.location));
    const season = schedule?.seasons.find(({ from, to }) => from <= date && date <= to);
    const weekly = (season?.hours ?? resource.hours).filter((each) => each.weekday === weekday);
    const open: Range[] = schedule?.always ? [{ from: 0, to: DAY }] : exception ? exception.hours : closed ? [] : weekly;
    const away: Range[] = (schedule?.absences ?? [])
      .filter(({ from_day, to_day }) => from_day <= date && date <= to_day)
      .map(({ from_day, from, to_day, to }) => ({ from: from_day === date ? from : 0, to: to_day === date ? to : DAY }));
    for (const { first, weeks, from, to, last } of schedule?.regular ?? []) {
      const since = daysBetween(dayOfNumber(first), day);
      if (since >= 0 && since % (7 * weeks) === 0 && (last === null || date <= last)) away.push({ from, to });
    }
    return without(
      open.map(({ from, to }) => ({ from, to })),
      away,
    );
  };
}

/** Whether an appointment may get another length: one of a service of a class takes more than its place, and keeps it. */
export const stretchesIn =
  (directory: DirectoryView) =>
  ({ service }: AppointmentView): boolean =>
    !directory.services.find(({ id }) => id === service)?.classes?.length;

/** The calendars: without rooms and devices that are only needed beside somebody. */
export function calendarsOf(directory: DirectoryView, catalog: Catalog | undefined): Resource[] {
  const beside = (id: string) => {
    const kind = catalog?.resources.find((each) => each.id === id)?.schedule?.kind;
    return (kind === 'room' || kind === 'device') && !directory.services.some(({ resources }) => resources.includes(id));
  };
  return directory.resources.filter(({ id }) => !beside(id));
}

/** Rooms and devices. */
export function roomsOf(directory: DirectoryView, catalog: Catalog | undefined): Resource[] {
  const kindOf = (id: string) => catalog?.resources.find((each) => each.id === id)?.schedule?.kind;
  return directory.resources.filter(({ id }) => kindOf(id) === 'room' || kindOf(id) === 'device');
}

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
export const workDays = (days: readonly Day[], openings: Openings, resources: readonly Resource[]): Day[] =>
  days.filter((day) => weekdayOf(day) <= 5 || resources.some(({ id }) => openings(day, id).length > 0));

/** What a date shows in the browser's own zone, as `YYYY-MM-DDTHH:MM`: the calendar component gives times on the wall like that. */
export function localWall(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(two).join('-');
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Minutes from one time on the wall to another. */
export const minutesBetween = (from: string, to: string): number => (Date.parse(`${to}:00Z`) - Date.parse(`${from}:00Z`)) / 60_000;
