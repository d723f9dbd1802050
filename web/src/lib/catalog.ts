/**
 * The catalog as JSON, as `core/src/wire/catalog.rs` declares it: what the editor reads and writes. Days are numbers `yyyymmdd`, times
 * minutes after midnight on the wall, lengths minutes.
 */
import type { Interval, Question } from './api';

export type Kind = 'practitioner' | 'room' | 'device' | 'group';
export type Access = 'public' | 'internal' | { 'with-code': string };

export interface DayInterval {
  from: number;
  to: number;
}

export interface Absence {
  from_day: number;
  from: number;
  to_day: number;
  to: number;
}

export interface RegularAbsence {
  first: number;
  weeks: number;
  from: number;
  to: number;
  last: number | null;
}

export interface HeldBack {
  weekday: number;
  from: number;
  to: number;
  days: number;
  open_to: number[];
}

export interface Schedule {
  kind: Kind;
  always: boolean;
  seasons: { from: number; to: number; hours: Interval[] }[];
  exceptions: { day: number; hours: DayInterval[] }[];
  absences: Absence[];
  regular: RegularAbsence[];
  held_back: HeldBack[];
  location: number | null;
}

export interface CatalogResource {
  id: string;
  name: string;
  hours: Interval[];
  schedule: Schedule | null;
}

export interface CatalogService {
  id: string;
  name: string;
  description: string;
  minutes: number;
  resources: string[];
  classes: number[] | null;
  /** Never empty. */
  price: string | null;
  /** Never an empty list. */
  questions: Question[] | null;
  /** Else left out. */
  together: true | null;
}

export interface Location {
  name: string;
  contact: string;
  time_zone: string;
}

export interface Closure {
  from: number;
  to: number;
  name: string;
  location: number | null;
}

export interface Need {
  one_of: string[];
  before: number;
  after: number;
}

/** One way in which a service is booked. */
export interface Shape {
  minutes: number;
  needs: Need[];
  notice: number;
  horizon: number;
  access: Access;
  per_day: number | null;
  per_week: number | null;
  /** Patients ask for it. Else left out. */
  request: true | null;
  /** Most appointments that a patient may book as one series. Else left out. */
  series: number | null;
}

export interface CatalogClass extends Shape {
  id: number;
}

export interface Rules {
  locations: Location[];
  closures: Closure[];
  /** Unix seconds. */
  pauses: { from: number; to: number }[];
  classes: CatalogClass[];
}

export interface Catalog {
  suite: unknown;
  practice: string;
  number: number;
  name: string;
  contact: string;
  time_zone: string;
  language: string;
  resources: CatalogResource[];
  services: CatalogService[];
  rules: Rules | null;
}

/** A changed catalog: classes are derived from the shapes by the module. */
export interface CatalogEdit {
  catalog: Catalog;
  /** By service. */
  shapes: Record<string, Shape[]>;
  /** By resource, for each of its held-back times: the services that may take it at any time. */
  open_to: Record<string, string[][]>;
}

/** A booked appointment as the module judges it; cells of five minutes since 1970. */
export interface Booked {
  service: string;
  also: string[];
  resource: string;
  start: number;
  cells: number;
}

export type Conflict = 'gone' | 'not-offered' | 'closed' | 'away' | 'too-close' | 'no-room';
