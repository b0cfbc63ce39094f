//! Ways around the guardrails of a cell: whether somebody who would rather not meet them has one.
//!
//! Sources: Bedrock user guide, "guardrails-enforcements", "api-keys-permissions"; Bedrock API reference, `StartAsyncInvoke` and
//! `InvokeModelWithBidirectionalStream`, which are allowed as `bedrock:InvokeModel` and have no field for a guardrail;
//! aws-samples/service-control-policy-examples, which denies `bedrock-mantle` and long-term keys. Whether guardrails that are
//! enforced hold for calls that cannot name one is stated nowhere, so where such calls get through it is unknown.

use super::State;
use super::barred::{Ask, Bar, barred};
use super::state::enforced;
use crate::explain::{Cell, Chain, Explanation, GapKind};
use crate::model::{Facts, words};

words! {
    /// A way around.
    Way {
        /// Models are called in this Region, and nobody enforces a guardrail there.
        Region = "region",
        /// Models that the guardrails are not for.
        Models = "models",
        /// What the caller has not tagged, where guarding is `SELECTIVE`.
        Untagged = "untagged",
        /// Prompts of `InvokeModel` without input tags, in which `PROMPT_ATTACK` looks for nothing.
        PromptAttacks = "prompt-attacks",
        /// The endpoint `bedrock-mantle`, which knows no guardrails.
        Mantle = "mantle",
        /// `StartAsyncInvoke`, which takes no guardrail.
        AsyncCalls = "async-calls",
        /// `InvokeModelWithBidirectionalStream`, which takes no guardrail.
        BidirectionalStreams = "bidirectional-streams",
        /// `CreateModelInvocationJob`, which takes no guardrail.
        BatchJobs = "batch-jobs",
        /// Long-term keys of Bedrock, which no session and no role limits.
        LongTermKeys = "long-term-keys",
    }
}

words! {
    /// Whether a way around can be taken.
    Passage {
        Open = "open",
        Closed = "closed",
        Unknown = "unknown",
    }
}

/// A way around, and whether it can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Around {
    /// Which it is.
    pub way: Way,
    /// Whether it can be taken.
    pub passage: Passage,
    /// Why, in words.
    pub why: String,
}

/// What is asked to tell what is barred in a cell.
pub(super) struct Asked {
    models: String,
    profiles: String,
    region: String,
}

const INVOKE: [&str; 2] = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];
const REGION: &str = "aws:RequestedRegion";
const PROFILE: &str = "bedrock:InferenceProfileArn";
const GUARDRAIL: &str = "bedrock:GuardrailIdentifier";

impl Asked {
    pub(super) fn of(facts: &Facts, cell: &Cell<'_>) -> Self {
        let (partition, region) = (&facts.caller.partition, cell.region);
        Self {
            models: format!("arn:{partition}:bedrock:{region}::foundation-model/*"),
            profiles: format!("arn:{partition}:bedrock:{region}:*:inference-profile/*"),
            region: region.to_string(),
        }
    }

    /// Whether every call of every model is denied: by itself, or through a profile.
    pub(super) fn calls<'g>(&self, chain: &Chain<'g>) -> Bar<'g> {
        self.invoking(chain, &INVOKE, &[])
    }

    /// Whether every model is kept from these actions, where these keys are not there.
    fn invoking<'g>(&self, chain: &Chain<'g>, actions: &[&str], absent: &[&str]) -> Bar<'g> {
        let mut on_profiles = vec![(REGION, Some(self.region.as_str()))];
        on_profiles.extend(absent.iter().map(|key| (*key, None)));
        let on_models = [on_profiles.clone(), vec![(PROFILE, None)]].concat();
        let asks = |action| {
            [
                Ask { action, resource: &self.models, keys: &on_models },
                Ask { action, resource: &self.profiles, keys: &on_profiles },
            ]
        };
        barred(chain, &actions.iter().copied().flat_map(asks).collect::<Vec<_>>())
    }

    fn anything<'g>(&self, chain: &Chain<'g>, action: &str, key: Option<(&str, &str)>) -> Bar<'g> {
        let mut keys = vec![(REGION, Some(self.region.as_str()))];
        keys.extend(key.map(|(key, value)| (key, Some(value))));
        barred(chain, &[Ask { action, resource: "*", keys: &keys }])
    }
}

/// The ways around in a cell, as far as there is something to get around: none where there is no Bedrock.
pub(super) fn ways(
    explanation: &Explanation<'_>,
    state: State,
    chain: &Chain<'_>,
    asked: &Asked,
    managing: bool,
) -> Vec<Around> {
    if state == State::Unavailable {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut add = |way, (passage, why): (Passage, String)| found.push(Around { way, passage, why });
    add(Way::Region, region(explanation, state, asked, chain, managing));
    if enforced(explanation).next().is_some() {
        add(Way::Models, models(explanation));
        add(Way::Untagged, untagged(explanation));
        add(Way::PromptAttacks, prompt_attacks(explanation));
    }
    for (way, bar, otherwise) in by_policy(asked, chain) {
        add(way, if managing { unbound(&otherwise) } else { judged(bar, otherwise) });
    }
    found
}

type Judged = (Passage, String);

fn region(explanation: &Explanation<'_>, state: State, asked: &Asked, chain: &Chain<'_>, managing: bool) -> Judged {
    match state {
        State::Unprotected | State::Invalid if !explanation.demanded.is_empty() => {
            let policies: Vec<&str> = explanation.demanded.iter().map(|demanded| demanded.policy).collect();
            (Passage::Open, format!("calls must name a guardrail ({}), and nothing is enforced", policies.join(", ")))
        }
        State::Unprotected => {
            let nothing = (Passage::Open, "models can be called, and nothing is enforced".to_owned());
            if managing { nothing } else { judged(asked.calls(chain), nothing) }
        }
        State::Unseen => (Passage::Unknown, "what is enforced was not seen".to_owned()),
        State::Invalid => (Passage::Closed, "something is enforced, and cannot be".to_owned()),
        State::Denied => (Passage::Closed, "calls are denied".to_owned()),
        State::Protected | State::Unavailable => (Passage::Closed, "every call meets a guardrail".to_owned()),
    }
}

fn models(explanation: &Explanation<'_>) -> Judged {
    let left_out: Vec<&str> = explanation
        .gaps
        .iter()
        .filter(|gap| gap.kind == GapKind::Models)
        .flat_map(|gap| gap.models.iter().map(String::as_str))
        .collect();
    if left_out.is_empty() {
        (Passage::Closed, "the guardrails are for every model".to_owned())
    } else {
        (Passage::Open, format!("not for {}", left_out.join(", ")))
    }
}

/// What is examined less where nothing is tagged; another guardrail may make up for it.
fn untagged(explanation: &Explanation<'_>) -> Judged {
    let gap = |kind| explanation.gaps.iter().find(move |gap| gap.kind == kind && !gap.controls.is_empty());
    let unread = enforced(explanation).any(|guard| guard.seen.is_err());
    let parts: Vec<&str> =
        [(GapKind::SystemPrompts, "system prompts"), (GapKind::Messages, "what stands beside tags in messages")]
            .into_iter()
            .filter_map(|(kind, words)| gap(kind).map(|_| words))
            .collect();
    match (parts.as_slice(), unread) {
        ([], true) => (Passage::Unknown, "what the guardrails look for was not seen".to_owned()),
        ([], false) => (Passage::Closed, "what is not tagged is examined as strictly".to_owned()),
        (parts, _) => (
            Passage::Open,
            format!("examined less, or not at all, unless the caller tags them: {}", parts.join(", and ")),
        ),
    }
}

fn prompt_attacks(explanation: &Explanation<'_>) -> Judged {
    let looks = explanation.gaps.iter().any(|gap| gap.kind == GapKind::PromptAttacks);
    if looks {
        (
            Passage::Open,
            "PROMPT_ATTACK is not looked for in InvokeModel calls whose prompt has no input tags".to_owned(),
        )
    } else if enforced(explanation).any(|guard| guard.seen.is_err()) {
        (Passage::Unknown, "what the guardrails look for was not seen".to_owned())
    } else {
        (Passage::Open, "no guardrail looks for PROMPT_ATTACK".to_owned())
    }
}

/// The ways that a service control policy may close, each with what holds where none does.
fn by_policy<'g>(asked: &Asked, chain: &Chain<'g>) -> Vec<(Way, Bar<'g>, Judged)> {
    let everything = |action: &str| asked.anything(chain, action, None);
    let without = |actions: &[&str]| asked.invoking(chain, actions, &[GUARDRAIL]);
    let unknown = |what: &str| {
        (
            Passage::Unknown,
            format!("{what} take no guardrail, and whether one that is enforced holds for them is not stated"),
        )
    };
    let long_term = ("bedrock:bearerTokenType", "LONG_TERM");
    let uses = asked.anything(chain, "bedrock:CallWithBearerToken", Some(long_term));
    let of_bedrock = ("iam:ServiceSpecificCredentialServiceName", "bedrock.amazonaws.com");
    let makes = asked.anything(chain, "iam:CreateServiceSpecificCredential", Some(of_bedrock));
    let keys = match &makes {
        Bar::Whole(policy) => {
            (Passage::Unknown, format!("{policy} denies that new ones are made; those that there are can be used"))
        }
        _ => (Passage::Open, "they can be made and used; no session and no role limits them".to_owned()),
    };
    let mantle = (
        Passage::Open,
        "no policy denies bedrock-mantle:CreateInference, and no guardrail is known to hold there".to_owned(),
    );
    vec![
        (Way::Mantle, everything("bedrock-mantle:CreateInference"), mantle),
        (Way::AsyncCalls, without(&INVOKE[..1]), unknown("asynchronous calls")),
        (
            Way::BidirectionalStreams,
            // The API reference names the first, policies in use the other one.
            without(&[INVOKE[0], "bedrock:InvokeModelWithBidirectionalStream"]),
            unknown("bidirectional streams"),
        ),
        (Way::BatchJobs, everything("bedrock:CreateModelInvocationJob"), unknown("batch jobs")),
        (Way::LongTermKeys, uses, keys),
    ]
}

/// What comes of what is barred, and of what holds `otherwise`.
fn judged(bar: Bar<'_>, otherwise: Judged) -> Judged {
    match bar {
        Bar::Whole(policy) => (Passage::Closed, format!("{policy} denies it")),
        Bar::Spares(policy, exempt) => (Passage::Open, format!("{policy} denies it, but not to {}", exempt.join(", "))),
        Bar::Perhaps(policy) => {
            (Passage::Unknown, format!("{policy} denies some of it, or under conditions that cannot be told"))
        }
        Bar::Unseen => (Passage::Unknown, "not every policy on the way could be read".to_owned()),
        Bar::Open => otherwise,
    }
}

/// The management account, which no service control policy affects.
fn unbound(otherwise: &Judged) -> Judged {
    let (passage, why) = otherwise;
    (*passage, format!("{why}; service control policies do not affect the management account"))
}
