//! Checks signatures, manifests and proofs: all that servers may use.
