//! Commands of the practice actor: directory, staff sessions, calendar, counters.
use super::{
    Declined,
    entries::{Acts, EntriesAdd},
    memos::MemoCommand,
    message,
    waiting::{Due, WaitingCommand},
};
use minicbor::{Decode, Encode};
use vestibule_core::{
    bytes::Bytes,
    calendar::{self, Claim},
    ids::{AppointmentId, Digest, PracticeId, ResourceId},
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Action, AppointmentContext, Place, State},
        catalog::Visit,
        memo::{Mark, MemoStored},
    },
};

/// What a counter counts; its number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Counted {
    /// Realm operations: begin, evaluate, voucher, redeem.
    #[n(1)]
    RealmOp,
    /// Locator evaluations.
    #[n(2)]
    Locate,
    /// Passkey ceremonies begun.
    #[n(3)]
    SignIn,
    /// Entries added to the waiting list.
    #[n(4)]
    Wait,
}

message! {
    /// One more for a network, up to a cap an hour.
    Count {
        /// What.
        0 what: Counted,
        /// Keyed hash of the network, of today.
        1 network: Digest,
        /// Cap for this network and hour.
        2 cap: u32,
    }
    /// Evaluate the locator: counted by network and practice, each proof of work once.
    Locate {
        /// Of the network.
        0 count: Count,
        /// MAC of the solved challenge.
        1 work: Digest,
        /// When the challenge ends: so long it is remembered.
        2 expires: UnixSeconds,
    }
    /// A WebAuthn ceremony that was begun.
    CeremonyPut {
        /// Random.
        0 id: Digest,
        /// What to remember.
        1 state: Bytes,
        /// When it ends.
        2 expires: UnixSeconds,
        /// For a sign-in: counted, and only in a founded practice. For founding `None`: only in one that is not.
        3 count: Option<Count>,
    }
    /// The signed directory, piece by piece.
    Pieces {
        /// CBOR of `Vec<Signed>` of root statements.
        0 roots: Bytes,
        /// CBOR of `Signed`.
        1 deployment: Bytes,
        /// CBOR of `Signed`.
        2 manifest: Bytes,
        /// CBOR of `Signed`.
        3 catalog: Bytes,
        /// CBOR of `Signed`.
        4 freshness: Bytes,
        /// CBOR of the `Catalog` in it.
        5 catalog_body: Bytes,
        /// CBOR of `Signed`: the deployment before, while patients go over.
        6 before: Option<Bytes>,
    }
    /// Found the practice: all or nothing.
    Found {
        /// Directory.
        0 pieces: Pieces,
        /// SHA-256 of the WebAuthn credential id.
        1 credential: Digest,
        /// JSON of the passkey.
        2 passkey: Bytes,
        /// CBOR of `StaffKeys`.
        3 staff_keys: Bytes,
        /// What this deployment is to the practice as a realm.
        4 member: Bytes,
        /// SHA-256 of the deployment's body.
        5 deployment: Digest,
    }
    /// Serve a practice as one of its realms; it need not be founded here.
    Join {
        /// SHA-256 of the deployment's body.
        0 deployment: Digest,
        /// What this deployment is to the practice.
        1 member: Bytes,
        /// MAC of the solved challenge.
        2 work: Digest,
        /// When the challenge ends: so long it is remembered.
        3 expires: UnixSeconds,
        /// SHA-256 of the body of the deployment that this one takes the place of.
        4 replaces: Option<Digest>,
    }
    /// Patients have gone over from the deployment before.
    End {
        /// SHA-256 of the body of the deployment that this realm serves.
        0 deployment: Digest,
        /// What it is to the practice from now on.
        1 member: Bytes,
        /// MAC of the solved challenge.
        2 work: Digest,
        /// When the challenge ends: so long it is remembered.
        3 expires: UnixSeconds,
    }
    /// Serve the practice no longer.
    Leave {
        /// SHA-256 of the body of the deployment that this realm serves; none if it stopped already, and has something left.
        0 deployment: Option<Digest>,
        /// MAC of the solved challenge.
        1 work: Digest,
        /// When the challenge ends: so long it is remembered.
        2 expires: UnixSeconds,
    }
    /// Spend a proof of work, for what a practice's root ordered.
    Spend {
        /// MAC of the solved challenge.
        0 work: Digest,
        /// When the challenge ends: so long it is remembered.
        1 expires: UnixSeconds,
    }
    /// Take a ceremony (single use), with the passkey of a credential if it has one.
    CeremonyTake {
        /// Which.
        0 id: Digest,
        /// SHA-256 of the asserted credential id.
        1 credential: Option<Digest>,
    }
    /// A ceremony as taken.
    Ceremony {
        /// What was remembered.
        0 state: Bytes,
        /// JSON of the passkey, if asked for and known.
        1 passkey: Option<Bytes>,
    }
    /// Open a session.
    SessionPut {
        /// SHA-256 of the bearer token.
        0 token: Digest,
        /// Whose.
        1 credential: Digest,
        /// When it ends.
        2 expires: UnixSeconds,
        /// JSON of the passkey with its new counter.
        3 passkey: Bytes,
    }
    /// A new catalog and the timestamp over it, if nobody was quicker.
    CatalogSet {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// SHA-256 of the bytes of the current `Signed` manifest and catalog: the timestamp is over both.
        1 expected: Digest,
        /// CBOR of `Signed`.
        2 catalog: Bytes,
        /// CBOR of the `Catalog` in it.
        3 catalog_body: Bytes,
        /// CBOR of `Signed`.
        4 freshness: Bytes,
        /// CBOR of `Signed`, where new calendars came.
        5 manifest: Option<Bytes>,
    }
    /// A new timestamp, if manifest and catalog are still those it names.
    FreshnessSet {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// SHA-256 of the bytes of the current `Signed` manifest and catalog: the timestamp is over both.
        1 expected: Digest,
        /// CBOR of `Signed`.
        2 freshness: Bytes,
    }
    /// A new deployment and manifest, if nobody was quicker and this realm serves that deployment.
    DeploymentSet {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// As in [`CatalogSet`].
        1 expected: Digest,
        /// SHA-256 of the new deployment's body.
        2 serves: Digest,
        /// CBOR of `Signed`.
        3 deployment: Bytes,
        /// CBOR of `Signed`; absent ends the time in which patients go over.
        4 before: Option<Bytes>,
        /// CBOR of `Signed`.
        5 manifest: Bytes,
        /// CBOR of `Signed`.
        6 freshness: Bytes,
    }
    /// What slots are computed from.
    SlotsLoad {
        /// Whose calendars.
        0 resources: Vec<ResourceId>,
        /// First cell.
        1 from: Cell,
        /// First cell after the span.
        2 to: Cell,
        /// Booking classes: the calendars of all that they may take are loaded too.
        3 classes: Option<Vec<u16>>,
    }
    /// See [`SlotsLoad`].
    SlotsData {
        /// CBOR of the `Catalog`.
        0 catalog: Bytes,
        /// Claims of live holds and bookings.
        1 claims: Vec<Claim>,
        /// Starts of live holds and bookings that count towards caps.
        2 counted: Vec<calendar::Counted>,
    }
    /// Hold a place.
    Hold {
        /// Taken once, for ever.
        0 appointment: AppointmentId,
        /// When and with whom.
        1 place: Place,
        /// SHA-256 of the capability.
        2 capability: Digest,
        /// Keyed hash of the network.
        3 network: Digest,
        /// Open holds that the network may have.
        4 cap: u32,
        /// Classes and code; absent for a service without classes.
        5 visit: Option<Visit>,
    }
    /// Turn a hold into a booking.
    Book {
        /// Whose calendar: the envelope must say the same.
        0 practice: PracticeId,
        /// SHA-256 of the shown capability.
        1 capability: Digest,
        /// What the envelope says it is bound to.
        2 context: AppointmentContext,
        /// Its bytes.
        3 envelope: Bytes,
        /// Their SHA-256.
        4 digest: Digest,
        /// SHA-256 of the CBOR of the sealed body: the head of the appointment's chain.
        5 head: Digest,
        /// It waits for the practice's answer.
        6 request: bool,
    }
    /// See `http::Booked`.
    Booked {
        /// State.
        0 state: State,
        /// SHA-256 of the stored envelope.
        1 envelope: Digest,
        /// See [`Due`].
        2 due: Due,
    }
    /// Read as the patient.
    Read {
        /// Which.
        0 appointment: AppointmentId,
        /// SHA-256 of the shown capability.
        1 capability: Digest,
    }
    /// A later act on an appointment.
    Act {
        /// Which.
        0 appointment: AppointmentId,
        /// Who asks.
        1 by: By,
        /// What to do.
        2 action: Action,
        /// Position in the chain.
        3 seq: u32,
        /// CBOR of a `Sealed` statement.
        4 statement: Bytes,
        /// Where to, for a move.
        5 place: Option<Place>,
        /// The classes of what a patient moves.
        6 visit: Option<Visit>,
    }
    /// Read as staff.
    StaffRead {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// Which.
        1 appointment: AppointmentId,
    }
    /// A page of the calendar, for staff.
    CalendarLoad {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// First start.
        1 from: Cell,
        /// First start after the span.
        2 to: Cell,
        /// At `from`: only ids after this one.
        3 after: Option<AppointmentId>,
        /// Prefixes of the heads of those whose content is not wanted.
        4 have: Bytes,
    }
    /// What appointments claim beside their calendars, for staff.
    BesideLoad {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// First start.
        1 from: Cell,
        /// First start after the span.
        2 to: Cell,
    }
    /// Cache hints, for staff.
    CachePut {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// Appointment and CBOR of a `Sealed` DEK.
        1 entries: Vec<(AppointmentId, Bytes)>,
    }
}

/// Who asks for an act.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum By {
    /// Whoever shows a capability of this SHA-256.
    #[n(0)]
    Patient(#[n(0)] Digest),
    /// Whoever shows a bearer token of this SHA-256.
    #[n(1)]
    Session(#[n(0)] Digest),
}

/// All commands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum PracticeCommand {
    /// See [`Count`].
    #[n(0)]
    Count(#[n(0)] Count),
    /// See [`Locate`].
    #[n(1)]
    Locate(#[n(0)] Locate),
    /// What this deployment is to the practice as a realm.
    #[n(2)]
    Member,
    /// See [`CeremonyPut`].
    #[n(3)]
    CeremonyPut(#[n(0)] CeremonyPut),
    /// See [`CeremonyTake`].
    #[n(4)]
    CeremonyTake(#[n(0)] CeremonyTake),
    /// See [`Found`].
    #[n(5)]
    Found(#[n(0)] Found),
    /// See [`SessionPut`].
    #[n(6)]
    SessionPut(#[n(0)] SessionPut),
    /// The directory, for anyone.
    #[n(7)]
    Directory,
    /// The directory, for the holder of this session.
    #[n(8)]
    StaffDirectory(#[n(0)] Digest),
    /// See [`CatalogSet`].
    #[n(9)]
    CatalogSet(#[n(0)] CatalogSet),
    /// See [`FreshnessSet`].
    #[n(10)]
    FreshnessSet(#[n(0)] FreshnessSet),
    /// See [`SlotsLoad`].
    #[n(11)]
    SlotsLoad(#[n(0)] SlotsLoad),
    /// See [`Hold`].
    #[n(12)]
    Hold(#[n(0)] Hold),
    /// See [`Book`].
    #[n(13)]
    Book(#[n(0)] Book),
    /// See [`Read`].
    #[n(14)]
    Read(#[n(0)] Read),
    /// See [`Act`].
    #[n(15)]
    Act(#[n(0)] Act),
    /// See [`CalendarLoad`].
    #[n(16)]
    CalendarLoad(#[n(0)] CalendarLoad),
    /// See [`CachePut`].
    #[n(17)]
    CachePut(#[n(0)] CachePut),
    /// Frees the cells of holds that ran out, and goes on with what is offered to the waiting list.
    #[n(18)]
    Expire,
    /// See [`Join`].
    #[n(19)]
    Join(#[n(0)] Join),
    /// See [`StaffRead`].
    #[n(20)]
    StaffRead(#[n(0)] StaffRead),
    /// See [`Spend`].
    #[n(21)]
    Spend(#[n(0)] Spend),
    /// See [`DeploymentSet`].
    #[n(22)]
    DeploymentSet(#[n(0)] DeploymentSet),
    /// See [`BesideLoad`].
    #[n(23)]
    BesideLoad(#[n(0)] BesideLoad),
    /// About the waiting list.
    #[n(30)]
    Waiting(#[n(0)] WaitingCommand),
    /// See [`EntriesAdd`].
    #[n(31)]
    EntriesAdd(#[n(0)] EntriesAdd),
    /// See [`Acts`].
    #[n(32)]
    Acts(#[n(0)] Acts),
    /// About notes and tasks.
    #[n(40)]
    Memo(#[n(0)] MemoCommand),
    /// The holds of a patient's series: all are granted, or none.
    #[n(41)]
    SeriesHold(#[n(0)] Vec<Hold>),
    /// The bookings of a patient's series: all are stored, or none.
    #[n(42)]
    SeriesBook(#[n(0)] Vec<Book>),
    /// See [`End`].
    #[n(24)]
    End(#[n(0)] End),
    /// See [`Leave`].
    #[n(25)]
    Leave(#[n(0)] Leave),
    /// Forget a practice that was left.
    #[n(26)]
    Erase,
    /// The deployment that patients went over from last, for the holder of this session.
    #[n(27)]
    Left(#[n(0)] Digest),
}

/// All answers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum PracticeReply {
    /// Not done.
    #[n(0)]
    Declined(#[n(0)] Declined),
    /// Done.
    #[n(1)]
    Done,
    /// What this deployment is to the practice as a realm: the bytes of [`Found`] or [`Join`].
    #[n(2)]
    Member(#[n(0)] Bytes),
    /// A taken ceremony.
    #[n(3)]
    Ceremony(#[n(0)] Ceremony),
    /// CBOR of the credential's `StaffKeys`.
    #[n(4)]
    StaffKeys(#[n(0)] Bytes),
    /// Directory.
    #[n(5)]
    Directory(#[n(0)] Pieces),
    /// See [`SlotsData`].
    #[n(6)]
    Slots(#[n(0)] SlotsData),
    /// When the hold lapses.
    #[n(7)]
    Held(#[n(0)] UnixSeconds),
    /// See [`Booked`].
    #[n(8)]
    Booked(#[n(0)] Booked),
    /// CBOR of `StoredAppointment`s, one after the other: one, or a page of the calendar.
    #[n(9)]
    Appointments(#[n(0)] Bytes),
    /// Appointments and what they claim.
    #[n(10)]
    Beside(#[n(0)] Vec<(AppointmentId, Place)>),
    /// Done; see [`Due`].
    #[n(20)]
    Due(#[n(0)] Due),
    /// How each of a list stands.
    #[n(21)]
    All(#[n(0)] Vec<Booked>),
    /// How a memo stands.
    #[n(30)]
    Memo(#[n(0)] MemoStored),
    /// Appointments with memos.
    #[n(31)]
    Marks(#[n(0)] Vec<Mark>),
    /// Nothing is left: the database may go.
    #[n(11)]
    Erased,
    /// CBOR of the `Signed` deployment that was left last.
    #[n(12)]
    Left(#[n(0)] Option<Bytes>),
}
