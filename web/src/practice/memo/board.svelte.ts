import type { MemoShown, MemoView, MemoWish } from '../../lib/api';
import { codeOf } from '../../lib/errors';
import type { PracticeSession } from '../session.svelte';

/** What somebody is writing. */
export interface Draft {
  kind: 'note' | 'task';
  text: string;
  due: string;
}

/** A list of notes and tasks: those about an appointment, or the open tasks. */
export class Board {
  memos: MemoView[] | undefined = $state.raw();
  loading = $state(false);
  problem: unknown = $state.raw();
  /** Somebody else was quicker, and the list shows how it stands now. (Whoever was writing is told there.) */
  told = $state(false);
  /** What was written about something that was removed in the meantime. */
  rescued: Draft | undefined = $state.raw();
  #latest = 0;

  constructor(
    private readonly session: PracticeSession,
    private readonly read: () => Promise<MemoView[]>,
    private readonly onchange: () => void,
  ) {}

  /** The newest version of one, as this page knows it. */
  find(id: string): MemoShown | undefined {
    return this.memos?.find((each): each is MemoShown => each.id === id && each.problem === undefined);
  }

  async load(): Promise<void> {
    if (this.session.ended) return;
    const call = ++this.#latest;
    this.loading = true;
    try {
      const memos = await this.read();
      if (call !== this.#latest) return;
      this.memos = memos;
      this.problem = undefined;
    } catch (error) {
      if (call === this.#latest) this.problem = error;
    } finally {
      if (call === this.#latest) this.loading = false;
    }
  }

  /**
   * Writes a version, and reads the list again. If somebody else was quicker nothing is stored: the list shows how it stands, and
   * what was typed (`draft`) is kept, here if there is no place for it any more.
   */
  async write(wish: MemoWish, draft?: Draft): Promise<void> {
    this.told = false;
    try {
      await this.session.writeMemo(wish);
    } catch (error) {
      if (codeOf(error) === 'conflict') {
        await this.load();
        this.told = draft === undefined;
        if (wish.what !== 'new' && !this.find(wish.id)) this.rescued = draft;
      }
      throw error;
    }
    await this.load();
    // The signs elsewhere follow; whoever ticks on need not wait for them.
    this.onchange();
  }
}
