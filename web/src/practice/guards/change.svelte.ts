import type { Guard, GuardsView, ReshareProgress, Trouble, WantedGuards } from '../../lib/api';
import { Guards, type Partner } from '../guards.svelte';
import type { PracticeSession } from '../session.svelte';

/** What one step of other servers may be: at most one comes, at most one goes, and the first stays. */
export type Kind = 'add' | 'replace' | 'remove';

/** One step, from the choice of a server to its end. */
export class Change {
  readonly partners = new Guards();
  partner: Partner | undefined = $state();
  fingerprint = $state('');
  fingerprintProblem: unknown = $state.raw();
  compared = $state(false);

  constructor(
    readonly session: PracticeSession,
    readonly view: GuardsView,
    readonly kind: Kind,
    /** Who goes. */
    readonly goes: Guard | undefined,
  ) {
    if (kind !== 'remove') void this.partners.load();
  }

  /** Servers that do not guard the PINs yet. */
  get offered(): Partner[] {
    return this.partners.partners.filter(({ origin }) => !this.view.realms.some((known) => known.origin === origin));
  }

  async choose(partner: Partner): Promise<void> {
    this.partner = partner;
    this.compared = false;
    this.fingerprint = '';
    this.fingerprintProblem = undefined;
    try {
      const fingerprint = await this.session.fingerprintOf(partner.origin);
      if (this.partner === partner) this.fingerprint = fingerprint;
    } catch (error) {
      if (this.partner === partner) this.fingerprintProblem = error;
    }
  }

  get codeMissing(): boolean {
    return this.partner !== undefined && this.partner.codeNeeded && !this.partner.code.trim();
  }

  get valid(): boolean {
    return this.kind === 'remove' || (this.partner !== undefined && this.compared && !this.codeMissing);
  }

  /** Origins after the step; the first keeps the calendar. */
  get after(): string[] {
    const stay = this.view.realms.filter(({ origin }) => origin !== this.goes?.origin).map(({ origin }) => origin);
    return this.partner ? [...stay, this.partner.origin] : stay;
  }

  run(asked: () => void, progress: ReshareProgress): Promise<Trouble[]> {
    const others = this.after.slice(1).map((origin) => {
      const comes = origin === this.partner?.origin;
      return { origin, code: comes ? this.partner!.code.trim() : '', ...(comes && { fingerprint: this.fingerprint }) };
    });
    const wanted: WantedGuards = { others, threshold: Math.min(2, others.length + 1) };
    return this.session.reshare(wanted, asked, progress);
  }
}
