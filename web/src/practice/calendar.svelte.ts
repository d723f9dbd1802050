import type { AppointmentView } from '../lib/api';
import { addDays, dayOf, mondayOf, startOfDay, today, type Day } from '../lib/time';
import type { PracticeSession } from './session.svelte';

/** A calendar that stays open notices new appointments within a minute. */
const REFRESH_MS = 60_000;

/** Appointments whose signatures are verified in one go: some tens of milliseconds, so that other calls get their turn. */
const SLICE = 20;

/** The shown day, and the opened appointments of its week. */
export class Calendar {
  day: Day = $state('');
  /** Columns side by side need room; on a phone the list comes first. */
  view: 'day' | 'list' = $state(matchMedia('(max-width: 40rem)').matches ? 'list' : 'day');
  /** Opened appointments by day, of the week that `week` names. */
  byDay: Map<Day, AppointmentView[]> = $state.raw(new Map());
  loading = $state(false);
  problem: unknown = $state.raw();

  /** Monday of the week that is shown, and of the week last asked for. */
  #week: Day = '';
  #wanted: Day = '';
  #latest = 0;

  constructor(
    private readonly session: PracticeSession,
    readonly timeZone: string,
  ) {
    this.day = today(timeZone);
  }

  get week(): Day[] {
    const monday = mondayOf(this.day);
    return Array.from({ length: 7 }, (_, index) => addDays(monday, index));
  }

  get all(): AppointmentView[] {
    return [...this.byDay.values()].flat();
  }

  /** Shows a day; loads its week if it is not the loaded one. */
  show(day: Day): void {
    this.day = day;
    if (mondayOf(day) !== this.#wanted) void this.load();
  }

  async load(): Promise<void> {
    const monday = mondayOf(this.day);
    const call = ++this.#latest;
    this.#wanted = monday;
    if (monday !== this.#week) this.byDay = new Map();
    this.loading = true;
    try {
      const span = [monday, addDays(monday, 7)].map((day) => startOfDay(day, this.timeZone)) as [number, number];
      const views = await this.session.calendar(...span);
      // A later call has overtaken this one.
      if (call !== this.#latest) return;
      const byDay = new Map<Day, AppointmentView[]>();
      for (const view of views) {
        const day = dayOf(view.start, this.timeZone);
        byDay.set(day, [...(byDay.get(day) ?? []), view]);
      }
      this.byDay = byDay;
      this.#week = monday;
      this.problem = undefined;
      this.loading = false;
      await this.#verify(call);
    } catch (error) {
      if (call === this.#latest) this.problem = error;
    } finally {
      if (call === this.#latest) this.loading = false;
    }
  }

  /** Verifies what is shown as being checked, the shown day first, and then keeps what was verified. */
  async #verify(call: number): Promise<void> {
    for (;;) {
      const waiting = [...(this.byDay.get(this.day) ?? []), ...this.all].filter(({ checking }) => checking);
      const ids = [...new Set(waiting.map(({ id }) => id))].slice(0, SLICE);
      if (ids.length === 0) break;
      const verified = new Map((await this.session.verify(ids)).map((view) => [view.id, view]));
      if (call !== this.#latest) return;
      // None waited any more: the next loading shows how they stand.
      if (verified.size === 0) break;
      this.byDay = new Map([...this.byDay].map(([day, views]) => [day, views.map((view) => verified.get(view.id) ?? view)]));
    }
    await this.session.keep();
  }

  /** Loads now, and again each minute while the page is visible. Returns how to stop. */
  watch(): () => void {
    void this.load();
    const again = () => {
      if (document.visibilityState === 'visible') void this.load();
    };
    const timer = setInterval(again, REFRESH_MS);
    document.addEventListener('visibilitychange', again);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', again);
    };
  }
}
