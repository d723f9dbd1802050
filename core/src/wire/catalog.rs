//! What a practice offers, and by which rules: the signed public catalog. `docs/SCHEDULING.md` says what each rule does.
use crate::{
    day::Day,
    ids::{Digest, PracticeId, ResourceId, ServiceId},
    suite::Suite,
    time::UnixSeconds,
};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};
use vestibule_cbor_derive::{Decode, Encode};

macro_rules! array {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $n:literal $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
        #[cbor(array)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$fdoc])* #[n($n)] pub $field: $ty,)* }
    };
}

/// A weekly opening interval in wall-clock time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct WeeklyInterval {
    /// ISO weekday: 1 Monday to 7 Sunday.
    #[n(0)]
    pub weekday: u8,
    /// Minutes after midnight, a multiple of 5.
    #[n(1)]
    pub from: u16,
    /// Minutes after midnight, a multiple of 5, later than `from`, at most 1,440.
    #[n(2)]
    pub to: u16,
}

/// An opening interval of one day in wall-clock time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct DayInterval {
    /// Minutes after midnight, a multiple of 5.
    #[n(0)]
    pub from: u16,
    /// Minutes after midnight, a multiple of 5, later than `from`, at most 1,440.
    #[n(1)]
    pub to: u16,
}

/// What a resource is: for the eye; no rule depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A person.
    #[n(1)]
    Practitioner,
    /// A room.
    #[n(2)]
    Room,
    /// A device.
    #[n(3)]
    Device,
    /// Several people who work as one.
    #[n(4)]
    Group,
}

array!(
    /// Other weekly hours for a time (rule S2).
    Season {
        /// First day.
        0 from: Day,
        /// Last day, itself included.
        1 to: Day,
        /// Hours in these days: sorted, without overlap; may be empty.
        2 hours: Vec<WeeklyInterval>,
    }
);
array!(
    /// Other hours on one date (rule S3).
    Exception {
        /// Which date.
        0 day: Day,
        /// Hours: sorted, without overlap; empty is closed.
        1 hours: Vec<DayInterval>,
    }
);
array!(
    /// Away once, from a wall-clock time to another (rule S5).
    Absence {
        /// Date of the first minute.
        0 from_day: Day,
        /// Minutes after midnight of the first minute, a multiple of 5, below 1,440.
        1 from: u16,
        /// Date of the first minute after it.
        2 to_day: Day,
        /// Minutes after midnight of the first minute after it, a multiple of 5, at most 1,440.
        3 to: u16,
    }
);
array!(
    /// Away every so many weeks, on the weekday of the first time (rule S5).
    RegularAbsence {
        /// The first time.
        0 first: Day,
        /// Every so many weeks, from 1 to 52.
        1 weeks: u8,
        /// Minutes after midnight, a multiple of 5.
        2 from: u16,
        /// Minutes after midnight, a multiple of 5, later than `from`, at most 1,440.
        3 to: u16,
        /// No time after this day.
        4 last: Option<Day>,
    }
);
array!(
    /// Capacity that is held back until shortly before (rule S14).
    HeldBack {
        /// ISO weekday.
        0 weekday: u8,
        /// Minutes after midnight, a multiple of 5.
        1 from: u16,
        /// Minutes after midnight, a multiple of 5, later than `from`, at most 1,440.
        2 to: u16,
        /// Released at midnight, this many days before.
        3 days: u16,
        /// Classes that may take it at any time: sorted.
        4 open_to: Vec<u16>,
    }
);
array!(
    /// What a resource's calendar has beyond its weekly hours.
    Schedule {
        /// What it is.
        0 kind: Kind,
        /// Open at all times: weekly hours, seasons, exceptions and closures do not matter. For rooms and devices.
        1 always: bool,
        /// Sorted, without overlap.
        2 seasons: Vec<Season>,
        /// Sorted by day, one for each.
        3 exceptions: Vec<Exception>,
        /// Sorted by start.
        4 absences: Vec<Absence>,
        /// In any order.
        5 regular: Vec<RegularAbsence>,
        /// In any order.
        6 held_back: Vec<HeldBack>,
        /// Position in [`Rules::locations`]; absent for the practice itself.
        7 location: Option<u16>,
    }
);
array!(
    /// A practitioner, room or device with weekly hours.
    Resource {
        /// Which.
        0 id: ResourceId,
        /// Display name, public.
        1 name: String,
        /// Hours, at most [`crate::limits::MAX_INTERVALS`], sorted, without overlap.
        2 hours: Vec<WeeklyInterval>,
        /// The rest of its calendar, if there is any.
        3 schedule: Option<Schedule>,
    }
);
array!(
    /// What a practice asks before an appointment. The answers are sealed in the booking.
    Question {
        /// As shown, in the catalog's language.
        0 text: String,
        /// Answers to choose from; none for one in the patient's words.
        1 answers: Vec<String>,
        /// Whether it must be answered.
        2 required: bool,
    }
);
array!(
    /// A service that patients can book.
    Service {
        /// Which.
        0 id: ServiceId,
        /// Display name, public.
        1 name: String,
        /// One or two plain sentences; may be empty.
        2 description: String,
        /// Duration in minutes, a multiple of 5. With classes: that of the first.
        3 minutes: u16,
        /// Who offers it. With classes: all that the first need of one of them names.
        4 resources: Vec<ResourceId>,
        /// [`Class`]es that it can be booked as, the first that fits is taken; absent for a service without further rules.
        5 classes: Option<Vec<u16>>,
        /// What it costs, as text, never empty.
        6 price: Option<String>,
        /// Asked with the details, never an empty list.
        7 questions: Option<Vec<Question>>,
        /// `true`: patients may book it together with others so marked, one after the other in one visit (rule S13); it has classes then.
        /// Else left out.
        8 together: Option<bool>,
    }
);
array!(
    /// One of several places of the practice.
    Location {
        /// Display name, public.
        0 name: String,
        /// Address and phone; may be empty.
        1 contact: String,
        /// IANA time zone.
        2 time_zone: String,
    }
);
array!(
    /// Days on which everybody's weekly hours rest: public holidays, company holidays (rule S4).
    Closure {
        /// First day.
        0 from: Day,
        /// Last day, itself included.
        1 to: Day,
        /// Why, public; may be empty.
        2 name: String,
        /// Position in [`Rules::locations`]; absent for all.
        3 location: Option<u16>,
    }
);
array!(
    /// A time in which nothing can be booked, for whatever day (rule S9).
    Pause {
        /// From this instant.
        0 from: UnixSeconds,
        /// Until before this one.
        1 to: UnixSeconds,
    }
);
array!(
    /// One thing that an appointment needs: one of these resources (rule S11).
    Need {
        /// Those that would do, in the order in which they are tried.
        0 one_of: Vec<ResourceId>,
        /// Minutes that it must be free before, a multiple of 5.
        1 before: u16,
        /// Minutes that it must be free after, a multiple of 5.
        2 after: u16,
    }
);

/// Who may hold an appointment of a class (rule S10).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Anybody.
    #[n(0)]
    Public,
    /// Only staff.
    #[n(1)]
    Internal,
    /// Who shows the code with this hash ([`code_hash`](crate::wire::catalog::code_hash)). The catalog is public, so a code
    /// is at least 16 random base32 characters, never a word.
    #[n(2)]
    WithCode(#[n(0)] Digest),
}

array!(
    /// The shape of bookings: all of a service that the server has to know. Services of one shape share a class, so that
    /// naming it tells no more than the shape does.
    Class {
        /// Which; unique in the catalog.
        0 id: u16,
        /// Duration in minutes, a multiple of 5.
        1 minutes: u16,
        /// What it takes, all of them at once. The first is whose appointment it is: the patient chooses among these.
        2 needs: Vec<Need>,
        /// Minimum notice in minutes.
        3 notice: u32,
        /// Days ahead that it can be booked, from 1 to [`crate::limits::MAX_HORIZON_DAYS`].
        4 horizon: u16,
        /// Who may hold it.
        5 access: Access,
        /// At most so many on one day of the practice's zone.
        6 per_day: Option<u16>,
        /// At most so many in one week, Monday to Sunday, of the practice's zone.
        7 per_week: Option<u16>,
        /// `true`: patients ask for it, and the practice confirms or declines (rule S17). Else left out.
        8 request: Option<bool>,
        /// Most appointments that a patient may book as one series (rule S18). Else left out.
        9 series: Option<u16>,
    }
);
array!(
    /// What a catalog has beyond resources and services.
    Rules {
        /// Places besides the practice itself.
        0 locations: Vec<Location>,
        /// Sorted by first day.
        1 closures: Vec<Closure>,
        /// Sorted, without overlap.
        2 pauses: Vec<Pause>,
        /// Sorted by id.
        3 classes: Vec<Class>,
    }
);
array!(
    /// What the booking page shows and the server books by, signed by the admin threshold. Public.
    Catalog {
        /// Algorithms.
        0 suite: Suite,
        /// Whose.
        1 practice: PracticeId,
        /// Counts up by one; from 1.
        2 number: u32,
        /// The practice's name.
        3 name: String,
        /// Address and phone as the practice wants them shown; may be empty.
        4 contact: String,
        /// IANA time zone.
        5 time_zone: String,
        /// BCP 47 language of names and descriptions.
        6 language: String,
        /// Resources.
        7 resources: Vec<Resource>,
        /// Services.
        8 services: Vec<Service>,
        /// Everything else, if there is anything.
        9 rules: Option<Rules>,
    }
);
array!(
    /// What a hold says of a visit besides its place.
    Visit {
        /// Classes, one after the other without a break; one or more.
        0 classes: Vec<u16>,
        /// The code, where one of them asks for it.
        1 code: Option<String>,
    }
);

/// H([`"vestibule"`, suite, `"class-code"`, practice, code]): what [`Access::WithCode`] holds.
pub fn code_hash(suite: Suite, practice: PracticeId, code: &str) -> Digest {
    use sha2::Digest as _;
    let input = crate::cbor::to_vec(&(
        crate::suite::DOMAIN,
        suite,
        crate::suite::namespace::CLASS_CODE,
        practice,
        code,
    ));
    Digest(sha2::Sha256::digest(input).into())
}
