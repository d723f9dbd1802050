// Sealed realm messages, both ends (PROTOCOL R4.1), and proof of work (R4.16).
import { encode } from './cbor.mjs';
import { receiver, sender, unwrap, wrap } from './hpke.mjs';
import { SUITE, hash, kemKeyHash, open, seal } from './suite.mjs';
import { Sealed } from './wire.mjs';
import { LocatorShareContext, RealmShare } from './wire-directory.mjs';
import { RealmReply, RealmRequest, ReplyContext, RequestContext, SealedRequest } from './wire-realm.mjs';

const REQUEST = 'realm-request';
const REPLY = 'realm-reply';
const info = (realm) => [SUITE, REQUEST, RequestContext.to({ realm })];
const keys = (exportKey) => ({
  request: exportKey(encode([SUITE, REQUEST, 'key']), 32),
  reply: exportKey(encode([SUITE, REPLY, 'key']), 32),
});

/** Client: {bytes} to post and `open(replyBytes)` for the answer. Randomness is given only by vectors. */
export function sealRequest(publicKey, request, randomness) {
  const realm = kemKeyHash(publicKey);
  const { enc, exportKey } = sender(publicKey, info(realm), randomness?.slice(0, 64));
  const { request: requestKey, reply } = keys(exportKey);
  const salt = randomness?.slice(64);
  const sealed = seal(requestKey, REQUEST, RequestContext.to({ realm }), RealmRequest.encode(request), { salt });
  const bytes = SealedRequest.encode({ suite: SUITE, realm, enc, sealed });
  const context = ReplyContext.to({ realm, request: hash(bytes) });
  return { bytes, open: (answer) => RealmReply.decode(open(reply, REPLY, context, Sealed.decode(answer))) };
}

/** Realm: {request} and `seal(reply)`. */
export function openRequest(seed, publicKey, bytes) {
  const { realm, enc, sealed } = SealedRequest.decode(bytes);
  if (Buffer.compare(realm, kemKeyHash(publicKey)) !== 0) throw new Error('another realm');
  const { request: requestKey, reply } = keys(receiver(seed, enc, info(realm)));
  const request = RealmRequest.decode(open(requestKey, REQUEST, RequestContext.to({ realm }), sealed));
  const context = ReplyContext.to({ realm, request: hash(bytes) });
  return {
    request,
    seal: (answer, salt) => Sealed.encode(seal(reply, REPLY, context, RealmReply.encode(answer), { floor: 1024, salt })),
  };
}

const shareContext = (practice, publicKey) => LocatorShareContext.to({ practice, realm: kemKeyHash(publicKey) });

/** Founder: a realm's share of the locator key and the practice's decoy secret, wrapped to the realm. */
export function sealRealmShare(publicKey, practice, { locator, decoy }, randomness) {
  const context = shareContext(practice, publicKey);
  return RealmShare.encode({
    locator: wrap(publicKey, 'locator-share', context, locator, randomness?.slice(0, 96)),
    decoy: wrap(publicKey, 'decoy-secret', context, decoy, randomness?.slice(96)),
  });
}

/** Realm: both. */
export function openRealmShare(seed, publicKey, practice, bytes) {
  const context = shareContext(practice, publicKey);
  const share = RealmShare.decode(bytes);
  return {
    locator: unwrap(seed, 'locator-share', context, share.locator),
    decoy: unwrap(seed, 'decoy-secret', context, share.decoy),
  };
}

/** One try of a proof of work: the digest of nonce, puzzle index and MAC. */
export function workDigest(nonce, index, mac) {
  const input = new Uint8Array(41);
  new DataView(input.buffer).setBigUint64(0, BigInt(nonce), true);
  input[8] = index;
  input.set(mac, 9);
  return hash(input);
}

/** Whether `digest` begins with `bits` zero bits. */
export function leadingZeros(digest, bits) {
  for (let i = 0; i < bits; i += 1) if (digest[i >> 3] & (0x80 >> (i & 7))) return false;
  return true;
}
