/** Six digits that stand alone. */
const CODE = /(?<!\d)\d{6}(?!\d)/g;
/** "Ihr Code 2 von 3 …: 123456", as our mails say it. */
const LABELLED = /\b([1-9]) (?:von|of) [1-9]\b[^]*?(?<!\d)(\d{6})(?!\d)/g;

/**
 * Finds the codes in a pasted text, by the index of the server that sent them: mails say which they are, else they stand in
 * the order of `indices`. Empty if the text has no more than one code without a label, which belongs where it was pasted.
 */
export function codesIn(text: string, indices: number[]): Map<number, string> {
  const labelled = [...text.matchAll(LABELLED)].map(([, index, code]) => [Number(index), code!] as const);
  const known = labelled.filter(([index]) => indices.includes(index));
  if (known.length > 0) return new Map(known);
  const codes = text.match(CODE) ?? [];
  if (codes.length < 2) return new Map();
  return new Map(indices.slice(0, codes.length).map((index, n) => [index, codes[n]!]));
}
