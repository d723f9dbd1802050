//! Threshold verifiable OPRF, both sides.
