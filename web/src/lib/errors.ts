/** A failure with a stable code (kebab-case, one for each cause) that the pages put into words. */
export class CodedError extends Error {
  readonly code: string;
  /** Seconds to wait, where waiting helps. */
  readonly retryAfter: number | undefined;
  /** Origins of the servers that it comes from, where there are several. */
  readonly realms: string[];

  constructor(code: string, retryAfter?: number, message = code, realms: string[] = []) {
    super(message);
    this.name = 'CodedError';
    this.code = code;
    this.retryAfter = retryAfter;
    this.realms = realms;
  }
}

/** The code of whatever was thrown; `unknown` for what carries none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown';
}

/** Seconds to wait, if the error says so and an end is in sight. */
export function retryAfterOf(error: unknown): number | undefined {
  const value = (error as { retryAfter?: unknown } | null)?.retryAfter;
  const seconds = typeof value === 'bigint' ? Number(value) : value;
  // The realm writes "only another proof helps" as the largest number.
  return typeof seconds === 'number' && seconds < 10 ** 9 ? seconds : undefined;
}

/** Origins of the servers that an error comes from; empty where there is one server only, or it is nobody's fault. */
export function realmsOf(error: unknown): string[] {
  const realms = (error as { realms?: unknown } | null)?.realms;
  return Array.isArray(realms) ? realms.map(String) : [];
}
