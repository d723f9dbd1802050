// Sealed notes and tasks of staff (PROTOCOL R6.24 to R6.28).
import { unwrap, wrap } from './hpke.mjs';
import { VerifyError, sign, verify } from './sign.mjs';
import { SUITE, hash, hashCbor, open, random, same, seal, signingKeyHash } from './suite.mjs';
import { Memo, MemoContext, MemoEnvelope, MemoScopeContext, Signature } from './wire.mjs';

/** The least length of a body's padded plaintext. */
const BODY_FLOOR = 1024;
const ZEROS = new Uint8Array(32);

const boundOf = ({ practice, scope, memo, about, number, previous, state }) => ({ practice, scope, memo, about, number, previous, state });
const scopeContext = ({ practice, memo, number }, { scope, epoch }) => MemoScopeContext.to({ practice, memo, number, scope, epoch });

/** The head of a version after `previous`. */
export const headOf = (previous, envelope) => hashCbor(['vestibule', SUITE, 'memo-head', previous, hash(envelope)]);

/** The head after all these links, of 32 bytes each. */
export function headAfter(links) {
  let head = ZEROS;
  for (let at = 0; at < links.length; at += 32) head = hashCbor(['vestibule', SUITE, 'memo-head', head, links.slice(at, at + 32)]);
  return head;
}

/** Seals a signed body; `scope` is {scope, epoch, kemKey}. */
export function sealMemo(memo, signing, scope) {
  const context = MemoContext.to(boundOf(memo));
  const dek = random(32);
  const body = Memo.encode(memo);
  const [signature] = sign('memo', body, signing).signatures;
  return MemoEnvelope.encode({
    suite: SUITE,
    context: boundOf(memo),
    body: seal(dek, 'memo-body', context, body, { floor: BODY_FLOOR }),
    scope: { scope: scope.scope, epoch: scope.epoch, wrap: wrap(scope.kemKey, 'memo-scope', scopeContext(memo, scope), dek) },
    proof: seal(dek, 'memo-proof', context, Signature.encode(signature)),
  });
}

/** Opens and verifies what the server served; `publicKeys` are those of the practice. Gives {memo, head}. */
export function openMemo(stored, epochSeed, publicKeys) {
  const envelope = MemoEnvelope.decode(stored.envelope);
  const { context } = envelope;
  const before = stored.links.slice(0, -32);
  const head = headOf(context.previous, stored.envelope);
  if (!same(context.previous, headAfter(before)) || !same(head, headAfter(stored.links))) throw new VerifyError('links');
  if (context.number !== stored.links.length / 32 || !same(context.memo, stored.memo)) throw new VerifyError('context');
  const dek = unwrap(epochSeed, 'memo-scope', scopeContext(context, envelope.scope), envelope.scope.wrap);
  const at = MemoContext.to(context);
  const body = open(dek, 'memo-body', at, envelope.body);
  const memo = Memo.decode(body);
  if (!same(MemoContext.encode(boundOf(memo)), MemoContext.encode(context))) throw new VerifyError('context');
  const signature = Signature.decode(open(dek, 'memo-proof', at, envelope.proof));
  const key = publicKeys.find((each) => same(signingKeyHash(each), memo.signer));
  if (!key) throw new VerifyError('keys');
  verify({ suite: SUITE, namespace: 'memo', body, signatures: [signature] }, 'memo', [key]);
  return { memo, head };
}
