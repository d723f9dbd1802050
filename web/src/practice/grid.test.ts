import assert from 'node:assert/strict';
import type { Resource } from '../lib/api';
import { bounds, closedIn, localWall, minutesBetween, openingsOf, plus, workDays } from './grid';

const open = (weekday: number, from: number, to: number): Resource => ({ id: '', name: '', hours: [{ weekday, from, to }] });

export default {
  'whole hours take in hours and appointments'() {
    assert.deepEqual(bounds([], []), { from: 480, to: 1020 });
    assert.deepEqual(bounds([{ from: 540, to: 700 }], [{ from: 530, to: 545 }]), { from: 480, to: 720 });
    assert.deepEqual(bounds([{ from: 540, to: 700 }], [{ from: 1430, to: 1445 }]), { from: 540, to: 1440 });
  },
  'closed is what no calendar has open'() {
    const within = { from: 480, to: 1020 };
    const openings = [
      { from: 840, to: 1000 },
      { from: 500, to: 700 },
      { from: 600, to: 720 },
    ];
    assert.deepEqual(closedIn(openings, within), [
      { from: 480, to: 500 },
      { from: 720, to: 840 },
      { from: 1000, to: 1020 },
    ]);
    assert.deepEqual(closedIn([], within), [within]);
    assert.deepEqual(closedIn([within], within), []);
  },
  'a working week has a Saturday only where there are hours'() {
    const days = ['2026-11-20', '2026-11-21', '2026-11-22'];
    assert.deepEqual(workDays(days, [open(1, 0, 60)]), ['2026-11-20']);
    assert.deepEqual(workDays(days, [open(6, 0, 60)]), ['2026-11-20', '2026-11-21']);
    assert.deepEqual(openingsOf('2026-11-21', [open(6, 0, 60), open(5, 0, 60)]).length, 1);
  },
  'a date of the component is a time on the wall'() {
    assert.equal(localWall(new Date(2026, 0, 5, 9, 5)), '2026-01-05T09:05');
    assert.equal(minutesBetween('2026-10-25T01:30', '2026-10-25T03:15'), 105);
  },
  'the wall has no changes of clocks'() {
    assert.equal(plus('2026-03-29T01:45', 30), '2026-03-29T02:15');
    assert.equal(plus('2026-12-31T00:00', 1440), '2027-01-01T00:00');
  },
};
