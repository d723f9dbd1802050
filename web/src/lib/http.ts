import type { CatalogView, Interval, Question } from './api';
import { CodedError } from './errors';

/** The catalog as the server prints it for the first paint; not yet verified. */
interface CatalogJson {
  name: string;
  contact: string;
  time_zone: string;
  language: string;
  resources: { id: string; name: string; hours: Interval[] }[];
  services: { id: string; name: string; description: string; minutes: number; resources: string[]; classes: number[] | null; price: string | null; questions: Question[] | null; together: boolean | null }[];
  rules: { classes: ClassJson[] } | null;
}

interface ClassJson {
  id: number;
  minutes: number;
  needs: { one_of: string[] }[];
  horizon: number;
  request: boolean | null;
  series: number | null;
  access: 'public' | 'internal' | { 'with-code': string };
}

export interface Slot {
  resource: string;
  /** Unix seconds. */
  start: number;
}

/** `GET /v1/realm`, the parts that pages use. */
export interface RealmJson {
  founding_code: boolean;
  development: boolean;
}

/** Fetches JSON; failures become `CodedError` with the problem's slug, or `network`. */
async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      headers: { accept: 'application/json' },
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CodedError('network');
  }
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as { type?: string };
  const code = problem.type?.split(':').pop() ?? 'internal';
  const wait = Number(response.headers.get('retry-after'));
  throw new CodedError(code, wait > 0 ? wait : undefined);
}

export async function fetchCatalog(practice: string): Promise<CatalogView> {
  const { time_zone, rules, ...json } = await get<CatalogJson>(`/v1/practices/${practice}/catalog`);
  const classes = (rules?.classes ?? []).map(({ id, minutes, needs, horizon, request, access, series }) => ({
    id,
    minutes,
    resources: needs[0]?.one_of ?? [],
    horizon,
    asks: request === true,
    series: series ?? 0,
    access: typeof access === 'string' ? access : ('code' as const),
  }));
  return { ...json, timeZone: time_zone, classes };
}

/** What a server says of itself; of this one without an origin. */
export function fetchRealm(origin = ''): Promise<RealmJson> {
  return get(`${origin}/v1/realm`);
}

/** Origins of the other servers that this one's operator named. */
export function fetchPartners(): Promise<string[]> {
  return get('/realms.json');
}

export interface SlotQuery {
  practice: string;
  resources: string[];
  minutes: number;
  /** `YYYY-MM-DD` in the practice's time zone. */
  from: string;
  days: number;
  /** Only the first so many. */
  first?: number;
  /** Booking classes, one after the other, for services that have any. */
  classes?: number[];
}

export async function fetchSlots(query: SlotQuery, signal?: AbortSignal): Promise<Slot[]> {
  const search = new URLSearchParams({
    resources: query.resources.join(','),
    minutes: String(query.minutes),
    from: query.from,
    days: String(query.days),
    ...(query.classes && { classes: query.classes.join(',') }),
    ...(query.first !== undefined && { first: String(query.first) }),
  });
  const { slots } = await get<{ slots: Slot[] }>(`/v1/practices/${query.practice}/slots?${search}`, signal);
  return slots;
}

/** Whether the unsigned JSON said the same as the signed catalog. */
export function sameCatalog(shown: CatalogView, signed: CatalogView): boolean {
  return canonical(shown) === canonical(signed);
}

function canonical({ name, contact, timeZone, language, resources, services, classes }: CatalogView): string {
  return JSON.stringify([
    [name, contact, timeZone, language],
    resources.map((r) => [r.id, r.name, r.hours.map((h) => [h.weekday, h.from, h.to])]),
    services.map((s) => [s.id, s.name, s.description, s.minutes, s.resources, s.classes ?? null, s.price ?? null, (s.questions ?? []).map((q) => [q.text, q.answers, q.required]), s.together === true]),
    (classes ?? []).map((k) => [k.id, k.minutes, k.resources, k.access, k.horizon, k.asks, k.series]),
  ]);
}
