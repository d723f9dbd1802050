import type { BookingClass, Service } from '../lib/api';
import { fetchSlots, type Slot } from '../lib/http';
import { addDays, dayOf, daysBetween, today, type Day } from '../lib/time';

/** Days shown at once, on phone and desktop alike: the phone lists them, the desktop puts them in a strip. */
export const SPAN = 7;
/** Days asked for at once when looking ahead: the most that the server gives. */
const LOOK_AHEAD = 35;
/** Slots of services without classes are offered this far ahead. */
const HORIZON = 180;

/** One way in which a service can be booked. */
export interface Shape {
  resources: string[];
  minutes: number;
  class?: number;
}

/** The ways in which a service can be booked, by one person or anybody; a person's way is the first class that names them. */
export function shapesOf(service: Service, classes: BookingClass[], person: string | undefined, code: boolean): Shape[] {
  const wanted = new Set(person ? [person] : service.resources);
  if (!service.classes) return [{ resources: [...wanted], minutes: service.minutes }];
  return service.classes.flatMap((id) => {
    const found = classes.find((each) => each.id === id);
    const resources = found?.resources.filter((each) => wanted.delete(each)) ?? [];
    const open = found?.access === 'public' || (found?.access === 'code' && code);
    return found && open && resources.length > 0 ? [{ resources, minutes: found.minutes, class: id }] : [];
  });
}

/** Free slots of a service, a week at a time. */
export class Slots {
  from: Day = $state('');
  byDay: Map<Day, Slot[]> = $state.raw(new Map());
  loading = $state(false);
  problem: unknown = $state.raw();
  /** True once the whole horizon was searched in vain. */
  exhausted = $state(false);

  readonly today: Day;
  #abort: AbortController | undefined;

  constructor(
    private readonly practice: string,
    private readonly shapes: Shape[],
    readonly timeZone: string,
    private readonly horizon = HORIZON,
  ) {
    this.today = today(timeZone);
    this.from = this.today;
  }

  get days(): Day[] {
    return Array.from({ length: SPAN }, (_, index) => addDays(this.from, index));
  }

  get atStart(): boolean {
    return this.from <= this.today;
  }

  get atEnd(): boolean {
    return daysBetween(this.today, this.from) + SPAN > this.horizon;
  }

  async #ask(from: Day, days: number, signal: AbortSignal): Promise<Slot[]> {
    const { practice } = this;
    const all = await Promise.all(this.shapes.map((shape) => fetchSlots({ practice, ...shape, from, days }, signal)));
    return all.flat().sort((a, b) => a.start - b.start);
  }

  async #run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.loading = true;
    this.problem = undefined;
    try {
      await work(abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) this.problem = error;
    } finally {
      if (this.#abort === abort) this.loading = false;
    }
  }

  /** Loads the week from `from` on. */
  show(from: Day): Promise<void> {
    return this.#run(async (signal) => {
      const start = from < this.today ? this.today : from;
      const slots = await this.#ask(start, SPAN, signal);
      this.from = start;
      this.byDay = this.#group(slots);
    });
  }

  /** Looks ahead for the first free slot after the shown week, and shows the week it is in. */
  next(): Promise<void> {
    return this.#run(async (signal) => {
      for (let from = addDays(this.from, SPAN); daysBetween(this.today, from) < this.horizon; from = addDays(from, LOOK_AHEAD)) {
        const days = Math.min(LOOK_AHEAD, this.horizon - daysBetween(this.today, from));
        const slots = await this.#ask(from, days, signal);
        const first = slots[0];
        if (first) {
          this.from = dayOf(first.start, this.timeZone);
          this.byDay = this.#group(await this.#ask(this.from, SPAN, signal));
          return;
        }
      }
      this.exhausted = true;
    });
  }

  /** One slot for each start; where several people are free, one of them at random, so that the work is shared. */
  #group(slots: Slot[]): Map<Day, Slot[]> {
    const byStart = new Map<number, Slot[]>();
    for (const slot of slots) byStart.set(slot.start, [...(byStart.get(slot.start) ?? []), slot]);
    const days = new Map<Day, Slot[]>();
    for (const start of [...byStart.keys()].sort((a, b) => a - b)) {
      const free = byStart.get(start)!;
      const day = dayOf(start, this.timeZone);
      days.set(day, [...(days.get(day) ?? []), free[Math.floor(Math.random() * free.length)]!]);
    }
    return days;
  }
}
