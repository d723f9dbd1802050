import type { Day } from '../../lib/time';

export const GROUPS = ['overdue', 'today', 'later', 'none'] as const;
export type Group = (typeof GROUPS)[number];

/** Rule M9 of docs/SCHEDULING.md: overdue is what was to be done before today, in the practice's time zone. */
export function groupOf(due: Day | '', today: Day): Group {
  if (!due) return 'none';
  return due < today ? 'overdue' : due === today ? 'today' : 'later';
}
