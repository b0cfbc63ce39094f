//! Models that are tried to tell whether a role may call any: IAM is asked of single ones, and policies speak of many.

use std::collections::{BTreeMap, BTreeSet};

use super::identity::{callable, example, examples, filled_in, resources};
use crate::aws::Identity;
use crate::kinds::iam_policy::geography::prefixes_from;
use crate::model::{Document, Facts, Scope};

/// Models of AWS's and of others, some of each provider, as lists of approved models name them (Bedrock user guide,
/// "models-supported").
const KNOWN: [&str; 30] = [
    "ai21.jamba-1-5-large-v1:0",
    "amazon.nova-2-lite-v1:0",
    "amazon.nova-canvas-v1:0",
    "amazon.nova-lite-v1:0",
    "amazon.nova-micro-v1:0",
    "amazon.nova-premier-v1:0",
    "amazon.nova-pro-v1:0",
    "amazon.titan-embed-text-v2:0",
    "amazon.titan-image-generator-v2:0",
    "anthropic.claude-3-haiku-20240307-v1:0",
    "anthropic.claude-haiku-4-5-20251001-v1:0",
    "anthropic.claude-opus-4-5-20251101-v1:0",
    "anthropic.claude-sonnet-4-20250514-v1:0",
    "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "cohere.command-r-plus-v1:0",
    "cohere.embed-english-v3",
    "cohere.embed-v4:0",
    "deepseek.r1-v1:0",
    "google.gemma-3-12b-it",
    "meta.llama3-3-70b-instruct-v1:0",
    "meta.llama4-maverick-17b-instruct-v1:0",
    "minimax.minimax-m2",
    "mistral.mistral-large-2402-v1:0",
    "mistral.pixtral-large-2502-v1:0",
    "moonshot.kimi-k2-thinking",
    "nvidia.nemotron-nano-9b-v2",
    "openai.gpt-oss-120b-1:0",
    "qwen.qwen3-32b-v1:0",
    "stability.sd3-5-large-v1:0",
    "writer.palmyra-x5-v1:0",
];

/// What the policies of a role may let it call in one Region.
pub struct Samples<'a> {
    identity: &'a Identity,
    /// What it is to have besides its policies.
    besides: Vec<Document>,
    scope: &'a Scope,
    facts: &'a Facts,
    /// A model for each pattern of an allowance, and whether it is the only one that some allowance means.
    tried: BTreeMap<String, bool>,
    /// The variables of these patterns whose values nobody tells here.
    untold: BTreeSet<String>,
}

impl<'a> Samples<'a> {
    /// Those of a role in the Region of `scope`, which is to have these policies `besides` its own.
    pub fn of(identity: &'a Identity, besides: Vec<Document>, scope: &'a Scope, facts: &'a Facts) -> Self {
        let mut samples = Self { identity, besides, scope, facts, tried: BTreeMap::new(), untold: BTreeSet::new() };
        for document in samples.documents() {
            for pattern in callable(&document) {
                let (pattern, untold) = samples.filled_in(&pattern);
                let found = example(&pattern, scope, &facts.caller.partition);
                if !found.is_empty() {
                    samples.untold.extend(untold);
                }
                for (model, is_exact) in found {
                    // What one allowance means alone, another may mean among others.
                    *samples.tried.entry(model).or_insert(true) &= is_exact;
                }
            }
        }
        samples
    }

    /// Whether no policy of the role may let it call a model there.
    pub fn is_empty(&self) -> bool {
        self.tried.is_empty()
    }

    /// Whether an allowance means models besides those that are tried for it.
    pub fn are_some_of_many(&self) -> bool {
        self.tried.values().any(|is_exact| !is_exact)
    }

    /// Whether an allowance means this model and no other.
    pub fn is_one(&self, model: &str) -> bool {
        self.tried.get(model) == Some(&true)
    }

    /// The variables of the allowances that a simulation is not told.
    pub fn untold(&self) -> &BTreeSet<String> {
        &self.untold
    }

    /// One model for each allowance, and where one means more, for each of these patterns: what an allowance means among others may
    /// be all that a policy is about.
    pub fn models<'p>(&self, patterns: impl IntoIterator<Item = &'p String>) -> BTreeSet<String> {
        let mut models: BTreeSet<String> = self.tried.keys().cloned().collect();
        if self.are_some_of_many() {
            models.extend(examples(patterns, self.scope, &self.facts.caller.partition));
        }
        models
    }

    /// What else an allowance of many may mean, to be tried where nothing that was may be called: what the policies of the role, its
    /// boundary and `others` name, for a list of approved models is one of exceptions; models that are known; and these ARNs.
    pub fn wider(&self, others: &[Document], named: &[String]) -> BTreeSet<String> {
        let (partition, region) = (&self.facts.caller.partition, self.scope.region_name());
        let documents = self.documents().into_iter().chain(self.identity.boundary.clone().map(Document::from));
        let documents: Vec<Document> = documents.chain(others.iter().cloned()).collect();
        let patterns: Vec<String> =
            documents.iter().flat_map(resources).map(|pattern| self.filled_in(&pattern).0).collect();
        let prefixes: Vec<&str> = self.scope.region.iter().flat_map(prefixes_from).collect();
        let known = KNOWN.iter().flat_map(|id| {
            let profile = |prefix: &&str| {
                format!("arn:{partition}:bedrock:{region}:{}:inference-profile/{prefix}.{id}", self.scope.account)
            };
            let model = format!("arn:{partition}:bedrock:{region}::foundation-model/{id}");
            prefixes.iter().map(profile).chain([model]).collect::<Vec<_>>()
        });
        let mut models = self.models(&patterns);
        models.extend(known.chain(named.iter().cloned()));
        models
    }

    fn documents(&self) -> Vec<Document> {
        self.identity.policies.iter().cloned().map(Document::from).chain(self.besides.iter().cloned()).collect()
    }

    fn filled_in(&self, pattern: &str) -> (String, BTreeSet<String>) {
        let known = [
            ("aws:RequestedRegion", self.scope.region_name()),
            ("aws:PrincipalAccount", self.scope.account.as_str()),
            ("aws:PrincipalArn", self.identity.arn.as_str()),
        ];
        filled_in(pattern, &known)
    }
}
