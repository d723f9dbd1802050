import assert from 'node:assert/strict';
import type { AppointmentView } from '../lib/api';
import { matches } from './search';

const view: AppointmentView = {
  id: '1',
  state: 'booked',
  start: 0,
  name: 'Jörg Ästling',
  email: 'joerg@birds.example',
  phone: '+49 (30) 1234-567',
  reason: 'Kontrolle nach OP',
  serviceName: 'Sprechstunde',
};

export default {
  'every word must be somewhere, without case and accents'() {
    for (const query of ['jorg', 'ÄSTLING', 'kontrolle jörg', '  op  ', 'birds.example', 'sprech'])
      assert.ok(matches(view, query), query);
    for (const query of ['jorg huhn', 'kontrollen', 'storch']) assert.ok(!matches(view, query), query);
  },
  'a number is found however it was written'() {
    for (const query of ['1234567', '30-1234', '+4930', '030'.slice(1)]) assert.ok(matches(view, query), query);
    assert.ok(!matches(view, '7654'));
  },
  'what was refused has no content to find'() {
    assert.ok(!matches({ id: '2', state: 'booked', start: 0, problem: 'swapped' }, ''));
  },
};
