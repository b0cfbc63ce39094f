//! The guardrails that an entry names, in every Region in which it has a meaning: IAM is global, and a guardrail is not.

use super::section::Version;
use super::template::{Guardrail, Guardrails};
use super::{Current, codes};
use crate::kinds::resource_policy::section::of_guardrail;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::model::{AccountId, Address, Facts, Region, Scope};
use crate::spec::decode::Exact;
use crate::spec::lower::{DeclaredGuardrail, Lowering, destinations};
use crate::spec::top::EntryKey;

/// The guardrails, and which of their versions are current.
pub(super) struct Named {
    pub(super) guardrails: Guardrails,
    pub(super) current: Vec<Current>,
    /// What must be there first.
    pub(super) needs: Vec<Address>,
}

/// The guardrails of these keys, each in those of `regions` in which it is, for something in `account`. Reports one that is
/// in none of them.
pub(super) fn named(
    keys: &[Spanned<Exact<EntryKey>>],
    version: &Version,
    (account, regions): (&AccountId, &[Region]),
    lowering: &mut Lowering<'_>,
) -> Option<Named> {
    let mut named = Named { guardrails: Guardrails::These(Vec::new()), current: Vec::new(), needs: Vec::new() };
    let (mut guardrails, mut sound) = (Vec::new(), true);
    for key in keys {
        let key = Spanned::new(key.value.as_str().to_owned(), key.span);
        let Some(declared) = lowering.guardrail(&key) else {
            sound = false;
            continue;
        };
        if matches!(version, Version::Current) && declared.is_external() {
            let message = format!("which version of `{}` is current is for those to say who manage it", key.value);
            let fault = Diagnostic::at(key.span, codes::CURRENT_OF_OTHERS, message);
            lowering.diagnostics.push(fault.help("write `version: any`, or a key of `versions`"));
            sound = false;
            continue;
        }
        let scopes: Vec<Scope> =
            regions.iter().map(|region| Scope::regional(account.clone(), region.clone())).collect();
        // Named here for every Region that it is in: one that is in none is told once.
        let home = lowering.facts.home();
        let mut there = scopes.iter().filter(|scope| declared.scope_for(scope, home).is_some()).peekable();
        let there: Vec<&Scope> = if there.peek().is_some() { there.collect() } else { scopes.iter().take(1).collect() };
        for scope in there {
            let Some(guardrail) = in_scope(&declared, &key, version, scope, &mut named, lowering) else {
                sound = false;
                continue;
            };
            guardrails.push(guardrail);
        }
    }
    named.guardrails = Guardrails::These(guardrails);
    sound.then_some(named)
}

fn in_scope(
    declared: &DeclaredGuardrail,
    key: &Spanned<String>,
    version: &Version,
    scope: &Scope,
    named: &mut Named,
    lowering: &mut Lowering<'_>,
) -> Option<Guardrail> {
    let arn = lowering.guardrail_ref(key, scope)?;
    let version = match version {
        Version::Any => {
            named.needs.extend(lowering.some_version(key, scope));
            None
        }
        Version::Unasked => None,
        Version::Current => {
            let version = lowering.version(key, None, scope)?;
            if let Some(guardrail) = arn.address() {
                named.current.push(Current { guardrail: guardrail.clone(), version: version.clone() });
            }
            Some(version)
        }
        Version::Key(version) => Some(lowering.version(key, Some(version), scope)?),
    };
    if let Some(held) = declared.scope_for(scope, lowering.facts.home()).filter(|held| held.account != scope.account) {
        named.needs.extend(of_guardrail(declared, held, lowering));
    }
    let profiles = profiles(declared, scope, lowering.facts);
    Some(Guardrail { arn, version, profiles })
}

/// The objects of the guardrail's profile: they are its owner's, in every Region that the profile leads to.
fn profiles(declared: &DeclaredGuardrail, scope: &Scope, facts: &Facts) -> Vec<String> {
    let Some(held) = declared.scope_for(scope, facts.home()) else { return Vec::new() };
    let Some(profile) = declared.profile(held) else { return Vec::new() };
    let partition = &facts.caller.partition;
    let regions = held.region.iter().flat_map(|region| destinations(profile, region));
    let object =
        |region: Region| format!("arn:{partition}:bedrock:{region}:{}:guardrail-profile/{profile}", held.account);
    regions.map(object).collect()
}
