// The rules of docs/SCHEDULING.md a second time, minute by minute, with the time-zone data of Node's ICU. Written from that
// text, slow and plain on purpose. Reads a request a line, answers a line.
import { createInterface } from 'node:readline';

const DAY = 1440;

// --- Clocks. Instants are minutes since 1970-01-01T00:00Z, wall-clock times minutes since 1970-01-01T00:00 on the wall.

const formats = new Map();

/** What the wall shows at an instant in seconds: seconds since 1970-01-01T00:00 on the wall. */
function wallSeconds(zone, seconds) {
  let format = formats.get(zone);
  if (!format) {
    const figures = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' };
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...figures });
    formats.set(zone, format);
  }
  const [, month, day, year, hour, minute, second] = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/.exec(format.format(seconds * 1000));
  return Date.UTC(+year, month - 1, +day, +hour, +minute, +second) / 1000;
}

/** Seconds by which the wall is ahead of UTC. */
const offset = (zone, seconds) => wallSeconds(zone, seconds) - seconds;

/** A zone's wall, minute by minute, from the instant `from` until before `to`. */
class Wall {
  constructor(zone, from, to) {
    this.from = from;
    this.shown = new Float64Array(to - from);
    this.first = new Map();
    for (let hour = from; hour < to; hour += 60) {
      const [here, next] = [offset(zone, hour * 60), offset(zone, (hour + 60) * 60)];
      for (let minute = hour; minute < Math.min(hour + 60, to); minute++) {
        const ahead = here === next ? here : offset(zone, minute * 60);
        // A wall with odd seconds never shows a whole minute at a whole minute of UTC.
        const wall = ahead % 60 === 0 ? minute + ahead / 60 : NaN;
        this.shown[minute - from] = wall;
        // Nothing is asked of the minutes between.
        if (wall % 5 === 0 && !this.first.has(wall)) this.first.set(wall, minute);
      }
    }
  }

  at(instant) {
    return this.shown[instant - this.from];
  }

  /** S6: the first instant at which the clock shows this; a time that it skips is moved on by the length of the gap. */
  border(wall) {
    const there = this.first.get(wall);
    if (there !== undefined) return there;
    for (let i = 1; i < this.shown.length; i++) {
      if (this.shown[i - 1] < wall && this.shown[i] > wall) {
        const gap = this.shown[i] - this.shown[i - 1] - 1;
        return this.first.get(wall + gap);
      }
    }
    return undefined;
  }
}

const dayNumber = (yyyymmdd) => Date.UTC(Math.floor(yyyymmdd / 10000), (Math.floor(yyyymmdd / 100) % 100) - 1, yyyymmdd % 100) / 864e5;
const dayCode = (number) => Number(new Date(number * 864e5).toISOString().slice(0, 10).replaceAll('-', ''));
/** ISO weekday. */
const weekday = (number) => ((number + 3) % 7) + 1;
const onDay = (wall) => Math.floor(wall / DAY);

// --- Resources.

/** S1 to S4: intervals of one date, in minutes of the day. */
function intervals(catalog, resource, number) {
  const [date, schedule] = [dayCode(number), resource.schedule];
  const exception = schedule?.exceptions.find(({ day }) => day === date);
  if (exception) return exception.hours;
  const where = schedule?.location ?? null;
  for (const { from, to, location } of catalog.rules?.closures ?? []) {
    if (from <= date && date <= to && (location === null || location === where)) return [];
  }
  const season = schedule?.seasons.find(({ from, to }) => from <= date && date <= to);
  return (season?.hours ?? resource.hours).filter((each) => each.weekday === weekday(number));
}

/** S5: whether a resource is away at a time on the wall. */
function away(schedule) {
  const absences = schedule.absences.map(({ from_day, from, to_day, to }) => [dayNumber(from_day) * DAY + from, dayNumber(to_day) * DAY + to]);
  const regular = schedule.regular.map((each) => ({ ...each, first: dayNumber(each.first), last: each.last === null ? Infinity : dayNumber(each.last) }));
  return (wall) => {
    for (const [from, to] of absences) if (from <= wall && wall < to) return true;
    const [day, minute] = [onDay(wall), ((wall % DAY) + DAY) % DAY];
    for (const { first, weeks, from, to, last } of regular) {
      const since = day - first;
      if (since >= 0 && since % (7 * weeks) === 0 && day <= last && from <= minute && minute < to) return true;
    }
    return false;
  };
}

class Calendar {
  constructor(catalog, resource, wall, firstDay, lastDay) {
    this.wall = wall;
    this.schedule = resource.schedule;
    this.always = resource.schedule?.always ?? false;
    this.releases = new Map();
    this.days = new Map();
    for (let number = firstDay - 2; number <= lastDay + 2; number++) {
      const opening = ({ from, to }) => {
        const [a, b] = [number * DAY + from, number * DAY + to];
        return { from: a, to: b, opens: wall.border(a), closes: wall.border(b) };
      };
      this.days.set(number, intervals(catalog, resource, number).map(opening));
    }
    this.openings = [...this.days.values()].flat();
    this.away = new Uint8Array(wall.shown.length);
    if (this.schedule && this.schedule.absences.length + this.schedule.regular.length > 0) {
      const isAway = away(this.schedule);
      for (let i = 0; i < this.away.length; i++) this.away[i] = isAway(wall.shown[i]) ? 1 : 0;
    }
  }

  /** S11: one opening interval contains it, and no moment of it is an absence. */
  isOpen(from, to) {
    if (!this.always && !this.openings.some(({ opens, closes }) => opens <= from && to <= closes)) return false;
    for (let t = from; t < to; t++) if (this.away[t - this.wall.from]) return false;
    return true;
  }

  /** S14. */
  isHeldBack(from, to, classId, now) {
    for (const held of this.schedule?.held_back ?? []) {
      if (held.open_to.includes(classId)) continue;
      for (let t = from; t < to; t++) {
        const wall = this.wall.at(t);
        const [day, minute] = [onDay(wall), wall % DAY];
        if (weekday(day) !== held.weekday || minute < held.from || minute >= held.to) continue;
        const midnight = (day - held.days) * DAY;
        if (!this.releases.has(midnight)) this.releases.set(midnight, releaseOf(this.wall, midnight));
        if (now < this.releases.get(midnight)) return true;
      }
    }
    return false;
  }
}

/** Midnight of a day that may lie long before: beyond the wall at hand, another one is drawn around it. */
function releaseOf(wall, midnight) {
  if (wall.first.has(midnight)) return wall.border(midnight) * 60;
  const around = new Wall(wall.zone, midnight - 2 * DAY, midnight + 2 * DAY);
  return around.border(midnight) * 60;
}

// --- Slots.

/** S8 and S13: the parts of a visit. */
function partsOf(catalog, query) {
  if (!query.classes) {
    const needs = [{ one_of: query.resources, before: 0, after: 0 }];
    return [{ id: null, at: 0, minutes: query.minutes, needs, notice: 0, horizon: 180, per_day: null, per_week: null }];
  }
  let at = 0;
  return query.classes.map((id) => {
    const part = { ...catalog.rules.classes.find((each) => each.id === id), at };
    at += part.minutes;
    return part;
  });
}

/** Whether there is another resource for each need; all ways are tried. */
function canAssign(options, used = new Set()) {
  if (options.length === 0) return true;
  const [first, ...rest] = options;
  return first.some((id) => !used.has(id) && canAssign(rest, new Set([...used, id])));
}

function slots({ catalog, query, now, claims, counted }) {
  const first = dayNumber(Number(query.from.replaceAll('-', '')));
  const last = first + query.days - 1;
  const [from, to] = [(first - 3) * DAY, (last + 4) * DAY];
  const walls = new Map();
  const wallOf = (zone) => {
    if (!walls.has(zone)) walls.set(zone, Object.assign(new Wall(zone, from, to), { zone }));
    return walls.get(zone);
  };
  const zoneOf = (resource) => {
    const location = resource.schedule?.location ?? null;
    return location === null ? catalog.time_zone : catalog.rules.locations[location].time_zone;
  };
  const calendars = new Map(
    catalog.resources.map((r) => [r.id, new Calendar(catalog, r, wallOf(zoneOf(r)), first, last)]),
  );
  const practice = wallOf(catalog.time_zone);
  const parts = partsOf(catalog, query);
  const taken = new Map(catalog.resources.map(({ id }) => [id, new Set()]));
  for (const [resource, cell] of claims) for (let t = cell * 5; t < cell * 5 + 5; t++) taken.get(resource).add(t);
  const isFree = (id, a, b) => {
    const minutes = taken.get(id);
    for (let t = a; t < b; t++) if (minutes.has(t)) return false;
    return true;
  };
  // S9.
  const paused = (catalog.rules?.pauses ?? []).some((pause) => pause.from <= now && now < pause.to);
  const inTime = (start, part) =>
    !paused && start * 60 >= now + part.notice * 60 && start * 60 < now + part.horizon * 86400;
  // S15.
  const [dayOf, weekOf] = [(t) => onDay(wallAt(practice, t)), (t) => Math.floor((onDay(wallAt(practice, t)) + 3) / 7)];
  const belowCaps = (start, part, position) => {
    const others = [
      ...counted.filter(([id]) => id === part.id).map(([, cell]) => cell * 5),
      ...parts.slice(0, position).filter((each) => each.id === part.id).map((each) => start + each.at),
    ];
    const here = start + part.at;
    const sameDay = others.filter((t) => dayOf(t) === dayOf(here)).length;
    const sameWeek = others.filter((t) => weekOf(t) === weekOf(here)).length;
    return (part.per_day === null || sameDay < part.per_day) && (part.per_week === null || sameWeek < part.per_week);
  };
  const fits = (chosen, start) =>
    parts.every((part, position) => {
      const [a, b] = [start + part.at, start + part.at + part.minutes];
      if (!inTime(a, part) || !belowCaps(start, part, position)) return false;
      const options = part.needs.map(({ one_of, before, after }, n) => {
        const bound = n === 0 && (position === 0 || one_of.includes(chosen));
        return one_of.filter((id) => {
          if (bound && id !== chosen) return false;
          const calendar = calendars.get(id);
          if (n === 0 && calendar.isHeldBack(a, b, part.id, now)) return false;
          return calendar.isOpen(a, b) && isFree(id, a - before, b + after);
        });
      });
      return canAssign(options);
    });
  // S7.
  const found = [];
  for (const id of new Set(query.resources)) {
    const { days, wall } = calendars.get(id);
    for (let number = first; number <= last; number++) {
      for (const { from: open, to: close, opens, closes } of days.get(number)) {
        const minutes = parts[0].minutes;
        for (let w = open; w + minutes <= close; w += 5) {
          if ((w - open) % minutes !== 0 && (w - open) % 15 !== 0) continue;
          const start = wall.first.get(w);
          if (start === undefined || start % 5 !== 0 || start < opens || start + minutes > closes || start < 0) continue;
          if (fits(id, start)) found.push([id, start * 60]);
        }
      }
    }
  }
  found.sort(([a, x], [b, y]) => x - y || (a < b ? -1 : a > b ? 1 : 0));
  return found.filter(([id, at], i) => i === 0 || found[i - 1][0] !== id || found[i - 1][1] !== at);
}

/** The wall of a counted start may be outside of the days at hand. */
function wallAt(wall, instant) {
  const known = wall.at(instant);
  return known ?? Math.floor(wallSeconds(wall.zone, instant * 60) / 60);
}

// --- Zones.

/**
 * All changes of a zone's offset from one instant until before another, in seconds: [instant, offset before, after]. Looked
 * for between instants eight days apart, and at those that the asker names, where a change there and back may hide.
 */
function changes(zone, from, to, named) {
  const STEP = 8 * 86400;
  const steps = Array.from({ length: Math.ceil((to - from) / STEP) }, (_, i) => from + i * STEP);
  const marks = [...new Set([...steps, to, ...named.flatMap((at) => [at - 1, at])])].sort((a, b) => a - b);
  const found = [];
  let before = offset(zone, from);
  for (let i = 1; i < marks.length; i++) {
    const after = offset(zone, marks[i]);
    if (before !== after) narrow(zone, marks[i - 1], marks[i], found);
    before = after;
  }
  return found;
}

function narrow(zone, a, b, found) {
  let [low, high, before] = [a, b, offset(zone, a)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offset(zone, middle) === before) low = middle;
    else high = middle;
  }
  found.push([high, before, offset(zone, high)]);
  if (offset(zone, high) !== offset(zone, b)) narrow(zone, high, b, found);
}

const isKnown = (zone) => {
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone: zone }));
  } catch {
    return false;
  }
};

const answers = {
  version: () => process.versions.tz,
  slots,
  changes: ({ zone, from, to, named }) => (isKnown(zone) ? changes(zone, from, to, named) : null),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...request } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(answers[ask](request))}\n`);
}
