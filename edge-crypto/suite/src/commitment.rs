//! The attack that the commitment stops: AES-GCM alone lets one ciphertext open under two keys.
use crate::{Secret32, hazmat, open, seal, seal::Keys};
use aes::{
    Aes256,
    cipher::{BlockCipherEncrypt, KeyInit},
};
use alloc::vec::Vec;
use vestibule_core::{cbor, wire::envelope::Sealed};

const NS: &str = "vault";
/// x^128 + x^7 + x^2 + x + 1 with GCM's order of bits.
const R: u128 = 0xe1 << 120;

fn multiply(mut a: u128, b: u128) -> u128 {
    (0..128).rev().fold(0, |sum, bit| {
        let term = if b >> bit & 1 == 1 { a } else { 0 };
        a = (a >> 1) ^ if a & 1 == 1 { R } else { 0 };
        sum ^ term
    })
}

/// a^(2^128 - 2).
fn invert(a: u128) -> u128 {
    let (mut power, mut result) = (multiply(a, a), 1 << 127);
    for _ in 1..128 {
        result = multiply(result, power);
        power = multiply(power, power);
    }
    result
}

fn blocks(bytes: &[u8]) -> impl Iterator<Item = u128> {
    bytes.chunks(16).map(|chunk| {
        let mut block = [0; 16];
        block[..chunk.len()].copy_from_slice(chunk);
        u128::from_be_bytes(block)
    })
}

/// One key's view of a ciphertext: its hash key, and the tag that it expects.
struct View {
    h: u128,
    mask: u128,
}

impl View {
    fn new(keys: &Keys) -> Self {
        let aes = Aes256::new((&keys.encryption).into());
        let encrypt = |block: u128| {
            let mut block = block.to_be_bytes().into();
            aes.encrypt_block(&mut block);
            u128::from_be_bytes(block.into())
        };
        let mut counter = [0; 16];
        counter[..12].copy_from_slice(&keys.nonce);
        counter[15] = 1;
        Self { h: encrypt(0), mask: encrypt(u128::from_be_bytes(counter)) }
    }

    fn tag(&self, aad: &[u8], ciphertext: &[u8]) -> u128 {
        let lengths = (aad.len() as u128 * 8) << 64 | (ciphertext.len() as u128 * 8);
        let hash = blocks(aad)
            .chain(blocks(ciphertext))
            .chain([lengths])
            .fold(0, |hash, block| multiply(hash ^ block, self.h));
        hash ^ self.mask
    }
}

#[test]
fn one_ciphertext_for_two_keys_opens_under_one_at_most() {
    let (key_1, key_2) = (Secret32::from_bytes([1; 32]), Secret32::from_bytes([2; 32]));
    let context = 7u8;
    let mut rng = crate::testing::Counter(0);
    let sealed = seal(&mut rng, &key_1, NS, &context, b"one text");
    let aad = cbor::to_vec(&(1u8, NS, context));
    let keys = [&key_1, &key_2].map(|key| Keys::derive(key, &sealed.salt, NS, &context));
    let views = keys.each_ref().map(View::new);

    // The last block is chosen so that both keys expect one tag: (H1^2 + H2^2) * block = difference of the tags without it.
    let mut ciphertext = sealed.ciphertext[..sealed.ciphertext.len() - 16].to_vec();
    assert_eq!(views[0].tag(&aad, &ciphertext).to_be_bytes(), sealed.ciphertext[ciphertext.len()..]);
    let last = ciphertext.len() - 16;
    ciphertext[last..].fill(0);
    let difference = views[0].tag(&aad, &ciphertext) ^ views[1].tag(&aad, &ciphertext);
    let factor = views.iter().fold(0, |sum, view| sum ^ multiply(view.h, view.h));
    ciphertext[last..].copy_from_slice(&multiply(difference, invert(factor)).to_be_bytes());
    let tag = views[0].tag(&aad, &ciphertext);
    assert_eq!(tag, views[1].tag(&aad, &ciphertext));
    let forged: Vec<u8> = [&ciphertext[..], &tag.to_be_bytes()].concat();

    // The attack works on AES-GCM: both keys take the tag.
    for keys in &keys {
        let mut buffer = forged.clone();
        assert!(hazmat::aes256gcm_open(&keys.encryption, &keys.nonce, &aad, &mut buffer).is_some());
    }
    // But a Sealed names one commitment, and each key has its own.
    assert_ne!(keys[0].commit, keys[1].commit);
    for (commit, refusing) in [(keys[0].commit, &key_2), (keys[1].commit, &key_1)] {
        let commit = vestibule_core::ids::Digest(commit);
        let swapped = Sealed { commit, ciphertext: forged.clone().into(), ..sealed.clone() };
        assert!(open(refusing, NS, &context, &swapped).is_err());
    }
}
