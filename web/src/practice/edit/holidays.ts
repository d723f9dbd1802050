/**
 * Public holidays by country and region, from the data set of `date-holidays` (its data is under CC BY 3.0). It is large, and loaded only
 * when somebody looks for holidays.
 */
import type Holidays from 'date-holidays';
import { addDays, type Day } from '../../lib/time';

export interface Choice {
  value: string;
  label: string;
}

export interface Holiday {
  day: Day;
  name: string;
}

/** A country, and where they differ a state and a region of it; empty for none. */
export interface Region {
  country: string;
  state: string;
  region: string;
}

const DAY_MS = 86_400_000;

/** The data, with names of places in a language. */
export class HolidayData {
  private constructor(
    private readonly make: typeof Holidays,
    private readonly lang: string,
  ) {}

  static async load(lang: string): Promise<HolidayData> {
    return new HolidayData((await import('date-holidays')).default, lang);
  }

  #sorted(named: Record<string, string> | undefined): Choice[] {
    const choices = Object.entries(named ?? {}).map(([value, label]) => ({ value, label }));
    return choices.sort((a, b) => a.label.localeCompare(b.label, this.lang));
  }

  countries(): Choice[] {
    const names = new Intl.DisplayNames([this.lang], { type: 'region' });
    const all = new this.make().getCountries(this.lang) as Record<string, string>;
    return this.#sorted(Object.fromEntries(Object.keys(all).map((code) => [code, names.of(code) ?? all[code] ?? code])));
  }

  states(country: string): Choice[] {
    return country ? this.#sorted(new this.make().getStates(country, this.lang) as Record<string, string> | undefined) : [];
  }

  regions(country: string, state: string): Choice[] {
    return country && state ? this.#sorted(new this.make().getRegions(country, state, this.lang) as Record<string, string> | undefined) : [];
  }

  /** Public holidays of these years on which everything rests the whole day, by day; with names in the language of the practice. */
  of({ country, state, region }: Region, years: number[], lang: string): Holiday[] {
    const holidays = new this.make({ country, ...(state && { state }), ...(state && region && { region }) }, { types: ['public'], languages: [lang] });
    const found = years.flatMap((year) => holidays.getHolidays(year, lang));
    const days = found.flatMap(({ date, start, end, name }) => {
      const first = date.slice(0, 10);
      // One that begins in the afternoon is no day off for the morning.
      if (!date.slice(11).startsWith('00:00:00')) return [];
      const count = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS));
      return Array.from({ length: count }, (_, index) => ({ day: addDays(first, index), name }));
    });
    const byDay = new Map(days.map((each) => [each.day, each]));
    return [...byDay.values()].sort((a, b) => a.day.localeCompare(b.day));
  }
}

/** The country that a language and a time zone suggest. */
export const likelyCountry = (tags: readonly string[]): string => {
  for (const tag of tags) {
    const { region } = new Intl.Locale(tag);
    if (region) return region;
  }
  return new Intl.Locale(tags[0] ?? 'de').maximize().region ?? '';
};
