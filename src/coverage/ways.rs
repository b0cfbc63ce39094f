//! Ways around the guardrails of a cell: whether somebody who would rather not meet them has one.
//!
//! Sources: Bedrock user guide, "guardrails-enforcements", "api-keys-permissions"; Bedrock API reference, `StartAsyncInvoke` and
//! `InvokeModelWithBidirectionalStream`, which are allowed as `bedrock:InvokeModel` and have no field for a guardrail;
//! aws-samples/service-control-policy-examples, which denies `bedrock-mantle` and long-term keys. Whether guardrails that are
//! enforced hold for calls that cannot name one is stated nowhere, so where such calls get through it is unknown.

use super::State;
use super::barred::{Ask, Bar, barred};
use super::state::enforced;
use crate::explain::{Cell, Chain, Explanation, Found, GapKind, Hides, Level, Models, Part, Which};
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
    others: Vec<String>,
    region: String,
}

const INVOKE: [&str; 2] = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];
const REGION: &str = "aws:RequestedRegion";
const PROFILE: &str = "bedrock:InferenceProfileArn";
const GUARDRAIL: &str = "bedrock:GuardrailIdentifier";

/// What can be called besides the models of the catalogue and their profiles (Service Authorization Reference, "Amazon Bedrock",
/// `InvokeModel`), and one that stands for what AWS adds: a policy that names kinds leaves some out.
const OTHERS: [&str; 8] = [
    "application-inference-profile",
    "custom-model",
    "custom-model-deployment",
    "default-prompt-router",
    "imported-model",
    "prompt-router",
    "provisioned-model",
    "strange-model",
];

impl Asked {
    pub(super) fn of(facts: &Facts, cell: &Cell<'_>) -> Self {
        let (partition, region) = (&facts.caller.partition, cell.region);
        Self {
            models: format!("arn:{partition}:bedrock:{region}::foundation-model/*"),
            profiles: format!("arn:{partition}:bedrock:{region}:*:inference-profile/*"),
            others: OTHERS.map(|kind| format!("arn:{partition}:bedrock:{region}:*:{kind}/*")).to_vec(),
            region: region.to_string(),
        }
    }

    /// Whether every call of every model is denied: of the catalogue, by itself or through a profile, and of other kinds.
    pub(super) fn calls<'g>(&self, chain: &Chain<'g>) -> Bar<'g> {
        self.invoking(chain, &INVOKE, &[])
    }

    /// Whether every model is kept from these actions, where these keys are not there.
    fn invoking<'g>(&self, chain: &Chain<'g>, actions: &[&str], absent: &[&str]) -> Bar<'g> {
        let every = |resources: &[&str]| self.invoked(chain, actions, absent, resources);
        let others: Vec<&str> = self.others.iter().map(String::as_str).collect();
        match (every(&[&self.models, &self.profiles]), every(&others)) {
            (Bar::Whole(policy), Bar::Open) => Bar::Catalogue(policy),
            (catalogue, others) => catalogue.min(others),
        }
    }

    fn invoked<'g>(&self, chain: &Chain<'g>, actions: &[&str], absent: &[&str], resources: &[&str]) -> Bar<'g> {
        let mut on_profiles = vec![(REGION, Some(self.region.as_str()))];
        on_profiles.extend(absent.iter().map(|key| (*key, None)));
        let on_models = [on_profiles.clone(), vec![(PROFILE, None)]].concat();
        let mut asks = Vec::new();
        for (action, resource) in actions.iter().flat_map(|action| resources.iter().map(move |of| (*action, *of))) {
            let keys = if resource.contains("inference-profile/") { &on_profiles } else { &on_models };
            asks.push(Ask { action, resource, keys });
        }
        barred(chain, &asks)
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
    let is_met = || enforced(explanation).any(|guard| guard.level != Level::Request);
    match state {
        State::Invalid if explanation.fails() => {
            (Passage::Closed, "what is enforced cannot be, so that calls fail".to_owned())
        }
        State::Invalid if explanation.hides(Hides::Soundness) || !is_met() && explanation.hides(Hides::More) => {
            (Passage::Unknown, "what is enforced was not seen".to_owned())
        }
        State::Invalid if is_met() => {
            (Passage::Closed, "AWS keeps the last valid policy, and every call meets a guardrail".to_owned())
        }
        State::Unprotected | State::Invalid if !explanation.demanded.is_empty() => {
            let policies: Vec<&str> = explanation.demanded.iter().map(|demanded| demanded.policy).collect();
            (Passage::Open, format!("calls must name a guardrail ({}), and nothing is enforced", policies.join(", ")))
        }
        State::Unprotected => {
            let nothing = (Passage::Open, "models can be called, and nothing is enforced".to_owned());
            if managing { nothing } else { judged(asked.calls(chain), nothing) }
        }
        State::Unseen => (Passage::Unknown, "what is enforced was not seen".to_owned()),
        State::Invalid => {
            let nothing =
                (Passage::Open, "the policies come to no valid effective policy, and nothing is enforced".to_owned());
            if managing { nothing } else { judged(asked.calls(chain), nothing) }
        }
        State::Denied => (Passage::Closed, "calls are denied".to_owned()),
        State::Protected | State::Unavailable => (Passage::Closed, "every call meets a guardrail".to_owned()),
    }
}

/// Models that meet fewer guardrails than others do: whether those that are left make up for it.
fn models(explanation: &Explanation<'_>) -> Judged {
    let Some((first, others)) = explanation.models.split_first() else {
        return (Passage::Closed, "the guardrails are for every model".to_owned());
    };
    let enforced = |place: &&usize| explanation.guards[**place].level != Level::Request;
    let (mut bare, mut weaker, mut unread, mut some): (Vec<&str>, Vec<&str>, Vec<&str>, Vec<&str>) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for group in others {
        let Which::These(named) = &group.which else { continue };
        let missed = first.guards.iter().filter(enforced).filter(|place| !group.guards.contains(place));
        let missed: Vec<&usize> = missed.collect();
        let is_read = |place: &&usize| explanation.guards[**place].seen.is_ok();
        let list = if missed.is_empty() {
            continue;
        } else if !group.guards.iter().any(|place| enforced(&place)) {
            &mut bare
        } else if !missed.iter().all(is_read) || !group.guards.iter().all(|place| is_read(&place)) {
            &mut unread
        } else if [Part::TaggedMessage, Part::Answer].iter().all(|part| as_strict(explanation, group, first, *part)) {
            &mut some
        } else {
            &mut weaker
        };
        list.extend(named.iter().map(String::as_str));
    }
    match () {
        () if !bare.is_empty() => (Passage::Open, format!("not for {}", bare.join(", "))),
        () if !weaker.is_empty() => {
            (Passage::Open, format!("not all are for {}, which are examined less strictly", weaker.join(", ")))
        }
        () if !unread.is_empty() => (
            Passage::Unknown,
            format!("not all are for {}, and what the guardrails look for was not seen", unread.join(", ")),
        ),
        () if !some.is_empty() => {
            (Passage::Closed, format!("not all are for {}, which others examine as strictly", some.join(", ")))
        }
        () => (Passage::Closed, "the guardrails are for every model".to_owned()),
    }
}

/// Whether a part of a call of these models is examined as that of the others is.
fn as_strict(explanation: &Explanation<'_>, these: &Models, others: &Models, part: Part) -> bool {
    let (left, whole) = (explanation.union(these, part), explanation.union(others, part));
    let settings = |found: &Found<'_>| found.settings.iter().map(|one| (one.action, one.degree)).collect::<Vec<_>>();
    whole.controls().all(|(control, found)| {
        left.controls().any(|(known, here)| known == control && settings(here) == settings(found))
    })
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
        Bar::Catalogue(policy) => {
            let (passage, why) = otherwise;
            (passage, format!("{why}; {policy} denies it of AWS's models, and not of every kind of others"))
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
