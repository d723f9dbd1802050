import assert from 'node:assert/strict';
import { sameTime, seriesDays } from './series';

const ZONE = 'Europe/Berlin';
const slot = (text: string) => ({ resource: 'a', start: Date.parse(text) / 1000 });

export default {
  'a series keeps its time of the wall clock over a change of clocks'() {
    const first = slot('2026-10-19T07:00:00Z');
    assert.deepEqual(seriesDays(first, 1, 2, ZONE), ['2026-10-19', '2026-10-26']);
    const free = [slot('2026-10-26T07:00:00Z'), slot('2026-10-26T08:00:00Z')];
    // 9:00 in Berlin is an hour later by UTC from the 25th on.
    assert.equal(sameTime('2026-10-26', first, free, ZONE), free[1]);
  },
  'what is not free at that time is not there'() {
    const first = slot('2026-11-23T08:00:00Z');
    assert.deepEqual(seriesDays(first, 4, 3, ZONE), ['2026-11-23', '2026-12-21', '2027-01-18']);
    assert.equal(sameTime('2026-12-21', first, [slot('2026-12-21T08:15:00Z'), slot('2026-12-28T08:00:00Z')], ZONE), undefined);
  },
};
