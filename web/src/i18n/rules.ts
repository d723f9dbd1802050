import { rules as de } from './de/rules';
import { rules as en } from './en/rules';
import { dictionary } from './locale.svelte';

export const rules = dictionary({ de, en });
