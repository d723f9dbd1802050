/** Fingerprints and ids as the protocol prints them: lowercase RFC 4648 base32 without padding. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** 20 bytes: 160 bits are 32 symbols with nothing left over. */
const FINGERPRINT_SYMBOLS = 32;
/** 16 bytes: 128 bits are 26 symbols, the last of which carries three bits. */
const ID_SYMBOLS = 26;

/** Canonical text of a fingerprint that may come with spaces, dashes, capitals or a link around it. */
export function parseFingerprint(text: string): string | undefined {
  const afterHash = text.slice(text.lastIndexOf('#') + 1);
  const symbols = afterHash.toLowerCase().replace(/[\s-]/g, '');
  const valid = symbols.length === FINGERPRINT_SYMBOLS && [...symbols].every((symbol) => ALPHABET.includes(symbol));
  return valid ? symbols : undefined;
}

/** The practice id is the first 16 of the fingerprint's 20 bytes. */
export function practiceId(fingerprint: string): string {
  const whole = fingerprint.slice(0, ID_SYMBOLS - 1);
  // The 26th symbol keeps its three upper bits; the two lower ones belong to byte 17.
  const last = ALPHABET.indexOf(fingerprint[ID_SYMBOLS - 1] ?? 'a') & 0b11100;
  return whole + ALPHABET[last];
}

/** Eight groups of four capitals, as on paper. */
export function groups(fingerprint: string): string[] {
  return fingerprint.toUpperCase().match(/.{1,4}/g) ?? [];
}

/** A new random id of 16 bytes. */
export function newId(): string {
  const symbols = [...crypto.getRandomValues(new Uint8Array(ID_SYMBOLS))].map((byte) => byte % ALPHABET.length);
  // The last symbol carries three bits.
  symbols[ID_SYMBOLS - 1]! &= 0b11100;
  return symbols.map((symbol) => ALPHABET[symbol]).join('');
}
