//! Comparisons of values that are more than text. What cannot be read compares to nothing.

use std::cmp::Ordering;
use std::net::IpAddr;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

pub(super) fn numbers(have: &str, wanted: &str) -> Option<Ordering> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number(have)?.partial_cmp(&number(wanted)?)
}

/// Dates are ISO 8601, to the day or finer, or seconds since 1970.
pub(super) fn dates(have: &str, wanted: &str) -> Option<Ordering> {
    Some(date(have)?.cmp(&date(wanted)?))
}

fn date(text: &str) -> Option<Timestamp> {
    let seconds = || Timestamp::from_second(text.parse().ok()?).ok();
    let day = || Some(text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
    seconds().or_else(|| text.parse().ok()).or_else(day)
}

/// Whether an address is in a range, written `address` or `address/bits`.
pub(super) fn within(address: &str, range: &str) -> bool {
    let contains = || {
        let address: IpAddr = address.parse().ok()?;
        let (network, bits) = range.split_once('/').map_or((range, None), |(network, bits)| (network, Some(bits)));
        let (address, network, width) = match (address, network.parse().ok()?) {
            (IpAddr::V4(address), IpAddr::V4(network)) => (u32::from(address).into(), u32::from(network).into(), 32),
            (IpAddr::V6(address), IpAddr::V6(network)) => (u128::from(address), u128::from(network), 128),
            _ => return None,
        };
        let bits: u32 = bits.map_or(Some(width), |bits| bits.parse().ok())?;
        let host = width.checked_sub(bits)?;
        // A shift by the whole width leaves nothing to compare.
        Some(address.checked_shr(host).unwrap_or(0) == network.checked_shr(host).unwrap_or(0))
    };
    contains().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_have_an_order() {
        assert_eq!(numbers("10", "9.5"), Some(Ordering::Greater));
        assert_eq!(numbers("1.0", "1"), Some(Ordering::Equal));
        assert_eq!(numbers("x", "1"), None);
        assert_eq!(numbers("NaN", "1"), None);
        assert_eq!(dates("2026-01-01T00:00:00Z", "2026-01-01"), Some(Ordering::Equal));
        assert_eq!(dates("2026-01-01T01:00:00+01:00", "1767225600"), Some(Ordering::Equal));
        assert_eq!(dates("2026-01-02", "2026-01-01T23:59:59.5Z"), Some(Ordering::Greater));
        assert_eq!(dates("soon", "2026-01-01"), None);
    }

    #[test]
    fn an_address_is_in_its_ranges() {
        for (address, range, want) in [
            ("203.0.113.7", "203.0.113.0/24", true),
            ("203.0.114.7", "203.0.113.0/24", false),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "0.0.0.0/0", true),
            ("2001:db8::1", "2001:db8::/32", true),
            ("2001:db9::1", "2001:db8::/32", false),
            ("2001:db8::1", "::/0", true),
            ("203.0.113.7", "2001:db8::/32", false),
            ("203.0.113.7", "203.0.113.0/33", false),
            ("", "0.0.0.0/0", false),
        ] {
            assert_eq!(within(address, range), want, "{address} in {range}");
        }
    }
}
