import { home as de } from './de/home';
import { home as en } from './en/home';
import { dictionary } from './locale.svelte';

export const home = dictionary({ de, en });
