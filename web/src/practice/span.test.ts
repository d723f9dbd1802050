import assert from 'node:assert/strict';
import { searchSpan, spanOf, stepped } from './span';

export default {
  'a week begins on Monday, a month shows six weeks'() {
    assert.deepEqual(spanOf('day', '2026-11-22'), { from: '2026-11-16', to: '2026-11-23' });
    assert.deepEqual(spanOf('work', '2026-11-16'), { from: '2026-11-16', to: '2026-11-23' });
    // August 2026 begins on a Saturday and reaches into its sixth week.
    assert.deepEqual(spanOf('month', '2026-08-31'), { from: '2026-07-27', to: '2026-09-07' });
  },
  'arrows move by what is shown'() {
    assert.equal(stepped('day', '2026-11-30', 1), '2026-12-01');
    assert.equal(stepped('list', '2026-11-30', -1), '2026-11-23');
    assert.equal(stepped('month', '2026-10-31', 1), '2026-11-30');
  },
  'the search looks ahead further than back'() {
    assert.deepEqual(searchSpan('2026-11-22'), { from: '2026-10-25', to: '2027-05-23' });
  },
};
