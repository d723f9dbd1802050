import { addDays, dayOf, minuteOf, type Day } from '../lib/time';
import type { Slot } from '../lib/http';

/** One date of a series, and the slot at its time of the wall clock if it is free. */
export interface SeriesDate {
  day: Day;
  slot: Slot | undefined;
}

/** The days of a series: `count` of them, one every `weeks` weeks from that of `first` on. */
export const seriesDays = (first: Slot, weeks: number, count: number, zone: string): Day[] =>
  Array.from({ length: count }, (_, at) => addDays(dayOf(first.start, zone), at * weeks * 7));

/** What is free on that day at the time of the wall clock of `first`. A time that the clocks skip is not. */
export const sameTime = (day: Day, first: Slot, free: Slot[], zone: string): Slot | undefined =>
  free.find((slot) => dayOf(slot.start, zone) === day && minuteOf(slot.start, zone) === minuteOf(first.start, zone));
