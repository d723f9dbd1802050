import type { AppointmentView } from '../../lib/api';
import type { Catalog, CatalogEdit, Conflict, Kind } from '../../lib/catalog';
import { clock, dayOf, instantOf, minuteOf, now, parseClock, today, type Day } from '../../lib/time';
import { newId } from '../../lib/fingerprint';
import { parseEnd, toHours, validDay, validMinutes } from '../draft.svelte';
import type { PracticeSession } from '../session.svelte';
import {
  answersOf,
  fromDay,
  hoursOf,
  newResource,
  newService,
  questionsOf,
  resourceDrafts,
  scheduleOf,
  serviceDraft,
  shapesOf,
  toDay,
  validAbsence,
  validRegular,
  type AbsenceDraft,
  type ClosureDraft,
  type LocationDraft,
  type PauseDraft,
  type RegularDraft,
  type ResourceDraft,
  type ServiceDraft,
} from './model';

/** The farthest that anything can be booked (`limits::MAX_HORIZON_DAYS`), in seconds. */
const FARTHEST = 732 * 86_400;
const CELL = 300;

/** A booked appointment that the rules do not allow. */
export interface Clash {
  view: AppointmentView;
  conflict: Conflict;
}

export type Section = 'practice' | 'people' | 'absences' | 'closures' | 'services' | 'conflicts' | 'guards';

/** The catalog while it is edited. Nothing counts before it is published: signed on this device, and checked as servers do. */
export class Editor {
  name = $state('');
  contact = $state('');
  timeZone = $state('');
  language = $state('');
  resources: ResourceDraft[] = $state([]);
  services: ServiceDraft[] = $state([]);
  closures: ClosureDraft[] = $state([]);
  locations: LocationDraft[] = $state([]);
  pauses: PauseDraft[] = $state([]);
  /** Codes that were made since the last publishing, by service: each is shown once. */
  codes: Record<string, string> = $state({});
  /** What is booked although the signed rules do not allow it; undefined before it was looked for. */
  clashes: Clash[] | undefined = $state.raw();

  #catalog: Catalog;
  #clean = $state('');

  constructor(
    readonly session: PracticeSession,
    catalog: Catalog,
  ) {
    this.#catalog = catalog;
    this.reset(catalog);
  }

  /** What is signed replaces what was typed. */
  reset(catalog: Catalog): void {
    this.#catalog = catalog;
    Object.assign(this, { name: catalog.name, contact: catalog.contact, timeZone: catalog.time_zone, language: catalog.language });
    const { rules } = catalog;
    this.locations = (rules?.locations ?? []).map(({ name, contact, time_zone }) => ({ key: newId(), name, contact, timeZone: time_zone }));
    this.closures = (rules?.closures ?? []).map(({ from, to, name, location }) => ({
      key: newId(),
      from: toDay(from),
      to: toDay(to),
      name,
      location: location === null ? '' : (this.locations[location]?.key ?? ''),
    }));
    this.pauses = (rules?.pauses ?? []).map(({ from, to }) => ({ key: newId(), ...this.#wall('from', from), ...this.#wall('to', to) }) as PauseDraft);
    this.resources = resourceDrafts(catalog, this.locations);
    this.services = catalog.services.map((service) => serviceDraft(service, catalog));
    this.codes = {};
    this.#clean = JSON.stringify(this.edit());
  }

  #wall(name: 'from' | 'to', at: number): Partial<PauseDraft> {
    const time = clock(minuteOf(at, this.timeZone));
    const day = dayOf(at, this.timeZone);
    return name === 'from' ? { fromDay: day, from: time } : { toDay: day, to: time };
  }

  #instant = (day: Day, time: string) => instantOf(`${day}T${time}`, this.timeZone);

  get today(): Day {
    return today(this.timeZone);
  }

  readonly changed: boolean = $derived.by(() => JSON.stringify(this.edit()) !== this.#clean);

  /** Those whom patients can choose: people, groups, and rooms and devices with a calendar of their own since the founding. */
  get choosable(): ResourceDraft[] {
    return this.resources.filter((each) => this.hasCalendar(each.id));
  }

  /** What can be needed beside somebody. */
  get beside(): ResourceDraft[] {
    return this.resources.filter(({ kind }) => kind === 'room' || kind === 'device');
  }

  /** Patients choose it, or could. Rooms and devices that came later are only needed beside somebody. */
  hasCalendar(id: string): boolean {
    const resource = this.resources.find((each) => each.id === id);
    if (resource?.kind === 'practitioner' || resource?.kind === 'group') return true;
    return this.#catalog.services.some(({ resources }) => resources.includes(id)) || this.services.some(({ resources }) => resources.includes(id));
  }

  /** Whether it came since the last publishing. */
  isNew(id: string): boolean {
    return !this.#catalog.resources.some((each) => each.id === id);
  }

  addResource(kind: Kind): ResourceDraft {
    this.resources.push(newResource(kind));
    return this.resources.at(-1)!;
  }

  addService(): ServiceDraft {
    this.services.push(newService(this.choosable.map(({ id }) => id)));
    return this.services.at(-1)!;
  }

  /** Takes a room or device away, and out of whatever needed it. */
  removeResource(id: string): void {
    this.resources = this.resources.filter((each) => each.id !== id);
    for (const service of this.services) {
      service.resources = service.resources.filter((each) => each !== id);
      for (const need of service.needs) need.oneOf = need.oneOf.filter((each) => each !== id);
      service.needs = service.needs.filter(({ oneOf }) => oneOf.length > 0);
    }
  }

  removeLocation(key: string): void {
    this.locations = this.locations.filter((each) => each.key !== key);
    for (const resource of this.resources) if (resource.location === key) resource.location = '';
    this.closures = this.closures.filter(({ location }) => location !== key);
  }

  /** What is handed to the module. */
  edit(): CatalogEdit {
    const at = (key: string) => this.locations.findIndex((location) => location.key === key);
    const { resources, services, locations } = this;
    const open_to = Object.fromEntries(
      resources.filter(({ heldBack }) => heldBack.length > 0).map(({ id, heldBack }) => [id, heldBack.map(({ openTo }) => [...openTo])]),
    );
    const catalog: Catalog = {
      ...this.#catalog,
      name: this.name.trim(),
      contact: this.contact.trim(),
      time_zone: this.timeZone,
      language: this.language,
      resources: resources.map((each) => ({ id: each.id, name: each.name.trim(), hours: toHours(each.week), schedule: scheduleOf(each, locations) })),
      services: services.map((each) => ({
        ...each.source,
        id: each.id,
        name: each.name.trim(),
        description: each.description.trim(),
        // These three are derived from the shapes.
        minutes: 0,
        resources: [],
        classes: null,
        price: each.price.trim() || null,
        questions: questionsOf(each),
        together: each.together ? true : null,
      })),
      rules: {
        locations: locations.map(({ name, contact, timeZone }) => ({ name: name.trim(), contact: contact.trim(), time_zone: timeZone })),
        closures: this.closures
          .map(({ from, to, name, location }) => ({ from: fromDay(from), to: fromDay(to), name: name.trim(), location: location === '' ? null : at(location) }))
          .sort((a, b) => a.from - b.from || a.to - b.to),
        pauses: this.pauses
          .map((each) => ({ from: this.#instant(each.fromDay, each.from), to: this.#instant(each.toDay, each.to) }))
          .sort((a, b) => a.from - b.from),
        classes: [],
      },
    };
    // Plain values: a worker takes nothing else.
    return $state.snapshot({ catalog, shapes: Object.fromEntries(services.map((each) => [each.id, shapesOf(each)])), open_to }) as CatalogEdit;
  }

  /** Sections in which something does not hold yet. */
  readonly faults: ReadonlySet<Section> = $derived.by(() => {
    const bad = new Set<Section>();
    if (!this.name.trim() || !this.locations.every(({ name }) => name.trim())) bad.add('practice');
    if (!this.pauses.every(validPause)) bad.add('practice');
    if (!this.resources.every(validResource)) bad.add('people');
    if (!this.resources.every(({ absences, regular }) => absences.every(validAbsence) && regular.every(validRegular))) bad.add('absences');
    if (!this.closures.every(({ from, to }) => from && to && from <= to)) bad.add('closures');
    if (this.services.length === 0 || !this.services.every(validService)) bad.add('services');
    return bad;
  });

  /** Booked appointments from now on, as far as this device can open them. */
  async #booked(): Promise<AppointmentView[]> {
    const from = now();
    const views = await this.session.calendar(from, from + FARTHEST);
    return views.filter(({ state, problem, service, entry }) => !problem && service && entry !== 'block' && (state === 'booked' || state === 'requested'));
  }

  async #judge(edit: CatalogEdit | undefined, views: AppointmentView[]): Promise<Clash[]> {
    const booked = views.map(({ service, also, resource, start, minutes }) => ({
      service: service ?? '',
      also: also ?? [],
      resource: resource ?? '',
      start: start / CELL,
      cells: (minutes ?? 0) / 5,
    }));
    const found = await this.session.conflicts(edit, booked);
    return views.flatMap((view, index) => {
      const conflict = found[index];
      return conflict ? [{ view, conflict }] : [];
    });
  }

  /** What is booked and would not be allowed any more, after these changes. */
  async check(): Promise<Clash[]> {
    const views = await this.#booked();
    const before = new Set((await this.#judge(undefined, views)).map(({ view, conflict }) => `${view.id}/${conflict}`));
    const after = await this.#judge(this.edit(), views);
    return after.filter(({ view, conflict }) => !before.has(`${view.id}/${conflict}`));
  }

  /** What is booked and not allowed by what is signed. */
  async look(): Promise<void> {
    this.clashes = await this.#judge(undefined, await this.#booked());
  }

  /** Signs and publishes; codes stay, since they are shown only here. */
  async publish(): Promise<void> {
    await this.session.updateCatalog(this.edit());
    const { codes } = this;
    if (this.session.catalog) this.reset(this.session.catalog);
    this.codes = codes;
  }

  /** Takes in what was published beside it, from the calendar: unpublished changes stay, and must not undo it. */
  adopt(owner: string, away: AbsenceDraft | RegularDraft): void {
    const resource = this.resources.find(({ id }) => id === owner);
    if ('weeks' in away) resource?.regular.push({ ...away });
    else resource?.absences.push({ ...away });
  }
}

export const validPause = ({ fromDay: first, from, toDay: last, to }: PauseDraft): boolean => first !== '' && last !== '' && `${first}T${from}` < `${last}T${to}`;

/** The end of one is before the start of the next. */
function apart<T>(list: readonly T[], from: (item: T) => string, to: (item: T) => string): boolean {
  const sorted = [...list].sort((a, b) => from(a).localeCompare(from(b)));
  return sorted.every((item, index) => from(item) !== '' && from(item) <= to(item) && (index === 0 || to(sorted[index - 1]!) < from(item)));
}

export const seasonsApart = ({ seasons }: ResourceDraft) =>
  apart(
    seasons,
    ({ from }) => from,
    ({ to }) => to,
  );
export const exceptionsApart = ({ exceptions }: ResourceDraft) =>
  apart(
    exceptions,
    ({ day }) => day,
    ({ day }) => day,
  );

export const validResource = (resource: ResourceDraft): boolean =>
  resource.name.trim() !== '' &&
  resource.week.every(validDay) &&
  resource.seasons.every(({ week }) => week.every(validDay)) &&
  seasonsApart(resource) &&
  exceptionsApart(resource) &&
  resource.exceptions.every(({ spans }) => validDay({ weekday: 1, spans }) && hoursOf(spans).every(({ from, to }) => from < to)) &&
  resource.heldBack.every(({ from, to, days }) => parseClock(from) % 5 === 0 && parseEnd(to) % 5 === 0 && parseClock(from) < parseEnd(to) && /^\d{1,3}$/.test(days));

const cap = (text: string) => text === '' || (/^\d{1,4}$/.test(text) && Number(text) > 0);

/** Most questions, and answers of one (`limits::MAX_QUESTIONS`). */
export const MOST_QUESTIONS = 12;

export const validService = (service: ServiceDraft): boolean =>
  service.name.trim() !== '' &&
  service.questions.length <= MOST_QUESTIONS &&
  service.questions.every((question) => question.text.trim() !== '' && answersOf(question).length <= MOST_QUESTIONS) &&
  (service.special !== undefined ||
    (validMinutes(service.minutes) &&
      service.resources.length > 0 &&
      Object.values(service.own).every((minutes) => minutes === '' || validMinutes(minutes)) &&
      service.needs.every(({ oneOf }) => oneOf.length > 0) &&
      (service.access !== 'code' || service.hash !== '') &&
      cap(service.perDay) &&
      cap(service.perWeek)));

