import { CodedError } from './errors';

/** A finished ceremony: what goes to the server as JSON, and the 32 bytes of the PRF, which go to the worker only. */
export interface Answer {
  json: string;
  prf: Uint8Array | undefined;
  credential: Uint8Array;
}

interface CredentialJson {
  id: string;
  type: PublicKeyCredentialType;
  transports?: AuthenticatorTransport[];
}

interface OptionsJson {
  challenge: string;
  user?: { id: string; name: string; displayName: string };
  excludeCredentials?: CredentialJson[];
  allowCredentials?: CredentialJson[];
  extensions?: Record<string, unknown>;
}

interface PrfOutputs {
  prf?: { enabled?: boolean; results?: { first?: BufferSource } };
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
}

function toText(buffer: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const descriptor = (json: CredentialJson) => ({ ...json, id: toBytes(json.id) });

/** Options as the browser wants them: bytes for text, and the PRF input added. */
function parse<Options>(text: string, prfSalt: Uint8Array): Options {
  const { publicKey } = JSON.parse(text) as { publicKey: OptionsJson };
  const { user, excludeCredentials, allowCredentials, extensions, ...rest } = publicKey;
  return {
    ...rest,
    challenge: toBytes(publicKey.challenge),
    ...(user && { user: { ...user, id: toBytes(user.id) } }),
    ...(excludeCredentials && { excludeCredentials: excludeCredentials.map(descriptor) }),
    ...(allowCredentials && { allowCredentials: allowCredentials.map(descriptor) }),
    extensions: { ...extensions, prf: { eval: { first: prfSalt } } },
  } as Options;
}

async function ask(ceremony: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!('credentials' in navigator) || !('PublicKeyCredential' in window)) throw new CodedError('passkey-unsupported');
  let credential: Credential | null;
  try {
    credential = await ceremony();
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    if (name === 'NotAllowedError' || name === 'AbortError') throw new CodedError('passkey-cancelled');
    throw new CodedError('passkey-failed', undefined, String(error));
  }
  if (!credential) throw new CodedError('passkey-cancelled');
  return credential as PublicKeyCredential;
}

const outputs = (credential: PublicKeyCredential) => credential.getClientExtensionResults() as PrfOutputs;

function prfOf(credential: PublicKeyCredential): Uint8Array | undefined {
  const first = outputs(credential).prf?.results?.first;
  if (!first) return undefined;
  return ArrayBuffer.isView(first) ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength) : new Uint8Array(first);
}

// Written by hand: `credential.toJSON()` would put the PRF output into what goes to the server.
const shared = (credential: PublicKeyCredential) => ({
  id: credential.id,
  rawId: toText(credential.rawId),
  type: credential.type,
  clientExtensionResults: {},
});

/** Creates a discoverable passkey. `prf` is undefined where `create()` gives none: then `derive` is needed. */
export async function createPasskey(options: string, prfSalt: Uint8Array): Promise<Answer> {
  const publicKey = parse<PublicKeyCredentialCreationOptions>(options, prfSalt);
  const credential = await ask(() => navigator.credentials.create({ publicKey }));
  if (!outputs(credential).prf?.enabled) throw new CodedError('prf-missing');
  const response = credential.response as AuthenticatorAttestationResponse;
  const json = JSON.stringify({
    ...shared(credential),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
      transports: response.getTransports(),
    },
  });
  return { json, prf: prfOf(credential), credential: new Uint8Array(credential.rawId) };
}

/** Options of a passkey that only this device uses: no server knows it, and its PRF output is all that is wanted of it. */
export function localPasskey(name: string): string {
  const random = () => toText(crypto.getRandomValues(new Uint8Array(32)).buffer);
  return JSON.stringify({
    publicKey: {
      challenge: random(),
      rp: { name },
      user: { id: random(), name, displayName: name },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
      authenticatorSelection: { authenticatorAttachment: 'platform', userVerification: 'required' },
    },
  });
}

/** A second ceremony with a fresh passkey, for its PRF output only; nothing of it goes to the server. */
export async function derivePrf(credential: Uint8Array, prfSalt: Uint8Array): Promise<Uint8Array> {
  const publicKey = {
    challenge: crypto.getRandomValues(new Uint8Array(32)),
    allowCredentials: [{ type: 'public-key', id: credential }],
    userVerification: 'required',
    extensions: { prf: { eval: { first: prfSalt } } },
  } as PublicKeyCredentialRequestOptions;
  const prf = prfOf(await ask(() => navigator.credentials.get({ publicKey })));
  if (!prf) throw new CodedError('prf-missing');
  return prf;
}

/** Signs in with a discoverable passkey. */
export async function usePasskey(options: string, prfSalt: Uint8Array): Promise<Answer & { prf: Uint8Array }> {
  const publicKey = parse<PublicKeyCredentialRequestOptions>(options, prfSalt);
  const credential = await ask(() => navigator.credentials.get({ publicKey }));
  const prf = prfOf(credential);
  if (!prf) throw new CodedError('prf-missing');
  const response = credential.response as AuthenticatorAssertionResponse;
  const json = JSON.stringify({
    ...shared(credential),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: response.userHandle ? toText(response.userHandle) : null,
    },
  });
  return { json, prf, credential: new Uint8Array(credential.rawId) };
}
