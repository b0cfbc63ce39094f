//! A large organization without writing one: what a seed is filled up to.

use std::str::FromStr;

use crate::regions;
use crate::world::{Scope, State};

/// How large the state is to be that an emulator begins with. The seed's content is kept and counts; what is missing is added, the
/// same in every run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generate {
    /// The organization's accounts.
    pub accounts: Option<usize>,
    /// The organization's OUs, nested at most five deep.
    pub ous: Option<usize>,
    /// Guardrails, each with a few versions, of the management account in the Region that Organizations answers in.
    pub guardrails: Option<usize>,
}

/// Why a state of that size cannot be generated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// A part of the text is not `name=number`.
    #[error("'{0}' is not of the form accounts=N, ous=N or guardrails=N")]
    Form(String),
    /// A name is given twice.
    #[error("{0} is given twice")]
    Twice(&'static str),
    /// More than AWS allows.
    #[error("{name}={wanted} is more than the {most} that AWS allows {place}")]
    TooMany {
        /// `accounts`, `ous` or `guardrails`.
        name: &'static str,
        /// What was asked for.
        wanted: usize,
        /// AWS's limit.
        most: usize,
        /// What the limit is of.
        place: &'static str,
    },
    /// Fewer than the seed has; nothing of a seed is taken away.
    #[error("{name}={wanted} is less than the {have} of the seed")]
    TooFew {
        /// `accounts`, `ous` or `guardrails`.
        name: &'static str,
        /// What was asked for.
        wanted: usize,
        /// What the seed has.
        have: usize,
    },
    /// The partition has no Bedrock where the guardrails would be.
    #[error("guardrails cannot be generated: there is no Bedrock in {0}")]
    NoBedrock(&'static str),
}

/// Organizations user guide, quotas: what increases are granted up to.
const MOST_ACCOUNTS: usize = 10_000;
/// Organizations user guide, quotas.
const MOST_UNITS: usize = 2_000;
/// Of an account in a Region (general reference, `bedrock.html`).
const MOST_GUARDRAILS: usize = 100;

impl Generate {
    /// Whether nothing is to be generated.
    pub(crate) fn is_nothing(self) -> bool {
        self == Self::default()
    }

    fn within_limits(self) -> Result<Self, GenerateError> {
        let limits = [
            ("accounts", self.accounts, MOST_ACCOUNTS, "in an organization"),
            ("ous", self.ous, MOST_UNITS, "in an organization"),
            ("guardrails", self.guardrails, MOST_GUARDRAILS, "in an account and Region"),
        ];
        for (name, wanted, most, place) in limits {
            if let Some(wanted) = wanted.filter(|wanted| *wanted > most) {
                return Err(GenerateError::TooMany { name, wanted, most, place });
            }
        }
        Ok(self)
    }

    /// Adds to the state of a seed what is missing.
    pub(crate) fn grow(self, state: &mut State) -> Result<(), GenerateError> {
        let Self { accounts, ous, guardrails } = self.within_limits()?;
        let missing = |name, wanted: Option<usize>, have| match wanted.map(|wanted| (wanted, wanted.checked_sub(have)))
        {
            None => Ok(0),
            Some((_, Some(missing))) => Ok(missing),
            Some((wanted, None)) => Err(GenerateError::TooFew { name, wanted, have }),
        };
        let (have_accounts, have_units) = state.organization.size();
        let home = regions::organizations_home(state.partition);
        let scope = Scope { account: state.organization.management_account().to_owned(), region: home.to_owned() };
        let have_guardrails = state.bedrock(&scope).size();
        let missing_accounts = missing("accounts", accounts, have_accounts)?;
        let missing_units = missing("ous", ous, have_units)?;
        let missing_guardrails = missing("guardrails", guardrails, have_guardrails)?;
        state.organization.grow(missing_accounts, missing_units);
        if missing_guardrails > 0 {
            if !regions::find(state.partition, home).is_some_and(|region| region.bedrock) {
                return Err(GenerateError::NoBedrock(home));
            }
            let ids = &mut state.meta.ids;
            let regions = state.bedrock.get_or_insert_with(scope.account.clone(), Default::default);
            regions.get_or_insert_with(scope.region.clone(), Default::default).grow(missing_guardrails, &scope, ids);
        }
        Ok(())
    }
}

/// `accounts=5000,ous=200,guardrails=50`; what is left out is as the seed has it.
impl FromStr for Generate {
    type Err = GenerateError;

    fn from_str(text: &str) -> Result<Self, GenerateError> {
        let mut generate = Self::default();
        for part in text.split(',') {
            let wrong = || GenerateError::Form(part.to_owned());
            let (name, number) = part.split_once('=').ok_or_else(wrong)?;
            let (name, size) = match name.trim() {
                "accounts" => ("accounts", &mut generate.accounts),
                "ous" => ("ous", &mut generate.ous),
                "guardrails" => ("guardrails", &mut generate.guardrails),
                _ => return Err(wrong()),
            };
            if size.replace(number.trim().parse().map_err(|_| wrong())?).is_some() {
                return Err(GenerateError::Twice(name));
            }
        }
        generate.within_limits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Options, Partition, Seed};
    use crate::seed;
    use crate::world::World;

    fn generate(text: &str) -> Generate {
        text.parse().expect("valid")
    }

    fn grown(text: &str, partition: Partition) -> Result<State, GenerateError> {
        let mut state =
            seed::state(&Seed::Default, Generate::default(), partition).expect("the built-in seed is valid");
        generate(text).grow(&mut state).map(|()| state)
    }

    #[test]
    fn sizes_are_read() {
        let all = Generate { accounts: Some(5000), ous: Some(200), guardrails: Some(50) };
        assert_eq!(generate("accounts=5000,ous=200,guardrails=50"), all);
        assert_eq!(generate("ous = 7"), Generate { ous: Some(7), ..Generate::default() });
    }

    #[test]
    fn other_sizes_are_refused() {
        let form = "is not of the form accounts=N, ous=N or guardrails=N";
        for (text, message) in [
            ("", format!("'' {form}")),
            ("users=5", format!("'users=5' {form}")),
            ("accounts=-1", format!("'accounts=-1' {form}")),
            ("accounts=5,,ous=6", format!("'' {form}")),
            ("accounts=5,accounts=6", "accounts is given twice".to_owned()),
            ("accounts=10001", "accounts=10001 is more than the 10000 that AWS allows in an organization".to_owned()),
            ("ous=2001", "ous=2001 is more than the 2000 that AWS allows in an organization".to_owned()),
            (
                "guardrails=101",
                "guardrails=101 is more than the 100 that AWS allows in an account and Region".to_owned(),
            ),
        ] {
            assert_eq!(text.parse::<Generate>().expect_err(text).to_string(), message);
        }
    }

    #[test]
    fn what_the_seed_has_counts_and_stays() {
        for (text, message) in [
            ("accounts=6", "accounts=6 is less than the 7 of the seed"),
            ("ous=4", "ous=4 is less than the 5 of the seed"),
        ] {
            assert_eq!(grown(text, Partition::Aws).expect_err(text).to_string(), message);
        }
        let seed = grown("accounts=7,ous=5,guardrails=0", Partition::Aws).expect("as it is");
        assert_eq!(seed, seed::state(&Seed::Default, Generate::default(), Partition::Aws).expect("valid"));
    }

    #[test]
    fn the_largest_state_is_a_valid_one_and_the_same_each_time() {
        let text = "accounts=10000,ous=2000,guardrails=100";
        let state = grown(text, Partition::UsGov).expect("within AWS's limits");
        assert_eq!(state.organization.size(), (10_000, 2_000));
        let written = serde_json::to_value(&state).expect("JSON");
        let read = seed::complete(written, Partition::UsGov).expect("what is read is checked");
        assert_eq!(read, state);
        assert_eq!(grown(text, Partition::UsGov), Ok(read));
        let world = World::new(state, Options::default());
        assert_eq!(world.iam("100000000001").roles.len(), world.iam("222233334444").roles.len());
    }

    #[test]
    fn guardrails_are_where_bedrock_is() {
        let message = grown("guardrails=1", Partition::China).expect_err("refused").to_string();
        assert!(message.contains("there is no Bedrock in cn-"), "{message}");
        assert!(grown("accounts=8,guardrails=0", Partition::China).is_ok());
    }
}
