//! Suite V1: sealing, wrapping, key derivation.
