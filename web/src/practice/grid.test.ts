import assert from 'node:assert/strict';
import type { Resource } from '../lib/api';
import type { Catalog } from '../lib/catalog';
import { NO_SCHEDULE } from './edit/model';
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
    const work = (resources: Resource[]) => workDays(days, openingsOf(undefined, resources), resources);
    assert.deepEqual(work([open(1, 0, 60)]), ['2026-11-20']);
    assert.deepEqual(work([open(6, 0, 60)]), ['2026-11-20', '2026-11-21']);
  },
  'hours of a day know exceptions, closures, seasons and absences'() {
    const schedule = { ...NO_SCHEDULE, seasons: [{ from: 20260701, to: 20260731, hours: [{ weekday: 1, from: 600, to: 720 }] }] };
    const catalog = {
      resources: [{ id: '', name: '', hours: [{ weekday: 1, from: 540, to: 1020 }], schedule }],
      rules: { locations: [], closures: [{ from: 20260713, to: 20260713, name: '', location: null }], pauses: [], classes: [] },
    } as unknown as Catalog;
    const on = (day: string) => openingsOf(catalog, [])(day, '');
    assert.deepEqual(on('2026-06-29'), [{ from: 540, to: 1020 }]);
    assert.deepEqual(on('2026-07-06'), [{ from: 600, to: 720 }], 'season');
    assert.deepEqual(on('2026-07-13'), [], 'closure');
    schedule.exceptions = [{ day: 20260713, hours: [{ from: 480, to: 500 }] }];
    assert.deepEqual(on('2026-07-13'), [{ from: 480, to: 500 }], 'exception');
    schedule.absences = [{ from_day: 20260628, from: 0, to_day: 20260629, to: 600 }];
    assert.deepEqual(on('2026-06-29'), [{ from: 600, to: 1020 }], 'absence');
    schedule.regular = [{ first: 20260615, weeks: 2, from: 660, to: 720, last: null }];
    assert.deepEqual(on('2026-06-29'), [{ from: 600, to: 660 }, { from: 720, to: 1020 }], 'every two weeks');
    assert.deepEqual(on('2026-06-22'), [{ from: 540, to: 1020 }]);
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
