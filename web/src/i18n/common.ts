import { common as de } from './de/common';
import { common as en } from './en/common';
import { dictionary } from './locale.svelte';

export const common = dictionary({ de, en });
