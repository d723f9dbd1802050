import type { AppointmentView } from '../../lib/api';
import type { PracticeSession } from '../session.svelte';
import { Board } from './board.svelte';

/** How often an open list of tasks notices what colleagues do. */
const EVERY_MS = 60_000;

/** The open tasks of a workspace that is open, and the appointments that they are about. */
export class TaskBoard {
  readonly board: Board;
  appointments: ReadonlyMap<string, AppointmentView> = $state.raw(new Map());

  /** How many tasks are open, as far as is known. */
  readonly count: number = $derived.by(() => (this.board.memos ?? []).filter((memo) => memo.problem === undefined).length);

  constructor(
    private readonly session: PracticeSession,
    onchange: () => void,
  ) {
    this.board = new Board(session, () => this.#read(), onchange);
  }

  async #read() {
    const tasks = await this.session.tasks();
    const wanted = new Set(tasks.flatMap((memo) => (memo.problem === undefined && memo.about && !this.appointments.has(memo.about) ? [memo.about] : [])));
    void this.#find([...wanted]);
    return tasks;
  }

  /** One after the other: most are on this device already. */
  async #find(ids: string[]): Promise<void> {
    try {
      for (const id of ids) {
        const view = await this.session.appointment(id);
        if (view) this.appointments = new Map(this.appointments).set(id, view);
      }
    } catch (error) {
      this.board.problem = error;
    }
  }

  /** Loads now and again each minute while the list is shown; the function that it gives ends that. */
  watch(): () => void {
    void this.board.load();
    const timer = setInterval(() => void this.board.load(), EVERY_MS);
    return () => clearInterval(timer);
  }
}
