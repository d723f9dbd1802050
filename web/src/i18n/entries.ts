import { entries as de } from './de/entries';
import { entries as en } from './en/entries';
import { dictionary } from './locale.svelte';

export const entries = dictionary({ de, en });
