//! From an e-mail address to a PatientID: PROTOCOL section 4.
use crate::client::Output;
use alloc::string::String;
use sha2::{Digest as _, Sha256};
use vestibule_argon2id::{Error, Params};
use vestibule_core::{
    cbor,
    ids::{PatientId, PracticeId},
    suite::{DOMAIN, Suite},
};
use zeroize::Zeroizing;

/// Longest address in bytes, after normalisation (RFC 5321 section 4.5.3.1.3 less the angle brackets).
pub const MAX_EMAIL_BYTES: usize = 254;

/// Cost of hashing an address: 64 MiB, 3 passes.
const PARAMS: Params = Params { memory_kib: 65_536, passes: 3 };

/// The text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct InvalidEmail;

/// An e-mail address in the one form that is hashed: trimmed, Unicode lowercase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The normalised address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Normalises an address: trims, lowercases, and refuses what has not exactly one `@` with something on both sides,
/// what contains white space or control characters, and what is longer than [`MAX_EMAIL_BYTES`].
pub fn normalise_email(typed: &str) -> Result<Email, InvalidEmail> {
    let email = typed.trim().to_lowercase();
    let (local, domain) = email.split_once('@').ok_or(InvalidEmail)?;
    let plain = |part: &str| {
        !part.is_empty() && !part.chars().any(|c| c == '@' || c.is_whitespace() || c.is_control())
    };
    if plain(local) && plain(domain) && email.len() <= MAX_EMAIL_BYTES {
        Ok(Email(email))
    } else {
        Err(InvalidEmail)
    }
}

/// The OPRF input of an address: Argon2id, so that even t colluding realms pay for every address that they test.
pub fn input(
    email: &Email,
    practice: &PracticeId,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Zeroizing<[u8; 32]>, Error> {
    let salt = Sha256::digest(cbor::to_vec(&(DOMAIN, Suite::V1, "locator", practice)));
    let mut input = Zeroizing::new([0; 32]);
    vestibule_argon2id::hash(email.0.as_bytes(), &salt, &PARAMS, input.as_mut(), progress)?;
    Ok(input)
}

/// The PatientID: the first 16 bytes of the OPRF's output.
pub fn patient_id(output: &Output) -> PatientId {
    let mut id = [0; 16];
    id.copy_from_slice(&output.expose()[..16]);
    PatientId(id)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn one_form_for_one_address() {
        for (typed, normal) in [
            ("anna@example.org", "anna@example.org"),
            ("  Anna@Example.ORG\n", "anna@example.org"),
            ("\u{a0}ANNA+Praxis@example.org\u{2003}", "anna+praxis@example.org"),
            ("MÜLLER@EXÄMPLE.DE", "müller@exämple.de"),
            ("ΣΟΦΟΣ@EXAMPLE.GR", "σοφος@example.gr"),
            ("İ@example.org", "i\u{307}@example.org"),
            ("a@b", "a@b"),
        ] {
            assert_eq!(normalise_email(typed).unwrap().as_str(), normal, "{typed:?}");
            // Normalising twice changes nothing.
            assert_eq!(normalise_email(normal).unwrap().as_str(), normal);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            " ",
            "@",
            "anna",
            "anna@",
            "@example.org",
            "anna@example@org",
            "anna@@example.org",
            "anna @example.org",
            "anna@example. org",
            "anna\t@example.org",
            "anna@exam\u{0}ple.org",
            "anna\r\nBcc: x@example.org",
        ] {
            assert_eq!(normalise_email(bad), Err(InvalidEmail), "{bad:?}");
        }
    }

    #[test]
    fn the_length_counts_in_bytes_after_lowering() {
        let longest = alloc::format!("{}@example.org", "a".repeat(242));
        assert_eq!(longest.len(), MAX_EMAIL_BYTES);
        assert!(normalise_email(&longest).is_ok());
        assert!(normalise_email(&alloc::format!("a{longest}")).is_err());
        // A letter of two bytes; and one that grows when lowered: U+0130 has two bytes, "i" with a dot above three.
        assert!(normalise_email(&alloc::format!("{}@example.org", "ä".repeat(121))).is_ok());
        assert!(normalise_email(&alloc::format!("{}@example.org", "İ".repeat(121))).is_err());
    }

    #[test]
    fn the_input_depends_on_address_and_practice() {
        let one = normalise_email("a@example.org").unwrap();
        let two = normalise_email("b@example.org").unwrap();
        let hash = |email, practice| input(email, &PracticeId(practice), &mut |_, _| ()).unwrap();
        let first = hash(&one, [1; 16]);
        assert_eq!(*first, *hash(&one, [1; 16]));
        assert_ne!(*first, *hash(&two, [1; 16]));
        assert_ne!(*first, *hash(&one, [2; 16]));
    }
}
