import workerUrl from '../worker/patient.worker.ts?worker&url';
import type { PatientApi } from './api';
import { connect } from './rpc';
import { startWorker } from './trusted';

/** Starts the patient's crypto worker. Called after the first paint. */
export const startPatient = (): PatientApi => connect<PatientApi>(startWorker(workerUrl));
