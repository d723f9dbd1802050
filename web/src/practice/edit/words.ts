/** Rules in a few words, for lists. */
import { locale } from '../../i18n/locale.svelte';
import { practice as p } from '../../i18n/practice';
import { rules as t } from '../../i18n/rules';
import { showFullDate, weekdayName, weekdayOf } from '../../lib/time';
import type { DayDraft } from '../draft.svelte';
import { scheduleOf, type AbsenceDraft, type RegularDraft, type ResourceDraft, type ServiceDraft } from './model';

const days = (from: string, to: string) =>
  from === to ? showFullDate(from, locale.tag) : `${showFullDate(from, locale.tag)} – ${showFullDate(to, locale.tag)}`;

/** A span of days. */
export const spanWords = days;

export function absenceWords({ whole, fromDay, from, toDay, to }: AbsenceDraft): string {
  if (whole) return days(fromDay, toDay);
  if (fromDay === toDay) return `${showFullDate(fromDay, locale.tag)}, ${from}–${to}`;
  return `${showFullDate(fromDay, locale.tag)}, ${from} – ${showFullDate(toDay, locale.tag)}, ${to}`;
}

export function regularWords({ first, weeks, from, to, last }: RegularDraft): string {
  const until = last ? `, ${t.until(showFullDate(last, locale.tag))}` : '';
  return `${t.weeks(Number(weeks))}, ${weekdayName(weekdayOf(first), locale.tag)} ${from}–${to}${until}`;
}

/** Days with hours: `Mo–Mi, Fr`. */
export function weekWords(week: DayDraft[]): string {
  const open = week.filter(({ spans }) => spans.length > 0).map(({ weekday }) => weekday);
  const short = (weekday: number) => weekdayName(weekday, locale.tag, 'short').replace(/\.$/, '');
  const runs: number[][] = [];
  for (const day of open) {
    const run = runs.at(-1);
    if (run?.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  return runs.map((run) => (run.length > 2 ? `${short(run[0]!)}–${short(run.at(-1)!)}` : run.map(short).join(', '))).join(', ') || t.summaryClosed;
}

export function resourceWords(resource: ResourceDraft): string {
  const always = scheduleOf(resource, [])?.always;
  const away = resource.absences.length + resource.regular.length;
  return [t.kinds[resource.kind], always ? t.summaryAlways : weekWords(resource.week), away > 0 ? t.summaryAbsences(away) : ''].filter(Boolean).join(' · ');
}

export function serviceWords(service: ServiceDraft, resources: ResourceDraft[]): string {
  const names = (ids: string[]) => resources.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  const beside = service.needs.flatMap(({ oneOf }) => names(oneOf));
  return [
    `${service.minutes} min`,
    names(service.resources).join(', '),
    beside.length > 0 ? t.beside(beside.join(', ')) : '',
    service.access === 'public' ? '' : t.accesses[service.access],
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The name of a resource, also before it has one. */
export const nameOf = (resource: ResourceDraft) => resource.name || (resource.kind === 'device' ? t.newDevice : resource.kind === 'room' ? t.newRoom : p.person);
