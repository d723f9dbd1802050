import assert from 'node:assert/strict';
import { groupOf } from './order';

export default {
  'a task until yesterday is overdue, one until today is not'() {
    const today = '2027-02-01';
    for (const [due, group] of [
      ['2027-01-31', 'overdue'],
      ['2026-12-31', 'overdue'],
      ['2027-02-01', 'today'],
      ['2027-02-02', 'later'],
      ['', 'none'],
    ] as const) {
      assert.equal(groupOf(due, today), group, due);
    }
  },
};
