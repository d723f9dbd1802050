//! A busy practice, made up by rule, for `cargo xtask bench`.
use super::{Claim, Taken};
use crate::{
    ids::{PracticeId, ResourceId},
    suite::Suite,
    time::{Cell, UnixSeconds},
    wire::{
        catalog::{Catalog, Resource, WeeklyInterval},
        http::SlotQuery,
    },
};
use alloc::{collections::BTreeSet, string::String, string::ToString, vec, vec::Vec};

/// Minutes of every appointment.
pub const MINUTES: u32 = 20;
/// Monday 4 January 2027, 00:00 UTC.
const MONDAY: u64 = 1_799_020_800;
/// Mornings and afternoons, Monday to Friday.
const HOURS: [(u16, u16); 2] = [(480, 720), (780, 1_020)];
const DAY_CELLS: u64 = 288;
const CELLS: u64 = 4;

/// What slots are computed from.
#[derive(Debug, Clone)]
pub struct Busy {
    /// A practice in Lagos, where clocks never change, so that a peer needs no time-zone data.
    pub catalog: Catalog,
    /// Every claimed cell.
    pub claims: Vec<Claim>,
    /// The same, as the engine wants it.
    pub taken: Taken,
    /// Everybody's slots on all days.
    pub query: SlotQuery,
    /// Before the first day.
    pub now: UnixSeconds,
}

fn resource(number: u8) -> Resource {
    let hours =
        (1..=5).flat_map(|weekday| HOURS.map(|(from, to)| WeeklyInterval { weekday, from, to })).collect();
    Resource { id: ResourceId([number; 16]), name: "Dr. Beispiel".to_string(), hours, schedule: None }
}

/// `appointments` of 20 minutes with `practitioners`, on `days` days from Monday 4 January 2027 on; fewer if they do not fit.
pub fn busy(practitioners: u8, days: u32, appointments: u32) -> Busy {
    let resources: Vec<Resource> = (1..=practitioners).map(resource).collect();
    let mut starts = BTreeSet::new();
    // A full cycle through all places, in an order that looks like chance.
    let places = u64::from(days) * u64::from(practitioners) * 24;
    let (mut at, step) = (7 % places.max(1), 7_919);
    for _ in 0..places {
        if starts.len() >= appointments as usize {
            break;
        }
        let (day, who, slot) =
            (at / 24 / u64::from(practitioners), at / 24 % u64::from(practitioners), at % 24);
        at = (at + step) % places;
        if day % 7 < 5 {
            // Twelve twenty-minute places in the morning from 8:00, twelve in the afternoon from 13:00; Lagos is UTC+1.
            let minute = if slot < 12 { 420 + slot * 20 } else { 720 + (slot - 12) * 20 };
            starts.insert((who, MONDAY / 300 + day * DAY_CELLS + minute / 5));
        }
    }
    let claims: Vec<Claim> = starts
        .into_iter()
        .flat_map(|(who, start)| {
            let id = resources.get(usize::try_from(who).unwrap_or(0)).map_or(ResourceId([0; 16]), |r| r.id);
            (start..start + CELLS).map(move |cell| Claim { resource: id, cell: Cell(cell) })
        })
        .collect();
    let query = SlotQuery {
        resources: resources.iter().map(|r| r.id).collect(),
        minutes: MINUTES,
        from: "2027-01-04".to_string(),
        days,
        classes: None,
        // All of them: a search may span more days than a page of slots.
        first: Some(u32::MAX),
    };
    let service = crate::wire::catalog::Service {
        id: crate::ids::ServiceId([1; 16]),
        name: "Sprechstunde".to_string(),
        description: String::new(),
        minutes: 20,
        resources: query.resources.clone(),
        classes: None,
        price: None,
        questions: None,
        together: None,
    };
    let catalog = Catalog {
        suite: Suite::V1,
        practice: PracticeId([7; 16]),
        number: 1,
        name: "Praxis am Park".to_string(),
        contact: String::new(),
        time_zone: "Africa/Lagos".to_string(),
        language: "en".to_string(),
        resources,
        services: vec![service],
        rules: None,
    };
    let taken = Taken::new(claims.iter().copied(), vec![]);
    Busy { catalog, claims, taken, query, now: UnixSeconds(MONDAY - 86_400) }
}
