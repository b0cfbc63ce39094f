//! Which way a change goes: whether a control gets stricter or less strict by it.

use serde::{Deserialize, Serialize};

/// Whether a change makes controls stricter, less strict, both, neither, or whether that cannot be told from its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// No control is touched.
    #[default]
    Neutral,
    /// A control gets stricter, or covers more.
    Strengthens,
    /// A text changes of which nobody can say what it is worth: a definition, a regular expression, a tier.
    Unranked,
    /// A control gets less strict, or covers less.
    Weakens,
    /// Some controls get stricter, others less strict.
    Mixed,
}

impl Direction {
    /// The word of reports and of the JSON plan.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Strengthens => "strengthens",
            Self::Unranked => "unranked",
            Self::Weakens => "weakens",
            Self::Mixed => "mixed",
        }
    }

    /// Which way `have` to `want` goes, where more is stricter.
    pub fn of<T: Ord>(have: &T, want: &T) -> Self {
        match have.cmp(want) {
            std::cmp::Ordering::Less => Self::Strengthens,
            std::cmp::Ordering::Equal => Self::Neutral,
            std::cmp::Ordering::Greater => Self::Weakens,
        }
    }

    /// Whether some control gets less strict.
    pub const fn loses(self) -> bool {
        matches!(self, Self::Weakens | Self::Mixed)
    }
}

/// What one thing in the place of another adds and takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Whether something is added.
    pub adds: bool,
    /// Whether something is taken away.
    pub takes: bool,
}

/// Many changes as one. What cannot be ranked keeps them from being called a gain, and hides no loss.
impl FromIterator<Self> for Direction {
    fn from_iter<I: IntoIterator<Item = Self>>(directions: I) -> Self {
        let (mut gains, mut loses, mut unranked) = (false, false, false);
        for direction in directions {
            gains |= matches!(direction, Self::Strengthens | Self::Mixed);
            loses |= direction.loses();
            unranked |= direction == Self::Unranked;
        }
        match (gains, loses) {
            (true, true) => Self::Mixed,
            (false, true) => Self::Weakens,
            _ if unranked => Self::Unranked,
            (true, false) => Self::Strengthens,
            (false, false) => Self::Neutral,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Direction::{self, Mixed, Neutral, Strengthens, Unranked, Weakens};

    #[test]
    fn together_nothing_is_lost_and_no_gain_is_claimed() {
        for (all, together) in [
            (vec![], Neutral),
            (vec![Neutral, Strengthens], Strengthens),
            (vec![Strengthens, Unranked], Unranked),
            (vec![Weakens, Unranked, Neutral], Weakens),
            (vec![Strengthens, Unranked, Weakens], Mixed),
            (vec![Mixed, Strengthens], Mixed),
        ] {
            assert_eq!(all.iter().copied().collect::<Direction>(), together, "{all:?}");
        }
    }

    #[test]
    fn more_is_stricter() {
        assert_eq!(
            [Direction::of(&1, &2), Direction::of(&2, &2), Direction::of(&2, &1)],
            [Strengthens, Neutral, Weakens]
        );
    }
}
