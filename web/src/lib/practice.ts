import workerUrl from '../worker/practice.worker.ts?worker&url';
import type { PracticeApi } from './api';
import { connect } from './rpc';
import { startWorker } from './trusted';

/** Starts the practice's crypto worker. */
export const startPractice = (): PracticeApi => connect<PracticeApi>(startWorker(workerUrl));
