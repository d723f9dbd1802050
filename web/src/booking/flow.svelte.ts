import type { AppointmentView, CatalogView, Contact, Question, Resource, Service } from '../lib/api';
import { CodedError, codeOf } from '../lib/errors';
import { familyOf } from './family';
import { fetchCatalog, type Slot } from '../lib/http';
import { locale } from '../i18n/locale.svelte';
import { shapesOf, type Shape } from './slots.svelte';
import { Session } from '../patient/session.svelte';

/** Most services of one visit (`limits::MAX_VISIT`). */
const MOST_SERVICES = 4;

export type Step = 'service' | 'person' | 'time' | 'repeat' | 'wait' | 'details' | 'pin' | 'code' | 'existing' | 'done';

/** Everything the booking page knows; each step is a component that reads and writes here. */
export class BookingFlow {
  readonly session = new Session();

  /** The unsigned catalog of the first paint; the session verifies that the signed one says the same. */
  catalog: CatalogView | undefined = $state.raw();
  loadProblem: unknown = $state.raw();

  step: Step = $state('service');
  /** The chosen services, one after the other in one visit. */
  visit: Service[] = $state.raw([]);
  /** Another service is being chosen for the visit. */
  adding = $state(false);
  /** Whom the patient wants to see; undefined for anyone. */
  person: Resource | undefined = $state.raw();
  slot: Slot | undefined = $state.raw();
  /** All slots of a series; none for one appointment. */
  series: Slot[] = $state.raw([]);
  /** How the series was asked for, to show it so again. */
  repeat: { weeks: number; times: number; without: string[] } | undefined = $state.raw();
  /** Waits for a time that becomes free, instead of a slot. */
  waiting: { weekdays: number; last: string } | undefined = $state.raw();
  contact: Contact = $state({ name: '', email: '', phone: '', birthDate: '' });
  reason = $state('');
  /** For whom there were appointments under this PIN: a family has one. Known once it is unlocked. */
  family: Contact[] = $state.raw([]);
  /** One for each question of the visit. */
  answers: string[] = $state([]);
  returning = $state(false);
  pin = $state('');
  appointment: AppointmentView | undefined = $state.raw();
  /** The whole series that was booked. */
  booked: AppointmentView[] = $state.raw([]);

  /** Why the patient is back at choosing a time. */
  conflict: 'slot-taken' | 'hold-expired' | 'series-taken' | undefined = $state();
  booking = $state(false);
  problem: unknown = $state.raw();

  /** Where a code went, so that coming back to the step does not mail another one. */
  mailedTo = $state('');
  /** Indices of the servers that sent one. */
  mailing: number[] = $state.raw([]);
  /** Whose code was redeemed: it works once, but storing the registration may need another try. */
  #ticketFor = '';
  #prepared: { pin: string; email: string; done: Promise<void> } | undefined;

  constructor() {
    history.replaceState({ step: 'service' }, '');
    addEventListener('popstate', ({ state }: PopStateEvent) => {
      const step = (state as { step?: Step } | null)?.step;
      this.adding = false;
      // Back from the finished booking must not book it again.
      if (step && this.step !== 'done' && !this.booking) this.step = step;
    });
    // Another link pasted into the same tab is another practice: start afresh.
    addEventListener('hashchange', () => location.reload());
  }

  /** Paints from public JSON, then starts the crypto worker. */
  async load(): Promise<void> {
    this.loadProblem = undefined;
    try {
      if (!this.session.fingerprint) throw new CodedError('link-invalid');
      this.catalog = await fetchCatalog(this.session.practice);
    } catch (error) {
      this.loadProblem = error;
      return;
    }
    locale.suggest(this.catalog.language);
    // A link to one service begins with it.
    const linked = this.services.find(({ id }) => id === this.session.service);
    if (linked && this.step === 'service') this.chooseService(linked);
    // Two frames later the page is painted.
    requestAnimationFrame(() => requestAnimationFrame(() => void this.verify()));
  }

  async verify(): Promise<void> {
    this.session.state = 'checking';
    await this.session.start(this.catalog);
    this.returning = this.session.known;
  }

  go(step: Step): void {
    this.problem = undefined;
    this.adding = false;
    this.step = step;
    history.pushState({ step }, '');
  }

  back(): void {
    history.back();
  }

  #shapesOf(visit: Service[], person?: Resource): Shape[] {
    return shapesOf(visit, this.catalog?.classes ?? [], person?.id, this.session.code !== undefined);
  }

  /** The services that can be booked here: nobody offers some, and others are for staff or need a code. */
  get services(): Service[] {
    return this.catalog?.services.filter((each) => this.#shapesOf([each]).length > 0) ?? [];
  }

  /** What can be added to the visit. */
  get addable(): Service[] {
    if (this.visit.length === 0 || this.visit.length >= MOST_SERVICES || !this.visit.every(({ together }) => together)) return [];
    return this.services.filter((each) => each.together && !this.visit.includes(each) && this.#shapesOf([...this.visit, each]).length > 0);
  }

  get minutes(): number {
    return this.shapes[0]?.minutes ?? 0;
  }

  get questions(): Question[] {
    return this.visit.flatMap(({ questions }) => questions ?? []);
  }

  /** How the visit can be booked, with the chosen person or anyone. */
  get shapes(): Shape[] {
    return this.visit.length > 0 ? this.#shapesOf(this.visit, this.person) : [];
  }

  /** Whether the chosen slot is asked for, not booked. */
  get asks(): boolean {
    const shape = this.shapes.find(({ resources }) => !this.slot || resources.includes(this.slot.resource));
    return this.catalog?.classes?.some(({ id, asks }) => asks && shape?.classes?.includes(id)) ?? false;
  }

  /** Most appointments of a series with the chosen slot; 0 where there is no series. */
  get most(): number {
    const shape = this.shapes.find(({ resources }) => this.slot && resources.includes(this.slot.resource));
    const [id, ...more] = shape?.classes ?? [];
    return more.length > 0 ? 0 : (this.catalog?.classes?.find((each) => each.id === id)?.series ?? 0);
  }

  /** Whether one can wait for it: not for what asks for a code. */
  get mayWait(): boolean {
    const named = this.shapes.flatMap(({ classes }) => classes ?? []);
    return this.shapes.length > 0 && (this.catalog?.classes ?? []).every(({ id, access }) => access === 'public' || !named.includes(id));
  }

  /** Days ahead that the visit can be booked; undefined for the usual. */
  get horizon(): number | undefined {
    const days = this.shapes.map(({ classes }) => {
      const parts = this.catalog?.classes?.filter(({ id }) => classes?.includes(id)) ?? [];
      return parts.length > 0 ? Math.min(...parts.map(({ horizon }) => horizon)) : undefined;
    });
    return days.every((each) => each !== undefined) ? Math.max(...days) : undefined;
  }

  /** Who offers the first service. */
  get people(): Resource[] {
    const ids = this.visit.length > 0 ? this.#shapesOf(this.visit).flatMap(({ resources }) => resources) : [];
    return this.catalog?.resources.filter(({ id }) => ids.includes(id)) ?? [];
  }

  resourceName(id: string): string {
    return this.catalog?.resources.find((resource) => resource.id === id)?.name ?? '';
  }

  chooseService(service: Service): void {
    if (this.visit.length !== 1 || this.visit[0] !== service) {
      this.person = undefined;
      this.#setVisit([service]);
    }
    this.go(this.people.length > 1 ? 'person' : 'time');
  }

  /** Chooses another service for the visit. */
  add(): void {
    this.go('service');
    this.adding = true;
  }

  addService(service: Service): void {
    this.#setVisit([...this.visit, service]);
    if (this.person && !this.people.includes(this.person)) this.person = undefined;
    this.go(this.people.length > 1 && !this.person ? 'person' : 'time');
  }

  /** Leaves a later service out; the times have to be chosen anew. */
  removeService(service: Service): void {
    this.#setVisit(this.visit.filter((each) => each !== service));
    if (this.step !== 'person') this.go('time');
  }

  /** Keeps what was answered to questions that stay. */
  #setVisit(visit: Service[]): void {
    const answers = [...this.answers];
    const given = new Map(this.visit.map((each) => [each, answers.splice(0, each.questions?.length ?? 0)]));
    this.answers = visit.flatMap((each) => given.get(each) ?? (each.questions ?? []).map(() => ''));
    this.visit = visit;
    this.slot = undefined;
    this.series = [];
  }

  choosePerson(person: Resource | undefined): void {
    if (person?.id !== this.person?.id) {
      this.slot = undefined;
      this.series = [];
    }
    this.person = person;
    this.go('time');
  }

  chooseSlot(slot: Slot): void {
    this.slot = slot;
    this.series = [];
    this.repeat = undefined;
    this.waiting = undefined;
    this.conflict = undefined;
    if (this.most > 1) this.go('repeat');
    else this.#details();
  }

  /** Goes on with a series of these slots, or with the one that was chosen. */
  chooseSeries(series: Slot[], repeat: { weeks: number; times: number; without: string[] } | undefined): void {
    this.series = series;
    this.repeat = repeat;
    this.#details();
  }

  chooseWait(waiting: { weekdays: number; last: string }): void {
    this.waiting = waiting;
    this.slot = undefined;
    this.series = [];
    this.#details();
  }

  #details(): void {
    this.conflict = undefined;
    const again = this.session.unlocked;
    this.go(again && this.contact.name && this.answers.length === 0 ? 'pin' : 'details');
  }

  /** Finds out for whom appointments were booked under this PIN, to choose from; whoever is not found is typed. */
  async findFamily(): Promise<void> {
    if (!this.session.unlocked) return;
    try {
      this.family = familyOf(await this.session.appointments());
    } catch (error) {
      console.info('family', codeOf(error));
    }
  }

  /** Starts mapping the address while the person types on; a failure shows when it is needed. */
  locateEarly(): void {
    if (this.session.state === 'verified') this.session.locate(this.contact.email).catch(() => undefined);
  }

  /** Starts Argon2id for a new PIN while the person types on. Done once for each PIN and address. */
  prepare(): Promise<void> {
    const { pin } = this;
    const { email } = this.contact;
    if (this.#prepared?.pin !== pin || this.#prepared.email !== email) {
      const done = this.session.locate(email).then(() => this.session.prepareEnrolment(pin));
      const prepared = (this.#prepared = { pin, email, done });
      done.catch(() => {
        if (this.#prepared === prepared) this.#prepared = undefined;
      });
    }
    return this.#prepared!.done;
  }

  /** Turns the mailed code into an enrolment, or finds that there is a PIN already. */
  async confirm(codes: string[]): Promise<void> {
    const email = this.contact.email.trim();
    if (this.#ticketFor !== email) {
      const { registered } = await this.session.redeem(codes);
      if (registered) {
        this.go('existing');
        return;
      }
      this.#ticketFor = email;
    }
    await this.prepare();
    try {
      await this.session.enrol();
    } catch (error) {
      if (codeOf(error) === 'realm-unauthorized') this.#ticketFor = this.mailedTo = '';
      throw error;
    }
    this.pin = '';
    await this.book();
  }

  /** Books with the unlocked keys. A taken slot leads back to the times, with everything typed kept. */
  async book(): Promise<void> {
    const [service, ...also] = this.visit;
    const { slot, waiting } = this;
    if (!service || !(slot || waiting)) throw new CodedError('no-slot');
    this.booking = true;
    this.problem = undefined;
    try {
      const details = {
        service: service.id,
        also: also.map(({ id }) => id),
        contact: $state.snapshot(this.contact),
        reason: this.reason,
        locale: locale.current,
        answers: $state.snapshot(this.answers),
      };
      if (waiting) await this.session.wait({ ...details, ...waiting, resources: this.person ? [this.person.id] : [] });
      else if (slot) {
        const request = { ...details, resource: slot.resource, start: slot.start, ...(this.session.code !== undefined && { code: this.session.code }) };
        if (this.series.length > 1) {
          const { booked } = await this.session.bookSeries(request, this.series.map(({ start }) => start));
          if (!booked) {
            this.conflict = 'series-taken';
            this.go('repeat');
            return;
          }
          this.booked = booked;
          this.appointment = booked[0];
        } else this.appointment = await this.session.book(request);
      }
      this.step = 'done';
      history.replaceState({ step: 'done' }, '');
    } catch (error) {
      const code = codeOf(error);
      if (code === 'slot-taken' || code === 'hold-expired') {
        this.conflict = code;
        this.slot = undefined;
        this.go('time');
      } else {
        // Unlocked by now, so the PIN step is a button that tries again.
        this.go('pin');
        this.problem = error;
      }
    } finally {
      this.booking = false;
    }
  }

  /** Another booking by the same patient, who is unlocked already. */
  again(): void {
    this.person = this.appointment = undefined;
    this.booked = [];
    this.#setVisit([]);
    this.waiting = undefined;
    this.reason = '';
    this.go('service');
  }
}
