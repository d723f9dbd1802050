import assert from 'node:assert/strict';
import { codesIn } from './codes';

const found = (text: string, indices = [1, 2]) => [...codesIn(text, indices)];

export default {
  'two codes in their order'() {
    assert.deepEqual(found('123456 654321'), [[1, '123456'], [2, '654321']]);
    assert.deepEqual(found('123456\n654321', [1, 3]), [[1, '123456'], [3, '654321']]);
    assert.deepEqual(found('111111, 222222, 333333'), [[1, '111111'], [2, '222222']]);
  },
  'a mail says which it is'() {
    assert.deepEqual(found('Ihr Code 2 von 2 für pins.example:\n\n    004217\n\nEr gilt 15 Minuten'), [[2, '004217']]);
    assert.deepEqual(found('Your code 2 of 3 for b.example: 123456 … Your code 1 of 3 for P: 654321', [1, 2, 3]), [
      [2, '123456'],
      [1, '654321'],
    ]);
    assert.deepEqual(found('Your code 3 of 3 for c.example: 123456'), []);
  },
  'one code belongs where it is pasted, and other digits are no codes'() {
    for (const text of ['123456', '12345678 87654321', '12 34 56', '']) assert.deepEqual(found(text), []);
  },
};
