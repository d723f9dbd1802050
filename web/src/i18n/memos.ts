import { memos as de } from './de/memos';
import { memos as en } from './en/memos';
import { dictionary } from './locale.svelte';

export const memos = dictionary({ de, en });
