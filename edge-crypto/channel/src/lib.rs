//! What a realm does with its own keys: sealed messages and storage under the platform secret.
