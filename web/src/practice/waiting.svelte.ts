import type { StaffWaitingView } from '../lib/api';
import type { PracticeSession } from './session.svelte';

/** How often a workspace that is open looks for offers whose notice nobody has mailed yet. */
const EVERY_MS = 60_000;

/** The waiting list of a workspace that is open. Loading it also has the notices of new offers mailed. */
export class WaitingRoom {
  entries: StaffWaitingView[] | undefined = $state.raw();
  loading = $state(false);
  problem: unknown = $state.raw();

  constructor(private readonly session: PracticeSession) {}

  /** Loads now and again from time to time; the function that it gives ends that. */
  watch(): () => void {
    void this.load();
    const timer = setInterval(() => void this.load(), EVERY_MS);
    return () => clearInterval(timer);
  }

  async load(): Promise<void> {
    if (this.loading || this.session.ended) return;
    this.loading = true;
    try {
      const { entries, mailed } = await this.session.waitingList();
      // What was mailed just now is shown as mailed.
      this.entries = mailed === 0 ? entries : entries.map((each) => (each.offer ? { ...each, offer: { ...each.offer, mailed: true } } : each));
      this.problem = undefined;
    } catch (error) {
      this.problem = error;
    } finally {
      this.loading = false;
    }
  }

  async remove(id: string): Promise<void> {
    await this.session.removeWaiting(id);
    await this.load();
  }
}
