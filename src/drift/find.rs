//! From a plan, and what is known beside it, to its findings.

use std::collections::{BTreeMap, BTreeSet};

use super::Drift;
use super::beside::{Beside, Invalid, Settings, Shadowed};
use super::finding::{Finding, FindingKind};
use super::remedy::Invocation;
use super::went::{self, reversed};
use crate::kinds::{Kind, Verb};
use crate::model::diagnostic::Code;
use crate::model::{AccountId, Address, Direction, FieldDiff, Unmanaged};
use crate::plan::{Action, Held, Plan, Precondition, State, precondition_codes as codes};

/// Everything that differs, the gravest first. `called` is how bedrail was called, for the commands that mend it; `targets`, where
/// there are any, the patterns of the addresses that were asked about.
pub fn find(plan: &Plan, beside: &Beside, called: &Invocation, targets: &[String]) -> Drift {
    let new = new_accounts(plan);
    let mut by_address: BTreeMap<&Address, Vec<&Action>> = BTreeMap::new();
    for action in &plan.actions {
        by_address.entry(&action.address).or_default().push(action);
    }
    let mut found: Vec<Finding> =
        by_address.iter().map(|(address, actions)| difference(address, actions, &new, beside, called)).collect();
    let asked = |finding: &Finding| {
        let named = |address: &Address| targets.iter().any(|pattern| address.matches(pattern));
        targets.is_empty() || finding.address.as_ref().is_some_and(named)
    };
    let mut more: Vec<Finding> = Vec::new();
    more.extend(beside.shadowed.iter().map(|one| shadowed(one, called)));
    more.extend(beside.invalid.iter().map(invalid));
    more.extend(plan.preconditions.iter().filter(|one| is_lost(one, plan)).filter_map(|one| lost(one, beside)));
    more.extend(plan.unmanaged.iter().map(|one| unmanaged(one, called)));
    found.extend(plan.held.iter().filter(|held| held.seen).map(|held| of_held(held, &new, beside)));
    found.extend(more.into_iter().filter(asked));
    found.sort_by(|one, other| (one.kind, &one.address, &one.id).cmp(&(other.kind, &other.address, &other.id)));
    found.dedup_by(|one, other| one.id == other.id);
    Drift { findings: found }
}

const fn kind_of(verb: Verb, is_new: bool) -> FindingKind {
    match verb {
        Verb::Create if is_new => FindingKind::NewAccount,
        Verb::Create => FindingKind::Missing,
        Verb::Update | Verb::Adopt => FindingKind::Modified,
        Verb::Delete => FindingKind::LeftBehind,
    }
}

/// What differs in one resource; a change in two halves is one difference.
fn difference(
    address: &Address,
    actions: &[&Action],
    new: &BTreeSet<&AccountId>,
    beside: &Beside,
    called: &Invocation,
) -> Finding {
    let verb = actions.first().map_or(Verb::Update, |action| action.verb);
    let kind = kind_of(verb, new.contains(&address.scope.account));
    let fields = went::fields(actions.iter().flat_map(|action| &action.fields));
    let mended: Direction = actions.iter().map(|action| action.direction).collect();
    Finding {
        actions: actions.iter().map(|action| action.id).collect(),
        direction: Some(reversed(mended)),
        reach: actions.iter().filter_map(|action| action.reach).max(),
        accounts: actions.iter().flat_map(|action| &action.locked_out).cloned().collect(),
        remedy: called.mending(address, actions),
        hazards: actions.iter().flat_map(|action| &action.hazards).copied().collect(),
        ..differing((kind, verb), address, fields, beside)
    }
}

/// What differs and apply would not mend. Its id is that of the same difference which apply would.
fn of_held(held: &Held, new: &BTreeSet<&AccountId>, beside: &Beside) -> Finding {
    let kind = kind_of(held.verb, new.contains(&held.address.scope.account));
    let finding = differing((kind, held.verb), &held.address, went::fields(&held.fields), beside);
    Finding {
        direction: held.direction.map(reversed),
        message: format!("{}, and apply would hold what mends it ({})", finding.message, held.why.word()),
        remedy: held.hint.clone(),
        ..finding
    }
}

fn differing((kind, verb): (FindingKind, Verb), address: &Address, fields: Vec<FieldDiff>, beside: &Beside) -> Finding {
    let unlike = || fields.iter().filter(|_| kind == FindingKind::Modified);
    let subject: BTreeMap<&String, _> = unlike().map(|field| (&field.path, (&field.have, &field.want))).collect();
    let message = match (kind, subject.len()) {
        (FindingKind::Modified, _) if verb == Verb::Adopt => "it carries no mark".to_owned(),
        (FindingKind::Modified, 1) => "1 field differs from the spec".to_owned(),
        (FindingKind::Modified, count) if count > 0 => format!("{count} fields differ from the spec"),
        (other, _) => other.meaning().to_owned(),
    };
    let updated_by = beside.updated_by.get(address).cloned();
    let finding = Finding::new(kind, Some(address), &(verb, &subject));
    Finding { fields, updated_by, message, ..finding }
}

/// Whether it is about what is in force, and neither about what is still to come nor about who looks.
fn is_lost(one: &Precondition, plan: &Plan) -> bool {
    let comes = |address: &Address| {
        let made = plan.actions.iter().any(|action| action.address == *address && action.verb == Verb::Create);
        made || plan.held.iter().any(|held| held.address == *address && held.verb == Verb::Create)
    };
    let about_caller = one.code == codes::CALLER;
    one.state == State::Failed && !about_caller && one.address.as_ref().is_none_or(|address| !comes(address))
}

/// What of others may stand in the way.
const HIDES: [Code; 3] = [codes::NODE, codes::NOT_DISPLACED, codes::NOT_LOCKED];

/// Whether a policy of others hides one of ours is told by what is in effect; what stands in its way is told where that could not
/// be seen.
fn lost(one: &Precondition, beside: &Beside) -> Option<Finding> {
    let kind = match (HIDES.contains(&one.code), beside.all_seen) {
        (true, true) => return None,
        (true, false) => FindingKind::Shadowed,
        (false, _) => FindingKind::PreconditionLost,
    };
    Some(Finding {
        direction: Some(Direction::Weakens),
        accounts: one.accounts.iter().cloned().collect(),
        reach: (!one.accounts.is_empty()).then_some(one.accounts.len()),
        message: format!("{} [{}]", one.message, one.code.id()),
        remedy: one
            .fix
            .clone()
            .unwrap_or_else(|| format!("see {} in docs/codes.md for what must be so", one.code.id())),
        ..Finding::new(kind, one.address.as_ref(), &(one.code.id(), &one.accounts))
    })
}

fn shadowed(one: &Shadowed, called: &Invocation) -> Finding {
    let Shadowed { policy, region, nodes, expected, found, others, accounts } = one;
    let (has, want) = Settings::told(found.as_ref(), expected);
    let by = match others.len() {
        0 => "no policy of others on the way there speaks of this Region".to_owned(),
        _ => format!("on the way there: {}", others.join(", ")),
    };
    let remedy = match others.first() {
        None => format!("AWS takes minutes to work it out: `{}` again", called.looking()),
        Some(_) => "detach the policy of others, or lock ours above it with `lock: true`".to_owned(),
    };
    Finding {
        direction: Some(if found.is_none() { Direction::Weakens } else { Direction::Unranked }),
        reach: Some(accounts.len()),
        accounts: accounts.clone(),
        message: format!("in {region} AWS has {has} in effect, and our policies come to {want}; {by}"),
        remedy,
        ..Finding::new(FindingKind::Shadowed, Some(policy), &(region, nodes, has))
    }
}

fn invalid(one: &Invalid) -> Finding {
    let Invalid { policies, nodes, accounts } = one;
    let first = accounts.first().map(AccountId::as_str).unwrap_or_default();
    Finding {
        direction: Some(Direction::Unranked),
        reach: Some(accounts.len()),
        accounts: accounts.clone(),
        message: "AWS calls the effective policy invalid: what was in effect before stays, and no change of a policy gets through"
            .to_owned(),
        remedy: format!(
            "aws organizations list-effective-policy-validation-errors --policy-type BEDROCK_POLICY --account-id {first}"
        ),
        ..Finding::new(FindingKind::InvalidEffective, policies.first(), &nodes)
    }
}

fn unmanaged(one: &Unmanaged, called: &Invocation) -> Finding {
    let remedy = format!("leave it to its owner, or declare it and run `{}`", called.adopting());
    let message = if one.note.is_empty() { FindingKind::Unmanaged.meaning() } else { &one.note };
    let finding = Finding::new(FindingKind::Unmanaged, Some(&one.address), &one.id);
    Finding { message: message.to_owned(), remedy, ..finding }
}

/// The accounts in which nothing of the stack exists, while others have something of the kinds that are missing there.
fn new_accounts(plan: &Plan) -> BTreeSet<&AccountId> {
    let mut there: BTreeMap<Kind, BTreeSet<&AccountId>> = BTreeMap::new();
    let exist = plan.actions.iter().filter(|action| action.verb != Verb::Create).map(|action| &action.address);
    for address in exist.chain(&plan.unchanged) {
        there.entry(address.kind).or_default().insert(&address.scope.account);
    }
    let has_some = |account: &AccountId| there.values().any(|accounts| accounts.contains(account));
    let created = plan.actions.iter().filter(|action| action.verb == Verb::Create).map(|action| &action.address);
    let held = plan.held.iter().filter(|held| held.verb == Verb::Create).map(|held| &held.address);
    let missing = created.chain(held).filter(|address| there.contains_key(&address.kind));
    missing.map(|address| &address.scope.account).filter(|account| !has_some(account)).collect()
}
