//! A range of IPv4 addresses, for rules about ranges that overlap or hold each other.
//! Only what the rules ask: parse, overlap, hold.

/// A block of IPv4 addresses.
#[derive(Debug, PartialEq)]
pub struct Range {
    first: u32,
    last: u32,
}

impl Range {
    /// Reads `10.0.0.0/24`; host bits are ignored.
    pub fn parse(text: &str) -> Option<Range> {
        let (address, bits) = text.split_once('/')?;
        let address = u32::from(address.parse::<std::net::Ipv4Addr>().ok()?);
        let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 32)?;
        let host = u32::MAX.checked_shr(bits).unwrap_or(0);
        Some(Range { first: address & !host, last: address | host })
    }

    /// Whether the two share an address.
    pub fn overlaps(&self, other: &Range) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether all of `other` is in it.
    pub fn holds(&self, other: &Range) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[test]
    fn ranges_overlap_when_they_share_an_address() {
        let range = |text| Range::parse(text).unwrap();
        assert!(range("10.0.0.0/16").overlaps(&range("10.0.255.0/24")));
        assert!(!range("10.0.0.0/16").overlaps(&range("10.1.0.0/16")));
        assert!(range("0.0.0.0/0").overlaps(&range("10.1.0.0/32")));
        assert_eq!(Range::parse("10.0.0.0/33"), None);
        assert_eq!(Range::parse("10.0.0/8"), None);
    }
}
