/** Types of `partners.mjs`, for its test. */
export function checked(origins: string[]): string[];
export function headers(text: string, origins: string[]): string;
export function place(pages: string, target: string, origins: string[]): void;
