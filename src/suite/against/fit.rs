//! Whether what is expected can be, by what the guardrail is set to do.

use super::rule::{From, Rule};
use crate::suite::words::Confidence;

/// What a case expects of one thing, whatever it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    /// What is to be done, in the words of what a guardrail answers.
    pub(super) action: Option<&'static str>,
    /// Whether it is to be found.
    pub(super) detected: Option<bool>,
    /// The least and the greatest confidence.
    pub(super) confidence: (Option<Confidence>, Option<Confidence>),
    /// The least and the greatest score.
    pub(super) score: (Option<f64>, Option<f64>),
}

/// What a guardrail does instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The verb, before what the expectation is about.
    pub(super) does: String,
    /// When it does so, if not always.
    pub(super) when: String,
}

impl Wanted {
    /// Whether something has to be configured for this to be.
    pub(super) fn needs_a_rule(&self) -> bool {
        self.acts().is_some()
            || self.detected == Some(true)
            || self.confidence.0.is_some_and(|least| least > Confidence::None)
            || self.score != (None, None)
    }

    fn acts(&self) -> Option<&'static str> {
        self.action.filter(|action| *action != "NONE")
    }

    /// Why this can never be under `rule`; `None` if it can.
    pub(super) fn fault(&self, rule: Rule) -> Option<Fault> {
        let Rule { looks, does, from } = rule;
        let fault = |does: &str, when: String| Some(Fault { does: does.to_owned(), when });
        if !looks {
            return if self.needs_a_rule() { fault("does not look for", String::new()) } else { None };
        }
        let finds = self.finds(from);
        let answers = || format!("answers {does} to");
        match (self.action, does) {
            (Some("NONE"), "NONE") | (None, _) => {}
            (Some(_), "NONE") => return fault("only reports", String::new()),
            (Some("NONE"), _) => {
                if finds == Some(true) || self.detected == Some(true) {
                    return fault(&answers(), told(from));
                }
            }
            (Some(action), _) if action != does => return fault(&answers(), String::new()),
            (Some(_), _) => {
                if finds == Some(false) {
                    return fault(&answers(), told(from));
                }
            }
        }
        // A filter tells of any confidence; a check finds what scores too low.
        match (self.detected, finds, from) {
            (Some(true), Some(false), From::Below(_)) | (Some(false), Some(true), From::Below(_)) => {
                fault("finds something by", told(from))
            }
            _ => None,
        }
    }

    /// Whether the bounds alone say that the guardrail acts, or that it does not.
    fn finds(&self, from: From) -> Option<bool> {
        match from {
            From::Found => None,
            From::Confidence(from) => match self.confidence {
                (Some(least), _) if least >= from => Some(true),
                (_, Some(most)) if most < from => Some(false),
                _ => None,
            },
            From::Below(threshold) => match self.score {
                (Some(least), _) if least >= threshold => Some(false),
                (_, Some(most)) if most < threshold => Some(true),
                _ => None,
            },
        }
    }
}

/// What a guardrail acts on, in words.
fn told(from: From) -> String {
    match from {
        From::Found => String::new(),
        From::Confidence(Confidence::High) => ", only with confidence HIGH".to_owned(),
        From::Confidence(least) => format!(", with confidence {least} or more"),
        From::Below(threshold) => format!(", with a score below {threshold}"),
    }
}
