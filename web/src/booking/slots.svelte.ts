import type { BookingClass, Service } from '../lib/api';
import { fetchSlots, type Slot } from '../lib/http';
import { addDays, dayOf, daysBetween, today, type Day } from '../lib/time';

/** Days shown at once, on phone and desktop alike: the phone lists them, the desktop puts them in a strip. */
export const SPAN = 7;
/** Days asked for at once when looking ahead: the most that the server gives. */
const LOOK_AHEAD = 35;
/** Slots of services without classes are offered this far ahead. */
const HORIZON = 180;

/** One way in which a visit can be booked. */
export interface Shape {
  /** Who does the first service. */
  resources: string[];
  minutes: number;
  classes?: number[];
}

/**
 * The ways in which these services can be booked in one visit, by one person or anybody. For each person that is of every service the first
 * class that names them, of later ones else the first; the client that books chooses alike.
 */
export function shapesOf(services: Service[], classes: BookingClass[], person: string | undefined, code: boolean): Shape[] {
  const [first] = services;
  const wanted = person ? [person] : (first?.resources ?? []);
  if (first && services.length === 1 && !first.classes) return [{ resources: wanted, minutes: first.minutes }];
  const shapes = new Map<string, Required<Shape>>();
  for (const resource of wanted) {
    const parts = services.map((service, at) => {
      const own = (service.classes ?? []).flatMap((id) => classes.filter((each) => each.id === id));
      return own.find(({ resources }) => resources.includes(resource)) ?? (at > 0 ? own[0] : undefined);
    });
    const open = parts.flatMap((part) => (part?.access === 'public' || (part?.access === 'code' && code) ? [part] : []));
    if (open.length < services.length) continue;
    const ids = open.map(({ id }) => id);
    const minutes = open.reduce((sum, part) => sum + part.minutes, 0);
    const shape = shapes.get(ids.join()) ?? { resources: [], minutes, classes: ids };
    shape.resources.push(resource);
    shapes.set(ids.join(), shape);
  }
  return [...shapes.values()];
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
