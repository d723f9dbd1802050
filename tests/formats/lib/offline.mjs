// What a trusted device keeps for use without a network (PROTOCOL section 4).
import { concat } from './cbor.mjs';
import { hash64MiB } from './pin.mjs';
import { struct } from './schema.mjs';
import { DOMAIN, SUITE, derive, hashCbor, open, random, seal } from './suite.mjs';
import { Sealed, digest, id, suite } from './wire.mjs';

const Context = struct('OfflineContext', { practice: id, patient: id, registration: id });
const Share = struct('OfflineShare', { shareA: digest, keyHash: digest });
const LocalAppointments = struct('LocalAppointments', { suite, salt: digest, sealed: Sealed });

async function shareKey(prf, pin, context) {
  const salt = hashCbor([DOMAIN, SUITE, 'offline-pin', Context.to(context)]);
  return derive(concat(prf, await hash64MiB(pin, salt, 10)), 'offline', Context.to(context));
}

/** Seals share A and the registered key hash under PRF output and PIN; `salt` is given only by vectors. */
export async function sealShare(prf, pin, context, shareA, keyHash, salt) {
  const key = await shareKey(prf, pin, context);
  return seal(key, 'offline-share', Context.to(context), Share.encode({ shareA, keyHash }), { salt });
}

/** {shareA, keyHash}. */
export async function openShare(prf, pin, context, sealed) {
  return Share.decode(open(await shareKey(prf, pin, context), 'offline-share', Context.to(context), sealed));
}

const keptKey = (root) => derive(root, 'kept');

/** Seals a device's copy of the appointments under the patient's root. */
export const sealKept = (root, context, bytes) => Sealed.encode(seal(keptKey(root), 'kept-appointments', Context.to(context), bytes));

/** The bytes that were sealed. */
export const openKept = (root, context, kept) => open(keptKey(root), 'kept-appointments', Context.to(context), Sealed.decode(kept));

const passcodeKey = async (passcode, salt, context) =>
  derive(await hash64MiB(passcode, salt, 10), 'passcode', Context.to(context));

/** Seals a device's copy of the appointments under a passcode; randomness (two salts) is given only by vectors. */
export async function sealAppointments(passcode, context, bytes, randomness = random(64)) {
  const salt = randomness.slice(0, 32);
  const key = await passcodeKey(passcode, salt, context);
  const sealed = seal(key, 'local-appointments', Context.to(context), bytes, { salt: randomness.slice(32) });
  return LocalAppointments.encode({ suite: SUITE, salt, sealed });
}

/** The bytes that were sealed. */
export async function openAppointments(passcode, context, bytes) {
  const { salt, sealed } = LocalAppointments.decode(bytes);
  return open(await passcodeKey(passcode, salt, context), 'local-appointments', Context.to(context), sealed);
}
