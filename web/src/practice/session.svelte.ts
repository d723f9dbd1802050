import type {
  AppointmentView,
  BesideClaim,
  Ceremony,
  DirectoryView,
  Entered,
  EntryRequest,
  Founded,
  Founding,
  GuardsView,
  MemoMark,
  MemoShown,
  MemoView,
  MemoWish,
  Moving,
  Occurrence,
  OtherRealm,
  PracticeApi,
  ReshareProgress,
  StaffAct,
  StaffWaitingView,
  Trouble,
  WantedGuards,
} from '../lib/api';
import type { Booked, Catalog, CatalogEdit, Conflict } from '../lib/catalog';
import { CodedError, codeOf } from '../lib/errors';
import { startPractice } from '../lib/practice';
import { createPasskey, derivePrf, usePasskey, type Answer } from '../lib/webauthn';
import { recall, remember } from '../worker/memory';

/** A practice that this browser has signed in to: public facts, so that the next sign-in needs no link. */
export interface KnownPractice {
  fingerprint: string;
  name: string;
}

const KNOWN = 'known-practices';

export const knownPractices = async (): Promise<KnownPractice[]> => (await recall<KnownPractice[]>(KNOWN)) ?? [];

async function rememberPractice(practice: KnownPractice): Promise<void> {
  const others = (await knownPractices()).filter(({ fingerprint }) => fingerprint !== practice.fingerprint);
  await remember(KNOWN, [practice, ...others]);
}

/** The staff's dealings with one practice. Keys stay in the worker. */
export class PracticeSession {
  directory: DirectoryView | undefined = $state.raw();
  /** All of the signed catalog, as the editor shows it. */
  catalog: Catalog | undefined = $state.raw();
  /** Why the last refresh of the timestamp failed. */
  freshnessProblem: unknown = $state.raw();
  ended = $state(false);

  #api: PracticeApi | undefined;
  /** The passkey of this sign-in, to ask for its PRF output again: public. */
  #passkey: { credential: Uint8Array; prfSalt: Uint8Array } | undefined;

  async #client(): Promise<PracticeApi> {
    if (!this.#api) {
      const api = startPractice();
      await api.start(location.origin);
      this.#api = api;
    }
    return this.#api;
  }

  async #opened(): Promise<void> {
    const api = await this.#client();
    const { fingerprint, name } = await this.#read(api);
    this.ended = false;
    await rememberPractice({ fingerprint, name });
    try {
      await api.refresh();
    } catch (error) {
      this.freshnessProblem = error;
    }
  }

  /** First half of founding: makes the keys, then the passkey. */
  async beginFounding(founding: Founding, code: string): Promise<{ ceremony: Ceremony; answer: Answer }> {
    const ceremony = await (await this.#client()).foundBegin(founding, code);
    return { ceremony, answer: await createPasskey(ceremony.options, ceremony.prfSalt) };
  }

  /** Second half: derives the PRF output if creating gave none, seals and publishes. */
  async finishFounding(
    { ceremony, answer }: { ceremony: Ceremony; answer: Answer },
    { name, realms }: { name: string; realms: OtherRealm[] },
  ): Promise<Founded> {
    const prf = answer.prf ?? (await derivePrf(answer.credential, ceremony.prfSalt));
    // Kept until it worked, so that a broken connection does not cost a third ceremony.
    answer.prf = prf;
    const founded = await (await this.#client()).foundFinish(answer.json, prf, realms);
    prf.fill(0);
    await rememberPractice({ fingerprint: founded.fingerprint, name });
    return founded;
  }

  async signIn(fingerprint: string): Promise<void> {
    const api = await this.#client();
    const ceremony = await api.signInBegin(fingerprint);
    const { json, prf, credential } = await usePasskey(ceremony.options, ceremony.prfSalt);
    await api.signInFinish(fingerprint, json, prf);
    prf.fill(0);
    this.#passkey = { credential, prfSalt: ceremony.prfSalt };
    await this.#opened();
  }

  /** Notes that the server ended the session, so that the page asks for the passkey again. */
  async #watched<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (codeOf(error) === 'unauthorized') {
        this.ended = true;
        await this.lock();
      }
      throw error;
    }
  }

  async calendar(from: number, to: number): Promise<AppointmentView[]> {
    return this.#watched((await this.#client()).calendar(from, to));
  }

  async beside(from: number, to: number): Promise<BesideClaim[]> {
    return this.#watched((await this.#client()).beside(from, to));
  }

  async verify(ids: string[]): Promise<AppointmentView[]> {
    return this.#watched((await this.#client()).verify(ids));
  }

  async act(id: string, act: StaffAct): Promise<void> {
    await this.#watched((await this.#client()).act(id, act));
  }

  async waitingList(): Promise<{ entries: StaffWaitingView[]; mailed: number }> {
    return this.#watched((await this.#client()).waitingList());
  }

  async removeWaiting(id: string): Promise<void> {
    await this.#watched((await this.#client()).removeWaiting(id));
  }

  async enter(entry: EntryRequest): Promise<Entered> {
    return this.#watched((await this.#client()).enter(entry));
  }

  async weekly(resource: string, start: number, weeks: number, count: number): Promise<Occurrence[]> {
    return (await this.#client()).weekly(resource, start, weeks, count);
  }

  async cancelRest(id: string, note: string): Promise<string[]> {
    return this.#watched((await this.#client()).cancelRest(id, note));
  }

  async memos(about: string): Promise<MemoView[]> {
    return this.#watched((await this.#client()).memos(about));
  }

  async tasks(): Promise<MemoView[]> {
    return this.#watched((await this.#client()).tasks());
  }

  async writeMemo(wish: MemoWish): Promise<MemoShown> {
    return this.#watched((await this.#client()).writeMemo(wish));
  }

  async memoMarks(from: number, to: number): Promise<MemoMark[]> {
    return this.#watched((await this.#client()).memoMarks(from, to));
  }

  async appointment(id: string): Promise<AppointmentView | undefined> {
    return (await this.#watched((await this.#client()).appointment(id)))[0];
  }

  async keep(): Promise<void> {
    await (await this.#client()).keep();
  }

  async #read(api: PracticeApi): Promise<DirectoryView> {
    const directory = await api.directory();
    this.catalog = await api.catalog();
    return (this.directory = directory);
  }

  async updateCatalog(edit: CatalogEdit): Promise<void> {
    const api = await this.#client();
    await this.#watched(api.updateCatalog(edit));
    await this.#read(api);
  }

  async conflicts(edit: CatalogEdit | undefined, booked: Booked[]): Promise<(Conflict | null)[]> {
    return (await this.#client()).conflicts(edit, booked);
  }

  async newCode(): Promise<{ code: string; hash: string }> {
    return (await this.#client()).newCode();
  }

  async guards(): Promise<GuardsView> {
    return (await this.#client()).guards();
  }

  async fingerprintOf(origin: string): Promise<string> {
    return (await this.#client()).fingerprintOf(origin);
  }

  async moving(): Promise<Moving> {
    return this.#watched((await this.#client()).moving());
  }

  /** Has other servers guard the PINs. `asked` is called once the passkey has answered: the root key lives for this call only. */
  async reshare(wanted: WantedGuards, asked: () => void, progress: ReshareProgress): Promise<Trouble[]> {
    if (!this.#passkey) throw new CodedError('not-ready');
    const api = await this.#client();
    const prf = await derivePrf(this.#passkey.credential, this.#passkey.prfSalt);
    asked();
    try {
      return await this.#watched(api.reshare(wanted, prf, progress));
    } finally {
      prf.fill(0);
      if (!this.ended) await this.#read(api);
    }
  }

  /** Gives the servers that did not hear that it has ended. */
  async endMoving(): Promise<string[]> {
    const api = await this.#client();
    const missed = await this.#watched(api.endMoving());
    await this.#read(api);
    return missed;
  }

  async tellEnded(): Promise<string[]> {
    return this.#watched((await this.#client()).tellEnded());
  }

  async lock(): Promise<void> {
    await (await this.#client()).lock();
    this.directory = undefined;
    this.#passkey = undefined;
  }
}
