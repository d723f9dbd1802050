//! The HPKE key schedule. RFC 9180 has no vectors for X-Wing, so its export-only ones for X25519 go through the same code
//! from the KEM's shared secret on; the whole, with X-Wing, is compared with the `hpke` crate in the suite's own tests.
use crate::{unhex, vector::count};
use vestibule_suite::hazmat::{KeySchedule, SUITE_X25519_EXPORT_ONLY};

/// RFC 9180 appendix A.7.1: exporter context and value.
const EXPORTS: [[&str; 2]; 3] = [
    ["", "7a36221bd56d50fb51ee65edfd98d06a23c4dc87085aa5866cb7087244bd2a36"],
    ["00", "d5535b87099c6c3ce80dc112a2671c6ec8e811a2f284f948cec6dd1708ee33f0"],
    ["54657374436f6e74657874", "ffaabc85a776136ca0c378e5d084c9140ab552b78f039d2e8775f26efff4c70e"],
];

pub(crate) fn rfc9180() -> u32 {
    let shared: [u8; 32] =
        unhex("e81716ce8f73141d4f25ee9098efc968c91e5b8ce52ffff59d64039e82918b66").try_into().unwrap();
    let info = unhex("4f6465206f6e2061204772656369616e2055726e");
    let exporter = KeySchedule { suite_id: SUITE_X25519_EXPORT_ONLY }.exporter(&shared, &info);
    for [context, value] in EXPORTS {
        let mut out = [0; 32];
        exporter.export_raw(&unhex(context), &mut out);
        assert_eq!(out.to_vec(), unhex(value));
    }
    count(&EXPORTS)
}
