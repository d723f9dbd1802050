import type { CatalogView, Founding, Interval, Resource, Service } from '../lib/api';
import { newId } from '../lib/fingerprint';
import { clock, parseClock } from '../lib/time';

/** Opening times of one weekday, as typed. */
export interface DayDraft {
  weekday: number;
  spans: { from: string; to: string }[];
}

export interface PersonDraft {
  id: string;
  name: string;
  week: DayDraft[];
}

export interface ServiceDraft {
  id: string;
  name: string;
  description: string;
  minutes: string;
  /** Ids of those who do not offer it: so that a new calendar offers everything at first. */
  without: string[];
}

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const STEP = 5;
const LONGEST = 480;

const usual = (weekday: number): DayDraft['spans'] =>
  weekday <= 5 ? [{ from: '08:00', to: '12:00' }, ...(weekday === 3 || weekday === 5 ? [] : [{ from: '14:00', to: '17:00' }])] : [];

export const usualWeek = (): DayDraft[] => WEEKDAYS.map((weekday) => ({ weekday, spans: usual(weekday) }));

/** What a practice offers, while it is founded. Everything else has its place in the settings (`edit/`). */
export class Draft {
  name = $state('');
  contact = $state('');
  timeZone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone);
  language = $state('de');
  people: PersonDraft[] = $state([]);
  services: ServiceDraft[] = $state([]);

  static fresh(language: string): Draft {
    const draft = new Draft();
    draft.language = language;
    draft.addService();
    draft.addPerson();
    return draft;
  }

  addService(): void {
    this.services.push({ id: newId(), name: '', description: '', minutes: '15', without: [] });
  }

  addPerson(): void {
    this.people.push({ id: newId(), name: '', week: usualWeek() });
  }

  offers(service: ServiceDraft): string[] {
    return this.people.map(({ id }) => id).filter((id) => !service.without.includes(id));
  }

  resources(): Resource[] {
    return this.people.map(({ id, name, week }) => ({ id, name: name.trim(), hours: toHours(week) }));
  }

  view(): CatalogView {
    const { name, contact, timeZone, language } = this;
    const services: Service[] = this.services.map((service) => ({
      id: service.id,
      name: service.name.trim(),
      description: service.description.trim(),
      minutes: Number(service.minutes),
      resources: this.offers(service),
    }));
    return { name: name.trim(), contact: contact.trim(), timeZone, language, resources: this.resources(), services };
  }

  founding(staffName: string): Omit<Founding, 'realms' | 'threshold'> {
    const { resources, services, ...profile } = this.view();
    const position = (id: string) => resources.findIndex((resource) => resource.id === id);
    return {
      ...profile,
      staffName: staffName.trim(),
      resources: resources.map(({ name, hours }) => ({ name, hours })),
      services: services.map(({ name, description, minutes, resources: offered }) => ({
        name,
        description,
        minutes,
        resources: offered.map(position),
      })),
    };
  }
}

const MIDNIGHT = 1440;

export function validMinutes(text: string): boolean {
  const minutes = Number(text);
  return Number.isInteger(minutes) && minutes >= STEP && minutes <= LONGEST && minutes % STEP === 0;
}

/** Minutes after midnight at which a span ends; 00:00 is the end of the day. */
export const parseEnd = (text: string): number => {
  const minutes = parseClock(text);
  return minutes === 0 ? MIDNIGHT : minutes;
};

/** Whether a day's spans are on the grid, in order, and apart. */
export function validDay({ spans }: DayDraft): boolean {
  let end = -1;
  return spans.every(({ from, to }) => {
    const [begin, finish] = [parseClock(from), parseEnd(to)];
    const valid = begin % STEP === 0 && finish % STEP === 0 && begin > end && finish > begin;
    end = finish;
    return valid;
  });
}

export const validPerson = (person: PersonDraft) =>
  person.name.trim() !== '' && person.week.every(validDay) && person.week.some(({ spans }) => spans.length > 0);

export function toWeek(hours: Interval[]): DayDraft[] {
  return WEEKDAYS.map((weekday) => ({
    weekday,
    spans: hours
      .filter((interval) => interval.weekday === weekday)
      // A time input has no 24:00: an end at 00:00 means midnight.
      .map(({ from, to }) => ({ from: clock(from), to: clock(to % MIDNIGHT) })),
  }));
}

export function toHours(week: DayDraft[]): Interval[] {
  return week.flatMap(({ weekday, spans }) =>
    spans.map(({ from, to }) => ({ weekday, from: parseClock(from), to: parseEnd(to) })),
  );
}
