//! Whether a role may apply the guardrails that its calls meet: who may not is denied each of them.

use super::chain::Chain;
use super::demand::{controls, role};
use super::ground::{Cell, Ground, Numbered, Role, numbered};
use super::guard::{Cause, Trouble, profile_arn, seen};
use crate::kinds::iam_policy::applying::{Sure, applying};
use crate::model::{Document, Facts, Form, Ref, Segment, Template, like};
use crate::spec::lower::destinations;

/// A policy that may deny, and how people know it.
struct Said<'g> {
    by: String,
    document: &'g Document,
}

/// What keeps the role of the cell from applying a guardrail, or from using its profile where that leads.
pub(super) fn may_apply(
    ground: &Ground,
    facts: &Facts,
    chain: &Chain<'_>,
    cell: &Cell<'_>,
    version: &Ref,
) -> Vec<Trouble> {
    let Some((found, name)) = role(ground, cell).zip(cell.role) else { return Vec::new() };
    let own: Vec<Said<'_>> = found
        .policies
        .iter()
        .filter_map(|(policy, document)| {
            Some(Said { by: format!("the policy {policy} of the role {name}"), document: document.as_ref().ok()? })
        })
        .collect();
    let above: Vec<Said<'_>> = controls(facts, chain, cell)
        .filter_map(|placed| {
            let by = format!("the policy {} on {}", placed.policy.name, placed.node);
            Some(Said { by, document: placed.policy.document.as_ref().ok()? })
        })
        .collect();
    let troubles = objects(ground, facts, version).into_iter().filter_map(|(id, what)| {
        let names = |template: &Template| names(template, &id);
        judge(found, name, &what, &own, &above, names)
    });
    let mut troubles: Vec<Trouble> = troubles.collect();
    // Whoever may not apply the guardrail gets to no profile.
    if troubles.first().is_some_and(|trouble| trouble.is_certain) {
        troubles.truncate(1);
    }
    troubles
}

/// What is applied: the guardrail, and the objects of its profile in each Region that it leads to (Bedrock user guide,
/// "guardrail-profiles-permissions").
fn objects(ground: &Ground, facts: &Facts, version: &Ref) -> Vec<(Ref, String)> {
    let known = seen(ground, version).ok();
    let numbered = match version {
        Ref::Foreign(id) => numbered(id),
        Ref::To(_) => None,
    };
    let scope = match version {
        Ref::Foreign(_) => numbered.as_ref().map(|it| it.scope.clone()),
        Ref::To(address) => Some(address.scope.clone()),
    };
    let guardrail = known
        .map(|known| known.guardrail.clone())
        .or_else(|| numbered.map(|Numbered { guardrail, .. }| Ref::Foreign(guardrail)));
    let mut all: Vec<(Ref, String)> = guardrail.into_iter().map(|guardrail| (guardrail, "it".to_owned())).collect();
    let profile = known.and_then(|known| known.content.cross_region_profile.as_deref());
    if let Some((profile, scope)) = profile.zip(scope)
        && let Some(source) = &scope.region
    {
        all.extend(destinations(profile, source).into_iter().map(|region| {
            let arn = profile_arn(facts, &scope.account, &region, profile);
            (Ref::Foreign(arn), format!("its profile {profile} in {region}"))
        }));
    }
    all
}

/// Whether a resource of a policy is the object.
fn names(template: &Template, object: &Ref) -> Sure {
    let is = |it: bool| if it { Sure::Yes } else { Sure::No };
    match (template.0.as_slice(), object) {
        ([Segment::Text(pattern)], Ref::Foreign(id)) => is(like(pattern, id.as_str())),
        ([Segment::Text(pattern)], Ref::To(_)) if pattern == "*" => Sure::Yes,
        // Of what has no ARN yet, a pattern may be.
        ([Segment::Text(pattern)], Ref::To(_)) if pattern.contains(['*', '?']) => Sure::Perhaps,
        ([Segment::Text(_)], Ref::To(_)) => Sure::No,
        ([Segment::Id(id, Form::Whole)], object) => is(id == object),
        _ => Sure::Perhaps,
    }
}

/// A denial in any policy first, whatever the others allow.
fn judge(
    Role { policies, of_aws }: &Role,
    name: &str,
    what: &str,
    own: &[Said<'_>],
    above: &[Said<'_>],
    names: impl Fn(&Template) -> Sure,
) -> Option<Trouble> {
    let denies = |said: &&Said<'_>, sure: Sure| applying(said.document, &names).denied == sure;
    if let Some(Said { by, .. }) = own.iter().chain(above).find(|said| denies(said, Sure::Yes)) {
        return Some(Trouble::certain(
            Cause::NotAllowed,
            format!("{by} denies `bedrock:ApplyGuardrail` on {what}, so its calls are denied"),
        ));
    }
    let allowed = own.iter().map(|said| applying(said.document, &names).allowed).max().unwrap_or(Sure::No);
    let open = own.len() < policies.len() || !of_aws.is_empty();
    match (allowed, own.iter().find(|said| denies(said, Sure::Perhaps))) {
        (Sure::Yes, None) => None,
        (Sure::Yes, Some(Said { by, .. })) => Some(Trouble::possible(
            Cause::NotAllowed,
            format!(
                "{by} denies `bedrock:ApplyGuardrail` on {what} under conditions, and who may not apply it is denied the call"
            ),
        )),
        (Sure::No, _) if !open => Some(Trouble::certain(
            Cause::NotAllowed,
            format!("no policy of the role {name} allows `bedrock:ApplyGuardrail` on {what}, so its calls are denied"),
        )),
        _ => Some(Trouble::possible(
            Cause::NotAllowed,
            format!(
                "whether the role {name} may apply {what} cannot be told from its policies, and who may not is denied the call"
            ),
        )),
    }
}
