//! The caller's network, as limits see it: a keyed hash that changes each day, so nobody can follow an address.
use std::net::IpAddr;
use vestibule_channel::PlatformSecret;
use vestibule_core::{bytes::Bytes, ids::Digest, time::UnixSeconds};

/// Hash of an IPv4 address, or of the first 56 bits of an IPv6 one: what one customer of a provider has.
pub(crate) fn network(platform: &PlatformSecret, now: UnixSeconds, ip: Option<&str>) -> Digest {
    let prefix = match ip.and_then(|text| text.parse::<IpAddr>().ok()).map(|ip| ip.to_canonical()) {
        Some(IpAddr::V4(v4)) => v4.octets().to_vec(),
        Some(IpAddr::V6(v6)) => v6.octets()[..7].to_vec(),
        None => Vec::new(),
    };
    platform.mac("network", &(now.0 / 86_400, Bytes(prefix)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        let platform = PlatformSecret::from_bytes(&[1; 32]);
        let of = |ip, day: u64| network(&platform, UnixSeconds(day * 86_400 + 5), Some(ip));
        assert_eq!(of("192.0.2.1", 1), of("::ffff:192.0.2.1", 1));
        assert_ne!(of("192.0.2.1", 1), of("192.0.2.2", 1));
        assert_ne!(of("192.0.2.1", 1), of("192.0.2.1", 2), "another day, another hash");
        assert_eq!(of("2001:db8:0:100::1", 1), of("2001:db8:0:1ff::2", 1));
        assert_ne!(of("2001:db8:0:100::1", 1), of("2001:db8:0:200::1", 1));
        assert_eq!(of("nonsense", 1), network(&platform, UnixSeconds(86_400), None));
    }
}
