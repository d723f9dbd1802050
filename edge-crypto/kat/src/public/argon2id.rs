//! Argon2id: the RFC's vector through every fill of this target, and many hashes against the `argon2` crate.
use crate::vector::count;
use vestibule_argon2id::kat;

pub(crate) fn rfc9106() -> u32 {
    let tags = kat::rfc9106().unwrap();
    for tag in &tags {
        assert_eq!(tag, &kat::RFC9106_TAG);
    }
    count(&tags)
}

pub(crate) fn differential() -> u32 {
    u32::try_from(kat::differential().unwrap()).unwrap()
}
