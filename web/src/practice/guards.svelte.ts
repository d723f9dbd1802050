import type { OtherRealm } from '../lib/api';
import { fetchPartners, fetchRealm } from '../lib/http';

/** Another operator's server that this one's operator named. */
export interface Partner {
  origin: string;
  state: 'asking' | 'ready' | 'silent';
  codeNeeded: boolean;
  code: string;
  chosen: boolean;
}

/** One, two of two, or two of three. */
export type Count = 1 | 2 | 3;

/** Which servers are to guard PINs, while a practice is founded. */
export class Guards {
  count: Count = $state(1);
  partners: Partner[] = $state([]);
  problem: unknown = $state.raw();

  async load(): Promise<void> {
    this.problem = undefined;
    try {
      const origins = (await fetchPartners()).filter((origin) => origin !== location.origin);
      this.partners = origins.map((origin) => ({ origin, state: 'asking', codeNeeded: false, code: '', chosen: false }));
      await Promise.all(this.partners.map((partner) => this.ask(partner)));
    } catch (error) {
      this.problem = error;
    }
  }

  /** Asks a server whether it is there and wants a code. */
  async ask(partner: Partner): Promise<void> {
    partner.state = 'asking';
    try {
      partner.codeNeeded = (await fetchRealm(partner.origin)).founding_code;
      partner.state = 'ready';
    } catch {
      // Why does not matter: without an answer it cannot be chosen, and it may be asked again.
      partner.state = 'silent';
      partner.chosen = false;
    }
  }

  /** How many others are needed. */
  get others(): number {
    return this.count - 1;
  }

  /** Takes a number of servers; where there is no choice, it is made. */
  take(count: Count): void {
    this.count = count;
    const usable = this.partners.filter(({ state }) => state !== 'silent');
    for (const partner of this.partners) partner.chosen = usable.length === this.others && usable.includes(partner);
  }

  get chosen(): Partner[] {
    return this.count === 1 ? [] : this.partners.filter(({ chosen }) => chosen);
  }

  /** Those whose code is asked for and missing. */
  get codesMissing(): Partner[] {
    return this.chosen.filter(({ codeNeeded, code }) => codeNeeded && !code.trim());
  }

  get valid(): boolean {
    const ready = this.chosen.every(({ state }) => state === 'ready');
    return this.chosen.length === this.others && ready && this.codesMissing.length === 0;
  }

  realms(): OtherRealm[] {
    return this.chosen.map(({ origin, code }) => ({ origin, code: code.trim() }));
  }

  /** Any two of three, both of two. */
  get threshold(): number {
    return Math.min(2, this.count);
  }
}
