//! Telling two timing distributions apart without believing in absolute times.

/// The standardised Mann-Whitney U of `left` against `right`, ties corrected: under "same distribution" it is close to a
/// standard normal for 20 or more samples each. Positive: `left` tends to be larger.
#[expect(clippy::cast_precision_loss, reason = "sample counts are far below 2^52")]
pub fn mann_whitney_z(left: &[u64], right: &[u64]) -> f64 {
    let mut all: Vec<(u64, bool)> =
        left.iter().map(|&v| (v, true)).chain(right.iter().map(|&v| (v, false))).collect();
    all.sort_unstable();
    let (mut rank_sum, mut ties, mut at) = (0.0, 0.0, 0);
    while at < all.len() {
        let same = all[at..].iter().take_while(|x| x.0 == all[at].0).count();
        // Ranks at+1 ..= at+same share their mean.
        let rank = at as f64 + f64::midpoint(same as f64, 1.0);
        rank_sum += rank * all[at..at + same].iter().filter(|x| x.1).count() as f64;
        ties += (same as f64).powi(3) - same as f64;
        at += same;
    }
    let (count, others) = (left.len() as f64, right.len() as f64);
    let wins = rank_sum - count * (count + 1.0) / 2.0;
    let total = count + others;
    let variance = count * others / 12.0 * ((total + 1.0) - ties / (total * (total - 1.0)));
    if variance <= 0.0 { 0.0 } else { (wins - count * others / 2.0) / variance.sqrt() }
}

/// The middle value; zero for none.
pub fn median(values: &[u64]) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator, so that the test is the same each time.
    fn noise(state: &mut u64) -> u64 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state % 1000
    }

    #[test]
    fn known_value() {
        // U = 3 for ranks {1, 2, 6} of 6: z = (3 - 4.5) / sqrt(9 / 12 * 7).
        let z = mann_whitney_z(&[1, 2, 6], &[3, 4, 5]);
        assert!((z - (3.0 - 4.5) / (9.0f64 / 12.0 * 7.0).sqrt()).abs() < 1e-9, "{z}");
        assert!(mann_whitney_z(&[5; 30], &[5; 30]).abs() < 1e-9);
    }

    #[test]
    fn a_shift_of_a_tenth_of_the_range_is_seen_in_1000_samples_and_none_is_not() {
        let mut state = 7;
        let a: Vec<u64> = (0..1000).map(|_| noise(&mut state)).collect();
        let b: Vec<u64> = (0..1000).map(|_| noise(&mut state)).collect();
        let shifted: Vec<u64> = b.iter().map(|v| v + 100).collect();
        assert!(mann_whitney_z(&a, &b).abs() < 3.0);
        assert!(mann_whitney_z(&a, &shifted) < -5.0);
    }
}
