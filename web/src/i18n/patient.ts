import { patient as de } from './de/patient';
import { patient as en } from './en/patient';
import { dictionary } from './locale.svelte';

export const patient = dictionary({ de, en });
