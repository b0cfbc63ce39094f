//! Policies that others wrote (`conformance/corpus/policies`), and what AWS's documents say each of them answers.
//!
//! Every verdict was derived by hand from the IAM user guide and the Bedrock user guide, and its reason stands beside it; none
//! was copied from a run.

use std::path::Path;

use super::{Context, Decision, Document, Kind, Principal, Request};

const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0";
const TITAN_EMBED: &str = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0";
const INVOKE: &str = "bedrock:InvokeModel";
const STREAM: &str = "bedrock:InvokeModelWithResponseStream";
const APPLY: &str = "bedrock:ApplyGuardrail";
const KEY: &str = "bedrock:GuardrailIdentifier";

/// `bedrock:GuardrailIdentifier` of a request.
#[derive(Clone, Copy, Debug)]
enum Guardrail {
    None,
    Is(&'static str),
}
use Guardrail::{Is, None as Without};

/// Action, resource, guardrail, verdict, reason.
type Case = (&'static str, &'static str, Guardrail, Verdict, &'static str);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Allow,
    Deny,
    Silent,
}
use Verdict::{Allow, Deny, Silent};

fn read(file: &str) -> Document {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/corpus/policies").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Document::parse(&text).unwrap_or_else(|malformed| panic!("{file}: {malformed}"))
}

fn verdict(document: &Document, request: &Request<'_>) -> Verdict {
    match document.decide(request) {
        Decision::Allow(_) => Allow,
        Decision::Deny(_) => Deny,
        Decision::Silent => Silent,
    }
}

fn role(account: &str) -> Principal {
    Principal::Session {
        account: account.to_owned(),
        role_arn: format!("arn:aws:iam::{account}:role/app-role"),
        session_arn: format!("arn:aws:sts::{account}:assumed-role/app-role/me"),
    }
}

/// The documents that are attached to principals: identity policies, a permissions boundary, SCPs.
#[rustfmt::skip]
const IDENTITY: &[(&str, &[Case])] = &[
    ("01-docs-ex1-exact-version.json", &[
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456:1"), Allow, "the named version"),
        (STREAM, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456:1"), Allow, "the other action"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456:2"), Deny, "StringNotEquals: another version"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456:11"), Deny, "equals is not a prefix"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456"), Deny, "the bare ARN is DRAFT, not version 1"),
        (INVOKE, MODEL, Is("abcdef123456"), Deny, "an id is not the ARN"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/other:1"), Deny, "another guardrail"),
        (INVOKE, MODEL, Is(""), Deny, "an empty text differs, and StringNotEquals is no ARN operator"),
        (INVOKE, MODEL, Without, Deny, "a negated operator is true for an absent key"),
        (INVOKE, "arn:aws:bedrock:us-west-2::foundation-model/x", Without, Silent, "both statements are about us-east-1"),
        (INVOKE, "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.x", Without, Silent, "nor about profiles"),
        (APPLY, "arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456", Without, Allow, "ApplyGuardrail, without the key"),
        (APPLY, "arn:aws:bedrock:us-east-1:123456789012:guardrail/other", Without, Silent, "on another guardrail"),
    ]),
    ("03-docs-ex3-any-numeric-version.json", &[
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456:1"), Allow, "any version"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456:12"), Allow, "any version"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456"), Deny, "DRAFT has no colon after the id: ArnNotLike"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456x:1"), Deny, "a longer id is another guardrail"),
        (INVOKE, MODEL, Without, Deny, "ArnNotLike is true for an absent key"),
        (INVOKE, MODEL, Is(""), Silent, "no ARN operator holds for an empty text, so neither statement does"),
        (APPLY, "arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456", Without, Allow, "named without a version"),
    ]),
    ("05-docs-ex5-guardrail-version-pairs.json", &[
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/aaaaaaaaaa11:1"), Allow, "the first pair"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/bbbbbbbbbb22:2"), Allow, "the second"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/cccccccccc33"), Allow, "the DRAFT of the third"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/cccccccccc33:1"), Deny, "but no version of it"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/aaaaaaaaaa11:2"), Deny, "values of a negated operator exclude together"),
        (INVOKE, MODEL, Without, Deny, "absent under StringNotEquals"),
    ]),
    ("07-lambda-role-exact-version-cross-region.json", &[
        (INVOKE, "arn:aws:bedrock:ap-northeast-1::foundation-model/anthropic.claude-sonnet-4-20250514-v1:0", Is("arn:aws:bedrock:ap-northeast-1:123456789012:guardrail/g1h2i3j4k5l6:3"), Allow, "any Region's model, and the version"),
        (INVOKE, "arn:aws:bedrock:ap-northeast-1:123456789012:inference-profile/apac.anthropic.claude-sonnet-4-20250514-v1:0", Is("arn:aws:bedrock:ap-northeast-1:123456789012:guardrail/g1h2i3j4k5l6:3"), Allow, "the profile, by its ARN"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:ap-northeast-1:123456789012:guardrail/g1h2i3j4k5l6:3"), Silent, "a model that no statement allows"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:ap-northeast-1:123456789012:guardrail/g1h2i3j4k5l6:2"), Deny, "Deny is on every resource"),
        (INVOKE, MODEL, Without, Deny, "absent under StringNotEquals"),
        (APPLY, "arn:aws:bedrock:ap-south-1:123456789012:guardrail-profile/apac.guardrail.v1:0", Without, Allow, "a profile of a destination"),
        (APPLY, "arn:aws:bedrock:us-east-1:123456789012:guardrail-profile/us.guardrail.v1:0", Without, Silent, "a profile of elsewhere"),
    ]),
    ("09-gateway-deny-all-bedrock.json", &[
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456:1"), Deny, "without a condition"),
        (APPLY, "arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456", Without, Deny, "ApplyGuardrail, too"),
        ("bedrock:GetGuardrail", "arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdef123456", Without, Silent, "another action"),
    ]),
    ("11-scp02-null-arnnotlike-empty-mantle.json", &[
        (INVOKE, MODEL, Without, Deny, "Null true, and BoolIfExists passes on an absent key"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/plat0guard01"), Silent, "approved: DRAFT"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/plat0guard01:7"), Silent, "approved: any version"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/other"), Deny, "ArnNotLike"),
        (INVOKE, MODEL, Is("plat0guard01"), Deny, "an id is like no ARN"),
        (INVOKE, MODEL, Is(""), Deny, "by StringEquals alone: ArnNotLike does not hold, and the key is there"),
        ("bedrock-mantle:CreateInference", "*", Without, Deny, "the caller is not the gateway's role"),
        (APPLY, "arn:aws:bedrock:us-east-1:123456789012:guardrail/other", Without, Silent, "another action"),
    ]),
    ("13-scp-null-generative-models-only.json", &[
        (INVOKE, MODEL, Without, Deny, "a generative model without a guardrail"),
        (INVOKE, MODEL, Is(""), Silent, "an empty text is a value"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:1:guardrail/any"), Silent, "any guardrail will do"),
        (INVOKE, TITAN_EMBED, Without, Silent, "an embedding model"),
        (INVOKE, "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-x", Without, Deny, "a listed profile"),
        (INVOKE, "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-x", Without, Silent, "falls through"),
    ]),
    ("15-stringlike-any-guardrail-plus-null.json", &[
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/any"), Allow, "a wildcard at the end"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/any:3"), Allow, "takes versions, too"),
        (INVOKE, MODEL, Is("any"), Silent, "not like the pattern, but not absent"),
        (INVOKE, MODEL, Is(""), Silent, "the same"),
        (INVOKE, MODEL, Without, Deny, "Null true"),
        (STREAM, MODEL, Without, Silent, "the other action is not named"),
    ]),
    ("17-stringnotlike-three-guardrails-ou.json", &[
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:111122223333:guardrail/a1b2c3d4e5f6:1"), Deny, "names where ids belong: nothing real passes"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:111122223333:guardrail/INTERNAL_STANDARD:1"), Silent, "only an ARN of that text would"),
        (INVOKE, MODEL, Without, Deny, "absent under StringNotLike"),
        (INVOKE, MODEL, Is(""), Deny, "an empty text is unlike, and StringNotLike is no ARN operator"),
        ("bedrock:Converse", "*", Without, Deny, "IAM's evaluation knows no list of actions"),
    ]),
    ("19-aegis-allow-null-false.json", &[
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:1:guardrail/any"), Allow, "a guardrail, whichever"),
        (INVOKE, MODEL, Is(""), Allow, "an empty text is there"),
        (INVOKE, MODEL, Without, Silent, "Null false"),
        (APPLY, "arn:aws:bedrock:us-east-1:123456789012:guardrail/aegis0guard1", Without, Allow, "a statement without a Sid"),
    ]),
    ("21-boundary-bare-id-and-inference-profile.json", &[
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/gr5t7y9u1i3o"), Silent, "the key is an ARN and never equals the id"),
        (INVOKE, MODEL, Is("gr5t7y9u1i3o"), Silent, "and the other key is absent"),
        (APPLY, "arn:aws:bedrock:us-east-1:123456789012:guardrail/gr5t7y9u1i3o", Without, Silent, "ApplyGuardrail does not carry the key"),
    ]),
    ("23-claims-lambda-stringlike-version-wildcard.json", &[
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/claims000001:4"), Allow, "any version"),
        (INVOKE, MODEL, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/claims000001"), Silent, "DRAFT has no colon"),
        (INVOKE, MODEL, Without, Silent, "absent under StringLike"),
        (INVOKE, TITAN_EMBED, Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/claims000001:4"), Silent, "another model"),
        ("bedrock:GetInferenceProfile", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-5-sonnet-20241022-v2:0", Without, Allow, "a profile whose id has a colon"),
    ]),
    ("25-aria-harness-inline.json", &[
        (INVOKE, "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0", Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/aria00guard1:1"), Allow, "ArnNotLike does not hold"),
        (INVOKE, "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0", Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/aria00guard1"), Allow, "DRAFT is named, too"),
        (INVOKE, "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0", Is("arn:aws:bedrock:us-east-1:123456789012:guardrail/other:1"), Deny, "another guardrail"),
        (INVOKE, "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0", Without, Deny, "absent under ArnNotLike"),
        (INVOKE, "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0", Is(""), Allow, "the hole that SCP 11 closes"),
        ("bedrock-agentcore:InvokeGateway", "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/vantage-aria-gateway-abc123", Without, Allow, "another service"),
    ]),
    ("27-wrong-key-guardrailconfiguration.json", &[
        ("bedrock:CreateKnowledgeBase", "*", Without, Deny, "IfExists on an absent key is true, and this key never exists"),
        ("bedrock:UpdateKnowledgeBase", "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/x", Is("arn:aws:bedrock:us-east-1:1:guardrail/any"), Deny, "another key does not help"),
        (INVOKE, MODEL, Without, Silent, "another action"),
    ]),
    ("43-scp-approved-models-notresource.json", &[
        (INVOKE, MODEL, Without, Deny, "everything but the approved models"),
        (INVOKE, "arn:aws:bedrock:us-east-1::foundation-model/<unique-identifier>.x", Without, Silent, "an approved model"),
        ("bedrock-mantle:CreateInference", "*", Without, Silent, "absent under StringLike"),
    ]),
    ("45-member-account-minimum.json", &[
        (INVOKE, MODEL, Without, Allow, "no guardrail is asked for"),
        (APPLY, "arn:aws:bedrock:us-east-1:111122223333:guardrail/any", Without, Allow, "on every guardrail"),
        (STREAM, MODEL, Without, Silent, "not named"),
        ("bedrock:GetGuardrail", "arn:aws:bedrock:us-east-1:111122223333:guardrail/any", Without, Silent, "not named"),
    ]),
];

#[test]
fn policies_of_principals_answer_as_documented() {
    let principal = role("123456789012");
    for (file, cases) in IDENTITY {
        let document = read(file);
        document.fits(Kind::Identity).unwrap_or_else(|malformed| panic!("{file}: {malformed}"));
        for (action, resource, guardrail, want, why) in *cases {
            let context = Context::default().with("aws:PrincipalArn", "arn:aws:iam::123456789012:role/app-role");
            let context = match guardrail {
                Without => context,
                Is(arn) => context.with(KEY, *arn),
            };
            let request = Request { principal: &principal, action, resource, context: &context };
            assert_eq!(verdict(&document, &request), *want, "{file}: {action} on {resource} with {guardrail:?}: {why}");
        }
    }
}

const OTHER: &str = "arn:aws:iam::123456789012:role/app";

#[test]
fn an_scp_spares_the_role_and_the_services_that_it_names() {
    let document = read("11-scp02-null-arnnotlike-empty-mantle.json");
    let mantle = |arn: &str, service: Option<&str>| {
        let context = Context::default().with("aws:PrincipalArn", arn);
        let context = match service {
            Some(is) => context.with("aws:PrincipalIsAWSService", is),
            None => context,
        };
        let principal = role("123456789012");
        let action = "bedrock-mantle:CreateInference";
        verdict(&document, &Request { principal: &principal, action, resource: "*", context: &context })
    };
    assert_eq!(mantle("arn:aws:iam::123456789012:role/AgenticAI-InferenceGateway-prod", None), Silent);
    assert_eq!(mantle("arn:aws:sts::1:assumed-role/AgenticAI-InferenceGateway-prod/me", None), Silent);
    assert_eq!(mantle(OTHER, Some("false")), Deny);
    assert_eq!(mantle(OTHER, Some("true")), Silent);
}

/// The caller's organization and place in it.
type Home = Option<(&'static str, &'static str)>;

/// The documents on guardrails: file, account, home, action, verdict, reason.
#[rustfmt::skip]
const RESOURCE: &[(&str, &str, Home, &str, Verdict, &str)] = &[
    ("29-rbp-account-guardrail.json", "111122223333", None, APPLY, Allow, "the own account"),
    ("29-rbp-account-guardrail.json", "444455556666", Some(("o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/")), APPLY, Silent, "another account of the organization"),
    ("29-rbp-account-guardrail.json", "111122223333", None, "bedrock:UpdateGuardrail", Silent, "another action"),
    ("31-rbp-org-guardrail.json", "444455556666", Some(("o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/")), APPLY, Allow, "of the organization"),
    ("31-rbp-org-guardrail.json", "444455556666", Some(("o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/")), "bedrock:GetGuardrail", Allow, "the other action"),
    ("31-rbp-org-guardrail.json", "444455556666", Some(("o-zzzzzzzzzz", "o-zzzzzzzzzz/r-ab12/")), APPLY, Silent, "of another organization"),
    ("31-rbp-org-guardrail.json", "444455556666", None, APPLY, Silent, "of none: the key is absent"),
    ("33-rbp-ou-guardrail.json", "444455556666", Some(("o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/ou-ab12-cd34ef56/")), APPLY, Allow, "in the OU"),
    ("33-rbp-ou-guardrail.json", "444455556666", Some(("o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/ou-ab12-cd34ef56/ou-ab12-00000000/")), APPLY, Allow, "below it"),
    ("33-rbp-ou-guardrail.json", "444455556666", Some(("o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/ou-ab12-99999999/")), APPLY, Silent, "in another OU"),
    ("33-rbp-ou-guardrail.json", "444455556666", Some(("o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/")), APPLY, Silent, "under the root itself"),
    ("35-rbp-tutorial-org-sid.json", "444455556666", Some(("o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/")), APPLY, Allow, "a Sid changes nothing"),
];

#[test]
fn policies_of_guardrails_answer_as_documented() {
    const GUARDRAIL: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail/guardrailid1";
    for (file, account, organization, action, want, why) in RESOURCE {
        let document = read(file);
        document.fits(Kind::Resource).unwrap_or_else(|malformed| panic!("{file}: {malformed}"));
        let principal = role(account);
        let context = match organization {
            Some((id, path)) => {
                Context::default().with("aws:PrincipalOrgID", *id).with_all("aws:PrincipalOrgPaths", [*path])
            }
            None => Context::default(),
        };
        let ask =
            |resource| verdict(&document, &Request { principal: &principal, action, resource, context: &context });
        assert_eq!(ask(GUARDRAIL), *want, "{file}: {account} of {organization:?} {action}: {why}");
        assert_eq!(ask(&format!("{GUARDRAIL}:1")), Silent, "{file}: the resource is named without a version");
    }
}
