import assert from 'node:assert/strict';
import type { Catalog, CatalogClass, CatalogService, Schedule } from '../../lib/catalog';
import {
  absenceDraft,
  absenceOf,
  absenceOfSpan,
  fromDay,
  newAbsence,
  newRegular,
  newService,
  questionsOf,
  NO_SCHEDULE,
  resourceDrafts,
  scheduleOf,
  serviceDraft,
  shapesOf,
  standsOut,
  toDay,
  validAbsence,
  validRegular,
} from './model';

const class_ = (id: number, more: Partial<CatalogClass> = {}): CatalogClass => ({
  id,
  minutes: 20,
  needs: [{ one_of: ['a', 'b'], before: 0, after: 10 }, { one_of: ['room'], before: 0, after: 5 }],
  notice: 90,
  horizon: 60,
  access: 'public',
  per_day: null,
  per_week: 4,
  request: null,
  series: null,
  ...more,
});
const service = (classes: number[] | null): CatalogService => ({ id: 's', name: 'Sprechstunde', description: '', minutes: 20, resources: ['a', 'b'], classes, price: '30 €', questions: [{ text: 'Warum?', answers: ['a', 'b'], required: true }], together: null });
const catalog = (classes: CatalogClass[]) => ({ resources: [], services: [], rules: { locations: [], closures: [], pauses: [], classes } }) as unknown as Catalog;
const bare = ({ id: _, ...shape }: CatalogClass) => shape;

export default {
  'days and whole days'() {
    assert.equal(toDay(20261224), '2026-12-24');
    assert.equal(fromDay('2026-12-24'), 20261224);
    assert.deepEqual(absenceOf(newAbsence('2026-12-24')), { from_day: 20261224, from: 0, to_day: 20261224, to: 1440 });
    const timed = { from_day: 20261224, from: 600, to_day: 20261224, to: 1440 };
    assert.deepEqual(absenceOf(absenceDraft(timed)), timed, 'until midnight');
    assert.equal(validAbsence({ ...newAbsence('2026-12-24'), toDay: '2026-12-23' }), false);
    assert.equal(validAbsence({ ...newAbsence('2026-12-24'), whole: false, from: '10:00', to: '10:00' }), false);
    assert.equal(validAbsence({ ...newAbsence('2026-12-24'), whole: false, from: '10:00', to: '10:05' }), true);
    const drawn = (from: string, to: string, whole = false) => absenceOf(absenceOfSpan({ from, to, whole }));
    assert.deepEqual(drawn('2026-12-24T10:00', '2026-12-24T11:30'), { from_day: 20261224, from: 600, to_day: 20261224, to: 690 });
    assert.deepEqual(drawn('2026-12-24T22:00', '2026-12-25T00:00'), { from_day: 20261224, from: 1320, to_day: 20261224, to: 1440 });
    assert.deepEqual(drawn('2026-12-24T00:00', '2026-12-27T00:00', true), { from_day: 20261224, from: 0, to_day: 20261226, to: 1440 });
    assert.equal(validRegular(newRegular('2026-12-24')), true);
    assert.equal(validRegular({ ...newRegular('2026-12-24'), last: '2026-12-23' }), false);
  },
  'a schedule comes back as it was, and none as none'() {
    const schedule: Schedule = {
      ...NO_SCHEDULE,
      kind: 'room',
      always: true,
      seasons: [{ from: 20260701, to: 20260731, hours: [{ weekday: 1, from: 480, to: 1440 }] }],
      exceptions: [{ day: 20261224, hours: [] }],
      absences: [{ from_day: 20261224, from: 0, to_day: 20261226, to: 1440 }],
      regular: [{ first: 20261202, weeks: 2, from: 720, to: 1020, last: null }],
    };
    const read = (schedule: Schedule | null) => resourceDrafts({ ...catalog([]), resources: [{ id: 'a', name: 'A', hours: [], schedule }] }, [])[0]!;
    assert.deepEqual(scheduleOf(read(schedule), []), schedule);
    assert.equal(scheduleOf(read(null), []), null);
  },
  'shapes come back as they were: plain, with everything, by person'() {
    for (const classes of [
      [class_(1)],
      [class_(1), class_(2, { minutes: 30, needs: [{ one_of: ['c'], before: 0, after: 10 }, { one_of: ['room'], before: 0, after: 5 }] })],
      [class_(1, { access: { 'with-code': 'hash' }, per_day: 2, request: true })],
    ]) {
      const draft = serviceDraft(service(classes.map(({ id }) => id)), catalog(classes));
      assert.equal(draft.special, undefined);
      assert.deepEqual(questionsOf(draft), service(null).questions);
      assert.equal(draft.price, '30 €');
      assert.deepEqual(shapesOf(draft), classes.map(bare));
    }
    const plain = shapesOf(serviceDraft(service(null), catalog([])));
    assert.deepEqual(plain, [bare(class_(1, { needs: [{ one_of: ['a', 'b'], before: 0, after: 0 }], notice: 0, horizon: 180, per_week: null }))]);
  },
  'what the form cannot show is kept'() {
    const classes = [class_(1), class_(2, { notice: 10 })];
    const draft = serviceDraft(service([1, 2]), catalog(classes));
    assert.ok(draft.special);
    assert.deepEqual(shapesOf(draft), classes.map(bare));
  },
  'a service stands out by rules that no other has'() {
    const [a, b] = [newService(['a']), newService(['a'])];
    assert.equal(standsOut(a, [a, b]), false);
    b.notice = '60';
    assert.equal(standsOut(a, [a, b]), true);
    b.notice = '0';
    a.perDay = '3';
    assert.equal(standsOut(a, [a, b]), true, 'caps are counted apart');
  },
};
