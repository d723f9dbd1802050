// Shamir's line over GF(2^8) mod 0x11B, byte by byte: f(0) = root, f(1) = A, f(2) = B, f(3) = C (PROTOCOL section 4).

/** Product in GF(2^8) by the schoolbook. */
export function multiply(a, b) {
  let [x, y, product] = [a, b, 0];
  while (y > 0) {
    if (y & 1) product ^= x;
    x = (x << 1) ^ (x & 0x80 ? 0x11b : 0);
    y >>= 1;
  }
  return product;
}

function inverse(a) {
  for (let b = 1; b < 256; b += 1) if (multiply(a, b) === 1) return b;
  throw new RangeError('zero has no inverse');
}

/** The value at `x` of the line through (x1, y1) and (x2, y2); all y are byte arrays. */
export function line([x1, y1], [x2, y2], x) {
  const run = inverse(x1 ^ x2);
  return y1.map((byte, i) => byte ^ multiply(multiply(byte ^ y2[i], run), x ^ x1));
}
