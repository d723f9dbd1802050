//! Ways to break bytes that were well-formed: what the malformed-input tests send.

/// Breaks of one sample that can never be well-formed.
pub fn broken(sample: &[u8], json: bool) -> Vec<(String, Vec<u8>)> {
    let mut cases: Vec<(String, Vec<u8>)> = vec![("a trailing byte".into(), [sample, b"\0"].concat())];
    let step = (sample.len() / 24).max(1);
    for length in (0..sample.len()).step_by(step).chain(1..sample.len().min(12)) {
        cases.push((format!("cut at {length}"), sample[..length].to_vec()));
    }
    let mut add = |name: &str, bytes: Vec<u8>| cases.push((name.into(), bytes));
    if json {
        add("null", b"null".to_vec());
        add("a number", b"1e999".to_vec());
        add("an empty object", b"{}".to_vec());
        add("an array", b"[]".to_vec());
        add("invalid UTF-8", b"{\"a\":\"\xff\xfe\"}".to_vec());
        add("a lone surrogate", br#"{"a":"\ud800"}"#.to_vec());
        add("an unknown field", [&sample[..sample.len() - 1], b",\"extra\":1}"].concat());
        add("deep arrays", vec![b'['; 7_000]);
        add("deep objects", b"{\"a\":".repeat(1_400));
        // The first field named twice.
        let text = String::from_utf8_lossy(sample).into_owned();
        let first = text.trim_start_matches('{').split(':').next().unwrap_or_default().to_owned();
        add("a field twice", format!("{},{first}:null}}", text.trim_end_matches('}')).into_bytes());
    } else {
        add("break", vec![0xff]);
        add("an endless array", vec![0x9f; 7_000]);
        add("deep arrays", vec![0x81; 7_000]);
        add("deep tags", vec![0xc1; 7_000]);
        add("deep maps", vec![0xa1; 7_000]);
        add("an array of 2^64-1", vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        add("a byte string of 2^63", vec![0x81, 0x5b, 0x80, 0, 0, 0, 0, 0, 0, 0]);
        add("a text of 2^32", vec![0x81, 0x7a, 0xff, 0xff, 0xff, 0xff]);
        add("null", vec![0xf6]);
        add("an empty map", vec![0xa0]);
        // The same value, not in its deterministic form: the array header with a one-byte length.
        if sample[0] & 0xe0 == 0x80 && sample[0] & 0x1f < 24 {
            add("a long array header", [&[0x98, sample[0] & 0x1f], &sample[1..]].concat());
            add("one element more", [&[sample[0] + 1], &sample[1..], &[0xf6]].concat());
            add("one element fewer", [&[sample[0] - 1], &sample[1..]].concat());
        }
    }
    cases
}

/// Every place where a suite stands at the head of an array becomes suite 2.
pub fn wrong_suites(sample: &[u8]) -> Vec<Vec<u8>> {
    (1..sample.len())
        .filter(|&at| (0x83..=0x8c).contains(&sample[at - 1]) && sample[at] == 1)
        .map(|at| [&sample[..at], &[2], &sample[at + 1..]].concat())
        .collect()
}

/// The head of the CBOR item at `at`: major type, value, and where its content begins. `None` for what this project never
/// sends: indefinite lengths and floating-point numbers.
fn head(sample: &[u8], at: usize) -> Option<(u8, usize, usize)> {
    let first = *sample.get(at)?;
    let (major, info) = (first >> 5, first & 0x1f);
    let length = match info {
        0..=23 => return Some((major, info.into(), at + 1)),
        24..=27 => 1 << (info - 24),
        _ => return None,
    };
    let bytes = sample.get(at + 1..at + 1 + length)?;
    let value = bytes.iter().fold(0, |value, byte| value << 8 | usize::from(*byte));
    Some((major, value, at + 1 + length))
}

fn string(major: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    // As many bytes of the length as its deterministic form has.
    let head = match content.len() {
        0..=23 => vec![length[7]],
        24..=0xff => vec![24, length[7]],
        0x100..=0xffff => [&[25], &length[6..]].concat(),
        _ => [&[26], &length[4..]].concat(),
    };
    [&[head[0] | major << 5], &head[1..], content].concat()
}

/// Well-formed all through, but one byte or text string of the sample is empty, shorter or longer than it was.
///
/// # Panics
/// If the sample is not the deterministic CBOR of this project.
#[expect(clippy::panic, reason = "a fixture: without cases no test says anything")]
pub fn other_lengths(sample: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut cases = Vec::new();
    let mut at = 0;
    while at < sample.len() {
        let Some((major, value, begin)) = head(sample, at) else { panic!("no head at {at}") };
        if !matches!(major, 2 | 3) {
            // Of an array, map or tag the content follows as items of their own.
            at = begin;
            continue;
        }
        let end = begin + value;
        let content = &sample[begin..end];
        let mut longer = content.to_vec();
        longer.push(b'0');
        let mut variants =
            vec![Vec::new(), content[..content.len().saturating_sub(1)].to_vec(), longer, content.repeat(2)];
        variants.dedup();
        for variant in variants.into_iter().filter(|v| v != content) {
            let body = [&sample[..at], &string(major, &variant), &sample[end..]].concat();
            cases.push((format!("{} bytes for {value} at {at}", variant.len()), body));
        }
        at = end;
    }
    cases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_string_gets_other_lengths_and_the_rest_stays() {
        // [1, h'0102', ["a"]]
        let sample = [0x83, 1, 0x42, 1, 2, 0x81, 0x61, b'a'];
        let bodies: Vec<_> = other_lengths(&sample).into_iter().map(|(_, body)| body).collect();
        assert_eq!(bodies.len(), 7);
        assert_eq!(bodies[0], [0x83, 1, 0x40, 0x81, 0x61, b'a']);
        assert_eq!(bodies[2], [0x83, 1, 0x43, 1, 2, b'0', 0x81, 0x61, b'a']);
        assert_eq!(bodies[6], [0x83, 1, 0x42, 1, 2, 0x81, 0x62, b'a', b'a']);
    }
}
