//! What a signed-in staff member holds: the credential's keys, the epoch keys granted to it, and what it remembers
//! against rollback.
mod calendar_memory;
mod keyring;
mod memory;
mod summary;
mod unseal;

pub(crate) use calendar_memory::Kept;
pub use calendar_memory::{CalendarMemory, periods};
pub use keyring::{EpochKey, GrantError, Keyring};
pub use memory::{MemoryError, StaffMemory};
pub use summary::{Last, Summary};
pub use unseal::{StaffKeyError, open_root_key, open_staff_seeds};
