/**
 * Days and clock times in the practice's time zone. A day is its text `YYYY-MM-DD`, an instant is Unix seconds.
 */
export type Day = string;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, timeZone, options]);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale, { ...options, timeZone })));
  return found;
}

const date = (seconds: number) => new Date(seconds * 1000);
/** A day as an instant that any formatter in UTC prints as that day. */
const noon = (day: Day) => new Date(`${day}T12:00:00Z`);

export const now = () => Math.floor(Date.now() / 1000);

/** The day of an instant. */
export function dayOf(seconds: number, timeZone: string): Day {
  // Swedish writes dates in ISO order.
  return format('sv', timeZone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(date(seconds));
}

export const today = (timeZone: string): Day => dayOf(now(), timeZone);

export function addDays(day: Day, count: number): Day {
  const moved = noon(day);
  moved.setUTCDate(moved.getUTCDate() + count);
  return moved.toISOString().slice(0, 10);
}

/** Days from `from` to `to`; negative if `to` is earlier. */
export const daysBetween = (from: Day, to: Day) => Math.round((noon(to).getTime() - noon(from).getTime()) / 86_400_000);

/** ISO weekday, 1 Monday to 7 Sunday. */
export const weekdayOf = (day: Day) => noon(day).getUTCDay() || 7;

export const mondayOf = (day: Day): Day => addDays(day, 1 - weekdayOf(day));

/** The same day of another month, or that month's last day. */
export function addMonths(day: Day, count: number): Day {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 + count, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date, last));
  return first.toISOString().slice(0, 10);
}

/** Minutes after midnight of an instant. */
export function minuteOf(seconds: number, timeZone: string): number {
  const [hours = 0, minutes = 0] = format('sv', timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    .format(date(seconds))
    .split(':')
    .map(Number);
  return hours * 60 + minutes;
}

/** What a clock on the wall shows at an instant, as `YYYY-MM-DDTHH:MM`. */
export const wallOf = (seconds: number, timeZone: string) =>
  `${dayOf(seconds, timeZone)}T${clock(minuteOf(seconds, timeZone))}`;

/** The zone's offset from UTC at an instant, in seconds. */
export const offsetAt = (seconds: number, timeZone: string): number =>
  Date.parse(`${wallOf(seconds, timeZone)}:00Z`) / 1000 - Math.floor(seconds / 60) * 60;

/**
 * The instant at which a clock on the wall shows `YYYY-MM-DDTHH:MM`: the first one of two; where the clock skips that
 * time, as far after the jump as it would be before it.
 */
export function instantOf(wall: string, timeZone: string): number {
  const utc = Date.parse(`${wall}:00Z`) / 1000;
  // A change of clocks is never nearer than a day to the next one.
  const [before, after] = [utc - 86_400, utc + 86_400].map((near) => utc - offsetAt(near, timeZone)) as [number, number];
  const [early, late] = [Math.min(before, after), Math.max(before, after)];
  return wallOf(early, timeZone) === wall ? early : late;
}

/** The instant at which a day begins. */
export const startOfDay = (day: Day, timeZone: string): number => instantOf(`${day}T00:00`, timeZone);

/** The change of clocks on a day, if there is one: what they show right before, and what right after. */
export function changeOn(day: Day, timeZone: string): { from: string; to: string } | undefined {
  let [before, after] = [startOfDay(day, timeZone) - 1, startOfDay(addDays(day, 1), timeZone) - 1];
  const old = offsetAt(before, timeZone);
  if (old === offsetAt(after, timeZone)) return undefined;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(middle, timeZone) === old) before = middle;
    else after = middle;
  }
  const minute = minuteOf(after, timeZone);
  const jump = (offsetAt(after, timeZone) - old) / 60;
  return { from: clock((minute - jump + 1440) % 1440), to: clock(minute) };
}

/** `HH:MM` of minutes after midnight. */
export const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** Minutes after midnight of `HH:MM`; NaN for other text. */
export function parseClock(text: string): number {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text);
  return found ? Number(found[1]) * 60 + Number(found[2]) : NaN;
}

export const showTime = (seconds: number, locale: string, timeZone: string) =>
  format(locale, timeZone, { hour: '2-digit', minute: '2-digit' }).format(date(seconds));

/** When something was noted, on the clock of whoever looks. */
export const showMoment = (seconds: number, locale: string) =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(seconds * 1000);
export const showDateTime = (seconds: number, locale: string, timeZone: string) =>
  format(locale, timeZone, { dateStyle: 'full', timeStyle: 'short' }).format(date(seconds));

/** The same in short: when something was written down. */
export const showStamp = (seconds: number, locale: string, timeZone: string) =>
  format(locale, timeZone, { dateStyle: 'medium', timeStyle: 'short' }).format(date(seconds));

export const showDate = (day: Day, locale: string) =>
  format(locale, 'UTC', { weekday: 'long', day: 'numeric', month: 'long' }).format(noon(day));

export const showFullDate = (day: Day, locale: string) =>
  format(locale, 'UTC', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(noon(day));

export const showShortDate = (day: Day, locale: string) =>
  format(locale, 'UTC', { day: 'numeric', month: 'short' }).format(noon(day));

export const showMonthAndYear = (day: Day, locale: string) =>
  format(locale, 'UTC', { month: 'long', year: 'numeric' }).format(noon(day));

export const showMonth = (day: Day, locale: string) =>
  format(locale, 'UTC', { month: 'short' }).format(noon(day));

export const showWeekday = (day: Day, locale: string, width: 'short' | 'long' = 'short') =>
  format(locale, 'UTC', { weekday: width }).format(noon(day));

/** Name of an ISO weekday. 2024-01-01 was a Monday. */
export const weekdayName = (weekday: number, locale: string, width: 'short' | 'long' = 'long') =>
  showWeekday(`2024-01-0${weekday}`, locale, width);

/** How long to wait, in words: seconds, minutes or hours. */
export function showWait(seconds: number, locale: string): string {
  const [value, unit] =
    seconds < 90
      ? [Math.max(1, Math.round(seconds)), 'second']
      : seconds < 5400
        ? [Math.ceil(seconds / 60), 'minute']
        : [Math.ceil(seconds / 3600), 'hour'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit: String(unit), unitDisplay: 'long' }).format(Number(value));
}
