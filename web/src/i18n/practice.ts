import { practice as de } from './de/practice';
import { practice as en } from './en/practice';
import { dictionary } from './locale.svelte';

export const practice = dictionary({ de, en });
