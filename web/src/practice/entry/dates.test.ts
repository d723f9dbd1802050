import assert from 'node:assert/strict';
import { datesOf, plan, refused, startOf } from './dates';

const ZONE = 'Europe/Berlin';

export default {
  'a time that the clock skips is to be decided on'() {
    assert.equal(startOf('2026-03-29', '02:30', ZONE), undefined);
    assert.equal(startOf('2026-03-29', '03:30', ZONE), Date.UTC(2026, 2, 29, 1, 30) / 1000);
    assert.equal(startOf('2026-10-25', '02:30', ZONE), Date.UTC(2026, 9, 25, 0, 30) / 1000);
    assert.equal(startOf('2026-03-29', '', ZONE), undefined);
    const dates = datesOf([{ day: '2026-03-22', start: 1 }, { day: '2026-03-29' }], '02:30');
    assert.deepEqual(
      dates.map(({ why }) => why),
      [undefined, 'missing'],
    );
    assert.deepEqual(plan(dates, ZONE).starts, [1]);
    const moved = dates.map((date) => ({ ...date, choice: 'move' as const, time: '03:30' }));
    assert.deepEqual(plan(moved, ZONE).starts, [1, Date.UTC(2026, 2, 29, 1, 30) / 1000]);
  },
  'what is in the way is left out until another time is chosen'() {
    const days = ['2026-11-02', '2026-11-09', '2026-11-16'];
    const starts = days.map((day) => startOf(day, '09:00', ZONE)!);
    let dates = datesOf(
      days.map((day, at) => ({ day, start: starts[at]! })),
      '09:00',
    );
    dates = refused(dates, plan(dates, ZONE).dates, [1, 2], ZONE);
    assert.deepEqual(plan(dates, ZONE).starts, [starts[0]]);
    dates = dates.map((date) => (date.day === '2026-11-16' ? { ...date, choice: 'move', time: '10:00' } : date));
    assert.deepEqual(plan(dates, ZONE).starts, [starts[0], starts[2]! + 3600]);
    // The second try: position 1 is now the third date.
    dates = refused(dates, plan(dates, ZONE).dates, [1], ZONE);
    assert.deepEqual(
      dates.map(({ why, choice }) => [why, choice]),
      [
        [undefined, 'leave'],
        ['taken', 'leave'],
        ['taken', 'leave'],
      ],
    );
    assert.equal(dates[2]!.start, starts[2]! + 3600);
  },
};
