//! A passkey in software: ES256, attestation `none`, user verification always given, and the PRF extension as
//! HMAC-SHA-256 under a per-credential secret (`WebAuthn` Level 3 section 10.1.4).
use hmac::{Hmac, KeyInit as _, Mac as _};
use minicbor::Encoder;
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use vestibule_core::bytes::{from_base64url, to_base64url};

/// User present, user verified, attested credential data included.
const FLAGS_CREATE: u8 = 0x01 | 0x04 | 0x40;
/// User present, user verified.
const FLAGS_GET: u8 = 0x01 | 0x04;

/// Options that this authenticator cannot serve; the text names the field.
#[derive(Debug, thiserror::Error)]
#[error("authenticator: {0}")]
pub struct Refused(&'static str);

/// One credential.
pub struct Passkey {
    id: Vec<u8>,
    rp_id: String,
    user: Vec<u8>,
    key: SigningKey,
    prf_secret: [u8; 32],
    counter: u32,
}

fn random<const N: usize>() -> Result<[u8; N], Refused> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Refused("no randomness"))?;
    Ok(bytes)
}

fn text<'v>(options: &'v Value, pointer: &str, name: &'static str) -> Result<&'v str, Refused> {
    options.pointer(pointer).and_then(Value::as_str).ok_or(Refused(name))
}

/// Parses the options and steps into `publicKey` where the server wraps them in it.
fn public_key(options: &str) -> Result<Value, Refused> {
    let mut value: Value = serde_json::from_str(options).map_err(|_| Refused("options are not JSON"))?;
    Ok(match value.get_mut("publicKey") {
        Some(inner) => inner.take(),
        None => value,
    })
}

fn client_data(kind: &str, challenge: &str, origin: &str) -> Vec<u8> {
    json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false })
        .to_string()
        .into_bytes()
}

impl Passkey {
    /// Answers `navigator.credentials.create`: the credential and its `RegistrationResponseJSON`.
    pub fn create(options: &str, origin: &str) -> Result<(Self, String), Refused> {
        let options = public_key(options)?;
        let challenge = text(&options, "/challenge", "challenge")?;
        let rp_id = text(&options, "/rp/id", "rp.id")?.to_owned();
        let user = from_base64url(text(&options, "/user/id", "user.id")?).map_err(|_| Refused("user.id"))?;
        let takes_es256 = options
            .pointer("/pubKeyCredParams")
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().any(|p| p.get("alg").and_then(Value::as_i64) == Some(-7)));
        if !takes_es256 {
            return Err(Refused("pubKeyCredParams without ES256"));
        }
        let key = loop {
            if let Ok(key) = SigningKey::from_slice(&random::<32>()?) {
                break key;
            }
        };
        let passkey =
            Self { id: random::<32>()?.to_vec(), rp_id, user, key, prf_secret: random()?, counter: 0 };
        let client_data = client_data("webauthn.create", challenge, origin);
        let mut attestation = Encoder::new(Vec::new());
        let auth_data = passkey.auth_data(FLAGS_CREATE)?;
        attestation
            .map(3)
            .and_then(|e| {
                e.str("fmt")?.str("none")?.str("attStmt")?.map(0)?.str("authData")?.bytes(&auth_data)
            })
            .map_err(|_| Refused("cbor"))?;
        let response = json!({
            "id": to_base64url(&passkey.id),
            "rawId": to_base64url(&passkey.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": to_base64url(&client_data),
                "attestationObject": to_base64url(&attestation.into_writer()),
                "transports": ["internal"],
            },
            "clientExtensionResults": {},
        });
        Ok((passkey, response.to_string()))
    }

    /// Answers `navigator.credentials.get`: the `AuthenticationResponseJSON`.
    pub fn get(&mut self, options: &str, origin: &str) -> Result<String, Refused> {
        let options = public_key(options)?;
        let challenge = text(&options, "/challenge", "challenge")?;
        if text(&options, "/rpId", "rpId")? != self.rp_id {
            return Err(Refused("rpId of another site"));
        }
        let id = to_base64url(&self.id);
        let allowed = options.pointer("/allowCredentials").and_then(Value::as_array).is_none_or(|all| {
            all.is_empty() || all.iter().any(|c| c.get("id").and_then(Value::as_str) == Some(id.as_str()))
        });
        if !allowed {
            return Err(Refused("allowCredentials without this one"));
        }
        self.counter += 1;
        let client_data = client_data("webauthn.get", challenge, origin);
        let auth_data = self.auth_data(FLAGS_GET)?;
        let mut signed = auth_data.clone();
        signed.extend_from_slice(&Sha256::digest(&client_data));
        let signature: Signature = self.key.sign(&signed);
        let response = json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": to_base64url(&client_data),
                "authenticatorData": to_base64url(&auth_data),
                "signature": to_base64url(signature.to_der().as_bytes()),
                "userHandle": to_base64url(&self.user),
            },
            "clientExtensionResults": {},
        });
        Ok(response.to_string())
    }

    /// The PRF extension's first result for this salt (`eval.first`).
    pub fn prf(&self, salt: &[u8]) -> [u8; 32] {
        let input = Sha256::new().chain_update(b"WebAuthn PRF\0").chain_update(salt).finalize();
        // HMAC takes keys of every length, so this cannot fail.
        Hmac::<Sha256>::new_from_slice(&self.prf_secret)
            .map(|mac| mac.chain_update(input).finalize().into_bytes().into())
            .unwrap_or_default()
    }

    /// The credential id.
    pub fn id(&self) -> &[u8] {
        &self.id
    }

    fn auth_data(&self, flags: u8) -> Result<Vec<u8>, Refused> {
        let mut data = Sha256::digest(self.rp_id.as_bytes()).to_vec();
        data.push(flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        if flags & 0x40 != 0 {
            data.extend_from_slice(&[0; 16]);
            data.extend_from_slice(&u16::try_from(self.id.len()).map_err(|_| Refused("id"))?.to_be_bytes());
            data.extend_from_slice(&self.id);
            let point = self.key.verifying_key().to_sec1_point(false);
            let (x, y) = point.x().zip(point.y()).ok_or(Refused("key"))?;
            let mut cose = Encoder::new(Vec::new());
            cose.map(5)
                .and_then(|e| {
                    e.u8(1)?.u8(2)?.u8(3)?.i8(-7)?.i8(-1)?.u8(1)?.i8(-2)?.bytes(x)?.i8(-3)?.bytes(y)
                })
                .map_err(|_| Refused("cbor"))?;
            data.extend_from_slice(&cose.into_writer());
        }
        Ok(data)
    }
}
