//! Bodies of the HTTP routes. JSON for people's scripts; our client sends and asks for CBOR of the same types.
use crate::{
    bytes::Bytes,
    ids::{AppointmentId, Digest, PracticeId, RealmFingerprint, ResourceId, StaffId},
    time::UnixSeconds,
    wire::{
        appointment::{Action, Place, State},
        catalog::Visit,
        pow::Solution,
    },
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use serde::{Deserialize, Serialize};
use vestibule_cbor_derive::{Decode, Encode};

macro_rules! body {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $n:literal $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
        #[cbor(array)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$fdoc])* #[n($n)] pub $field: $ty,)* }
    };
}

body!(
    /// `GET /v1/realm`: how to reach this deployment as a realm.
    RealmDescription {
        /// Origin that it serves, also the WebAuthn origin.
        0 origin: String,
        /// X-Wing public key.
        1 kem_key: Bytes,
        /// Whether founding needs a code.
        2 founding_code: bool,
        /// Whether a development outbox is at `/dev/outbox`.
        3 development: bool,
        /// Composite key that it signs with, where it vouches for patients to other realms.
        4 signing_key: Bytes,
        /// Of both keys, for its operator to publish. Who compares it computes it from the keys.
        5 fingerprint: RealmFingerprint,
    }
);
body!(
    /// `POST /v1/practices`: begins founding.
    FoundBegin {
        /// Practice id: must be the hash of the genesis.
        0 practice: PracticeId,
        /// CBOR of the `Signed` genesis `RootStatement`.
        1 genesis: Bytes,
        /// The founder's staff id: the WebAuthn user handle.
        2 staff: StaffId,
        /// Name shown by the authenticator.
        3 staff_name: String,
        /// Proof of work; purpose `found`.
        4 work: Solution,
        /// Founding code, where the deployment asks for one; else empty.
        5 code: String,
    }
);
body!(
    /// A WebAuthn ceremony: options for `navigator.credentials`, as JSON text.
    Ceremony {
        /// `PublicKeyCredentialCreationOptionsJSON` or `...RequestOptionsJSON` under `publicKey`.
        0 options: String,
        /// Identifies the ceremony.
        1 ceremony: Digest,
    }
);
body!(
    /// `POST /v1/practices/{practice}/founding`: completes founding, all or nothing.
    FoundFinish {
        /// From [`Ceremony`].
        0 ceremony: Digest,
        /// `RegistrationResponseJSON` as text.
        1 registration: String,
        /// CBOR of the `Directory`.
        2 directory: Bytes,
        /// CBOR of the founder's `StaffKeys`.
        3 staff_keys: Bytes,
        /// CBOR of a sealed message to the realm: its 32-byte share of the locator key (`channel::seal_to_realm`).
        4 realm_share: Bytes,
    }
);
body!(
    /// `POST /v1/practices/{practice}/sessions`: completes a passkey sign-in.
    SignIn {
        /// From [`Ceremony`].
        0 ceremony: Digest,
        /// `AuthenticationResponseJSON` as text.
        1 assertion: String,
    }
);
body!(
    /// A staff session.
    Session {
        /// Bearer token, 32 bytes.
        0 token: Digest,
        /// When it ends.
        1 expires: UnixSeconds,
        /// CBOR of the credential's `StaffKeys`.
        2 staff_keys: Bytes,
    }
);
body!(
    /// `PUT /v1/practices/{practice}/catalog`: a new signed catalog and the timestamp over it.
    CatalogUpdate {
        /// CBOR of the `Signed` `Catalog`.
        0 catalog: Bytes,
        /// CBOR of the `Signed` `Freshness`.
        1 freshness: Bytes,
        /// CBOR of the `Signed` `Manifest` that follows, where the catalog has new calendars: it adds them to scopes, and changes nothing else.
        2 manifest: Option<Bytes>,
    }
);
body!(
    /// `PUT /v1/practices/{practice}/deployment`: other realms, or the end of the time in which patients go over to them.
    DeploymentUpdate {
        /// CBOR of the `Signed` `Deployment`.
        0 deployment: Bytes,
        /// CBOR of the `Signed` `Manifest` that names it.
        1 manifest: Bytes,
        /// CBOR of the `Signed` `Freshness`.
        2 freshness: Bytes,
    }
);
body!(
    /// `GET /v1/practices/{practice}/moving`: how far patients have gone over, as the first realm knows.
    Moving {
        /// Patients with a PIN under the deployment in force.
        0 here: u64,
        /// Patients whose PIN is still under the one before.
        1 before: u64,
        /// CBOR of the `Signed` `Deployment` that was left last, if one was: whom to tell that it has ended.
        2 left: Option<Bytes>,
    }
);
body!(
    /// Query of `GET /v1/practices/{practice}/slots`.
    SlotQuery {
        /// Resources that would do; one or more.
        0 resources: Vec<ResourceId>,
        /// Duration in minutes, a multiple of 5. The service itself is not told to the server.
        1 minutes: u32,
        /// First day, `YYYY-MM-DD` in the practice's time zone.
        2 from: String,
        /// Number of days.
        3 days: u32,
        /// Booking classes, one after the other; absent for a service without classes.
        4 classes: Option<Vec<u16>>,
        /// Only the first so many: the next free ones.
        5 first: Option<u32>,
    }
);
impl SlotQuery {
    /// `resources=ID,ID&minutes=20&from=2026-11-23&days=7`, then `&classes=1,2` and `&first=1` where there are any.
    pub fn to_query(&self) -> String {
        let ids: Vec<String> = self.resources.iter().map(ToString::to_string).collect();
        let mut query = format!(
            "resources={}&minutes={}&from={}&days={}",
            ids.join(","),
            self.minutes,
            self.from,
            self.days
        );
        if let Some(classes) = &self.classes {
            let classes: Vec<String> = classes.iter().map(ToString::to_string).collect();
            query = format!("{query}&classes={}", classes.join(","));
        }
        match self.first {
            Some(first) => format!("{query}&first={first}"),
            None => query,
        }
    }

    /// Inverse of [`Self::to_query`], in any order; `%2C` is a comma too. `None` for anything else.
    pub fn from_query(query: &str) -> Option<Self> {
        let names = ["resources", "minutes", "from", "days", "classes", "first"];
        let [resources, minutes, from, days, classes, first] = fields(query, names)?;
        let commas = |list: &str| list.replace("%2C", ",").replace("%2c", ",");
        let resources = commas(resources?);
        let classes = classes.map(commas);
        Some(Self {
            // One more than allowed is enough to refuse.
            resources: resources
                .split(',')
                .take(crate::limits::MAX_RESOURCES + 1)
                .map(|id| id.parse().ok())
                .collect::<Option<_>>()?,
            minutes: minutes?.parse().ok()?,
            from: from?.to_string(),
            days: days?.parse().ok()?,
            classes: match &classes {
                Some(list) => Some(
                    list.split(',')
                        .take(crate::limits::MAX_VISIT + 1)
                        .map(|id| id.parse().ok())
                        .collect::<Option<_>>()?,
                ),
                None => None,
            },
            first: match first {
                Some(first) => Some(first.parse().ok()?),
                None => None,
            },
        })
    }
}

body!(
    /// `POST /v1/practices/{practice}/calendar`: appointments that start in a span, sorted by start, then id.
    /// At most [`crate::limits::CALENDAR_PAGE`] come at once; after a full page ask again with `from` and `after` of its last.
    CalendarQuery {
        /// First start.
        0 from: UnixSeconds,
        /// First start after the span.
        1 to: UnixSeconds,
        /// Of those that start exactly at `from`, only ids greater than this.
        2 after: Option<AppointmentId>,
        /// The first [`HEAD_PREFIX`] bytes of the head of each appointment whose content the asker has, one after the
        /// other; at most [`crate::limits::CALENDAR_PAGE`] of them.
        3 have: Bytes,
    }
);

body!(
    /// `POST /v1/practices/{practice}/calendar/beside`: what appointments that start in a span claim beside their own calendars.
    BesideQuery {
        /// First start.
        0 from: UnixSeconds,
        /// First start after the span, which has at most [`crate::limits::MAX_BESIDE_DAYS`].
        1 to: UnixSeconds,
    }
);
body!(
    /// See [`BesideQuery`]. The server chose these rooms and devices when it decided on the holds (rule S11): nobody signs them.
    Beside {
        /// By start of the appointment, then id.
        0 claims: Vec<BesideClaim>,
    }
);
body!(
    /// One claim of a resource that is not the appointment's calendar, buffers included.
    BesideClaim {
        /// Which appointment.
        0 appointment: AppointmentId,
        /// Resource and cells.
        1 place: Place,
    }
);

/// Bytes of a head that name it in [`CalendarQuery::have`]: two of a practice's appointments never have the same.
pub const HEAD_PREFIX: usize = 8;

/// The values of `names` in a query string; `None` if there is another name, or one twice.
fn fields<'q, const N: usize>(query: &'q str, names: [&str; N]) -> Option<[Option<&'q str>; N]> {
    let mut values = [None; N];
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=')?;
        let slot = values.get_mut(names.iter().position(|n| *n == name)?)?;
        if slot.replace(value).is_some() {
            return None;
        }
    }
    Some(values)
}

body!(
    /// Free slots.
    Slots {
        /// Sorted by start, then resource.
        0 slots: Vec<Slot>,
    }
);
body!(
    /// A free slot.
    Slot {
        /// Whose calendar.
        0 resource: ResourceId,
        /// Start.
        1 start: UnixSeconds,
    }
);
body!(
    /// `POST /v1/practices/{practice}/holds`.
    Hold {
        /// Chosen by the client; taken once, for ever.
        0 appointment: AppointmentId,
        /// When and with whom.
        1 place: Place,
        /// SHA-256 of the capability.
        2 capability_hash: Digest,
        /// Proof of work; purpose `hold`, subject the appointment id.
        3 work: Solution,
        /// Classes; absent for a service without classes.
        4 visit: Option<Visit>,
    }
);
body!(
    /// A granted hold.
    Held {
        /// When it lapses.
        0 expires: UnixSeconds,
    }
);
body!(
    /// `POST /v1/practices/{practice}/appointments`: turns a hold into a booking.
    Book {
        /// Held before.
        0 appointment: AppointmentId,
        /// The capability whose hash the hold named.
        1 capability: Digest,
        /// CBOR of an `Envelope`.
        2 envelope: Bytes,
        /// `true`: a request, which the practice confirms or declines; the signed body must say the same.
        3 request: Option<bool>,
    }
);
body!(
    /// A booking that is stored.
    Booked {
        /// State.
        0 state: State,
        /// SHA-256 of the envelope's bytes, as stored.
        1 envelope: Digest,
    }
);
body!(
    /// `POST .../appointments/{appointment}/read`.
    Read {
        /// The capability.
        0 capability: Digest,
    }
);
body!(
    /// `POST .../appointments/{appointment}/statements`: a patient's later act.
    Act {
        /// The capability.
        0 capability: Digest,
        /// What the server is to do; the sealed statement must say the same, which every reader checks.
        1 action: Action,
        /// Position in the chain.
        2 seq: u32,
        /// CBOR of a `Sealed` statement.
        3 statement: Bytes,
        /// Where to, for a move.
        4 place: Option<Place>,
        /// The classes of what is moved, as in [`Hold`].
        5 visit: Option<Visit>,
    }
);
body!(
    /// `POST .../calendar/{appointment}/statements`: a staff member's later act.
    StaffAct {
        /// As of [`Act`].
        0 action: Action,
        /// Position in the chain.
        1 seq: u32,
        /// CBOR of a `Sealed` statement.
        2 statement: Bytes,
        /// Where to, for a move.
        3 place: Option<Place>,
    }
);
body!(
    /// Cache hints by staff: `PUT /v1/practices/{practice}/calendar/cache`.
    CacheUpdate {
        /// At most [`crate::limits::CACHE_BATCH`].
        0 entries: Vec<CacheEntry>,
    }
);
body!(
    /// One cache hint.
    CacheEntry {
        /// Which appointment.
        0 appointment: AppointmentId,
        /// CBOR of a `Sealed` DEK.
        1 cache: Bytes,
    }
);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn queries_round_trip_and_nothing_else_is_taken() {
        let slots = SlotQuery {
            resources: vec![ResourceId([1; 16]), ResourceId([2; 16])],
            minutes: 20,
            from: "2026-11-23".to_string(),
            days: 7,
            classes: None,
            first: None,
        };
        let visits = SlotQuery { classes: Some(vec![3, 4]), first: Some(1), ..slots.clone() };
        assert_eq!(SlotQuery::from_query(&visits.to_query()), Some(visits.clone()));
        assert_eq!(SlotQuery::from_query(&visits.to_query().replace(',', "%2c")), Some(visits.clone()));
        assert_eq!(SlotQuery::from_query(&slots.to_query()), Some(slots.clone()));
        assert_eq!(SlotQuery::from_query(&slots.to_query().replace(',', "%2C")), Some(slots.clone()));
        for bad in [
            "",
            "&",
            "resources=",
            &(slots.to_query() + "&days=7"),
            &(slots.to_query() + "&x=1"),
            &slots.to_query().replace("minutes=20", "minutes=-1"),
            &slots.to_query().replace("&days=7", ""),
            &(slots.to_query() + "&classes="),
            &(slots.to_query() + "&classes=70000"),
            &(slots.to_query() + "&first=-1"),
        ] {
            assert_eq!(SlotQuery::from_query(bad), None, "{bad}");
        }
    }
}
