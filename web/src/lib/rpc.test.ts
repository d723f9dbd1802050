import assert from 'node:assert/strict';
import { CodedError } from './errors';
import { connect, serve } from './rpc';

interface Api {
  add(a: number, b: number): Promise<number>;
  slow(progress: (done: number, total: number) => void): Promise<string>;
  fail(): Promise<void>;
  crash(): Promise<void>;
}

/** A worker and its page joined by cloned messages, as a browser would. */
function pair(log: string[] = []): Api {
  const scope = { onmessage: null as ((event: { data: unknown }) => void) | null, postMessage: (_: unknown) => {} };
  const worker = {
    onmessage: null as ((event: { data: unknown }) => void) | null,
    onerror: null,
    postMessage: (data: unknown) => void Promise.resolve().then(() => scope.onmessage?.({ data: structuredClone(data) })),
  };
  scope.postMessage = (data) => void Promise.resolve().then(() => worker.onmessage?.({ data: structuredClone(data) }));
  const before = (globalThis as { self?: unknown }).self;
  (globalThis as { self?: unknown }).self = scope;
  serve<Api>({
    add: async (a, b) => a + b,
    slow: async (progress) => {
      log.push('begin');
      progress(1, 2);
      await new Promise((resolve) => setTimeout(resolve, 5));
      progress(2, 2);
      log.push('end');
      return 'done';
    },
    fail: async () => {
      log.push('fail');
      throw new CodedError('locked', 60);
    },
    crash: async () => {
      throw new Error('boom');
    },
  });
  (globalThis as { self?: unknown }).self = before;
  return connect<Api>(worker as unknown as Worker);
}

export default {
  async 'answers reach their calls'() {
    const api = pair();
    assert.deepEqual(await Promise.all([api.add(1, 2), api.add(3, 4)]), [3, 7]);
  },
  async 'progress comes before the answer'() {
    const seen: number[][] = [];
    assert.equal(await pair().slow((...values) => seen.push(values)), 'done');
    assert.deepEqual(seen, [[1, 2], [2, 2]]);
  },
  async 'calls wait for each other'() {
    const log: string[] = [];
    const api = pair(log);
    await Promise.allSettled([api.slow(() => {}), api.fail()]);
    assert.deepEqual(log, ['begin', 'end', 'fail']);
  },
  async 'failures keep code and time to wait, and do not stop later calls'() {
    const api = pair();
    await assert.rejects(api.fail(), (error: CodedError) => error.code === 'locked' && error.retryAfter === 60);
    await assert.rejects(api.crash(), (error: CodedError) => error.code === 'unknown' && error.message === 'boom');
    assert.equal(await api.add(1, 1), 2);
  },
  async 'a method that is not offered is refused, also one of the prototype'() {
    const api = pair() as unknown as Record<string, () => Promise<unknown>>;
    for (const name of ['toString', 'constructor', 'nothing']) {
      await assert.rejects(api[name]!(), (error: CodedError) => error.code === 'no-such-method');
    }
  },
};
