// Deterministic CBOR (RFC 8949 section 4.2.1), as far as the formats use it: unsigned integers, byte and text strings,
// arrays, null and booleans. Written from the RFC, without a library, so that both sides can be wrong only separately.

/** The bytes are not the deterministic encoding of what was asked for. */
export class Malformed extends Error {}

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Joins byte arrays. */
export function concat(...parts) {
  return new Uint8Array(Buffer.concat(parts));
}

function head(major, value) {
  const n = BigInt(value);
  if (n < 0n || n >= 1n << 64n) throw new RangeError(`not a CBOR unsigned integer: ${n}`);
  if (n < 24n) return Uint8Array.of((major << 5) | Number(n));
  const size = n < 1n << 8n ? 1 : n < 1n << 16n ? 2 : n < 1n << 32n ? 4 : 8;
  const out = new Uint8Array(1 + size);
  out[0] = (major << 5) | (24 + Math.log2(size));
  for (let i = 0; i < size; i += 1) out[size - i] = Number((n >> BigInt(8 * i)) & 0xffn);
  return out;
}

/** Encodes numbers and bigints, Uint8Array, string, array, null, boolean. */
export function encode(value) {
  if (value === null) return Uint8Array.of(0xf6);
  if (value === false) return Uint8Array.of(0xf4);
  if (value === true) return Uint8Array.of(0xf5);
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return head(0, value);
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  if (typeof value === 'string') {
    const bytes = utf8.encode(value);
    return concat(head(3, bytes.length), bytes);
  }
  if (Array.isArray(value)) return concat(head(4, value.length), ...value.map(encode));
  throw new TypeError(`no CBOR form for ${typeof value}`);
}

/** Decodes exactly one value; refuses trailing bytes and every form that `encode` would not write. */
export function decode(bytes) {
  const [value, end] = item(bytes, 0, 0);
  if (end !== bytes.length) throw new Malformed('trailing bytes');
  return value;
}

/** Decodes a CBOR sequence (RFC 8742). */
export function decodeSequence(bytes) {
  const values = [];
  for (let at = 0; at < bytes.length; ) {
    const [value, end] = item(bytes, at, 0);
    values.push(value);
    at = end;
  }
  return values;
}

function item(bytes, at, depth) {
  if (depth > 32) throw new Malformed('too deep');
  const first = bytes[at];
  if (first === undefined) throw new Malformed('truncated');
  if (first === 0xf6) return [null, at + 1];
  if (first === 0xf4 || first === 0xf5) return [first === 0xf5, at + 1];
  const major = first >> 5;
  const [argument, start] = argumentOf(bytes, at, first & 31);
  if (major === 0) return [argument <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(argument) : argument, start];
  if (argument > BigInt(bytes.length)) throw new Malformed('truncated');
  const length = Number(argument);
  if (major === 2 || major === 3) {
    const end = start + length;
    if (end > bytes.length) throw new Malformed('truncated');
    const body = bytes.slice(start, end);
    return [major === 2 ? body : text(body), end];
  }
  if (major !== 4) throw new Malformed(`major type ${major} is not in use`);
  const values = [];
  let next = start;
  for (let i = 0; i < length; i += 1) {
    const [value, end] = item(bytes, next, depth + 1);
    values.push(value);
    next = end;
  }
  return [values, next];
}

function argumentOf(bytes, at, info) {
  if (info < 24) return [BigInt(info), at + 1];
  if (info > 27) throw new Malformed('indefinite or reserved length');
  const size = 1 << (info - 24);
  if (at + 1 + size > bytes.length) throw new Malformed('truncated');
  let n = 0n;
  for (let i = 1; i <= size; i += 1) n = (n << 8n) | BigInt(bytes[at + i]);
  const least = size === 1 ? 24n : 1n << BigInt(4 * size);
  if (n < least) throw new Malformed('not the shortest form');
  return [n, at + 1 + size];
}

function text(body) {
  try {
    return strictUtf8.decode(body);
  } catch {
    throw new Malformed('not UTF-8');
  }
}
