//! What a signed-in staff member holds: the credential's keys, the epoch keys granted to it, and what it remembers
//! against rollback.
mod keyring;
mod memory;
mod unseal;

pub use keyring::{EpochKey, GrantError, Keyring};
pub use memory::{MemoryError, StaffMemory};
pub use unseal::{StaffKeyError, open_staff_seeds};
