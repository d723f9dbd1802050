// Threshold VOPRF(ristretto255, SHA-512) of RFC 9497 on noble's VOPRF, with our own Lagrange step (PROTOCOL section 4).
import { ristretto255, ristretto255_hasher, ristretto255_oprf } from '@noble/curves/ed25519.js';

const { voprf, oprf } = ristretto255_oprf;
const { Point } = ristretto255;
const { Fn } = Point;

/** Public element of a 32-byte scalar. */
export const publicOf = (scalar) => Point.BASE.multiply(Fn.fromBytes(scalar)).toBytes();

/** A fresh key: 32-byte scalar. */
export const generate = () => voprf.generateKeyPair().secretKey;

/** The scalar of 64 random bytes, little endian, reduced by the group's order: only vectors name such bytes. */
export function scalarOf(bytes) {
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return Fn.toBytes(Fn.create(value));
}

/** As `blind`, with this 32-byte blind: only vectors name one. */
export function blindWith(scalar, input) {
  const DST = new TextEncoder().encode('HashToGroup-OPRFV1-\u0001-ristretto255-SHA512');
  const point = ristretto255_hasher.hashToCurve(input, { DST });
  return { blind: scalar, blinded: point.multiply(Fn.fromBytes(scalar)).toBytes() };
}

/** Shares a key t of n: [{index, scalar}], a polynomial of degree t - 1 over the scalar field, x = index. */
export function deal(scalar, threshold, count) {
  const coefficients = [Fn.fromBytes(scalar)];
  while (coefficients.length < threshold) coefficients.push(Fn.fromBytes(generate()));
  return Array.from({ length: count }, (_, i) => {
    const x = BigInt(i + 1);
    const y = coefficients.reduceRight((sum, c) => Fn.add(Fn.mul(sum, x), c), 0n);
    return { index: i + 1, scalar: Fn.toBytes(y) };
  });
}

/** Lagrange coefficient at 0 of `index` among `indices`. */
function weight(index, indices) {
  return indices
    .filter((j) => j !== index)
    .reduce((w, j) => Fn.mul(w, Fn.div(BigInt(j), Fn.create(BigInt(j - index)))), 1n);
}

/** Combines elements at 0: [[index, element], ...]. */
export function combine(points) {
  const indices = points.map(([index]) => index);
  return points
    .reduce((sum, [index, element]) => sum.add(times(Point.fromBytes(element), weight(index, indices))), Point.ZERO)
    .toBytes();
}

const times = (point, scalar) => (scalar === 0n ? Point.ZERO : point.multiply(scalar));

/** {blind, blinded} of an input. */
export const blind = (input) => voprf.blind(input);

/** {element, proof} of a blinded element under a scalar. */
export function evaluate(scalar, blinded) {
  const { evaluated, proof } = voprf.blindEvaluate(scalar, publicOf(scalar), blinded);
  return { element: evaluated, proof };
}

/**
 * Output (64 bytes): verifies each evaluation against its public share, combines, unblinds and hashes.
 * `answers` is [{index, share, element, proof}]; throws if a proof is wrong.
 */
export function finalize(input, { blind: blinding, blinded }, answers) {
  for (const a of answers) voprf.finalize(input, blinding, a.element, blinded, a.share, a.proof);
  return oprf.finalize(input, blinding, combine(answers.map((a) => [a.index, a.element])));
}

/** Output (64 bytes) with the key at hand. */
export const evaluateDirect = (scalar, input) => voprf.evaluate(scalar, input);

/** The value at `x` of the polynomial with these coefficients, scalars. */
export const polynomial = (coefficients, x) =>
  Fn.toBytes(coefficients.map((c) => Fn.fromBytes(c)).reduceRight((sum, c) => Fn.add(Fn.mul(sum, BigInt(x)), c), 0n));

/** The same in the exponent, from the public parts of the coefficients. */
export const evaluatePublic = (commitments, x) =>
  commitments
    .map((c) => Point.fromBytes(c))
    .reduceRight((sum, c) => times(sum, BigInt(x)).add(c), Point.ZERO)
    .toBytes();

/** Elements combined at 0. */
export const interpolate = combine;

/** Scalars combined at 0: [[index, scalar], ...]. */
export function combineScalars(points) {
  const indices = points.map(([index]) => index);
  return Fn.toBytes(points.reduce((sum, [index, scalar]) => Fn.add(sum, Fn.mul(Fn.fromBytes(scalar), weight(index, indices))), 0n));
}
