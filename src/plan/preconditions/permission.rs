//! Whether the accounts that are reached may apply what is enforced on them, by the resource policies as they will be when
//! the plan is done. One that may not fails every model call (Bedrock user guide, "guardrails-enforcements").

use std::collections::BTreeSet;

use super::codes::{PERMITTED, PROFILE_PERMITTED};
use super::finding::{Finding, or_ok};
use super::pointer::{Guardrail, Pointer, View};
use crate::kinds::resource_policy::judge::{Permits, Principal, permits};
use crate::kinds::{Kind, Model, Verb};
use crate::model::diagnostic::Code;
use crate::model::{AccountId, Address, Document, Ref, RemoteId, Scope};
use crate::spec::lower::destinations;

/// The permissions of each holder's guardrails.
pub(super) fn examine(view: &View<'_>, pointers: &[Pointer<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for of_holder in pointers.chunk_by(|one, other| one.holder == other.holder) {
        let beyond: Vec<&Pointer<'_>> = of_holder.iter().filter(|pointer| !members(pointer).is_empty()).collect();
        let Some(first) = beyond.first() else { continue };
        let holder = first.holder;
        let count = beyond.iter().flat_map(|pointer| members(pointer)).collect::<BTreeSet<_>>().len();
        let amiss: Vec<_> = beyond.iter().filter_map(|pointer| by_guardrail(view, pointer)).collect();
        let fine = || format!("resource policies let {count} reached {} apply what is enforced", accounts(count));
        found.extend(or_ok(amiss, PERMITTED, holder, fine));
        let with_profile: Vec<_> = beyond.iter().filter(|pointer| profile(view, pointer).is_some()).collect();
        if !with_profile.is_empty() {
            let amiss: Vec<_> = with_profile.iter().flat_map(|pointer| by_profile(view, pointer)).collect();
            let fine = || format!("the profile's policies let {count} reached {} use it", accounts(count));
            found.extend(or_ok(amiss, PROFILE_PERMITTED, holder, fine));
        }
    }
    found
}

/// `account` or `accounts`.
pub(super) fn accounts(count: usize) -> &'static str {
    if count == 1 { "account" } else { "accounts" }
}

/// The reached accounts that do not own the guardrail. Its own account needs no policy.
pub(super) fn members<'d>(pointer: &Pointer<'d>) -> BTreeSet<&'d AccountId> {
    let owner = pointer.guardrail.owner();
    pointer.reach.iter().copied().filter(|account| Some(*account) != owner.as_ref()).collect()
}

/// A resource policy as it will be.
enum Policy<'d> {
    /// The document; `None` where there is none.
    Known(Option<&'d Document>),
    /// It could not be read.
    Unseen(String),
}

fn policy_at<'d>(view: &View<'d>, address: &Address) -> Policy<'d> {
    if view.draft(address).is_none()
        && let Some(blind) = view.0.live.blind_at(address)
    {
        return Policy::Unseen(blind.why.clone());
    }
    match view.will_be(address) {
        Some(Model::ResourcePolicy(policy)) => Policy::Known(Some(&policy.document)),
        _ => Policy::Known(None),
    }
}

fn policy_of<'d>(view: &View<'d>, pointer: &Pointer<'_>) -> Policy<'d> {
    let Guardrail { address, arn } = &pointer.guardrail;
    if let Some(guardrail) = address.as_ref().filter(|address| view.0.desired.resources.contains_key(*address)) {
        return policy_at(view, &Address::new(Kind::ResourcePolicy, guardrail.scope.clone(), guardrail.name.as_str()));
    }
    if let Ref::Foreign(version) = &pointer.version
        && let Some(pointed) = view.0.live.pointed.get(version)
    {
        return match &pointed.policy {
            Ok(document) => Policy::Known(document.as_ref()),
            Err(why) => Policy::Unseen(why.clone()),
        };
    }
    match arn.as_ref().and_then(|arn| view.0.live.shared.get(arn)) {
        Some(Ok(document)) => Policy::Known(Some(document)),
        Some(Err(why)) => Policy::Unseen(why.clone()),
        None if arn.is_some() && address.is_some() => Policy::Known(None),
        None => Policy::Unseen("it is not of this account".to_owned()),
    }
}

/// Which of these accounts a document leaves out, and of which it cannot be told.
fn judged<'d>(
    view: &View<'d>,
    document: Option<&Document>,
    resource: Option<&RemoteId>,
    reached: &BTreeSet<&'d AccountId>,
) -> (Vec<&'d AccountId>, Vec<&'d AccountId>) {
    let verdict = |account: &&'d AccountId| verdict(view, document, resource, account);
    let of = |wanted: Permits| reached.iter().copied().filter(|account| verdict(account) == wanted).collect();
    (of(Permits::No), of(Permits::Unclear))
}

/// What a document says to an account.
pub(super) fn verdict(
    view: &View<'_>,
    document: Option<&Document>,
    resource: Option<&RemoteId>,
    account: &AccountId,
) -> Permits {
    let Some(document) = document else { return Permits::No };
    let organization = view.organization().map(|organization| organization.id.as_str()).unwrap_or_default();
    let ancestors = view.account(account).map(|account| account.ancestors.as_slice()).unwrap_or_default();
    permits(document, resource, Principal { account, organization, ancestors })
}

/// What must not be done while these accounts are left out: attaching above them, and pointing those that are attached
/// already at this guardrail.
fn depends(view: &View<'_>, holder: &Address, left_out: &[&AccountId]) -> Vec<Address> {
    let mut held = Vec::new();
    let reaches = |target: &str| {
        view.organization().into_iter().flat_map(|it| it.reach(target)).any(|account| left_out.contains(&&account.id))
    };
    let mut attached = false;
    let mut harmless = false;
    for target in view.targets(holder) {
        let name = crate::kinds::org_policy_attachment::name(&holder.name, target);
        let address = Address::new(Kind::OrgPolicyAttachment, holder.scope.clone(), name);
        let stands = view.0.live.found.contains_key(&address);
        match (reaches(target), stands) {
            (true, true) => attached = true,
            (true, false) => held.push(address),
            (false, _) => harmless = true,
        }
    }
    let created = view.draft(holder).is_some_and(|draft| draft.verb == Verb::Create);
    if holder.kind == Kind::AccountEnforcement || attached || (created && !harmless) {
        held.push(holder.clone());
    }
    held
}

fn by_guardrail(view: &View<'_>, pointer: &Pointer<'_>) -> Option<Finding> {
    let reached = members(pointer);
    let (name, region) = (pointer.guardrail.name(), pointer.region());
    let document = match policy_of(view, pointer) {
        Policy::Known(document) => document,
        Policy::Unseen(why) => {
            let message = format!("whether {name} is shared with the reached accounts could not be seen: {why}");
            let finding = Finding::unknown(PERMITTED, pointer.holder, message).about(reached);
            return Some(
                finding.fix(format!("look at `aws bedrock get-resource-policy --region {region}` in its account")),
            );
        }
    };
    let what = match document {
        Some(_) => format!("the resource policy of {name}"),
        None => format!("{name} has no resource policy, which"),
    };
    amiss(view, pointer, PERMITTED, &what, document, pointer.guardrail.arn.as_ref(), &fix(view, pointer))
}

fn amiss(
    view: &View<'_>,
    pointer: &Pointer<'_>,
    code: Code,
    what: &str,
    document: Option<&Document>,
    resource: Option<&RemoteId>,
    fix: &str,
) -> Option<Finding> {
    let reached = members(pointer);
    let (left_out, unclear) = judged(view, document, resource, &reached);
    let all = reached.len();
    if !left_out.is_empty() {
        let message = format!("{what} leaves out {} of {all} reached {}", left_out.len(), accounts(all));
        let holds = depends(view, pointer.holder, &left_out);
        return Some(Finding::failed(code, pointer.holder, message).about(left_out).fix(fix).holds(holds));
    }
    (!unclear.is_empty()).then(|| {
        let message = format!(
            "{what} has statements of which it cannot be told whether they admit {} of {all} reached {}",
            unclear.len(),
            accounts(all)
        );
        Finding::unknown(code, pointer.holder, message).about(unclear).fix(fix)
    })
}

fn fix(view: &View<'_>, pointer: &Pointer<'_>) -> String {
    match &pointer.guardrail.address {
        Some(guardrail) if view.0.desired.resources.contains_key(guardrail) => {
            let key = &guardrail.name;
            format!(
                "add to `resource_policies`: `{key}: {{guardrail: {key}, share_with: organization}}`, or share it with their OUs"
            )
        }
        _ => {
            let organization = view.organization().map(|it| it.id.as_str()).unwrap_or_default();
            let resource = pointer.guardrail.arn.as_ref().map(ToString::to_string).unwrap_or_default();
            format!(
                r#"have its owner add to its resource policy: `{{"Effect":"Allow","Principal":"*","Action":"bedrock:ApplyGuardrail","Resource":"{resource}","Condition":{{"StringEquals":{{"aws:PrincipalOrgID":"{organization}"}}}}}}`"#
            )
        }
    }
}

/// The cross-Region profile of what is pointed at, as far as that is known.
pub(super) fn profile<'d>(view: &View<'d>, pointer: &Pointer<'_>) -> Option<&'d str> {
    let live = view.0.live;
    let seen = || {
        let Ref::To(address) = &pointer.version else { return None };
        let versions = live.versions.get(pointer.guardrail.address.as_ref()?)?;
        let there = versions.iter().find(|version| live.names.ids(address).any(|id| *id == version.id))?;
        Some(there.profile.as_deref())
    };
    let declared =
        || match view.0.desired.resources.get(pointer.guardrail.address.as_ref()?).map(|wanted| &wanted.model) {
            Some(Model::Guardrail(model)) => model.content.cross_region_profile.as_deref(),
            _ => None,
        };
    let of_others = || {
        let arn = pointer.guardrail.arn.as_ref()?;
        let mut users = live.profile_users.iter().filter(|(_, users)| users.contains(arn));
        users.next().map(|((_, profile), _)| profile.as_str())
    };
    let is_declared = pointer.guardrail.address.as_ref().is_some_and(|it| view.0.desired.resources.contains_key(it));
    match seen() {
        Some(profile) => profile,
        // What a declared guardrail used before, its next version does not.
        None if is_declared => declared(),
        None => of_others(),
    }
}

fn by_profile(view: &View<'_>, pointer: &Pointer<'_>) -> Vec<Finding> {
    let (Some(profile), Some(owner)) = (profile(view, pointer), pointer.guardrail.owner()) else { return Vec::new() };
    let Some(region) = &pointer.scope.region else { return Vec::new() };
    let ours = pointer.guardrail.address.as_ref().is_some_and(|address| view.0.desired.resources.contains_key(address));
    let mut found = Vec::new();
    for destination in destinations(profile, region) {
        let scope = Scope::regional(owner.clone(), destination);
        let address = Address::new(Kind::ResourcePolicy, scope.clone(), profile);
        let what = format!("the policy of the profile {profile} in {}", scope.region_name());
        let unseen = |why: &str| {
            let finding =
                Finding::unknown(PROFILE_PERMITTED, pointer.holder, format!("{what} could not be read: {why}"));
            finding.about(members(pointer)).fix(format!("look at it in {}", scope.region_name()))
        };
        let read = ours || view.0.live.found.contains_key(&address);
        match policy_at(view, &address) {
            Policy::Unseen(why) => found.push(unseen(&why)),
            Policy::Known(_) if view.0.live.unavailable_at(&address).is_some() => {
                found.push(unseen("the Region is not available to its account"));
            }
            Policy::Known(_) if !read => found.push(unseen("it is for those who manage the guardrail")),
            Policy::Known(document) => {
                let partition = &view.0.facts.caller.partition;
                let arn =
                    format!("arn:{partition}:bedrock:{}:{owner}:guardrail-profile/{profile}", scope.region_name());
                let fix = fix(view, pointer);
                found.extend(amiss(view, pointer, PROFILE_PERMITTED, &what, document, Some(&RemoteId::new(arn)), &fix));
            }
        }
    }
    found
}
