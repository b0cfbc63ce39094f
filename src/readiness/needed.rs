//! What must be allowed to whoever names a guardrail or meets one that is enforced: to apply it, and its profile wherever that leads.

use std::collections::BTreeSet;

use super::identity::{appliable, filled_in};
use super::{LOOK, Stand, listed};
use crate::aws::{AwsError, Decision, Simulated};
use crate::checks::Outcome;
use crate::kinds::guardrail_version::guardrail_of;
use crate::kinds::iam_policy::document::APPLY;
use crate::kinds::{Kind, Model};
use crate::model::{Address, Document, Ref, Region, RemoteId};
use crate::plan::{Enforced, Requirement, candidates, id_or_stand_in};
use crate::reconcile::Sides;
use crate::spec::lower::destinations;

/// Something that must be allowed to apply, and what people call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needed {
    pub(super) arn: String,
    what: String,
}

/// For which guardrails a role is asked, in the words of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// Each of those that are enforced.
    Enforced,
    /// One of those that its calls must name.
    Named,
}

/// What it takes to be held to what is enforced.
pub(super) fn of_enforced(sides: &Sides, one: &Enforced) -> Vec<Needed> {
    let guardrail = one.version.address().and_then(|version| {
        match &sides.desired.resources.get(version)?.model {
            Model::GuardrailVersion(model) => model.guardrail.address().cloned(),
            _ => None,
        }
        .filter(|address| address.kind == Kind::Guardrail)
    });
    let by_address = guardrail.as_ref().map(|address| id_or_stand_in(address, &sides.live.names, &sides.facts));
    let Some(arn) = by_address.or_else(|| guardrail_of(&version(sides, one))) else { return Vec::new() };
    needed(sides, guardrail.as_ref(), &arn)
}

/// The version that is enforced, or one that stands for it.
pub(super) fn version(sides: &Sides, one: &Enforced) -> RemoteId {
    match &one.version {
        Ref::Foreign(id) => id.clone(),
        Ref::To(address) => id_or_stand_in(address, &sides.live.names, &sides.facts),
    }
}

/// What it takes to name a version.
fn of_version(sides: &Sides, version: &str) -> Vec<Needed> {
    let version = RemoteId::new(version);
    let arn = guardrail_of(&version).unwrap_or(version);
    // One that is yet to be made goes by its stand-in.
    let mut declared = sides.desired.resources.keys().filter(|address| address.kind == Kind::Guardrail);
    let guardrail = declared.find(|address| id_or_stand_in(address, &sides.live.names, &sides.facts) == arn);
    needed(sides, guardrail, &arn)
}

fn needed(sides: &Sides, guardrail: Option<&Address>, arn: &RemoteId) -> Vec<Needed> {
    let name = guardrail.map_or_else(|| arn.to_string(), |address| address.name.clone());
    let declared = guardrail.and_then(|address| match &sides.desired.resources.get(address)?.model {
        Model::Guardrail(model) => model.content.cross_region_profile.clone(),
        _ => None,
    });
    let mut users = sides.live.profile_users.iter();
    let seen = users.find(|(_, users)| users.contains(arn)).map(|((_, id), _)| id.clone());
    let mut parts = arn.as_str().split(':').skip(1);
    let place = (parts.next(), parts.nth(1), parts.next());
    let mut needed = Vec::new();
    if let (Some(profile), (Some(partition), Some(region), Some(owner))) = (declared.or(seen), place) {
        needed.extend(destinations(&profile, &Region::new(region)).into_iter().map(|to| Needed {
            arn: format!("arn:{partition}:bedrock:{to}:{owner}:guardrail-profile/{profile}"),
            what: format!("the profile of {name}"),
        }));
    }
    needed.push(Needed { arn: arn.to_string(), what: format!("the guardrail {name}") });
    needed
}

/// Versions that calls of a role may name under every one of these statements: those that the statements name, and of those that a
/// statement leaves open the ones that the role may apply.
pub fn nameable(stand: &Stand<'_>, required: &[&Requirement]) -> Vec<String> {
    let (partition, region) = (&stand.facts.caller.partition, stand.scope.region_name());
    let mut all: BTreeSet<String> = candidates(required, stand.scope, stand.facts).into_iter().collect();
    for pattern in documents(stand).iter().flat_map(appliable) {
        let known = [
            ("aws:RequestedRegion", region),
            ("aws:PrincipalAccount", stand.scope.account.as_str()),
            ("aws:PrincipalArn", stand.identity.arn.as_str()),
        ];
        let (pattern, _) = filled_in(&pattern, &known);
        let parts: Vec<&str> = pattern.splitn(6, ':').collect();
        let &[_, _, _, in_region, account, resource] = parts.as_slice() else { continue };
        let here = crate::model::like(in_region, region) && resource.starts_with("guardrail/");
        let account = if account.contains(['*', '?']) { stand.facts.home().as_str() } else { account };
        if here {
            let resource = resource.replace(['*', '?'], "1");
            all.insert(format!("arn:{partition}:bedrock:{region}:{account}:{resource}:1"));
        }
    }
    all.into_iter().filter(|version| required.iter().all(|one| one.takes(version))).collect()
}

/// What the role and what it is to have besides say.
fn documents(stand: &Stand<'_>) -> Vec<Document> {
    let besides = stand.besides.iter().filter_map(|text| serde_json::from_str(text).ok());
    stand.identity.policies.iter().cloned().chain(besides).map(Document::from).collect()
}

/// Whether the role may apply one of these versions, each of which its calls may name.
///
/// # Errors
/// The failure of a call.
pub async fn may_apply_one(sides: &Sides, stand: &Stand<'_>, versions: &[String]) -> Result<Outcome, AwsError> {
    let each: Vec<Vec<Needed>> = versions.iter().map(|version| of_version(sides, version)).collect();
    let all: Vec<Needed> = each.iter().flatten().cloned().collect();
    let said = asked(stand, &all).await?;
    let allowed = |one: &Needed| said.iter().any(|said| said.resource == one.arn && said.decision == Decision::Allowed);
    if each.iter().any(|needed| needed.iter().all(allowed)) {
        return Ok(Outcome::passed(Of::Named.passed()));
    }
    Ok(judge(Of::Named, &all, &said))
}

/// Whether the role may apply all of these.
///
/// # Errors
/// The failure of a call.
pub(super) async fn may_apply_all(stand: &Stand<'_>, needed: &[Needed]) -> Result<Outcome, AwsError> {
    Ok(judge(Of::Enforced, needed, &asked(stand, needed).await?))
}

/// What IAM says to applying them. Where no policy of the role is about that at all, no key that is missing makes it allowed: IAM may
/// name keys that other statements ask for.
async fn asked(stand: &Stand<'_>, needed: &[Needed]) -> Result<Vec<Simulated>, AwsError> {
    let resources = needed.iter().map(|one| one.arn.clone()).collect();
    let mut said = stand.ask(&[APPLY], resources, None).await?;
    if documents(stand).iter().all(|document| appliable(document).is_empty()) {
        said.iter_mut().filter(|one| one.decision == Decision::Denied).for_each(|one| one.missing.clear());
    }
    Ok(said)
}

impl Of {
    const fn passed(self) -> &'static str {
        match self {
            Self::Enforced => "it may apply what is enforced",
            Self::Named => "it may apply a guardrail that its calls must name",
        }
    }

    const fn object(self) -> &'static str {
        match self {
            Self::Enforced => "what is enforced",
            Self::Named => "a guardrail that its calls must name",
        }
    }

    fn refused(self, what: &[&str]) -> String {
        match self {
            Self::Enforced => format!(
                "it may call models, and may not apply {}: its calls fail with AccessDenied from then on",
                what.join(" and ")
            ),
            Self::Named => format!(
                "it may call models, and may not apply {}, which its calls must name: they fail with AccessDenied",
                what.join(" or ")
            ),
        }
    }
}

fn judge(of: Of, needed: &[Needed], said: &[Simulated]) -> Outcome {
    let refused: Vec<&Simulated> = said.iter().filter(|one| one.decision != Decision::Allowed).collect();
    if refused.is_empty() {
        return Outcome::passed(of.passed());
    }
    let hangs = |one: &&Simulated| !one.missing.is_empty();
    // Of several that will do one is enough.
    let hangs_on_keys = if of == Of::Named { refused.iter().any(hangs) } else { refused.iter().all(hangs) };
    if hangs_on_keys {
        let keys = listed(refused.iter().flat_map(|one| &one.missing));
        let message = format!(
            "it may call models; whether it may apply {} hangs on {keys}, which a simulation is not told",
            of.object()
        );
        return Outcome::unseen(message).fix(LOOK);
    }
    let is_refused = |one: &&Needed| refused.iter().any(|refused| refused.resource == one.arn);
    let what: BTreeSet<&str> = needed.iter().filter(is_refused).map(|one| one.what.as_str()).collect();
    let outcome = Outcome::failed(of.refused(&what.into_iter().collect::<Vec<_>>()));
    if refused.iter().any(|one| one.by_organization) {
        return outcome.fix("a service control policy does not allow `bedrock:ApplyGuardrail` there: let it");
    }
    if refused.iter().any(|one| one.decision == Decision::Forbidden) {
        return outcome.fix(
            "something denies it `bedrock:ApplyGuardrail`: its policies, its boundary, or a service control policy",
        );
    }
    // Whatever their ids are going to be, in every Region.
    let anywhere = |one: &Needed| {
        let (head, resource) = one.arn.rsplit_once('/')?;
        let parts: Vec<&str> = head.split(':').collect();
        let [arn, partition, service, _, owner, kind] = parts.as_slice() else { return None };
        (!resource.is_empty()).then(|| format!("\"{arn}:{partition}:{service}:*:{owner}:{kind}/*\""))
    };
    let resources: BTreeSet<String> = needed.iter().filter(is_refused).filter_map(anywhere).collect();
    outcome.fix(format!(
        r#"let it have `{{"Effect":"Allow","Action":"{APPLY}","Resource":[{}]}}`, for instance by `template: apply_guardrail` in `iam_policies`"#,
        resources.into_iter().collect::<Vec<_>>().join(",")
    ))
}
