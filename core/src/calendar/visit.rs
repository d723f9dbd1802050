//! What is to be booked: one class, several in a row, or a service without classes.
use super::QueryError;
use crate::{
    ids::ResourceId,
    limits,
    wire::catalog::{Access, Catalog, Class, Need, code_hash},
};
use alloc::{vec, vec::Vec};
use core::ops::Range;

/// A visit: parts one after the other, without a break.
#[derive(Debug, Clone)]
pub(super) struct Parts(Vec<Part>);

/// One part.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// `None` for a service without classes.
    pub(super) class: Option<u16>,
    /// Seconds from the start of the visit to that of this part.
    pub(super) after: i64,
    pub(super) minutes: u32,
    pub(super) needs: Vec<Need>,
    /// Minutes.
    pub(super) notice: u32,
    /// Days.
    pub(super) horizon: u32,
    pub(super) per_day: Option<u16>,
    pub(super) per_week: Option<u16>,
    access: Access,
    request: bool,
}

impl Parts {
    /// A service without classes: one resource of these, for so long (rule S8).
    pub(super) fn plain(resources: Vec<ResourceId>, minutes: u32) -> Result<Self, QueryError> {
        check_minutes(minutes)?;
        Ok(Self(vec![Part {
            class: None,
            after: 0,
            minutes,
            needs: vec![Need { one_of: resources, before: 0, after: 0 }],
            notice: 0,
            horizon: limits::HORIZON_DAYS,
            per_day: None,
            per_week: None,
            access: Access::Public,
            request: false,
        }]))
    }

    /// The classes of a visit, in order (rule S13).
    pub(super) fn of(catalog: &Catalog, classes: &[u16]) -> Result<Self, QueryError> {
        if classes.is_empty() || classes.len() > limits::MAX_VISIT {
            return Err(QueryError::Classes);
        }
        let known = catalog.rules.as_ref().map_or(&[][..], |r| &r.classes);
        let mut after = 0;
        let mut parts = Vec::with_capacity(classes.len());
        for id in classes {
            let class = known.iter().find(|c| c.id == *id).ok_or(QueryError::Classes)?;
            parts.push(Part::of(class, after));
            after += i64::from(class.minutes) * 60;
        }
        let parts = Self(parts);
        check_minutes(parts.minutes())?;
        Ok(parts)
    }

    /// Whether patients ask for it, instead of booking at once (rule S17).
    pub(super) fn asks(&self) -> bool {
        self.0.iter().any(|p| p.request)
    }

    pub(super) fn iter(&self) -> core::slice::Iter<'_, Part> {
        self.0.iter()
    }

    /// Duration of the whole.
    pub(super) fn minutes(&self) -> u32 {
        self.0.iter().map(|p| p.minutes).sum()
    }

    /// Duration of the first part, and who may do it.
    pub(super) fn first(&self) -> (u32, &[ResourceId]) {
        self.0.first().map_or((0, &[]), |p| (p.minutes, p.needs.first().map_or(&[][..], |n| &n.one_of)))
    }

    /// Whether whoever shows this code may hold it (rule S10).
    pub(super) fn is_open_to(&self, catalog: &Catalog, code: Option<&str>) -> bool {
        self.0.iter().all(|part| match &part.access {
            Access::Public => true,
            Access::Internal => false,
            Access::WithCode(hash) => {
                code.is_some_and(|code| code_hash(catalog.suite, catalog.practice, code) == *hash)
            }
        })
    }

    /// Every resource that the visit may take, once, if `primary` are those that would do first.
    pub(super) fn resources(&self, primary: &[ResourceId]) -> Vec<ResourceId> {
        let mut all = primary.to_vec();
        for (at, part) in self.0.iter().enumerate() {
            for need in part.needs.iter().skip(usize::from(at == 0)) {
                all.extend_from_slice(&need.one_of);
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Part {
    fn of(class: &Class, after: i64) -> Self {
        Self {
            class: Some(class.id),
            after,
            minutes: class.minutes.into(),
            needs: class.needs.clone(),
            notice: class.notice,
            horizon: class.horizon.into(),
            per_day: class.per_day,
            per_week: class.per_week,
            access: class.access.clone(),
            request: class.request == Some(true),
        }
    }

    /// Whether caps limit it.
    pub(super) const fn has_caps(&self) -> bool {
        self.per_day.is_some() || self.per_week.is_some()
    }
}

/// The cells of a span of seconds, widened by buffers in minutes; `None` off the grid or before 1970.
pub(super) fn cells((from, to): (i64, i64), before: u16, after: u16) -> Option<Range<u64>> {
    const CELL: i64 = 300;
    let (from, to) = (from - i64::from(before) * 60, to + i64::from(after) * 60);
    let whole = from % CELL == 0 && to % CELL == 0;
    Some(u64::try_from(from / CELL).ok().filter(|_| whole && from >= 0)?..u64::try_from(to / CELL).ok()?)
}

fn check_minutes(minutes: u32) -> Result<(), QueryError> {
    let cells = minutes / limits::CELL_MINUTES;
    let fits =
        minutes.is_multiple_of(limits::CELL_MINUTES) && (1..=limits::MAX_APPOINTMENT_CELLS).contains(&cells);
    if fits { Ok(()) } else { Err(QueryError::Minutes) }
}
