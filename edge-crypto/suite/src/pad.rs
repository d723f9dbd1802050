//! Padding that hides lengths within buckets: PROTOCOL section 2.
use alloc::vec::Vec;
use zeroize::Zeroizing;

/// Length in bytes after padding of a plaintext of `len` bytes: the first bucket above it (one byte is the marker).
/// Buckets: 256, 512, 1,024, then s + 32 * floor(s / 288), so steps of at most 12 %.
pub const fn padded_len(len: usize) -> usize {
    let mut bucket = 256;
    while bucket <= len {
        bucket = next_bucket(bucket);
    }
    bucket
}

const fn next_bucket(bucket: usize) -> usize {
    if bucket < 1024 { bucket * 2 } else { bucket + 32 * (bucket / 288) }
}

const fn is_bucket(len: usize) -> bool {
    len > 0 && padded_len(len - 1) == len
}

/// Appends 0x80 and zeros up to the bucket, or up to the first bucket of at least `floor` bytes. `spare` more bytes are
/// reserved, so that a tag can follow without leaving a copy of the plaintext behind in a reallocation.
pub fn pad(plaintext: &[u8], floor: usize, spare: usize) -> Vec<u8> {
    let len = padded_len(plaintext.len().max(floor.saturating_sub(1)));
    let mut out = Vec::with_capacity(len + spare);
    out.extend_from_slice(plaintext);
    out.push(0x80);
    out.resize(len, 0);
    out
}

/// Removes the padding; `None` unless the length is a bucket and the end is 0x80 and zeros.
pub fn unpad(mut padded: Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>> {
    let marker = padded.iter().rposition(|&byte| byte != 0)?;
    if !is_bucket(padded.len()) || padded.get(marker) != Some(&0x80) {
        return None;
    }
    padded.truncate(marker);
    Some(padded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn buckets_are_the_documented_ones() {
        let mut buckets = vec![];
        let mut len = 0;
        while buckets.len() < 9 {
            buckets.push(padded_len(len));
            len = padded_len(len);
        }
        assert_eq!(buckets, [256, 512, 1024, 1120, 1216, 1344, 1472, 1632, 1792]);
    }

    #[test]
    fn steps_are_at_most_12_percent() {
        let mut bucket = 1024;
        while bucket < 1 << 22 {
            let next = next_bucket(bucket);
            assert!(next > bucket && (next - bucket) * 100 <= bucket * 12, "{bucket} {next}");
            bucket = next;
        }
    }

    #[test]
    fn lengths_at_the_edges() {
        for (len, padded) in
            [(0, 256), (255, 256), (256, 512), (511, 512), (512, 1024), (1023, 1024), (1024, 1120)]
        {
            assert_eq!(pad(&vec![1; len], 0, 0).len(), padded);
            assert_eq!(unpad(Zeroizing::new(pad(&vec![1; len], 0, 0))).map(|p| p.len()), Some(len));
        }
        assert_eq!(pad(b"x", 1024, 0).len(), 1024);
        assert_eq!(pad(b"x", 1025, 0).len(), 1120);
        assert_eq!(pad(&[0; 1024], 1024, 0).len(), 1120);
    }

    #[test]
    fn other_padding_is_refused() {
        let none = |bytes: Vec<u8>| assert!(unpad(Zeroizing::new(bytes)).is_none());
        none(vec![]);
        none(vec![0; 256]);
        none({
            let mut end_is_not_zero = pad(b"abc", 0, 0);
            end_is_not_zero[255] = 1;
            end_is_not_zero
        });
        none({
            let mut no_bucket = pad(b"abc", 0, 0);
            no_bucket.push(0);
            no_bucket
        });
        none({
            let mut marker = pad(b"abc", 0, 0);
            marker[3] = 0x81;
            marker
        });
    }
}
