//! Which realm it was: errors of flows over several realms say what went wrong, and this says where. Realms that were passed
//! over because enough others answered are here too, so that a page can tell.
use crate::client::{Client, ClientError, Env, Transport, realm::RealmAt};
use std::sync::Mutex;

/// Most that are kept: a flow asks three realms a few times each.
const MOST: usize = 16;

/// A realm that did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Its origin, as the practice's root names it.
    pub origin: String,
    /// [`ClientError::code`].
    pub code: &'static str,
    /// It answered, and refused: a wrong PIN, a wrong code. Else it is down, or its answer does not hold.
    pub refused: bool,
}

/// What was noted since it was last read, oldest first.
#[derive(Debug, Default)]
pub(super) struct Troubles(Mutex<Vec<Trouble>>);

impl Troubles {
    /// Notes an error of a realm of several; of a single one there is nothing to tell apart.
    pub(super) fn note(&self, at: &RealmAt, error: &ClientError) {
        if let Some(origin) = &at.origin {
            self.note_origin(origin, error);
        }
    }

    /// Notes an error of whoever answers at an origin.
    pub(super) fn note_origin(&self, origin: &str, error: &ClientError) {
        let Ok(mut noted) = self.0.lock() else { return };
        if noted.len() < MOST {
            let refused = matches!(error, ClientError::Refused(_));
            noted.push(Trouble { origin: origin.to_owned(), code: error.code(), refused });
        }
    }
}

impl<T: Transport, E: Env> Client<T, E> {
    /// The realms that failed since this was last asked, oldest first; forgotten then.
    pub fn troubles(&self) -> Vec<Trouble> {
        self.troubles.0.lock().map(|mut noted| core::mem::take(&mut *noted)).unwrap_or_default()
    }

    /// Passes a realm's outcome on, and notes a failure.
    pub(super) fn noted<A>(&self, at: &RealmAt, outcome: Result<A, ClientError>) -> Result<A, ClientError> {
        outcome.inspect_err(|error| self.troubles.note(at, error))
    }
}
