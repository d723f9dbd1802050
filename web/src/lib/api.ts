/**
 * What the WASM module exports and what it returns: the typed contract between the pages and the crypto. Methods of
 * the clients run in a web worker, one at a time; the pages reach them through `rpc.ts`.
 */

import type { Booked, Catalog, CatalogEdit, Conflict } from './catalog';

/** Weekly opening interval; ISO weekday 1 to 7, minutes after midnight in the practice's time zone. */
export interface Interval {
  weekday: number;
  from: number;
  to: number;
}

export interface Resource {
  id: string;
  name: string;
  hours: Interval[];
}

/** What a practice asks before an appointment. */
export interface Question {
  text: string;
  /** To choose from; none for an answer in the patient's words. */
  answers: string[];
  required: boolean;
}

export interface Service {
  id: string;
  name: string;
  description: string;
  minutes: number;
  /** Ids of the resources that offer it. */
  resources: string[];
  /** Booking classes that it can be booked as; none for a service without further rules. */
  classes?: number[] | null;
  /** What it costs, as text. */
  price?: string | null;
  questions?: Question[] | null;
  /** May be booked together with others so marked, in one visit. */
  together?: boolean | null;
}

/** What the booking page needs of a booking class (docs/SCHEDULING.md). */
export interface BookingClass {
  id: number;
  minutes: number;
  /** Who can be chosen. */
  resources: string[];
  access: 'public' | 'internal' | 'code';
  /** Days ahead. */
  horizon: number;
  /** Patients ask, and the practice confirms or declines. */
  asks: boolean;
  /** Most appointments that may be booked as one series; 0 for none. */
  series: number;
}

/** A server that guards PINs. */
export interface Realm {
  /** From 1. */
  index: number;
  origin: string;
}

/** What the booking page shows; the part of a directory that the unsigned JSON repeats. */
export interface CatalogView {
  name: string;
  contact: string;
  timeZone: string;
  language: string;
  resources: Resource[];
  services: Service[];
  /** The classes that the services name. */
  classes?: BookingClass[];
}

/** A directory whose signatures were all checked. */
export interface DirectoryView extends CatalogView {
  practice: string;
  fingerprint: string;
  manifestNumber: number;
  freshness: 'fresh' | 'warn' | 'stop';
  /** Number of practice keys that can read. */
  credentials: number;
  /** The servers that guard PINs; the first one keeps the calendar. */
  realms: Realm[];
  /** How many of them must work together. */
  threshold: number;
  /** What to remember, so that an older directory is noticed next time. */
  seen?: unknown;
}

export type AppointmentState = 'requested' | 'booked' | 'declined' | 'cancelled' | 'attended' | 'no-show';

/** What can be said of an appointment. */
export type StaffAction = 'confirmed' | 'declined' | 'cancelled' | 'moved' | 'attended' | 'no-show';

/** What staff does on an appointment; a move names the new place. */
export interface StaffAct {
  action: StaffAction;
  note: string;
  resource?: string;
  /** Unix seconds. */
  start?: number;
  minutes?: number;
}

export interface AppointmentView {
  id: string;
  state: AppointmentState;
  /** Unix seconds. */
  start: number;
  /** Absent, with `resource`, where the server no longer serves what was seen before. */
  minutes?: number;
  resource?: string;
  resourceName?: string;
  service?: string;
  serviceName?: string;
  name?: string;
  email?: string;
  phone?: string;
  birthDate?: string;
  reason?: string;
  /** Pairs of question and answer. */
  answers?: [string, string][];
  /** Further services of the same visit; `serviceName` names all. */
  also?: string[];
  /** What the practice entered itself: time that is kept free, or somebody without an account. */
  entry?: EntryKind;
  /** Of a block. */
  title?: string;
  /** Which one of how many of a series, from 0. */
  series?: [number, number];
  /** The same for all of one series that a patient booked. */
  seed?: number[];
  /** The newest statement: what it did, who made it, and a few words. */
  last?: StaffAction | 'accepted';
  lastBy?: 'patient' | 'practice';
  note?: string;
  /** Opened where it stands, but the signatures are not verified yet: to be shown as that, and nothing to be done on it. */
  checking?: boolean;
  /** Why it was refused; then the content is absent. */
  problem?: string;
}

/** A room or device that an appointment claims, buffers included: the server's word. */
export interface BesideClaim {
  appointment: string;
  resource: string;
  /** Unix seconds. */
  start: number;
  minutes: number;
}

/** How many notes (and tasks that are done) and open tasks an appointment has. */
export interface MemoMark {
  appointment: string;
  kept: number;
  open: number;
}

/** A note or task of staff, opened and verified. */
export interface MemoShown {
  id: string;
  /** The appointment that it is about; empty: none. */
  about: string;
  kind: 'note' | 'task';
  text: string;
  /** `YYYY-MM-DD`; may be empty. */
  due: string;
  done: boolean;
  removed: boolean;
  /** Version. */
  number: number;
  /** Unix seconds of the newest and of the first version, by their authors' clocks. */
  time: number;
  made: number;
  /** Whether whoever is signed in signed the newest version, and wrote the first. */
  mine: boolean;
  authorMine: boolean;
  problem?: undefined;
}

/** One that is not believed, and why. */
export interface MemoRefused {
  id: string;
  problem: string;
}

export type MemoView = MemoShown | MemoRefused;

/** What is to be written; `seen` is the version that it changes. */
export type MemoWish =
  | { what: 'new'; about: string; kind: 'note' | 'task'; text: string; due: string }
  | { what: 'change'; id: string; seen: number; text: string; due: string }
  | { what: 'done'; id: string; seen: number; done: boolean }
  | { what: 'remove'; id: string; seen: number };

interface MemosApi {
  /** About an appointment, the oldest first. */
  memos(about: string): Promise<MemoView[]>;
  /** All open tasks. */
  tasks(): Promise<MemoView[]>;
  writeMemo(wish: MemoWish): Promise<MemoShown>;
  /** Of at most six weeks. */
  memoMarks(from: number, to: number): Promise<MemoMark[]>;
  appointment(id: string): Promise<AppointmentView[]>;
}

export type EntryKind = 'block' | 'visit';

/** What the practice enters itself, once or as a series. */
export interface EntryRequest extends Contact {
  kind: EntryKind;
  /** Of a block; else empty. */
  title: string;
  /** Of a visit; empty for none of the catalog's. */
  service: string;
  resource: string;
  /** Unix seconds: one, or those of a series. */
  starts: number[];
  minutes: number;
  note: string;
  locale: string;
}

/** All was stored, or nothing, and these positions of `starts` were in the way. */
export interface Entered {
  ids?: string[];
  conflicts?: number[];
}

/** One of a series; without `start` where the clock skips its time on that day. */
export interface Occurrence {
  day: string;
  start?: number;
}

export interface Contact {
  name: string;
  email: string;
  phone: string;
  birthDate: string;
}

export interface BookingRequest {
  service: string;
  /** Further services of the same visit, in their order. */
  also: string[];
  resource: string;
  /** Unix seconds. */
  start: number;
  contact: Contact;
  reason: string;
  locale: string;
  /** One for each question of the services, in their order. */
  answers: string[];
  /** From the link, for a service that asks for one. */
  code?: string;
}

/** All of a series, or the positions that are not free. */
export interface BookedSeries {
  booked?: AppointmentView[];
  conflicts?: number[];
}

/** What a patient waits for; the rest is as in a booking. */
export interface WaitRequest {
  service: string;
  also: string[];
  /** Empty for anybody who offers it. */
  resources: string[];
  /** Bit 0 Monday to bit 6 Sunday. */
  weekdays: number;
  /** `YYYY-MM-DD`. */
  last: string;
  contact: Contact;
  reason: string;
  locale: string;
  answers: string[];
}

export type WaitingState = 'waiting' | 'accepted' | 'booked' | 'left' | 'removed' | 'over';

/** A place that is offered to an entry of the waiting list; times in Unix seconds. */
export interface OfferView {
  start: number;
  minutes: number;
  resourceName: string;
  until: number;
  mailed: boolean;
}

/** An entry of the waiting list. Without content where it is gone, or where `problem` says why it is not shown. */
export interface WaitingView {
  id: string;
  state: WaitingState;
  problem?: string;
  serviceName?: string;
  weekdays?: number;
  last?: string;
  /** Names of those whom it may be with. */
  resources?: string[];
  reason?: string;
  name?: string;
  offer?: OfferView | null;
}

/** The same for staff, with the contact. */
export interface StaffWaitingView extends WaitingView {
  since: number;
  email?: string;
  phone?: string;
}

export type PinProblem = 'length' | 'digits' | 'weak' | 'birthday';

/** Called with passes done and passes in all. */
export type Progress = (done: number, total: number) => void;

/** What a right PIN tells. */
export interface Opened {
  /** Wrong attempts by others since the last right one. */
  failedAttempts: number;
  /** Origins of realms that were down or gave false answers, where enough others answered. */
  withoutRealms: string[];
  /** Origins of realms that still hold another PIN. */
  behind: string[];
}

/** `PatientClient` as wasm-bindgen exports it. */
export interface PatientWasm {
  directory(seen?: unknown): Promise<DirectoryView>;
  locate(email: string): Promise<void>;
  checkPin(pin: string, birthDate?: string): PinProblem | null | undefined;
  prepareEnrolment(pin: string, progress: Progress): Promise<void>;
  /** Indices of the realms that mail a code. */
  requestCode(locale: string): Promise<Uint8Array>;
  /** A code for each realm, in their order; empty where there is none. */
  redeem(codes: string[]): Promise<{ registered: boolean }>;
  enrol(): Promise<void>;
  unlock(pin: string, progress: Progress): Promise<Opened>;
  /** Origins of realms that were set back. */
  witness(): Promise<string[]>;
  book(request: BookingRequest): Promise<AppointmentView>;
  bookSeries(request: BookingRequest, starts: number[]): Promise<BookedSeries>;
  appointments(): Promise<AppointmentView[]>;
  cancel(id: string, note: string): Promise<AppointmentView>;
  accept(id: string): Promise<AppointmentView>;
  moveTo(id: string, resource: string, start: number): Promise<AppointmentView>;
  wait(request: WaitRequest): Promise<WaitingView>;
  waiting(): Promise<WaitingView[]>;
  acceptOffer(id: string): Promise<AppointmentView>;
  /** Leaves the list, or lets the offer pass. */
  waitingAct(id: string, leave: boolean): Promise<void>;
  changePin(old: string, next: string, progress: Progress): Promise<void>;
  /** Overwrites the secret, as everything that takes one. */
  deviceBlob(deviceSecret: Uint8Array): Uint8Array | Promise<Uint8Array>;
  unlockDevice(
    pin: string,
    blob: Uint8Array,
    deviceSecret: Uint8Array,
    progress: Progress,
  ): Promise<Opened>;
  /** Names the registration of the unlocked patient. */
  registration(): string;
  /** Overwrites `prf`, too. */
  offlineShare(pin: string, prf: Uint8Array, blob: Uint8Array, deviceSecret: Uint8Array, progress: Progress): Promise<Uint8Array>;
  offlineKeep(view: string): Uint8Array;
  offlineOpen(
    pin: string,
    prf: Uint8Array,
    share: Uint8Array,
    kept: Uint8Array,
    blob: Uint8Array,
    deviceSecret: Uint8Array,
    progress: Progress,
  ): string;
  passcodeKeep(passcode: string, view: string, progress: Progress): Uint8Array;
  passcodeOpen(passcode: string, kept: Uint8Array, blob: Uint8Array, deviceSecret: Uint8Array, progress: Progress): string;
  forget(): void;
}

/** How this device opens without a network, and what the page needs for it. */
export interface KeptInfo {
  /** When it was kept: Unix seconds. */
  at: number;
  /** None where it opens with a passcode. */
  passkey?: { credential: Uint8Array; salt: Uint8Array };
}

export interface Founding {
  name: string;
  contact: string;
  timeZone: string;
  language: string;
  staffName: string;
  resources: { name: string; hours: Interval[] }[];
  /** `resources` are positions in the list above. */
  services: { name: string; description: string; minutes: number; resources: number[] }[];
  /** Other servers that are to guard PINs together with this one. */
  realms: OtherRealm[];
  /** How many servers, this one included, must work together. */
  threshold: number;
}

export interface OtherRealm {
  origin: string;
  /** Founding code, where the server asks for one. */
  code: string;
}

/** A WebAuthn ceremony to run on the page. */
export interface Ceremony {
  /** JSON text with `publicKey`. */
  options: string;
  /** Input of the PRF extension. */
  prfSalt: Uint8Array;
}

export interface RecoveryKit {
  /** Words or groups of letters, in order. */
  groups: string[];
  /** Text of the QR code. */
  qr: string;
}

export interface Founded {
  fingerprint: string;
  link: string;
  recoveryKit: RecoveryKit;
}

/** A server that guards PINs, with the fingerprint of its keys. */
export interface Guard extends Realm {
  fingerprint: string;
}

/** Who guards the PINs now. */
export interface GuardsView {
  /** Whether whoever is signed in may change them. */
  root: boolean;
  threshold: number;
  realms: Guard[];
  /** While patients go over: who guarded them before. */
  before: Guard[] | null;
}

/** How far patients have gone over, as the first server counts. */
export interface Moving {
  here: number;
  before: number;
  /** Origins of the servers that were removed last. */
  left: string[];
}

/** The servers that are to guard PINs beside the first. */
export interface WantedGuards {
  /** `fingerprint` of one that comes, as it was compared. */
  others: (OtherRealm & { fingerprint?: string | undefined })[];
  threshold: number;
}

/** Step (0 order, 1 deal, 2 take over, 3 publish), steps done, steps in all, and the origin that is asked. */
export type ReshareProgress = (step: number, done: number, total: number, origin: string) => void;

/** A server that was passed over, and why. */
export interface Trouble {
  origin: string;
  code: string;
}

interface GuardsApi {
  fingerprintOf(origin: string): Promise<string>;
  moving(): Promise<Moving>;
  /** Overwrites `prf`. Gives the servers that were passed over. */
  reshare(wanted: WantedGuards, prf: Uint8Array, progress: ReshareProgress): Promise<Trouble[]>;
  /** Gives the origins of the servers that did not hear it. */
  endMoving(): Promise<string[]>;
  tellEnded(): Promise<string[]>;
}

/** `PracticeClient` as wasm-bindgen exports it. */
export interface PracticeWasm extends GuardsApi, MemosApi {
  guards(): GuardsView;
  foundBegin(founding: Founding, code: string): Promise<Ceremony>;
  /** `realms` as at the beginning, perhaps with other codes. */
  foundFinish(registration: string, prf: Uint8Array, realms: OtherRealm[]): Promise<Founded>;
  signInBegin(fingerprint: string): Promise<Ceremony>;
  signInFinish(assertion: string, prf: Uint8Array): Promise<void>;
  directory(): Promise<DirectoryView>;
  /** Periods of the span for which to call `joinPeriod` before `calendar`. */
  periodsToJoin(from: number, to: number): number[];
  joinPeriod(period: number, sealed: Uint8Array | undefined, deviceSecret: Uint8Array): void;
  changedPeriods(deviceSecret: Uint8Array): [number, Uint8Array][];
  /** Whether the device is to forget a period. */
  isPast(period: number): boolean;
  calendar(from: number, to: number): Promise<AppointmentView[]>;
  /** Rooms and devices that the appointments of at most eight days claim. */
  beside(from: number, to: number): Promise<BesideClaim[]>;
  verify(ids: string[]): Promise<AppointmentView[]>;
  act(id: string, act: StaffAct): Promise<AppointmentView[]>;
  /** Also has the notices of offers mailed that were not yet; `mailed` says how many. */
  waitingList(): Promise<{ entries: StaffWaitingView[]; mailed: number }>;
  removeWaiting(id: string): Promise<void>;
  enter(entry: EntryRequest): Promise<Entered>;
  weekly(resource: string, start: number, weeks: number, count: number): Occurrence[];
  cancelRest(id: string, note: string): Promise<string[]>;
  /** JSON of the signed catalog. */
  catalog(): string;
  updateCatalog(edit: string): Promise<void>;
  conflicts(edit: string | undefined, booked: string): string;
  newCode(): { code: string; hash: string };
  refresh(): Promise<unknown>;
  memory(deviceSecret: Uint8Array): Uint8Array | Promise<Uint8Array>;
  restoreMemory(blob: Uint8Array, deviceSecret: Uint8Array): void | Promise<void>;
  forget(): void;
}

/** What the patient worker offers to pages: the WASM client, and the device's memory around it. */
export interface PatientApi {
  start(origin: string, fingerprint: string): Promise<void>;
  directory(): Promise<DirectoryView>;
  locate(email: string): Promise<void>;
  checkPin(pin: string, birthDate: string): Promise<PinProblem | null>;
  prepareEnrolment(pin: string, progress: Progress): Promise<void>;
  /** Indices of the realms that mail a code. */
  requestCode(locale: string): Promise<number[]>;
  /** A code for each realm, in their order; empty where there is none. */
  redeem(codes: string[]): Promise<{ registered: boolean }>;
  enrol(): Promise<void>;
  /** Origins of realms that were set back. */
  witness(): Promise<string[]>;
  unlock(pin: string, progress: Progress): Promise<Opened>;
  book(request: BookingRequest): Promise<AppointmentView>;
  bookSeries(request: BookingRequest, starts: number[]): Promise<BookedSeries>;
  appointments(): Promise<AppointmentView[]>;
  cancel(id: string, note: string): Promise<AppointmentView>;
  accept(id: string): Promise<AppointmentView>;
  moveTo(id: string, resource: string, start: number): Promise<AppointmentView>;
  wait(request: WaitRequest): Promise<WaitingView>;
  waiting(): Promise<WaitingView[]>;
  acceptOffer(id: string): Promise<AppointmentView>;
  /** Leaves the list, or lets the offer pass. */
  waitingAct(id: string, leave: boolean): Promise<void>;
  changePin(old: string, next: string, progress: Progress): Promise<void>;
  /** Whether this browser remembers a patient of this practice. */
  deviceKnown(): Promise<boolean>;
  rememberDevice(): Promise<void>;
  unlockKnown(pin: string, progress: Progress): Promise<Opened>;
  forgetDevice(): Promise<void>;
  /** What this device keeps for use without a network. */
  kept(): Promise<KeptInfo | undefined>;
  /** Proves the PIN, and keeps `view`; `prf` is the output of this passkey for this salt, and is overwritten. */
  keepWithPasskey(pin: string, passkey: { credential: Uint8Array; salt: Uint8Array }, prf: Uint8Array, view: string, progress: Progress): Promise<void>;
  keepWithPasscode(passcode: string, view: string, progress: Progress): Promise<void>;
  /** Keeps a newer view, where that takes no passcode; forgets what is of an earlier PIN. */
  keepNewer(view: string): Promise<void>;
  /** The view, with PIN and passkey. */
  openKept(pin: string, prf: Uint8Array, progress: Progress): Promise<string>;
  openKeptByPasscode(passcode: string, progress: Progress): Promise<string>;
  forgetKept(): Promise<void>;
  /** Addresses of what the worker runs. */
  loaded(): Promise<string[]>;
  lock(): Promise<void>;
}

/** What the practice worker offers to pages. */
export interface PracticeApi extends GuardsApi, MemosApi {
  guards(): Promise<GuardsView>;
  start(origin: string): Promise<void>;
  foundBegin(founding: Founding, code: string): Promise<Ceremony>;
  /** `realms` as at the beginning, perhaps with other codes. */
  foundFinish(registration: string, prf: Uint8Array, realms: OtherRealm[]): Promise<Founded>;
  signInBegin(fingerprint: string): Promise<Ceremony>;
  signInFinish(fingerprint: string, assertion: string, prf: Uint8Array): Promise<void>;
  directory(): Promise<DirectoryView>;
  calendar(from: number, to: number): Promise<AppointmentView[]>;
  /** Rooms and devices that the appointments of at most eight days claim. */
  beside(from: number, to: number): Promise<BesideClaim[]>;
  /** Verifies appointments that are being checked; those of them that still were, as they stand now. */
  /** Also has the notices of offers mailed that were not yet; `mailed` says how many. */
  waitingList(): Promise<{ entries: StaffWaitingView[]; mailed: number }>;
  removeWaiting(id: string): Promise<void>;
  verify(ids: string[]): Promise<AppointmentView[]>;
  act(id: string, act: StaffAct): Promise<AppointmentView[]>;
  /** Enters what the practice enters itself, all or nothing. */
  enter(entry: EntryRequest): Promise<Entered>;
  /** The dates and starts of a series at the same time of the wall clock. */
  weekly(resource: string, start: number, weeks: number, count: number): Promise<Occurrence[]>;
  /** Cancels one of a series and all later ones that still stand, all or none. */
  cancelRest(id: string, note: string): Promise<string[]>;
  /** Keeps on this device what was verified. */
  keep(): Promise<void>;
  /** The signed catalog. */
  catalog(): Promise<Catalog>;
  /** Signs and publishes a changed one. */
  updateCatalog(edit: CatalogEdit): Promise<void>;
  /** Why a changed catalog, or the signed one, would not allow each of these appointments. */
  conflicts(edit: CatalogEdit | undefined, booked: Booked[]): Promise<(Conflict | null)[]>;
  /** A code for a link, and its hash for the catalog. */
  newCode(): Promise<{ code: string; hash: string }>;
  refresh(): Promise<unknown>;
  lock(): Promise<void>;
}

/** What the generated glue module exports, of either variant. */
export interface WasmModule {
  default(options: { module_or_path: Promise<Response> }): Promise<unknown>;
  PatientClient: new (origin: string, fingerprint: string) => PatientWasm;
  PracticeClient: new (origin: string) => PracticeWasm;
}
