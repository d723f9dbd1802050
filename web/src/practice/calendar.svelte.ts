import type { AppointmentView, BesideClaim, Entered, EntryRequest, MemoMark, Occurrence, StaffAct } from '../lib/api';
import { addDays, dayOf, daysBetween, startOfDay, today, type Day } from '../lib/time';
import { Board } from './memo/board.svelte';
import { matches } from './search';
import type { PracticeSession } from './session.svelte';
import { searchSpan, spanOf, stepped, type Span, type View } from './span';

/** A calendar that stays open notices new appointments within a minute. */
const REFRESH_MS = 60_000;

/** The longest span that the server counts notes and tasks of. */
const MARKED_DAYS = 42;

/** Appointments whose signatures are verified in one go: some tens of milliseconds, so that other calls get their turn. */
const SLICE = 20;

/** The shown day, and the opened appointments of the span around it that the view needs. */
export class Calendar {
  readonly timeZone: string = '';
  day: Day = $state('');
  /** What is looked for on this device; empty: the view is shown. */
  query = $state('');
  /** Calendars that are left out. */
  hidden: ReadonlySet<string> = $state.raw(new Set());
  loading = $state(false);
  problem: unknown = $state.raw();

  /** An appointment that is to be opened as soon as it is loaded. */
  wanted = $state('');

  /** Rooms and devices that the appointments of the loaded span claim; only while they are shown. */
  claims: readonly BesideClaim[] = $state.raw([]);
  #byRoom = $state(false);

  /** Which appointments of the loaded span have notes or open tasks. */
  marks: ReadonlyMap<string, MemoMark> = $state.raw(new Map());

  /** Columns side by side need room; on a phone the list comes first. */
  #view: View = $state(matchMedia('(max-width: 40rem)').matches ? 'list' : 'day');
  /** Opened appointments by day, of the span that was loaded. */
  #loaded: Map<Day, AppointmentView[]> = $state.raw(new Map());

  readonly searching = $derived(this.query.trim() !== '');
  /** What the view needs, or the search. */
  readonly span: Span = $derived(this.searching ? searchSpan(today(this.timeZone)) : spanOf(this.#view, this.day));
  /** The days of the span. */
  readonly days: Day[] = $derived(
    Array.from({ length: daysBetween(this.span.from, this.span.to) }, (_, index) => addDays(this.span.from, index)),
  );
  /** What is to be shown of the span, by day: without the calendars that are left out, and what the search does not find. */
  readonly byDay: ReadonlyMap<Day, AppointmentView[]> = $derived(
    new Map(this.days.map((day) => [day, (this.#loaded.get(day) ?? []).filter((view) => this.#shows(view))] as const).filter(([, views]) => views.length > 0)),
  );

  /** The span that `#loaded` is of, and the one last asked for. */
  #span: Span | undefined;
  #wanted: Span | undefined;
  #latest = 0;


  constructor(
    private readonly session: PracticeSession,
    timeZone: string,
  ) {
    this.timeZone = timeZone;
    this.day = today(timeZone);
  }

  get view(): View {
    return this.#view;
  }

  set view(view: View) {
    this.#view = view;
    this.#need();
  }

  /** The day shows rooms and devices, not people. */
  get byRoom(): boolean {
    return this.#byRoom;
  }

  set byRoom(byRoom: boolean) {
    this.#byRoom = byRoom;
    if (byRoom) void this.load();
  }

  #shows(view: AppointmentView): boolean {
    return !(view.resource && this.hidden.has(view.resource)) && (!this.searching || matches(view, this.query));
  }

  /** Shows a day; loads what it needs if that is not the loaded span. */
  show(day: Day): void {
    this.day = day;
    this.#need();
  }

  /** Shows the day of an appointment, and opens it. */
  want(id: string, day: Day): void {
    this.query = '';
    this.hidden = new Set();
    this.wanted = id;
    this.show(day);
  }

  step(by: 1 | -1): void {
    this.show(stepped(this.view, this.day, by));
  }

  search(query: string): void {
    this.query = query;
    this.#need();
  }

  #need(): void {
    const { from, to } = this.span;
    if (from !== this.#wanted?.from || to !== this.#wanted.to) void this.load();
  }

  async load(): Promise<void> {
    const span = this.span;
    const call = ++this.#latest;
    this.#wanted = span;
    if (span.from !== this.#span?.from || span.to !== this.#span.to) this.#loaded = new Map();
    this.loading = true;
    try {
      const bounds = [span.from, span.to].map((day) => startOfDay(day, this.timeZone)) as [number, number];
      const rooms = this.#byRoom && this.view === 'day' && !this.searching;
      const [views, claims] = await Promise.all([this.session.calendar(...bounds), rooms ? this.session.beside(...bounds) : []]);
      // A later call has overtaken this one.
      if (call !== this.#latest) return;
      const loaded = new Map<Day, AppointmentView[]>();
      for (const view of views) {
        const day = dayOf(view.start, this.timeZone);
        loaded.set(day, [...(loaded.get(day) ?? []), view]);
      }
      this.#loaded = loaded;
      this.claims = claims;
      this.#span = span;
      this.problem = undefined;
      this.loading = false;
      await this.#verify(call);
      if (call === this.#latest) await this.mark();
    } catch (error) {
      if (call === this.#latest) this.problem = error;
    } finally {
      if (call === this.#latest) this.loading = false;
    }
  }

  /** Counts the notes and tasks of the shown span; of the long one of a search it does not. */
  async mark(): Promise<void> {
    const [span, call] = [this.span, this.#latest];
    if (daysBetween(span.from, span.to) > MARKED_DAYS) return;
    const [from, to] = [startOfDay(span.from, this.timeZone), startOfDay(span.to, this.timeZone)];
    try {
      const marks = await this.session.memoMarks(from, to);
      if (call === this.#latest) this.marks = new Map(marks.map((mark) => [mark.appointment, mark]));
    } catch (error) {
      if (call === this.#latest) this.problem = error;
    }
  }

  /** The notes and tasks about an appointment. `onchange` is called after each change. */
  memosOf(id: string, onchange: () => void): Board {
    return new Board(this.session, () => this.session.memos(id), () => {
      onchange();
      void this.mark();
    });
  }

  /** Verifies what is shown as being checked, the shown day first, and then keeps what was verified. */
  async #verify(call: number): Promise<void> {
    for (;;) {
      const shown = this.byDay;
      const inOrder = [shown.get(this.day) ?? [], ...shown.values(), ...this.#loaded.values()].flat();
      const waiting = inOrder.filter(({ checking }) => checking);
      const ids = [...new Set(waiting.map(({ id }) => id))].slice(0, SLICE);
      if (ids.length === 0) break;
      const verified = new Map((await this.session.verify(ids)).map((view) => [view.id, view]));
      if (call !== this.#latest) return;
      // None waited any more: the next loading shows how they stand.
      if (verified.size === 0) break;
      this.#loaded = new Map([...this.#loaded].map(([day, views]) => [day, views.map((view) => verified.get(view.id) ?? view)]));
    }
    await this.session.keep();
  }

  /** Says what happens to an appointment, and shows how it stands then. */
  async act(id: string, act: StaffAct): Promise<void> {
    await this.session.act(id, act);
    await this.load();
  }

  /** Enters something, and shows it if it was stored. */
  async enter(entry: EntryRequest): Promise<Entered> {
    const entered = await this.session.enter(entry);
    if (entered.ids) await this.load();
    return entered;
  }

  /** The dates and starts of a series. */
  weekly(resource: string, start: number, weeks: number, count: number): Promise<Occurrence[]> {
    return this.session.weekly(resource, start, weeks, count);
  }

  /** Cancels one of a series and all later ones. */
  async cancelRest(id: string, note: string): Promise<void> {
    await this.session.cancelRest(id, note);
    await this.load();
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
