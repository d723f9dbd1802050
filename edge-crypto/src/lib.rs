//! The cryptography of users: everything that seals, opens, signs, shares, derives.
