//! What was examined, one by one, and how each ended: the report of `verify` and of `readiness`.

use serde::{Deserialize, Serialize};

use crate::model::Scope;

/// What a check is about, in the order of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// What the policies of the organization come to in an account and Region.
    EffectivePolicy,
    /// Whether AWS calls the effective policy of an account valid.
    ValidPolicy,
    /// The enforced configuration of an account and Region.
    EnforcedConfiguration,
    /// A version that is enforced.
    Version,
    /// Whether an account may apply what is enforced on it.
    ApplyGuardrail,
    /// Whether IAM lets a role call models with the guardrail only.
    Simulation,
    /// A call of a model.
    ModelCall,
    /// Whether a role that may call models may apply what is enforced on them.
    Caller,
    /// Whether what an agent or a knowledge base calls is still allowed.
    InnerCall,
}

impl What {
    /// Every one, in order.
    pub const ALL: [Self; 9] = [
        Self::EffectivePolicy,
        Self::ValidPolicy,
        Self::EnforcedConfiguration,
        Self::Version,
        Self::ApplyGuardrail,
        Self::Simulation,
        Self::ModelCall,
        Self::Caller,
        Self::InnerCall,
    ];

    /// The heading of reports.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::EffectivePolicy => "Effective policies",
            Self::ValidPolicy => "Validity of effective policies",
            Self::EnforcedConfiguration => "Enforced configurations",
            Self::Version => "Versions",
            Self::ApplyGuardrail => "ApplyGuardrail",
            Self::Simulation => "Simulated calls",
            Self::ModelCall => "Model calls",
            Self::Caller => "Roles that may call models",
            Self::InnerCall => "Roles of agents and knowledge bases",
        }
    }

    /// The word of JSON and of test reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::EffectivePolicy => "effective-policy",
            Self::ValidPolicy => "valid-policy",
            Self::EnforcedConfiguration => "enforced-configuration",
            Self::Version => "version",
            Self::ApplyGuardrail => "apply-guardrail",
            Self::Simulation => "simulation",
            Self::ModelCall => "model-call",
            Self::Caller => "caller",
            Self::InnerCall => "inner-call",
        }
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is not as it must be.
    Failed,
    /// It could not be found out.
    Unseen,
    /// There is nothing to find out: a Region that is not there, or what AWS does not tell this caller.
    Skipped,
    /// It is as it must be.
    Passed,
}

impl State {
    /// Every one, the gravest first.
    pub const ALL: [Self; 4] = [Self::Failed, Self::Unseen, Self::Skipped, Self::Passed];

    /// The word of reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Unseen => "not seen",
            Self::Skipped => "skipped",
            Self::Passed => "passed",
        }
    }
}

/// How a check ended, and what to say of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// How it ended.
    pub state: State,
    /// What was found, or why nothing was.
    pub message: String,
    /// What to do about it.
    pub fix: Option<String>,
    /// Whether looking again in the same run can find nothing else.
    pub is_final: bool,
}

impl Outcome {
    /// It is as it must be.
    pub fn passed(message: impl Into<String>) -> Self {
        Self { state: State::Passed, message: message.into(), fix: None, is_final: false }
    }

    /// It is not.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { state: State::Failed, message: message.into(), fix: None, is_final: false }
    }

    /// It could not be found out.
    pub fn unseen(message: impl Into<String>) -> Self {
        Self { state: State::Unseen, message: message.into(), fix: None, is_final: false }
    }

    /// There is nothing to find out.
    pub fn skipped(message: impl Into<String>) -> Self {
        Self { state: State::Skipped, message: message.into(), fix: None, is_final: false }
    }

    /// The same, with advice.
    #[must_use]
    pub fn fix(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }

    /// The same, for good: what it is judged by is read once in a run.
    #[must_use]
    pub fn for_good(self) -> Self {
        Self { is_final: true, ..self }
    }

    /// The same, with advice if there is any.
    #[must_use]
    pub fn maybe_fix(self, fix: Option<String>) -> Self {
        Self { fix, ..self }
    }
}

/// One thing that was examined.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Check {
    /// What it is about.
    pub what: What,
    /// The account, and the Region where it is about one.
    pub scope: Scope,
    /// Which of several there: a role, a version, a way to call a model. Empty where there is one.
    pub about: String,
    /// How it ended.
    pub outcome: Outcome,
}

impl Check {
    /// A check of the one thing of this sort in `scope`.
    pub fn new(what: What, scope: &Scope, outcome: Outcome) -> Self {
        Self { what, scope: scope.clone(), about: String::new(), outcome }
    }

    /// The same of one of several.
    #[must_use]
    pub fn about(self, about: impl Into<String>) -> Self {
        Self { about: about.into(), ..self }
    }
}

/// How it ended as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// All is as it must be.
    Passed,
    /// Something is not.
    Failed,
    /// Nothing is known to be wrong, and not everything could be found out.
    Incomplete,
}

/// Everything that was examined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order of subjects, places and names.
    pub checks: Vec<Check>,
    /// What to know about what was not examined.
    pub notes: Vec<String>,
}

impl Report {
    /// These checks in their order.
    pub fn of(mut checks: Vec<Check>, notes: Vec<String>) -> Self {
        checks.sort();
        Self { checks, notes }
    }

    /// How many ended so.
    pub fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|check| check.outcome.state == state).count()
    }

    /// How it ended as a whole: what is known to be wrong goes before what could not be seen.
    pub fn end(&self) -> End {
        match (self.count(State::Failed), self.count(State::Unseen)) {
            (0, 0) => End::Passed,
            (0, _) => End::Incomplete,
            _ => End::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_goes_before_what_was_not_seen() {
        let scope = Scope::global("111122223333".parse().expect("an id"));
        let of = |outcomes: &[Outcome]| {
            let checks = outcomes.iter().map(|outcome| Check::new(What::Version, &scope, outcome.clone()));
            Report::of(checks.collect(), Vec::new()).end()
        };
        let (passed, failed) = (Outcome::passed("fine"), Outcome::failed("no"));
        let (unseen, skipped) = (Outcome::unseen("dark"), Outcome::skipped("nothing there"));
        assert_eq!(of(&[]), End::Passed);
        assert_eq!(of(&[passed.clone(), skipped.clone()]), End::Passed);
        assert_eq!(of(&[passed.clone(), unseen.clone(), skipped]), End::Incomplete);
        assert_eq!(of(&[passed, unseen, failed]), End::Failed);
    }

    #[test]
    fn every_word_is_that_of_its_json() {
        for what in What::ALL {
            assert_eq!(serde_json::to_value(what).expect("a word"), what.word());
        }
    }
}
