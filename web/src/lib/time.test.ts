import assert from 'node:assert/strict';
import {
  addDays,
  addMonths,
  changeOn,
  clock,
  dayOf,
  daysBetween,
  instantOf,
  minuteOf,
  mondayOf,
  parseClock,
  startOfDay,
  wallOf,
  weekdayOf,
} from './time';

const BERLIN = 'Europe/Berlin';
const at = (text: string) => Date.parse(text) / 1000;

export default {
  'a day begins at midnight of the zone, also where clocks change'() {
    const days: [string, string, string][] = [
      ['2026-01-15', BERLIN, '2026-01-14T23:00:00Z'],
      ['2026-07-15', BERLIN, '2026-07-14T22:00:00Z'],
      ['2026-03-29', BERLIN, '2026-03-28T23:00:00Z'],
      ['2026-03-30', BERLIN, '2026-03-29T22:00:00Z'],
      ['2026-10-25', BERLIN, '2026-10-24T22:00:00Z'],
      ['2026-10-26', BERLIN, '2026-10-25T23:00:00Z'],
      ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00Z'],
      ['2026-06-01', 'Asia/Kathmandu', '2026-05-31T18:15:00Z'],
      ['2026-06-01', 'Pacific/Kiritimati', '2026-05-31T10:00:00Z'],
    ];
    for (const [day, zone, instant] of days) {
      assert.equal(startOfDay(day, zone), at(instant), `${day} ${zone}`);
      assert.equal(dayOf(startOfDay(day, zone), zone), day);
      assert.equal(dayOf(startOfDay(day, zone) - 1, zone), addDays(day, -1));
    }
  },
  'the change of clocks on a day'() {
    const days: [string, string, { from: string; to: string } | undefined][] = [
      ['2026-03-29', BERLIN, { from: '02:00', to: '03:00' }],
      ['2026-10-25', BERLIN, { from: '03:00', to: '02:00' }],
      ['2026-10-24', BERLIN, undefined],
      ['2026-11-01', 'America/New_York', { from: '02:00', to: '01:00' }],
      ['2026-10-04', 'Australia/Lord_Howe', { from: '02:00', to: '02:30' }],
      ['2026-06-01', 'Asia/Kathmandu', undefined],
      // At midnight: the day begins at one.
      ['2026-09-06', 'America/Santiago', { from: '00:00', to: '01:00' }],
    ];
    for (const [day, zone, change] of days) assert.deepEqual(changeOn(day, zone), change, `${day} ${zone}`);
  },
  'minutes are those on the wall'() {
    assert.equal(minuteOf(at('2026-07-15T06:30:00Z'), BERLIN), 8 * 60 + 30);
    assert.equal(minuteOf(at('2026-01-15T23:00:00Z'), BERLIN), 0);
  },
  'days are counted across months, leap days and changes of clocks'() {
    assert.equal(addDays('2028-02-28', 1), '2028-02-29');
    assert.equal(addDays('2026-12-31', 1), '2027-01-01');
    assert.equal(daysBetween('2026-03-28', '2026-03-31'), 3);
    assert.equal(daysBetween('2026-03-31', '2026-03-28'), -3);
    assert.equal(weekdayOf('2026-11-22'), 7);
    assert.equal(mondayOf('2026-11-22'), '2026-11-16');
    assert.equal(mondayOf('2026-11-16'), '2026-11-16');
  },
  'a month on is the same day, or the last'() {
    assert.equal(addMonths('2026-01-31', 1), '2026-02-28');
    assert.equal(addMonths('2028-01-31', 1), '2028-02-29');
    assert.equal(addMonths('2026-12-15', 1), '2027-01-15');
    assert.equal(addMonths('2026-01-15', -1), '2025-12-15');
    assert.equal(addMonths('2026-05-31', -1), '2026-04-30');
  },
  'a time on the wall is its first instant, and one that the clock skips comes after the jump'() {
    const cases: [string, string, string, string][] = [
      ['2026-07-15T08:30', BERLIN, '2026-07-15T06:30:00Z', '2026-07-15T08:30'],
      ['2026-03-29T02:30', BERLIN, '2026-03-29T01:30:00Z', '2026-03-29T03:30'],
      ['2026-10-25T02:30', BERLIN, '2026-10-25T00:30:00Z', '2026-10-25T02:30'],
      ['2026-10-25T03:00', BERLIN, '2026-10-25T02:00:00Z', '2026-10-25T03:00'],
      ['2026-04-05T01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00Z', '2026-04-05T01:45'],
    ];
    for (const [wall, zone, instant, shown] of cases) {
      assert.equal(instantOf(wall, zone), at(instant), `${wall} ${zone}`);
      assert.equal(wallOf(at(instant), zone), shown);
    }
  },
  'clock times round-trip'() {
    for (const minutes of [0, 5, 719, 1435]) assert.equal(parseClock(clock(minutes)), minutes);
    for (const text of ['', '8', '08:5', 'aa:bb']) assert.ok(Number.isNaN(parseClock(text)), text);
  },
};
