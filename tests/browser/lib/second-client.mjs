// A patient's client made of the second implementation (tests/formats): unlocks with e-mail address and PIN over HTTP and
// gives every secret on the way, so that the canary can look for keys and not only for words.
import { dekOfPatient, openBooking } from '../../formats/lib/appointment.mjs';
import { verifyDirectory } from '../../formats/lib/directory.mjs';
import { capability, patientKeys } from '../../formats/lib/patient.mjs';
import * as pin from '../../formats/lib/pin.mjs';
import { leadingZeros, sealRequest, workDigest } from '../../formats/lib/realm.mjs';
import { hash, open, same } from '../../formats/lib/suite.mjs';
import * as voprf from '../../formats/lib/voprf.mjs';
import { Envelope, Sealed, StoredAppointment, Vault, VaultContext } from '../../formats/lib/wire.mjs';
import { Descriptor } from '../../formats/lib/wire-realm.mjs';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Lowercase base32 without padding. */
export function toBase32(bytes) {
  const bits = [...bytes].map((b) => b.toString(2).padStart(8, '0')).join('');
  return bits.match(/.{1,5}/g).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** Its inverse. */
export function fromBase32(text) {
  const bits = [...text].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, '0')).join('');
  return new Uint8Array((bits.match(/.{8}/g) ?? []).map((b) => Number.parseInt(b, 2)));
}

const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

async function call(url, { json, cbor } = {}) {
  const answer = await fetch(url, {
    method: json || cbor ? 'POST' : 'GET',
    headers: { accept: 'application/cbor', 'content-type': cbor ? 'application/cbor' : 'application/json' },
    body: cbor ?? (json && JSON.stringify(json)),
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (!answer.ok) throw new Error(`${new URL(url).pathname}: ${answer.status} ${Buffer.from(bytes)}`);
  return bytes;
}

async function work(base, purpose, subject) {
  const answer = await fetch(`${base}/challenges`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ purpose, subject: base64url(subject) }),
  });
  const { expires, bits, puzzles, ...texts } = await answer.json();
  const [mac, salt] = [texts.mac, texts.salt].map((text) => new Uint8Array(Buffer.from(text, 'base64url')));
  const nonces = Array.from({ length: puzzles }, (_, index) => {
    let nonce = 0;
    while (!leadingZeros(workDigest(nonce, index, mac), bits)) nonce += 1;
    return nonce;
  });
  return { expires, mac, nonces, salt };
}

/** The practice's verified directory, as many of its realms as are needed, and how to ask one: `ask(realm, is, value)`. */
async function practiceOf(origin, fingerprintText) {
  const print = fromBase32(fingerprintText);
  const path = `/v1/practices/${toBase32(print.slice(0, 16))}`;
  const directory = verifyDirectory(await call(`${origin}${path}/directory`), print);
  const { practice, deployment } = directory;
  // A single realm is the server itself, whatever name it went by.
  const at = (realm) => (deployment.realms.length > 1 ? realm.origin : origin);
  const ask = async (realm, is, value) => {
    const request = sealRequest(realm.kemKey, { practice, op: { is, of: [value] } });
    const reply = request.open(await call(`${at(realm)}/v1/realm`, { cbor: request.bytes }));
    if (reply.is === 'Refused') throw new Error(`${is} refused: ${reply.of[0].is}`);
    return reply.of[0];
  };
  return { base: origin + path, at, path, practice, realms: deployment.realms.slice(0, deployment.threshold), ask };
}

/** The PatientID of an address, and the descriptor's bytes that all asked realms gave alike. */
async function patientOf({ at, path, practice, realms, ask }, email) {
  const address = await pin.locatorInput(email, practice);
  const located = voprf.blind(address);
  const places = [];
  for (const realm of realms) {
    const proof = await work(at(realm) + path, 'locate', hash(located.blinded).slice(0, 16));
    const place = await ask(realm, 'Locate', { blinded: located.blinded, work: proof });
    places.push({ index: realm.index, share: realm.locatorShare, ...place });
  }
  const patient = pin.patientId(voprf.finalize(address, located, places));
  const begun = await Promise.all(realms.map((realm) => ask(realm, 'Begin', { patient })));
  const [{ active }] = begun;
  if (!begun.every((each) => same(each.active, active))) throw new Error('the realms do not agree');
  return { patient, active, descriptor: Descriptor.decode(active) };
}

/** Whether each realm refuses an attempt of a stranger at this address; costs one where it does not. */
export async function lockedRealms(origin, fingerprintText, email) {
  const over = await practiceOf(origin, fingerprintText);
  const { patient, descriptor } = await patientOf(over, email);
  const { blinded } = voprf.blind(new Uint8Array(32));
  const attempt = { patient, registration: descriptor.registration, blinded };
  const locked = (error) => {
    if (!error.message.endsWith('Locked')) throw error;
    return true;
  };
  return Promise.all(over.realms.map((realm) => over.ask(realm, 'Evaluate', attempt).then(() => false, locked)));
}

/** {bookings, secrets}: what the patient reads, and [name, bytes] of each secret that made it readable. */
export async function unlock(origin, fingerprintText, email, digits) {
  const over = await practiceOf(origin, fingerprintText);
  const { base, practice, realms, ask } = over;
  const { patient, active, descriptor } = await patientOf(over, email);
  const x = await pin.pinInput(digits, descriptor);
  const state = voprf.blind(x);
  const attempt = { patient, registration: descriptor.registration, blinded: state.blinded };
  const evaluated = await Promise.all(realms.map((realm) => ask(realm, 'Evaluate', attempt)));
  const share = ({ index }, n) => ({ index, share: descriptor.shares[index - 1], ...evaluated[n] });
  const y = voprf.finalize(x, state, realms.map(share));
  const digest = hash(active);
  const confirmed = realms.map(({ index }, n) => {
    const handles = [evaluated[n].handle];
    const unlockKey = pin.unlockKey(y, index, digest);
    return ask(realms[n], 'Confirm', { patient, handles, mac: pin.confirmMac(unlockKey, index, handles, 1), mode: 1 });
  });
  const [released] = await Promise.all(confirmed);
  const [{ index }] = realms;
  const unlockKey = pin.unlockKey(y, index, digest);
  const root = pin.recoverNewDevice(y, digest, index, released.maskedShare);
  const keys = patientKeys(root);
  if (!same(keys.signing.keyHash, released.keyHash)) throw new Error('the rebuilt root is another one');

  const context = VaultContext.to({ practice, patient });
  const vault = Vault.decode(open(keys.vaultKey, 'vault', context, Sealed.decode(released.vault)));
  const secrets = [
    ['Argon2id of the PIN', x],
    ['OPRF output', y],
    ['share A', pin.shareA(y, digest)],
    ['unlock key', unlockKey],
    ['masked share B', released.maskedShare],
    ['device token', released.device],
    ['root', root],
    ['patient KEM seed', keys.kemSeed],
    ['vault key', keys.vaultKey],
  ];
  const bookings = [];
  for (const entry of vault.entries) {
    const shown = capability(root, entry.appointment).capability;
    const where = `${base}/appointments/${toBase32(entry.appointment)}/read`;
    const stored = StoredAppointment.decode(await call(where, { json: { capability: base64url(shown) } }));
    const envelope = Envelope.decode(stored.envelope);
    const dek = dekOfPatient(envelope, keys.kemSeed);
    bookings.push({ ...openBooking(envelope, dek).booking, state: stored.state });
    secrets.push(['capability', shown], ['DEK', dek]);
  }
  return { bookings, secrets };
}
