/** Between the catalog and what is typed: days as `YYYY-MM-DD`, times as `HH:MM`, numbers as text. */
import type { Question } from '../../lib/api';
import type { Absence, Access, Catalog, CatalogService, Kind, RegularAbsence, Schedule, Shape } from '../../lib/catalog';
import { newId } from '../../lib/fingerprint';
import { addDays, clock, parseClock, type Day } from '../../lib/time';
import { parseEnd, toHours, toWeek, usualWeek, type DayDraft } from '../draft.svelte';
import type { Span } from '../grid';

export const MIDNIGHT = 1440;
export const HORIZON = 180;

export const toDay = (number: number): Day => `${String(number).slice(0, 4)}-${String(number).slice(4, 6)}-${String(number).slice(6)}`;
export const fromDay = (day: Day): number => Number(day.replaceAll('-', ''));

/** A time away, once. Whole days from `fromDay` to `toDay`, or from a time to a time. */
export interface AbsenceDraft {
  key: string;
  whole: boolean;
  fromDay: Day;
  from: string;
  toDay: Day;
  to: string;
}

export interface RegularDraft {
  key: string;
  first: Day;
  weeks: string;
  from: string;
  to: string;
  last: Day;
}

export interface SeasonDraft {
  key: string;
  from: Day;
  to: Day;
  week: DayDraft[];
}

export interface ExceptionDraft {
  key: string;
  day: Day;
  spans: { from: string; to: string }[];
}

export interface HeldBackDraft {
  key: string;
  weekday: string;
  from: string;
  to: string;
  days: string;
  openTo: string[];
}

export interface ResourceDraft {
  id: string;
  name: string;
  kind: Kind;
  always: boolean;
  week: DayDraft[];
  seasons: SeasonDraft[];
  exceptions: ExceptionDraft[];
  absences: AbsenceDraft[];
  regular: RegularDraft[];
  heldBack: HeldBackDraft[];
  /** Key of a location; empty for the practice itself. */
  location: string;
}

export interface NeedDraft {
  key: string;
  oneOf: string[];
  before: string;
  after: string;
}

export interface QuestionDraft {
  key: string;
  text: string;
  /** Answers to choose from, a line each; empty for one in the patient's words. */
  answers: string;
  required: boolean;
}

export interface ServiceDraft {
  id: string;
  /** As signed: what this editor does not show stays. */
  source: CatalogService | undefined;
  name: string;
  description: string;
  minutes: string;
  resources: string[];
  /** Durations of those who take another time. */
  own: Record<string, string>;
  before: string;
  after: string;
  needs: NeedDraft[];
  notice: string;
  horizon: string;
  access: 'public' | 'internal' | 'code';
  /** Hash of the code. */
  hash: string;
  perDay: string;
  perWeek: string;
  /** Patients ask for it, and the practice confirms or declines. */
  asks: boolean;
  /** Most appointments that patients may book as one series; '0' for none. */
  series: string;
  /** Patients may book it together with others so marked. */
  together: boolean;
  price: string;
  questions: QuestionDraft[];
  /** Shapes that this editor cannot show: they stay as they are. */
  special: Shape[] | undefined;
}

export interface ClosureDraft {
  key: string;
  from: Day;
  to: Day;
  name: string;
  location: string;
}

export interface LocationDraft {
  key: string;
  name: string;
  contact: string;
  timeZone: string;
}

export interface PauseDraft {
  key: string;
  /** Wall-clock times of the practice. */
  fromDay: Day;
  from: string;
  toDay: Day;
  to: string;
}

const key = newId;

export const NO_SCHEDULE: Schedule = {
  kind: 'practitioner',
  always: false,
  seasons: [],
  exceptions: [],
  absences: [],
  regular: [],
  held_back: [],
  location: null,
};

export function absenceDraft({ from_day, from, to_day, to }: Absence): AbsenceDraft {
  const whole = from === 0 && to === MIDNIGHT;
  return { key: key(), whole, fromDay: toDay(from_day), from: whole ? '08:00' : clock(from), toDay: toDay(to_day), to: whole ? '17:00' : clock(to % MIDNIGHT) };
}

/** Midnight is the end of the day before as much as the beginning of the next one. */
export const absenceOf = ({ whole, fromDay: first, from, toDay: last, to }: AbsenceDraft): Absence => ({
  from_day: fromDay(first),
  from: whole ? 0 : parseClock(from),
  to_day: fromDay(last),
  to: whole ? MIDNIGHT : parseEnd(to),
});

export const newAbsence = (day: Day): AbsenceDraft => ({ key: key(), whole: true, fromDay: day, from: '08:00', toDay: day, to: '17:00' });

/** What was drawn in the calendar: whole days until before its end, or times. */
export function absenceOfSpan({ from, to, whole }: Span): AbsenceDraft {
  const [fromDay, toDay] = [from.slice(0, 10), to.slice(0, 10)];
  if (whole) return { ...newAbsence(fromDay), toDay: addDays(toDay, -1) };
  // Midnight is the end of the day before.
  const end = to.slice(11) === '00:00' ? addDays(toDay, -1) : toDay;
  return { ...newAbsence(fromDay), whole: false, from: from.slice(11), toDay: end, to: to.slice(11) };
}

export const newRegular = (day: Day): RegularDraft => ({ key: key(), first: day, weeks: '1', from: '12:00', to: '17:00', last: '' });

const onGrid = (minutes: number) => minutes % 5 === 0;

export function validAbsence(draft: AbsenceDraft): boolean {
  if (!draft.fromDay || !draft.toDay) return false;
  const { from_day, from, to_day, to } = absenceOf(draft);
  return onGrid(from) && onGrid(to) && (from_day < to_day || (from_day === to_day && from < to));
}

export function validRegular({ first, from, to, last, weeks }: RegularDraft): boolean {
  const [begin, end, every] = [parseClock(from), parseEnd(to), Number(weeks)];
  return first !== '' && onGrid(begin) && onGrid(end) && begin < end && every >= 1 && every <= 52 && (last === '' || last >= first);
}

const regularDraft = ({ first, weeks, from, to, last }: RegularAbsence): RegularDraft => ({
  key: key(),
  first: toDay(first),
  weeks: String(weeks),
  from: clock(from),
  to: clock(to % MIDNIGHT),
  last: last === null ? '' : toDay(last),
});

export function resourceDrafts(catalog: Catalog, locations: LocationDraft[]): ResourceDraft[] {
  const servicesOf = (classes: number[]) =>
    catalog.services.filter((service) => service.classes?.some((id) => classes.includes(id))).map(({ id }) => id);
  return catalog.resources.map(({ id, name, hours, schedule }) => {
    const { kind, always, seasons, exceptions, absences, regular, held_back, location } = schedule ?? NO_SCHEDULE;
    return {
      id,
      name,
      kind,
      always,
      week: toWeek(hours),
      seasons: seasons.map((season) => ({ key: key(), from: toDay(season.from), to: toDay(season.to), week: toWeek(season.hours) })),
      exceptions: exceptions.map(({ day, hours: spans }) => ({
        key: key(),
        day: toDay(day),
        spans: spans.map(({ from, to }) => ({ from: clock(from), to: clock(to % MIDNIGHT) })),
      })),
      absences: absences.map(absenceDraft),
      regular: regular.map(regularDraft),
      heldBack: held_back.map(({ weekday, from, to, days, open_to }) => ({
        key: key(),
        weekday: String(weekday),
        from: clock(from),
        to: clock(to % MIDNIGHT),
        days: String(days),
        openTo: servicesOf(open_to),
      })),
      location: location === null ? '' : (locations[location]?.key ?? ''),
    };
  });
}

export const newResource = (kind: Kind): ResourceDraft => ({
  id: newId(),
  name: '',
  kind,
  always: true,
  week: usualWeek(),
  seasons: [],
  exceptions: [],
  absences: [],
  regular: [],
  heldBack: [],
  location: '',
});

export const hoursOf = (spans: { from: string; to: string }[]) => spans.map(({ from, to }) => ({ from: parseClock(from), to: parseEnd(to) }));

const byNumbers = <T>(list: T[], ...by: ((item: T) => number)[]): T[] =>
  [...list].sort((a, b) => by.map((each) => each(a) - each(b)).find((difference) => difference !== 0) ?? 0);

/** The schedule of a resource; none where it says nothing. */
export function scheduleOf(draft: ResourceDraft, locations: LocationDraft[]): Schedule | null {
  const at = locations.findIndex((location) => location.key === draft.location);
  const beside = draft.kind === 'room' || draft.kind === 'device';
  const schedule: Schedule = {
    kind: draft.kind,
    always: beside && draft.always,
    seasons: byNumbers(
      draft.seasons.map(({ from, to, week }) => ({ from: fromDay(from), to: fromDay(to), hours: toHours(week) })),
      ({ from }) => from,
    ),
    exceptions: byNumbers(
      draft.exceptions.map(({ day, spans }) => ({ day: fromDay(day), hours: hoursOf(spans) })),
      ({ day }) => day,
    ),
    absences: byNumbers(draft.absences.map(absenceOf), ({ from_day }) => from_day, ({ from }) => from),
    regular: draft.regular.map(({ first, weeks, from, to, last }) => ({
      first: fromDay(first),
      weeks: Number(weeks),
      from: parseClock(from),
      to: parseEnd(to),
      last: last ? fromDay(last) : null,
    })),
    // Which classes may have it is said by services (`openTo`), and derived.
    held_back: draft.heldBack.map(({ weekday, from, to, days }) => ({
      weekday: Number(weekday),
      from: parseClock(from),
      to: parseEnd(to),
      days: Number(days),
      open_to: [],
    })),
    location: at < 0 ? null : at,
  };
  return JSON.stringify(schedule) === JSON.stringify(NO_SCHEDULE) ? null : schedule;
}

const accessOf = (access: Access): Pick<ServiceDraft, 'access' | 'hash'> =>
  typeof access === 'string' ? { access, hash: '' } : { access: 'code', hash: access['with-code'] };

/** A class without its id, always with its properties in one order. */
const shapeOf = ({ minutes, needs, notice, horizon, access, per_day, per_week, request, series }: Shape): Shape => ({
  minutes,
  needs: needs.map(({ one_of, before, after }) => ({ one_of, before, after })),
  notice,
  horizon,
  access,
  per_day,
  per_week,
  request,
  series,
});

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** How a signed service is booked. */
export function shapesOfService(service: CatalogService, catalog: Catalog): Shape[] {
  const plain = (): Shape => ({
    minutes: service.minutes,
    needs: [{ one_of: [...service.resources], before: 0, after: 0 }],
    notice: 0,
    horizon: HORIZON,
    access: 'public',
    per_day: null,
    per_week: null,
    request: null,
    series: null,
  });
  if (!service.classes) return [plain()];
  return service.classes.flatMap((id) => (catalog.rules?.classes ?? []).filter((each) => each.id === id).map(shapeOf));
}

export function serviceDraft(service: CatalogService, catalog: Catalog): ServiceDraft {
  const shapes = shapesOfService(service, catalog);
  const [first] = shapes;
  const resources = shapes.flatMap(({ needs }) => needs[0]?.one_of ?? []);
  const draft: ServiceDraft = {
    ...newService(resources),
    id: service.id,
    source: service,
    name: service.name,
    description: service.description,
    price: service.price ?? '',
    together: service.together === true,
    questions: (service.questions ?? []).map(({ text, answers, required }) => ({ key: key(), text, answers: answers.join('\n'), required })),
  };
  if (!first) return draft;
  const [own, ...beside] = first.needs;
  Object.assign(draft, accessOf(first.access), {
    minutes: String(first.minutes),
    before: String(own?.before ?? 0),
    after: String(own?.after ?? 0),
    needs: beside.map(({ one_of, before, after }) => ({ key: key(), oneOf: [...one_of], before: String(before), after: String(after) })),
    notice: String(first.notice),
    horizon: String(first.horizon),
    asks: first.request === true,
    series: String(first.series ?? 0),
    perDay: first.per_day === null ? '' : String(first.per_day),
    perWeek: first.per_week === null ? '' : String(first.per_week),
  } satisfies Partial<ServiceDraft>);
  for (const { minutes, needs } of shapes.slice(1)) for (const id of needs[0]?.one_of ?? []) draft.own[id] = String(minutes);
  // Whatever else it is does not fit into this form: it is kept.
  if (!same(shapesOf(draft), shapes)) draft.special = shapes;
  return draft;
}

export const newService = (resources: string[]): ServiceDraft => ({
  id: newId(),
  source: undefined,
  name: '',
  description: '',
  minutes: '15',
  resources,
  own: {},
  before: '0',
  after: '0',
  needs: [],
  notice: '0',
  horizon: String(HORIZON),
  access: 'public',
  hash: '',
  perDay: '',
  perWeek: '',
  asks: false,
  series: '0',
  together: false,
  price: '',
  questions: [],
  special: undefined,
});

/** The shapes of a service: one for each duration, those of the usual duration first. */
export function shapesOf(draft: ServiceDraft): Shape[] {
  if (draft.special) return draft.special.map(shapeOf);
  const durations = new Map<number, string[]>();
  const minutesOf = (id: string) => Number(draft.own[id] || draft.minutes);
  const ordered = [...draft.resources].sort((a, b) => Number(minutesOf(a) !== Number(draft.minutes)) - Number(minutesOf(b) !== Number(draft.minutes)));
  for (const id of ordered) durations.set(minutesOf(id), [...(durations.get(minutesOf(id)) ?? []), id]);
  return [...durations].map(([minutes, who]) => ({
    minutes,
    needs: [
      { one_of: who, before: Number(draft.before), after: Number(draft.after) },
      ...draft.needs.map(({ oneOf, before, after }) => ({ one_of: oneOf, before: Number(before), after: Number(after) })),
    ],
    notice: Number(draft.notice),
    horizon: Number(draft.horizon),
    access: draft.access === 'code' ? { 'with-code': draft.hash } : draft.access,
    per_day: draft.perDay === '' ? null : Number(draft.perDay),
    per_week: draft.perWeek === '' ? null : Number(draft.perWeek),
    request: draft.asks ? true : null,
    // What waits for an answer is no series.
    series: draft.asks || draft.series === '0' ? null : Number(draft.series),
  }));
}

/** Answers to choose from: each line is one, and each is there once. */
export const answersOf = ({ answers }: QuestionDraft): string[] => [...new Set(answers.split('\n').map((answer) => answer.trim()).filter(Boolean))];

/** What is asked; nothing where there is no question. */
export const questionsOf = ({ questions }: ServiceDraft): Question[] | null =>
  questions.length === 0 ? null : questions.map((each) => ({ text: each.text.trim(), answers: answersOf(each), required: each.required }));

/** Whether no other service of the draft is booked alike: its class would name it to whoever reads the catalog. */
export const standsOut = (draft: ServiceDraft, all: readonly ServiceDraft[]): boolean => {
  const own = JSON.stringify(shapesOf(draft));
  return draft.perDay !== '' || draft.perWeek !== '' || !all.some((other) => other.id !== draft.id && JSON.stringify(shapesOf(other)) === own);
};
