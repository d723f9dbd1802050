import assert from 'node:assert/strict';
import type { BookingClass, Service } from '../lib/api';
import { shapesOf } from './slots.svelte';

const service = (id: string, resources: string[], classes: number[] | null): Service => ({ id, name: id, description: '', minutes: 20, resources, classes });
const of = (id: number, minutes: number, resources: string[], access: BookingClass['access'] = 'public'): BookingClass => ({ id, minutes, resources, access, horizon: 180, asks: false, series: 0 });

export default {
  'a plain service is booked with whoever offers it, or with whom was chosen'() {
    const plain = service('p', ['a', 'b'], null);
    assert.deepEqual(shapesOf([plain], [], undefined, false), [{ resources: ['a', 'b'], minutes: 20 }]);
    assert.deepEqual(shapesOf([plain], [], 'b', false), [{ resources: ['b'], minutes: 20 }]);
  },
  'of a service each person has the first class that names them'() {
    const classes = [of(1, 20, ['a']), of(2, 30, ['a', 'b'])];
    assert.deepEqual(shapesOf([service('s', ['a', 'b'], [1, 2])], classes, undefined, false), [
      { resources: ['a'], minutes: 20, classes: [1] },
      { resources: ['b'], minutes: 30, classes: [2] },
    ]);
  },
  'a visit has a class of each service: the same person’s where there is one, else the first'() {
    const classes = [of(1, 20, ['a', 'b']), of(2, 15, ['c']), of(3, 25, ['b'])];
    const visit = [service('s', ['a', 'b'], [1]), service('u', ['c', 'b'], [2, 3])];
    assert.deepEqual(shapesOf(visit, classes, undefined, false), [
      { resources: ['a'], minutes: 35, classes: [1, 2] },
      { resources: ['b'], minutes: 45, classes: [1, 3] },
    ]);
    assert.deepEqual(shapesOf(visit, classes, 'b', false), [{ resources: ['b'], minutes: 45, classes: [1, 3] }]);
  },
  'codes and internal classes: all parts must be open to the visitor'() {
    const classes = [of(1, 20, ['a']), of(2, 15, ['a'], 'code'), of(3, 15, ['a'], 'internal')];
    const visit = (second: number) => [service('s', ['a'], [1]), service('u', ['a'], [second])];
    assert.deepEqual(shapesOf(visit(2), classes, undefined, false), []);
    assert.equal(shapesOf(visit(2), classes, undefined, true).length, 1);
    assert.deepEqual(shapesOf(visit(3), classes, undefined, true), []);
    assert.deepEqual(shapesOf(visit(9), classes, undefined, true), [], 'an unknown class');
  },
};
