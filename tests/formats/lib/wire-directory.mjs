// The practice directory and staff keys: the structs of PROTOCOL sections 3 and 5.
import { bool, list, oneOf, optional, struct, sum, text, u16, u32, u64, u8 } from './schema.mjs';
import { Sealed, Signed, Wrap, blob, digest, id, suite } from './wire.mjs';

export const RootStatement = struct('RootStatement', {
  suite,
  number: u32,
  previous: digest,
  nonce: blob,
  rootKey: blob,
  recoveryKey: blob,
  adminKeys: list(blob),
  adminThreshold: u8,
  issued: u64,
});
export const Realm = struct('Realm', {
  index: u8,
  origin: text,
  kemKey: blob,
  locatorShare: digest,
  signing: optional(digest),
});
export const PinParameters = oneOf(1);
export const Deployment = struct('Deployment', {
  suite,
  practice: id,
  number: u32,
  rootNumber: u32,
  threshold: u8,
  realms: list(Realm),
  locator: digest,
  pinFloor: PinParameters,
  issued: u64,
});
export const Credential = struct('Credential', {
  staff: id,
  credential: digest,
  signingKey: blob,
  kemKey: blob,
  rights: u32,
  scopes: list(id),
});
export const Scope = struct('Scope', { id, epoch: u32, kemKey: blob, resources: list(id) });
export const Manifest = struct('Manifest', {
  suite,
  practice: id,
  number: u32,
  previous: digest,
  rootNumber: u32,
  deployment: digest,
  issued: u64,
  credentials: list(Credential),
  scopes: list(Scope),
  bundle: digest,
  before: optional(digest),
});
export const Freshness = struct('Freshness', { suite, practice: id, manifest: digest, catalog: digest, at: u64 });
// What the catalog has beyond names, hours and services: docs/SCHEDULING.md. A day is the number yyyymmdd.
const day = u32;
export const WeeklyInterval = struct('WeeklyInterval', { weekday: u8, from: u16, to: u16 });
const DayInterval = struct('DayInterval', { from: u16, to: u16 });
const Season = struct('Season', { from: day, to: day, hours: list(WeeklyInterval) });
const Exception = struct('Exception', { day, hours: list(DayInterval) });
const Absence = struct('Absence', { fromDay: day, from: u16, toDay: day, to: u16 });
const RegularAbsence = struct('RegularAbsence', { first: day, weeks: u8, from: u16, to: u16, last: optional(day) });
const HeldBack = struct('HeldBack', { weekday: u8, from: u16, to: u16, days: u16, openTo: list(u16) });
export const Schedule = struct('Schedule', {
  kind: oneOf(1, 2, 3, 4),
  always: bool,
  seasons: list(Season),
  exceptions: list(Exception),
  absences: list(Absence),
  regular: list(RegularAbsence),
  heldBack: list(HeldBack),
  location: optional(u16),
});
export const Resource = struct('Resource', { id, name: text, hours: list(WeeklyInterval), schedule: optional(Schedule) });
const Question = struct('Question', { text, answers: list(text), required: bool });
export const Service = struct('Service', {
  id,
  name: text,
  description: text,
  minutes: u16,
  resources: list(id),
  classes: optional(list(u16)),
  price: optional(text),
  questions: optional(list(Question)),
  together: optional(bool),
});
const Location = struct('Location', { name: text, contact: text, timeZone: text });
const Closure = struct('Closure', { from: day, to: day, name: text, location: optional(u16) });
const Pause = struct('Pause', { from: u64, to: u64 });
const Need = struct('Need', { oneOf: list(id), before: u16, after: u16 });
const Access = sum('Access', { public: [], internal: [], withCode: [digest] });
export const Class = struct('Class', {
  id: u16,
  minutes: u16,
  needs: list(Need),
  notice: u32,
  horizon: u16,
  access: Access,
  perDay: optional(u16),
  perWeek: optional(u16),
  request: optional(bool),
  /** Most appointments of a patient's series. */
  series: optional(u16),
});
export const Rules = struct('Rules', {
  locations: list(Location),
  closures: list(Closure),
  pauses: list(Pause),
  classes: list(Class),
});
export const Catalog = struct('Catalog', {
  suite,
  practice: id,
  number: u32,
  name: text,
  contact: text,
  timeZone: text,
  language: text,
  resources: list(Resource),
  services: list(Service),
  rules: optional(Rules),
});
export const Directory = struct('Directory', {
  roots: list(Signed),
  deployment: Signed,
  manifest: Signed,
  catalog: Signed,
  freshness: Signed,
  before: optional(Signed),
});
export const Grant = struct('Grant', {
  suite,
  practice: id,
  scope: id,
  epoch: u32,
  recipient: digest,
  manifest: u32,
  wrap: Wrap,
});
export const GrantContext = struct('GrantContext', { practice: id, scope: id, epoch: u32, recipient: digest });
export const LocatorShareContext = struct('LocatorShareContext', { practice: id, realm: digest });
export const RealmShare = struct('RealmShare', { locator: Wrap, decoy: Wrap });
export const StaffContext = struct('StaffContext', { practice: id, staff: id, credential: digest });
export const StaffKeys = struct('StaffKeys', {
  staff: id,
  credential: digest,
  staffKey: Sealed,
  rootSeed: optional(Sealed),
  grants: list(Signed),
});
