import type { AppointmentView, BookedSeries, BookingRequest, CatalogView, DirectoryView, Opened, PatientApi, WaitingView, WaitRequest } from '../lib/api';
import { CodedError, codeOf } from '../lib/errors';
import { parseFingerprint, practiceId } from '../lib/fingerprint';
import { sameCatalog } from '../lib/http';
import { startPatient } from '../lib/patient';
import { locale } from '../i18n/locale.svelte';

/** Codes that mean "no answer", not "a false answer": worth another try, no reason for alarm. */
const PASSING = new Set(['network', 'answer', 'rate-limited', 'internal', 'module-failed', 'worker-failed', 'not-found']);

const linkPart = (name: string) => new URLSearchParams(location.hash.split('&').slice(1).join('&')).get(name) ?? undefined;

/** One patient's dealings with one practice: the link, the verified directory, the unlocked keys in the worker. */
export class Session {
  readonly fingerprint = parseFingerprint(location.hash.split('&')[0] ?? '');
  /** Of a link `#fingerprint&service=ID&code=CODE`: the service to begin with, and the code that it asks for. */
  readonly service = linkPart('service');
  readonly code = linkPart('code');
  readonly practice = this.fingerprint ? practiceId(this.fingerprint) : '';

  /** `blocked`: a check failed, so nothing may be entered. `failed`: no answer yet, worth another try. */
  state: 'checking' | 'verified' | 'blocked' | 'failed' = $state('checking');
  /** Why, for `blocked` and `failed`. */
  problem: unknown = $state.raw();
  /** `failed` because nothing answered: what the device keeps may help. */
  readonly unreachable = $derived(this.state === 'failed' && codeOf(this.problem) === 'network');
  directory: DirectoryView | undefined = $state.raw();
  /** Whether this browser remembers the patient. */
  known = $state(false);
  unlocked = $state(false);
  failedAttempts = $state(0);
  /** Origins of servers that did without at the last unlocking. */
  withoutRealms: string[] = $state.raw([]);
  /** Origins of servers that still hold another PIN, and could not be brought up to date. */
  behind: string[] = $state.raw([]);
  /** Origins of servers that have counted fewer attempts than they once signed. */
  setBack: string[] = $state.raw([]);
  /** Argon2id passes done, of how many; 0 of 0 while none is running. */
  progress = $state({ done: 0, total: 0 });

  #api: PatientApi | undefined;
  #located: { email: string; done: Promise<void> } | undefined;

  /** Starts the worker and verifies the signed directory against the link, and against what was shown before. */
  async start(shown?: CatalogView): Promise<void> {
    try {
      if (!this.fingerprint) throw new CodedError('link-invalid');
      this.#api ??= startPatient();
      await this.#api.start(location.origin, this.fingerprint);
      const directory = await this.#api.directory();
      if (shown && !sameCatalog(shown, directory)) throw new CodedError('catalog-differs');
      if (directory.freshness === 'stop') throw new CodedError('directory-stale');
      locale.suggest(directory.language);
      this.known = await this.#api.deviceKnown();
      this.directory = directory;
      this.state = 'verified';
    } catch (error) {
      this.problem = error;
      // What failed to load stays failed in that worker; another try needs a new one.
      if (['module-failed', 'worker-failed'].includes(codeOf(error))) this.#api = undefined;
      this.state = PASSING.has(codeOf(error)) ? 'failed' : 'blocked';
    }
  }

  /** The worker, whatever the network says: for what needs no verified directory. */
  worker(): PatientApi {
    if (!this.#api) throw new CodedError('not-started');
    return this.#api;
  }

  #client(): PatientApi {
    if (!this.#api || this.state !== 'verified') throw new CodedError('not-verified');
    return this.#api;
  }

  /** Maps the address to its PatientID; once for each address, so that it can start as soon as the address is typed. */
  locate(email: string): Promise<void> {
    const address = email.trim();
    if (this.#located?.email !== address) {
      const done = this.#client().locate(address);
      const located = (this.#located = { email: address, done });
      // A failed one may be tried again; whoever awaits `done` is told.
      done.catch(() => {
        if (this.#located === located) this.#located = undefined;
      });
    }
    return this.#located!.done;
  }

  /** Shows how far the work is. */
  async withProgress<T>(work: (report: (done: number, total: number) => void) => Promise<T>): Promise<T> {
    try {
      return await work((done, total) => (this.progress = { done, total }));
    } finally {
      this.progress = { done: 0, total: 0 };
    }
  }

  checkPin(pin: string, birthDate: string) {
    return this.#client().checkPin(pin, birthDate);
  }

  /** Gives the indices of the servers that mail a code. */
  async sendCode(email: string): Promise<number[]> {
    await this.locate(email);
    return this.#client().requestCode(locale.current);
  }

  redeem(codes: string[]): Promise<{ registered: boolean }> {
    return this.#client().redeem(codes);
  }

  /** Derives everything for a new PIN, while the person types on. */
  prepareEnrolment(pin: string): Promise<void> {
    return this.withProgress((report) => this.#client().prepareEnrolment(pin, report));
  }

  async enrol(): Promise<void> {
    await this.#client().enrol();
    this.unlocked = true;
  }

  async unlock(email: string, pin: string): Promise<void> {
    await this.locate(email);
    this.#opened(await this.withProgress((report) => this.#client().unlock(pin, report)));
  }

  async unlockKnown(pin: string): Promise<void> {
    this.#opened(await this.withProgress((report) => this.#client().unlockKnown(pin, report)));
  }

  #opened({ failedAttempts, withoutRealms, behind }: Opened): void {
    this.failedAttempts = failedAttempts;
    this.withoutRealms = withoutRealms;
    this.behind = behind;
    this.unlocked = true;
  }

  /** Has the servers that guard the PIN watch each other. Whoever does not answer is watched the next time. */
  async watch(): Promise<void> {
    if ((this.directory?.realms.length ?? 0) < 2) return;
    try {
      this.setBack = await this.#client().witness();
    } catch (error) {
      console.info('witness', codeOf(error));
    }
  }

  book(request: BookingRequest): Promise<AppointmentView> {
    return this.#client().book(request);
  }

  bookSeries(request: BookingRequest, starts: number[]): Promise<BookedSeries> {
    return this.#client().bookSeries(request, starts);
  }

  appointments(): Promise<AppointmentView[]> {
    return this.#client().appointments();
  }

  cancel(id: string, note: string): Promise<AppointmentView> {
    return this.#client().cancel(id, note);
  }

  accept(id: string): Promise<AppointmentView> {
    return this.#client().accept(id);
  }

  moveTo(id: string, resource: string, start: number): Promise<AppointmentView> {
    return this.#client().moveTo(id, resource, start);
  }

  wait(request: WaitRequest): Promise<WaitingView> {
    return this.#client().wait(request);
  }

  waiting(): Promise<WaitingView[]> {
    return this.#client().waiting();
  }

  acceptOffer(id: string): Promise<AppointmentView> {
    return this.#client().acceptOffer(id);
  }

  waitingAct(id: string, leave: boolean): Promise<void> {
    return this.#client().waitingAct(id, leave);
  }

  changePin(old: string, next: string): Promise<void> {
    return this.withProgress((report) => this.#client().changePin(old, next, report));
  }

  async rememberDevice(): Promise<void> {
    await this.#client().rememberDevice();
    this.known = true;
  }

  async forgetDevice(): Promise<void> {
    await this.#client().forgetDevice();
    this.known = false;
  }

  async lock(): Promise<void> {
    await this.#client().lock();
    this.unlocked = false;
    this.#located = undefined;
  }
}
