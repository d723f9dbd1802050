import assert from 'node:assert/strict';
import { CodedError, codeOf, realmsOf, retryAfterOf } from './errors';

export default {
  'codes of anything thrown'() {
    assert.equal(codeOf(new CodedError('locked', 60)), 'locked');
    assert.equal(codeOf(Object.assign(new Error('x'), { code: 'wrong-pin' })), 'wrong-pin');
    for (const thrown of [undefined, null, 'text', 5, new Error('x'), { code: 7 }]) assert.equal(codeOf(thrown), 'unknown');
  },
  'realms of anything thrown'() {
    assert.deepEqual(realmsOf(new CodedError('network', undefined, 'x', ['https://b.example'])), ['https://b.example']);
    for (const thrown of [undefined, null, 5, new Error('x'), { realms: 'text' }]) assert.deepEqual(realmsOf(thrown), []);
  },
  'waiting is only offered where it ends'() {
    assert.equal(retryAfterOf(new CodedError('locked', 60)), 60);
    assert.equal(retryAfterOf({ retryAfter: 90n }), 90);
    assert.equal(retryAfterOf({ retryAfter: 2 ** 64 }), undefined);
    assert.equal(retryAfterOf({ retryAfter: 18446744073709551615n }), undefined);
    assert.equal(retryAfterOf(undefined), undefined);
  },
};
