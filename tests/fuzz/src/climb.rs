//! Finds valid encodings of a type without knowing it: items of CBOR are appended one by one, and kept while the decoder only
//! says that the input ended too early. Arrays are opened with unknown length, so that any number of fields fits.
use crate::Sequence;
use minicbor::{Decode, Encode};

/// Items that occur in our formats.
fn candidates(random: &mut Sequence) -> Vec<Vec<u8>> {
    let bytes = |length: u8, random: &mut Sequence| {
        let mut item = if length < 24 { vec![0x40 | length] } else { vec![0x58, length] };
        item.extend(random.bytes(usize::from(length)));
        item
    };
    let number = u8::try_from(random.below(24)).unwrap_or(0);
    let short = u8::try_from(random.below(12)).unwrap_or(0);
    let mut items = vec![
        vec![0x9f],
        vec![number],
        vec![0x01],
        vec![0x02],
        vec![0x18, 100 + number],
        vec![0x1a, 0x65, 0x53, 0xf1, number],
        bytes(16, random),
        bytes(20, random),
        bytes(32, random),
        bytes(short, random),
        b"\x6a2026-01-05".to_vec(),
        vec![0x60],
        vec![0x63, b'a', b'b', b'a' + number],
        vec![0xf6],
        vec![0xf4],
        vec![0xf5],
    ];
    // Some order, another each time; the end of an array first in half of the steps, so that lists stay short.
    for i in (1..items.len()).rev() {
        items.swap(i, random.below(i + 1));
    }
    let end = if random.below(2) == 0 { 0 } else { items.len() };
    items.insert(end, vec![0xff]);
    // What wants the length said. A list takes any, so it must stay short; a record takes only its own.
    let first = u8::try_from(random.below(3)).unwrap_or(0);
    items.extend((first..24).chain(0..first).map(|length| vec![0x80 | length]));
    items
}

/// Looks for a value, at most `steps` items long. Returns its deterministic encoding.
pub fn sample<T>(random: &mut Sequence, steps: usize) -> Option<Vec<u8>>
where
    T: for<'b> Decode<'b, ()> + Encode<()>,
{
    let mut prefix = Vec::new();
    for _ in 0..steps {
        let mut found = None;
        for item in candidates(random) {
            let attempt = [prefix.as_slice(), &item].concat();
            match minicbor::decode::<T>(&attempt) {
                Ok(value) => return Some(vestibule_core::cbor::to_vec(&value)),
                Err(error) if error.is_end_of_input() => {
                    found = Some(attempt);
                    break;
                }
                Err(_) => {}
            }
        }
        prefix = found?;
    }
    None
}
