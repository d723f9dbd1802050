import { guards as de } from './de/guards';
import { guards as en } from './en/guards';
import { dictionary } from './locale.svelte';

export const guards = dictionary({ de, en });
