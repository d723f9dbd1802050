//! The flows of patients and staff, one operation a file, generic over [`Transport`] and [`Env`]: the same code runs
//! in browsers (WASM) and in native tests.
//!
//! A flow checks everything that it gets; what is wrong has its own [`ClientError`]. The single realm operations
//! ([`realm`]) are public too, so that hostile tests can leave the path.
mod act;
mod attempts;
mod book;
mod book_series;
mod call;
mod challenge;
mod change_pin;
pub mod device;
mod directory;
mod enrol;
mod error;
mod join;
mod list;
mod locate;
mod offline;
pub mod practice;
pub mod problem;
mod quorum;
pub mod realm;
mod released;
mod session;
mod settle;
mod standing;
mod transport;
mod trouble;
mod unlock;
mod vault;
mod waiting;
mod witness;

pub use book::{BookRequest, LIMIT_DETAILS};
pub use book_series::BookedSeries;
pub use directory::{Practice, verified};
pub use enrol::{Prepared, Tickets};
pub use error::ClientError;
pub use locate::Located;
pub use session::{DeviceToken, Session};
pub use transport::{CBOR, Env, PROBLEM_CBOR, Request, Response, Transport, TransportError};
pub use trouble::Trouble;
pub use unlock::{Candidate, Unlocked};
pub use waiting::{WaitRequest, WaitingLine};

/// A client: everything else hangs on it.
#[derive(Debug)]
pub struct Client<T, E> {
    /// How to reach the server.
    pub transport: T,
    /// Clock and randomness.
    pub env: E,
    attempts: attempts::Attempts,
    troubles: trouble::Troubles,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// A client without state.
    pub fn new(transport: T, env: E) -> Self {
        Self {
            transport,
            env,
            attempts: attempts::Attempts::default(),
            troubles: trouble::Troubles::default(),
        }
    }
}
