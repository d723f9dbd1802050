import assert from 'node:assert/strict';
import type { AppointmentView } from '../lib/api';
import { familyOf } from './family';

const view = (start: number, name: string | undefined, birthDate: string, phone: string): AppointmentView =>
  ({ id: String(start), state: 'booked', start, ...(name !== undefined && { name }), email: 'a@b.example', birthDate, phone });

export default {
  'each person once, with the latest details; what was refused names nobody'() {
    const views = [
      view(1, 'Ada', '', '1'),
      view(3, 'ada ', '', '3'),
      view(2, 'Ben', '2019-01-02', '2'),
      view(4, 'Ben', '2021-03-04', '2'),
      view(5, undefined, '', ''),
    ];
    assert.deepEqual(
      familyOf(views).map(({ name, birthDate, phone }) => [name, birthDate, phone]),
      [['Ben', '2021-03-04', '2'], ['ada ', '', '3'], ['Ben', '2019-01-02', '2']],
    );
    assert.deepEqual(familyOf([]), []);
  },
};
