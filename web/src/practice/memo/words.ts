import type { MemoShown, MemoView } from '../../lib/api';
import { memos as t } from '../../i18n/memos';
import { explain, explainCode } from '../../i18n/problems';
import { codeOf } from '../../lib/errors';
import type { Day } from '../../lib/time';
import { GROUPS, groupOf, type Group } from './order';

/** Why a note is not shown, or was not written, in words about notes. */
export const explainMemo = (code: string): string => (Object.hasOwn(t.lies, code) ? t.lies[code as keyof typeof t.lies] : explainCode(code));

/** The same of an error. */
export const explainWriting = (error: unknown): string => (Object.hasOwn(t.lies, codeOf(error)) ? explainMemo(codeOf(error)) : explain(error));

/** Open tasks in groups by date, the most urgent first; what is refused stands apart. */
export function grouped(tasks: readonly MemoView[], today: Day): { group: Group; tasks: MemoShown[] }[] {
  const shown = tasks.filter((each): each is MemoShown => each.problem === undefined && !each.done);
  const byDate = [...shown].sort((a, b) => (a.due || '9').localeCompare(b.due || '9') || a.made - b.made);
  return GROUPS.map((group) => ({ group, tasks: byDate.filter(({ due }) => groupOf(due, today) === group) })).filter(({ tasks: each }) => each.length > 0);
}
