//! Reads problems (RFC 9290 concise problem details).
use vestibule_core::problem::ProblemKind;

/// A problem as the client keeps it: texts are for developers and stay out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which.
    pub kind: ProblemKind,
    /// Seconds to wait before another try.
    pub retry_after: Option<u64>,
    /// Which of a list were in the way, by their positions from 0.
    pub conflicts: Vec<u32>,
}

/// Decodes the map `{-1: title, -2: detail, "kind": slug, "conflicts": [...], "retry-after": seconds}`; other keys are skipped.
pub fn decode(body: &[u8]) -> Option<Problem> {
    let mut d = minicbor::Decoder::new(body);
    let (mut kind, mut retry_after, mut conflicts) = (None, None, Vec::new());
    for _ in 0..d.map().ok()?? {
        if d.datatype().ok()? == minicbor::data::Type::String {
            match d.str().ok()? {
                "kind" => kind = ProblemKind::from_slug(d.str().ok()?),
                "retry-after" => retry_after = Some(d.u64().ok()?),
                "conflicts" => conflicts = d.decode().ok()?,
                _ => d.skip().ok()?,
            }
        } else {
            d.skip().ok()?;
            d.skip().ok()?;
        }
    }
    Some(Problem { kind: kind?, retry_after, conflicts })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn reads_kind_and_wait_and_skips_the_rest() {
        let mut e = minicbor::Encoder::new(Vec::new());
        e.map(5).unwrap().i8(-1).unwrap().str("title").unwrap().i8(-2).unwrap().str("detail").unwrap();
        e.str("kind").unwrap().str("rate-limited").unwrap().str("retry-after").unwrap().u64(30).unwrap();
        e.str("more").unwrap().array(1).unwrap().u8(1).unwrap();
        let problem = decode(&e.into_writer()).unwrap();
        let kind = ProblemKind::RateLimited;
        assert_eq!(problem, Problem { kind, retry_after: Some(30), conflicts: vec![] });
        let listed = decode(b"\xa2\x64kind\x6aslot-taken\x69conflicts\x82\x03\x05").unwrap();
        assert_eq!((listed.kind, listed.conflicts), (ProblemKind::SlotTaken, vec![3, 5]));
    }

    #[test]
    fn what_names_no_known_kind_is_none() {
        assert_eq!(decode(b""), None);
        assert_eq!(decode(&[0xa0]), None);
        assert_eq!(decode(b"\xa1dkindfsecret"), None);
        // A map that claims more entries than it has.
        assert_eq!(decode(&[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
