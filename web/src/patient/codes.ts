import type { Session } from './session.svelte';

/** Whether enough codes are complete to go on with: as many as servers must work together. */
export function enoughCodes(session: Session, codes: string[]): boolean {
  return codes.filter((code) => code.length === 6).length >= (session.directory?.threshold ?? 1);
}

/** The codes without those of servers that refused theirs, so that only these are typed again. */
export function withoutRefused(session: Session, codes: string[], refused: string[]): string[] {
  const realms = session.directory?.realms ?? [];
  return codes.map((code, n) => (realms.length < 2 || refused.includes(realms[n]?.origin ?? '') ? '' : code));
}
