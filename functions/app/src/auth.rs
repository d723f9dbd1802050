//! Who calls.
use crate::{error::Failure, http::Call, sha256};
use vestibule_core::{ids::Digest, problem::ProblemKind};

/// SHA-256 of the token in `Authorization: Bearer <base64url of 32 bytes>`.
pub(crate) fn bearer(header: Option<&str>) -> Option<Digest> {
    let (scheme, token) = header?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let token: Digest = token.trim().parse().ok()?;
    Some(sha256(&token.0))
}

/// The session that the caller shows; whether it lives is for the practice actor to say.
pub(crate) fn session(call: &Call) -> Result<Digest, Failure> {
    call.session.ok_or_else(|| ProblemKind::Unauthorized.into())
}

/// What is stored of a capability.
pub(crate) fn capability_hash(capability: &Digest) -> Digest {
    sha256(&capability.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearer_tokens() {
        let token = Digest([7; 32]);
        assert_eq!(bearer(Some(&format!("Bearer {token}"))), Some(sha256(&[7; 32])));
        assert_eq!(bearer(Some(&format!("bearer {token}"))), Some(sha256(&[7; 32])));
        for bad in ["", "Bearer", "Bearer x", &format!("Basic {token}"), &format!("Bearer {token}A")] {
            assert_eq!(bearer(Some(bad)), None, "{bad}");
        }
        assert_eq!(bearer(None), None);
    }
}
