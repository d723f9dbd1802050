import { CodedError, codeOf, realmsOf, retryAfterOf } from './errors';

/**
 * Typed calls from a page to a worker. A function among the arguments stays on the page: the worker gets a stand-in
 * that posts progress. Calls run one at a time in the order they were made, since the WASM client holds one state.
 */
type Methods = object;

interface Call {
  id: number;
  method: string;
  args: unknown[];
  progress: boolean;
}

type Answer =
  | { id: number; kind: 'progress'; values: (number | string)[] }
  | { id: number; kind: 'done'; value: unknown }
  | { id: number; kind: 'failed'; code: string; retryAfter: number | undefined; message: string; realms: string[] };

/** Page side: an object whose methods run in the worker. */
export function connect<Api extends Methods>(worker: Worker): Api {
  const waiting = new Map<
    number,
    { resolve(value: unknown): void; reject(error: unknown): void; progress?: (...values: (number | string)[]) => void }
  >();
  let next = 0;

  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    const call = waiting.get(data.id);
    if (!call) return;
    if (data.kind === 'progress') {
      call.progress?.(...data.values);
      return;
    }
    waiting.delete(data.id);
    if (data.kind === 'done') call.resolve(data.value);
    else call.reject(new CodedError(data.code, data.retryAfter, data.message, data.realms));
  };
  let failed = false;
  worker.onerror = () => {
    failed = true;
    for (const call of waiting.values()) call.reject(new CodedError('worker-failed'));
    waiting.clear();
  };

  return new Proxy({} as Api, {
    get: (_, method) => {
      // So that the object itself can be returned from an async function.
      if (typeof method !== 'string' || method === 'then') return undefined;
      return (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          if (failed) throw new CodedError('worker-failed');
          const id = next++;
          const progress = args.find((arg) => typeof arg === 'function') as (() => void) | undefined;
          waiting.set(id, { resolve, reject, ...(progress && { progress }) });
          const call: Call = {
            id,
            method,
            args: args.filter((arg) => typeof arg !== 'function'),
            progress: progress !== undefined,
          };
          worker.postMessage(call);
        });
    },
  });
}

/** The parts of a dedicated worker's global scope that are used here; the page's types do not have it. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Call>) => void) | null;
  postMessage(message: Answer): void;
}

/** Worker side: serves the methods of `api`. */
export function serve<Api extends Methods>(api: Api): void {
  const scope = self as unknown as WorkerScope;
  let last: Promise<void> = Promise.resolve();
  scope.onmessage = ({ data }) => {
    last = last.then(() => answer(scope, api, data));
  };
}

async function answer(scope: WorkerScope, api: object, { id, method, args, progress }: Call): Promise<void> {
  try {
    const operation = Object.hasOwn(api, method) ? (api as Record<string, unknown>)[method] : undefined;
    if (typeof operation !== 'function') throw new CodedError('no-such-method', undefined, method);
    const report = (...values: (number | string)[]) => scope.postMessage({ id, kind: 'progress', values });
    const value: unknown = await operation(...args, ...(progress ? [report] : []));
    scope.postMessage({ id, kind: 'done', value });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [code, retryAfter, realms] = [codeOf(error), retryAfterOf(error), realmsOf(error)];
    scope.postMessage({ id, kind: 'failed', code, retryAfter, message, realms });
  }
}
