//! The forms of ids: the service model's patterns, which it leaves open at the ends, closed.

use std::ops::RangeInclusive;

/// What an id is the id of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Id {
    Organization,
    Root,
    Unit,
    Account,
    Policy,
    ResourcePolicy,
    /// A transfer of responsibility. There are none here.
    Transfer,
}

impl Id {
    pub(super) fn fits(self, id: &str) -> bool {
        let after = |prefix: &str, fits: &dyn Fn(&str) -> bool| id.strip_prefix(prefix).is_some_and(fits);
        match self {
            Self::Organization => after("o-", &|rest| lower(rest, 10..=32)),
            Self::Root => after("r-", &|rest| lower(rest, 4..=32)),
            Self::Unit => after("ou-", &|rest| {
                rest.split_once('-').is_some_and(|(root, own)| lower(root, 4..=32) && lower(own, 8..=32))
            }),
            Self::Account => id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Policy => after("p-", &|rest| word(rest, 8..=128)),
            Self::ResourcePolicy => after("rp-", &|rest| word(rest, 4..=128)),
            Self::Transfer => after("rt-", &|rest| word(rest, 8..=32)),
        }
    }
}

fn lower(text: &str, length: RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn word(text: &str, length: RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_fit_their_form_as_a_whole() {
        let rows = [
            (Id::Organization, "o-bedrailsand", "o-short"),
            (Id::Root, "r-sand", "r-Sand"),
            (Id::Unit, "ou-sand-abcdefg1", "ou-sand-short"),
            (Id::Unit, "ou-0123-00000000", "ou-sand"),
            (Id::Account, "111122223333", "1111222233334"),
            (Id::Policy, "p-FullAWSAccess", "p-Full-Access"),
            (Id::ResourcePolicy, "rp-ab_C", "rp-abc"),
            (Id::Transfer, "rt-abcdefgh", "rt-abcdefg"),
        ];
        for (id, fits, other) in rows {
            assert!(id.fits(fits) && !id.fits(other), "{id:?}");
            assert!(!id.fits(&format!("x{fits}")) && !id.fits(&format!("{fits}-")), "{id:?}");
        }
    }
}
