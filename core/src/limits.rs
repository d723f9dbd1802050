//! Every limit in one place, with its arithmetic.

/// Minutes in a grid cell.
pub const CELL_MINUTES: u32 = 5;
/// A hold lives 10 minutes and is never renewed (PROTOCOL section 6).
pub const HOLD_SECONDS: u64 = 600;
/// Longest appointment: 8 h = 96 cells.
pub const MAX_APPOINTMENT_CELLS: u32 = 96;
/// Slots are asked for at most 35 days at once: five weeks of a month view.
pub const MAX_SLOT_DAYS: u32 = 35;
/// Days in which the first few free slots are looked for: a quarter.
pub const MAX_SEARCH_DAYS: u32 = 92;
/// How far ahead slots are offered, in days, unless a class says otherwise.
pub const HORIZON_DAYS: u32 = 180;
/// Farthest horizon of a class, in days: two years.
pub const MAX_HORIZON_DAYS: u16 = 731;
/// Longest buffer on one side, in minutes: 4 h. With 14 h of zone and 8 h of appointment it stays within a day and a half.
pub const MAX_BUFFER_MINUTES: u16 = 240;
/// Longest minimum notice of a class, in minutes: 90 days.
pub const MAX_NOTICE_MINUTES: u32 = 90 * 1_440;
/// Booking classes of one catalog.
pub const MAX_CLASSES: usize = 64;
/// Things that one class needs.
pub const MAX_NEEDS: usize = 6;
/// Classes in one visit.
pub const MAX_VISIT: usize = 4;
/// Longest span of the calendar, in days, of which staff may ask what is claimed beside the calendars.
pub const MAX_BESIDE_DAYS: u64 = 8;
/// Locations besides the practice itself.
pub const MAX_LOCATIONS: usize = 16;
/// Dated closures: ten years of 12 holidays at 2 places, and company holidays.
pub const MAX_CLOSURES: usize = 256;
/// Pauses of a practice.
pub const MAX_PAUSES: usize = 16;
/// Seasons of one resource.
pub const MAX_SEASONS: usize = 12;
/// Exceptions, absences or regular absences of one resource: one a week for a year.
pub const MAX_EXCEPTIONS: usize = 53;
/// Held-back intervals of one resource.
pub const MAX_HELD_BACK: usize = 42;
/// The whole catalog in bytes of CBOR: with its signature and base64's third twice it stays below [`BODY_DIRECTORY`].
pub const CATALOG_BYTES: usize = 64 * 1024;
/// Resources in one practice.
pub const MAX_RESOURCES: usize = 64;
/// Services in one catalog.
pub const MAX_SERVICES: usize = 128;
/// Weekly opening intervals of one resource: 7 days of 6.
pub const MAX_INTERVALS: usize = 42;
/// Names of practices, resources and services, in bytes of UTF-8.
pub const NAME_BYTES: usize = 200;
/// Descriptions and contact lines, in bytes of UTF-8.
pub const DESCRIPTION_BYTES: usize = 1_000;

/// Questions of a service, and answers to choose from of one.
pub const MAX_QUESTIONS: usize = 12;

/// Wrong PINs of strangers in an hour, per realm and patient (PROTOCOL section 4).
pub const STRANGER_ATTEMPTS_PER_HOUR: u32 = 3;
/// Unrefunded attempts of strangers before only a patient-key signature or a voucher helps.
pub const STRANGER_ATTEMPTS_UNREFUNDED: u32 = 10;
/// Attempts of any kind for one registration that were never refunded.
pub const REGISTRATION_ATTEMPTS: u32 = 100;
/// Unrefunded attempts of one device token.
pub const DEVICE_ATTEMPTS: u32 = 10;
/// An attempt handle must be confirmed within 5 minutes.
pub const ATTEMPT_SECONDS: u64 = 300;
/// A pending registration that never saw its right PIN is dropped after an hour.
pub const PENDING_SECONDS: u64 = 3_600;
/// A mailed code lives 15 minutes.
pub const VOUCHER_SECONDS: u64 = 900;
/// Guesses at one mailed code: 5 in 10^6.
pub const VOUCHER_GUESSES: u32 = 5;
/// Codes mailed for one patient in an hour.
pub const VOUCHERS_PER_HOUR: u32 = 5;
/// A redeemed voucher's ticket lives 15 minutes.
pub const TICKET_SECONDS: u64 = 900;
/// While patients go from one deployment to the next, those whom nobody is go too, at times spread over 180 days.
pub const MOVING_SECONDS: u64 = 180 * 86_400;
/// What a realm signed for a patient to show to another realm is good for an hour, by both clocks.
pub const INTRODUCTION_SECONDS: u64 = 3_600;
/// Device tokens of one registration; the oldest goes.
pub const DEVICES: usize = 16;

/// Locator evaluations an hour for one network and practice.
pub const LOCATES_PER_NETWORK_HOUR: u32 = 60;
/// Locator evaluations an hour for one practice.
pub const LOCATES_PER_PRACTICE_HOUR: u32 = 2_000;
/// Realm operations (begin, evaluate, voucher, redeem) an hour for one network and practice.
pub const REALM_OPS_PER_NETWORK_HOUR: u32 = 600;
/// Holds open at once for one network and practice.
pub const HOLDS_PER_NETWORK: u32 = 8;
/// Most appointments of a series that a patient books: no more than the holds that one network may have.
pub const MAX_SERIES: usize = 8;
/// Holds open at once in one practice.
pub const HOLDS_PER_PRACTICE: u32 = 400;
/// Entries added to the waiting list in an hour for one network and practice.
pub const WAITS_PER_NETWORK_HOUR: u32 = 8;
/// Entries that wait at once in one practice: a freed place is held against each.
pub const WAITING_PER_PRACTICE: u64 = 300;
/// Entries in one page of the waiting list: 16 KiB each.
pub const WAITING_PAGE: u64 = 50;
/// Kinds of place that one entry may want: a class for each length, with somebody else each.
pub const MAX_WANTS: usize = 8;
/// How far ahead the last date of an entry may be, in days.
pub const WAITING_DAYS: u32 = 180;
/// After half an hour the next of the waiting list may take an offered place as well.
pub const OFFER_STEP_SECONDS: u64 = 1_800;
/// An offer is open for 4 hours, or until the class's notice before the start.
pub const OFFER_SECONDS: u64 = 14_400;
/// Passkey sign-in ceremonies begun an hour for one network and practice.
pub const SIGN_INS_PER_NETWORK_HOUR: u32 = 120;

/// Proof of work: sub-puzzles in one solution. Sixteen keep the spread small: the time of one puzzle is
/// geometric (deviation = mean), of sixteen a quarter of the mean.
pub const POW_PUZZLES: usize = 16;
/// Leading zero bits of each sub-puzzle: 16 x 2^12 = 65,536 SHA-256 compressions in the mean.
pub const POW_BITS: u32 = 12;
/// A challenge is good for 10 minutes.
pub const POW_SECONDS: u64 = 600;

/// A staff session lives 12 hours: one working day.
pub const SESSION_SECONDS: u64 = 43_200;
/// A WebAuthn ceremony must finish within 5 minutes.
pub const CEREMONY_SECONDS: u64 = 300;

/// Manifest timestamp older than 7 days: warn.
pub const FRESHNESS_WARN_SECONDS: u64 = 7 * 86_400;
/// Manifest timestamp older than 30 days: no new wraps.
pub const FRESHNESS_STOP_SECONDS: u64 = 30 * 86_400;

/// Most requests: ids, times, a proof of work.
pub const BODY_SMALL: usize = 8 * 1024;
/// A sealed realm message: X-Wing encapsulation 1,120 + vault 64 KiB + keys 3.2 KiB, rounded up.
pub const BODY_REALM: usize = 96 * 1024;
/// A booking: body with keys 3.2 KiB, signature 3.3 KiB, details 8 KiB, two wraps of 1.5 KiB, and base64's third.
pub const BODY_BOOKING: usize = 64 * 1024;
/// A patient's series: 8 bookings of 24 KiB at most, and base64's third.
pub const BODY_SERIES: usize = 4 * BODY_BOOKING;
/// A series of the practice: 52 envelopes of a body of about 2 KiB, a proof of 5.7 KiB and a wrap of 1.5 KiB, with its text 14 KiB at
/// most, and base64's third.
pub const BODY_ENTRIES: usize = 1024 * 1024;
/// Entries of the practice, or acts on appointments, in one command: one a week for a year.
pub const MAX_ENTRIES: usize = 52;
/// How long ago what the practice enters may have begun: somebody came without an appointment, and is written down in the evening.
pub const ENTRY_PAST_SECONDS: u64 = 86_400;
/// Text of a note or task, in bytes of UTF-8: a page of handwriting.
pub const MEMO_TEXT_BYTES: usize = 2_000;
/// Notes and tasks about one appointment that are not removed.
pub const MEMOS_PER_APPOINTMENT: u64 = 50;
/// Open tasks of one scope.
pub const OPEN_TASKS: u64 = 500;
/// Versions of one note or task: edits, and done and undone again. Removing it is possible beyond.
pub const MEMO_VERSIONS: u32 = 100;
/// Notes and tasks in one page: 10 KiB each. So all about one appointment are one page.
pub const MEMO_PAGE: u64 = 50;
/// Longest span, in days, of which staff may ask what appointments have notes: the five weeks of a month, and one more.
pub const MAX_MARK_DAYS: u64 = 42;
/// A version of a note or task: body up to 2.5 KiB, signature 3.6 KiB, wrap 1.7 KiB, and base64's third.
pub const BODY_MEMO: usize = 16 * 1024;
/// Founding and directory changes: root 9 KiB, manifest, catalog 64 KiB, attestation 16 KiB, and base64's third.
pub const BODY_DIRECTORY: usize = 256 * 1024;
/// A question for the calendar: 8 bytes for each of 1,000 known appointments, and base64's third.
pub const BODY_CALENDAR: usize = 16 * 1024;
/// Cache wraps: 1,000 of about 600 B.
pub const BODY_CACHE: usize = 1024 * 1024;
/// Sealed vault of one patient: 1,000 entries of about 60 B.
pub const VAULT_BYTES: usize = 64 * 1024;
/// Appointments in one page of the calendar.
pub const CALENDAR_PAGE: usize = 1_000;
/// Cache wraps in one request.
pub const CACHE_BATCH: usize = 1_000;
/// Cells of appointments that a staff client remembers into the past: 400 days of 288.
pub const KEEP_CELLS: u64 = 400 * 288;
/// Later statements on one appointment.
pub const MAX_STATEMENTS: usize = 64;
