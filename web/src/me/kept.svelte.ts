import type { AppointmentView, DirectoryView, KeptInfo } from '../lib/api';
import { CodedError } from '../lib/errors';
import { createPasskey, derivePrf, localPasskey } from '../lib/webauthn';
import type { Session } from '../patient/session.svelte';
import { dropPages, keepPages } from './pages';

/** What the device shows where there is no network. */
export interface KeptView {
  /** Unix seconds. */
  at: number;
  directory: DirectoryView;
  views: AppointmentView[];
}

/** Whether a device can keep pages and ask for a passkey at all. */
const able = () => 'serviceWorker' in navigator && 'caches' in globalThis && 'PublicKeyCredential' in globalThis;

/** What this device keeps of one patient for use without a network. */
export class Kept {
  info: KeptInfo | undefined = $state.raw();
  /** What was opened without a network. */
  shown: KeptView | undefined = $state.raw();
  readonly able = able();
  #session: Session;
  #views: AppointmentView[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  async load(): Promise<void> {
    this.info = await this.#session.worker().kept();
  }

  #text(): string {
    const { directory } = this.#session;
    if (!directory) throw new CodedError('not-verified');
    const view: KeptView = { at: Math.floor(Date.now() / 1000), directory, views: this.#views };
    return JSON.stringify(view);
  }

  /** With a new passkey of this device, and the PIN. */
  async keep(pin: string): Promise<void> {
    const salt = crypto.getRandomValues(new Uint8Array(32));
    const { prf, credential } = await createPasskey(localPasskey(this.#session.directory?.name ?? 'Vestibule'), salt);
    const output = prf ?? (await derivePrf(credential, salt));
    await this.#session.withProgress((report) => this.#session.worker().keepWithPasskey(pin, { credential, salt }, output, this.#text(), report));
    await this.#settle();
  }

  /** With a passcode, for devices that have no such passkey. */
  async keepWithPasscode(passcode: string): Promise<void> {
    await this.#session.withProgress((report) => this.#session.worker().keepWithPasscode(passcode, this.#text(), report));
    await this.#settle();
  }

  async #settle(): Promise<void> {
    try {
      await keepPages(await this.#session.worker().loaded());
    } catch (error) {
      // What would never be shown is not kept either.
      await this.forget();
      throw error;
    }
    await this.load();
  }

  /** What was just read is kept in place of what was kept before, and the page as it runs now. */
  async refresh(views: AppointmentView[]): Promise<void> {
    this.#views = views;
    await this.load();
    if (!this.info) return;
    await this.#session.worker().keepNewer(this.#text());
    await this.load();
    if (this.info) await keepPages(await this.#session.worker().loaded());
    else await dropPages();
  }

  /** Opens with the PIN and the passkey, or with the passcode. */
  async open(secret: string): Promise<void> {
    const worker = this.#session.worker();
    const passkey = this.info?.passkey;
    const prf = passkey && (await derivePrf(passkey.credential, passkey.salt));
    const text = await this.#session.withProgress((report) => (prf ? worker.openKept(secret, prf, report) : worker.openKeptByPasscode(secret, report)));
    this.shown = JSON.parse(text) as KeptView;
  }

  async forget(): Promise<void> {
    await this.#session.worker().forgetKept();
    await dropPages();
    await this.load();
  }
}
