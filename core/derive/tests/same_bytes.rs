//! The compact derive writes and reads what minicbor's own derive does.
#![expect(clippy::unwrap_used, reason = "tests")]

/// Declares the same types twice, with each derive.
macro_rules! twice {
    ($($item:item)*) => {
        mod theirs {
            use minicbor::{Decode, Encode};
            $($item)*
        }
        mod ours {
            use vestibule_cbor_derive::{Decode, Encode};
            $($item)*
        }
    };
}

twice! {
    #[derive(Debug, PartialEq, Encode, Decode)]
    #[cbor(array)]
    pub(crate) struct Record {
        #[n(0)]
        pub(crate) number: u32,
        #[n(1)]
        pub(crate) middle: Option<String>,
        #[n(2)]
        pub(crate) list: Vec<Wrapper>,
        #[n(3)]
        pub(crate) a: Option<u8>,
        #[n(4)]
        pub(crate) b: Option<Choice>,
    }
    #[derive(Debug, PartialEq, Encode, Decode)]
    #[cbor(transparent)]
    pub(crate) struct Wrapper(pub(crate) u64);
    #[derive(Debug, PartialEq, Encode, Decode)]
    #[cbor(index_only)]
    pub(crate) enum Kind {
        #[n(1)]
        One,
        #[n(300)]
        Many,
    }
    #[derive(Debug, PartialEq, Encode, Decode)]
    pub(crate) enum Choice {
        #[n(0)]
        Nothing,
        #[n(1)]
        Two(#[n(0)] u32, #[n(1)] Kind),
    }
}

macro_rules! records {
    ($module:ident) => {{
        use $module::{Choice, Kind, Record, Wrapper};
        let mut all = Vec::new();
        for middle in [None, Some("x".to_owned())] {
            for a in [None, Some(7)] {
                for b in 0..4 {
                    let b = [
                        None,
                        Some(Choice::Nothing),
                        Some(Choice::Two(9, Kind::One)),
                        Some(Choice::Two(1 << 20, Kind::Many)),
                    ]
                    .into_iter()
                    .nth(b)
                    .unwrap();
                    all.push(Record {
                        number: 500,
                        middle: middle.clone(),
                        list: vec![Wrapper(1), Wrapper(1 << 40)],
                        a,
                        b,
                    });
                }
            }
        }
        all
    }};
}

#[test]
fn both_derives_write_the_same_bytes_and_read_each_others() {
    let (ours, theirs) = (records!(ours), records!(theirs));
    for (ours, theirs) in ours.iter().zip(&theirs) {
        let bytes = minicbor::to_vec(ours).unwrap();
        assert_eq!(bytes, minicbor::to_vec(theirs).unwrap());
        assert_eq!(minicbor::decode::<ours::Record>(&bytes).unwrap(), *ours);
        assert_eq!(minicbor::decode::<theirs::Record>(&bytes).unwrap(), *theirs);
    }
}

#[test]
fn wrong_lengths_and_numbers_are_refused() {
    let good = minicbor::to_vec(&records!(ours)[0]).unwrap();
    assert!(minicbor::decode::<ours::Record>(&good).is_ok());
    let mut longer = good.clone();
    longer[0] = 0x86;
    longer.extend([0xf6, 0xf6, 0xf6]);
    let mut indefinite = good.clone();
    indefinite[0] = 0x9f;
    indefinite.push(0xff);
    for bad in [&longer[..], &indefinite, &good[..good.len() - 1], &[0x80], &[]] {
        assert!(minicbor::decode::<ours::Record>(bad).is_err(), "{bad:02x?}");
    }
    assert!(minicbor::decode::<ours::Kind>(&[2]).is_err());
    for bad in [&[0x82, 2, 0x80][..], &[0x82, 0, 0x81, 0], &[0x81, 0], &[0x82, 1, 0x81, 0]] {
        assert!(minicbor::decode::<ours::Choice>(bad).is_err(), "{bad:02x?}");
    }
}
