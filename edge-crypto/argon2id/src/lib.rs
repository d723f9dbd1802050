//! Argon2id: the argon2 crate, and a simd128 fill for browsers.
