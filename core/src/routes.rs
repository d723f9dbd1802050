//! The route table: one enum for both servers, the client, the documents and the tests.
use crate::{
    ids::{AppointmentId, MemoId, PracticeId, WaitingId},
    limits,
};
use alloc::{format, string::String};

/// HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
}

impl Method {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Anyone, under rate limits.
    Public,
    /// The same, and the pages of other deployments too: what a founder's or a patient's browser asks of a realm that is not
    /// where its page came from. Nothing of it takes credentials, so the answer is the same for every asker.
    Realm,
    /// Who shows the appointment's capability in the body.
    Capability,
    /// A staff session: `Authorization: Bearer <base64url token>`.
    Staff,
}

macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident $(($($arg:ident: $ty:ty),+))? = $method:ident $pattern:literal, $access:ident, $limit:expr;)*) => {
        /// A route with its path parameters.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Route { $($(#[$doc])* $name $(($($ty),+))?,)* }

        /// A row of the table.
        #[derive(Debug, Clone, Copy)]
        pub struct RouteInfo {
            /// Name of the operation.
            pub name: &'static str,
            /// Method.
            pub method: Method,
            /// Path with `{parameters}`.
            pub pattern: &'static str,
            /// Who may call.
            pub access: Access,
            /// Largest body in bytes.
            pub body_limit: usize,
        }

        /// Every route.
        pub const ROUTES: &[RouteInfo] = &[$(RouteInfo {
            name: stringify!($name), method: Method::$method, pattern: $pattern, access: Access::$access, body_limit: $limit,
        },)*];

        impl Route {
            /// Method, limits and access of this route.
            pub fn info(&self) -> &'static RouteInfo {
                let name = match self { $(Self::$name $(($(routes!(@skip $arg)),+))? => stringify!($name),)* };
                // The table is built from the same rows, so the name is always there.
                ROUTES.iter().find(|r| r.name == name).unwrap_or(&ROUTES[0])
            }

            /// The path with its parameters filled in.
            pub fn path(&self) -> String {
                match self { $(Self::$name $(($($arg),+))? => format!($pattern $($(, $arg = $arg)+)?),)* }
            }

            /// Finds the route of a path. `Err(true)` if the path exists under another method.
            #[expect(clippy::redundant_closure_call, reason = "the closure is what `?` leaves")]
            pub fn find(method: &str, path: &str) -> Result<Self, bool> {
                let mut known = false;
                $(
                    if let Some(_values) = match_pattern($pattern, path) {
                        let mut _values = _values.into_iter();
                        let route = (|| Some(Self::$name $(($({
                            let $arg: $ty = _values.next()??.parse().ok()?;
                            $arg
                        }),+))?))();
                        if let Some(route) = route {
                            if method == Method::$method.as_str() { return Ok(route); }
                            known = true;
                        }
                    }
                )*
                Err(known)
            }
        }
    };
    (@skip $arg:ident) => { _ };
}

/// Methods under which pages of other deployments may ask for a path ([`Access::Realm`]); none for most paths.
pub fn realm_methods(path: &str) -> impl Iterator<Item = Method> {
    ROUTES
        .iter()
        .filter(move |row| row.access == Access::Realm && match_pattern(row.pattern, path).is_some())
        .map(|row| row.method)
}

/// Values of a pattern's parameters, in order; at most two.
fn match_pattern<'p>(pattern: &str, path: &'p str) -> Option<[Option<&'p str>; 2]> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let (mut values, mut n) = ([None; 2], 0);
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(values),
            (Some(w), Some(g)) if w.starts_with('{') => {
                *values.get_mut(n)? = Some(g);
                n += 1;
            }
            (Some(w), Some(g)) if w == g => {}
            _ => return None,
        }
    }
}

routes! {
    /// Liveness.
    Health = Get "/v1/health", Public, 0;
    /// This deployment as a realm.
    RealmDescription = Get "/v1/realm", Realm, 0;
    /// A sealed realm message.
    Realm = Post "/v1/realm", Realm, limits::BODY_REALM;
    /// Begin founding.
    FoundBegin = Post "/v1/practices", Public, limits::BODY_DIRECTORY;
    /// Complete founding.
    FoundFinish(practice: PracticeId) = Post "/v1/practices/{practice}/founding", Public, limits::BODY_DIRECTORY;
    /// Begin a passkey sign-in.
    SignInBegin(practice: PracticeId) = Post "/v1/practices/{practice}/ceremonies", Public, limits::BODY_SMALL;
    /// Complete a passkey sign-in.
    SignIn(practice: PracticeId) = Post "/v1/practices/{practice}/sessions", Public, limits::BODY_DIRECTORY;
    /// The signed directory.
    Directory(practice: PracticeId) = Get "/v1/practices/{practice}/directory", Public, 0;
    /// The catalog as JSON, for the first paint; the client verifies the signed one.
    Catalog(practice: PracticeId) = Get "/v1/practices/{practice}/catalog", Public, 0;
    /// A new signed catalog.
    CatalogPut(practice: PracticeId) = Put "/v1/practices/{practice}/catalog", Staff, limits::BODY_DIRECTORY;
    /// A new root-signed deployment and the manifest that names it.
    DeploymentPut(practice: PracticeId) = Put "/v1/practices/{practice}/deployment", Staff, limits::BODY_DIRECTORY;
    /// How far patients have gone over to other realms.
    Moving(practice: PracticeId) = Get "/v1/practices/{practice}/moving", Staff, 0;
    /// A new staff-signed timestamp.
    FreshnessPut(practice: PracticeId) = Put "/v1/practices/{practice}/freshness", Staff, limits::BODY_SMALL * 2;
    /// A proof-of-work challenge.
    Challenge(practice: PracticeId) = Post "/v1/practices/{practice}/challenges", Realm, limits::BODY_SMALL;
    /// Free slots.
    Slots(practice: PracticeId) = Get "/v1/practices/{practice}/slots", Public, 0;
    /// Hold a slot.
    Hold(practice: PracticeId) = Post "/v1/practices/{practice}/holds", Public, limits::BODY_SMALL;
    /// Turn a hold into a booking.
    Book(practice: PracticeId) = Post "/v1/practices/{practice}/appointments", Capability, limits::BODY_BOOKING;
    /// Hold all places of a patient's series, or none.
    SeriesHold(practice: PracticeId) = Post "/v1/practices/{practice}/holds/series", Public, limits::BODY_BOOKING;
    /// Turn the holds of a series into bookings: all, or none.
    SeriesBook(practice: PracticeId) = Post "/v1/practices/{practice}/appointments/series", Capability, limits::BODY_SERIES;
    /// Read one appointment as its patient.
    Read(practice: PracticeId, appointment: AppointmentId) = Post "/v1/practices/{practice}/appointments/{appointment}/read", Capability, limits::BODY_SMALL;
    /// A patient's later act on an appointment.
    Act(practice: PracticeId, appointment: AppointmentId) = Post "/v1/practices/{practice}/appointments/{appointment}/statements", Capability, limits::BODY_BOOKING;
    /// The practice's appointments in a span, as a CBOR sequence: whole, or listed if the asker has them.
    Calendar(practice: PracticeId) = Post "/v1/practices/{practice}/calendar", Staff, limits::BODY_CALENDAR;
    /// Read one appointment as staff, wherever it stands.
    StaffRead(practice: PracticeId, appointment: AppointmentId) = Get "/v1/practices/{practice}/calendar/{appointment}", Staff, 0;
    /// A staff member's later act on an appointment.
    StaffAct(practice: PracticeId, appointment: AppointmentId) = Post "/v1/practices/{practice}/calendar/{appointment}/statements", Staff, limits::BODY_BOOKING;
    /// Rooms and devices that appointments of a span claim beside their calendars.
    Beside(practice: PracticeId) = Post "/v1/practices/{practice}/calendar/beside", Staff, limits::BODY_SMALL;
    /// Join the waiting list.
    WaitingJoin(practice: PracticeId) = Post "/v1/practices/{practice}/waiting", Public, limits::BODY_BOOKING;
    /// A patient's own entry of the waiting list, with its offer.
    WaitingRead(practice: PracticeId, entry: WaitingId) = Post "/v1/practices/{practice}/waiting/{entry}/read", Capability, limits::BODY_SMALL;
    /// Accept an offer: it becomes a hold.
    WaitingAccept(practice: PracticeId, entry: WaitingId) = Post "/v1/practices/{practice}/waiting/{entry}/acceptance", Capability, limits::BODY_SMALL;
    /// Leave the waiting list, or let an offer pass.
    WaitingAct(practice: PracticeId, entry: WaitingId) = Post "/v1/practices/{practice}/waiting/{entry}/acts", Capability, limits::BODY_SMALL;
    /// A page of the waiting list, as a CBOR sequence.
    WaitingList(practice: PracticeId) = Post "/v1/practices/{practice}/calendar/waiting", Staff, limits::BODY_SMALL;
    /// Take an entry off the waiting list.
    WaitingRemove(practice: PracticeId, entry: WaitingId) = Post "/v1/practices/{practice}/calendar/waiting/{entry}/removal", Staff, limits::BODY_SMALL;
    /// Mail the notice of an open offer, once.
    WaitingMail(practice: PracticeId, entry: WaitingId) = Post "/v1/practices/{practice}/calendar/waiting/{entry}/mail", Staff, limits::BODY_SMALL;
    /// What the practice enters itself: blocks, and visits of people who called. All or none.
    EntriesAdd(practice: PracticeId) = Post "/v1/practices/{practice}/calendar/entries", Staff, limits::BODY_ENTRIES;
    /// Acts of a staff member on several appointments. All or none.
    StaffActs(practice: PracticeId) = Post "/v1/practices/{practice}/calendar/statements", Staff, limits::BODY_ENTRIES;
    /// A version of a note or task: the first, or the one after the newest.
    MemoPut(practice: PracticeId, memo: MemoId) = Put "/v1/practices/{practice}/calendar/memos/{memo}", Staff, limits::BODY_MEMO;
    /// The newest version of a note or task, removed ones too.
    MemoRead(practice: PracticeId, memo: MemoId) = Get "/v1/practices/{practice}/calendar/memos/{memo}", Staff, 0;
    /// The notes and tasks about an appointment, or all open tasks, as a CBOR sequence.
    MemoList(practice: PracticeId) = Post "/v1/practices/{practice}/calendar/memos", Staff, limits::BODY_SMALL;
    /// Which appointments of a span have notes or open tasks.
    MemoMarks(practice: PracticeId) = Post "/v1/practices/{practice}/calendar/marks", Staff, limits::BODY_SMALL;
    /// Store cache hints.
    CachePut(practice: PracticeId) = Put "/v1/practices/{practice}/calendar/cache", Staff, limits::BODY_CACHE;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_deployments_pages_reach_what_a_realm_needs_and_no_more() {
        let p = PracticeId([7; 16]);
        let methods = |route: Route| realm_methods(&route.path()).collect::<alloc::vec::Vec<_>>();
        assert_eq!(methods(Route::Realm), [Method::Get, Method::Post]);
        assert_eq!(methods(Route::Challenge(p)), [Method::Post]);
        assert_eq!(ROUTES.iter().filter(|row| row.access == Access::Realm).count(), 3);
        for route in
            [Route::Health, Route::FoundBegin, Route::Directory(p), Route::Calendar(p), Route::Hold(p)]
        {
            assert_eq!(methods(route), []);
        }
    }

    #[test]
    fn paths_round_trip_and_wrong_methods_are_told() {
        let (p, a) = (PracticeId([7; 16]), AppointmentId([9; 16]));
        for route in [Route::Health, Route::FoundBegin, Route::Slots(p), Route::Read(p, a)] {
            assert_eq!(Route::find(route.info().method.as_str(), &route.path()), Ok(route));
            assert_eq!(Route::find("DELETE", &route.path()), Err(true));
        }
        assert_eq!(Route::find("GET", "/v1/practices/nonsense/slots"), Err(false));
        assert_eq!(Route::find("GET", "/v1/practices//slots"), Err(false));
    }
}
