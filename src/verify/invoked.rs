//! Calls of a model, in every way there is: without a guardrail, where the answer must tell of those that are enforced; and where a
//! policy requires one, without it, which must be denied, and with it.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;

use super::bodies::body;
use super::{Examined, HARMLESS, Invocation};
use crate::aws::{Acting, Api, Applied, Ask, AwsError, Class, Invoker, Traced, arn_of_role};
use crate::checks::{Check, Outcome, What};
use crate::kinds::Kind;
use crate::kinds::guardrail_version::guardrail_of;
use crate::model::{AccountId, Address, RemoteId, Scope};
use crate::plan::{Enforced, Requirement, policies};
use crate::readiness::listed as in_words;
use crate::reconcile::Sides;

/// Whose origin a guardrail has that the call names.
const REQUEST: &str = "REQUEST";

/// One who calls in one place.
struct Calling<'e> {
    scope: &'e Scope,
    model: &'e str,
    acting: Acting<'e>,
    /// The name of the role, where that of an application calls.
    role: Option<&'e str>,
    /// What is enforced there on the model.
    enforced: Vec<&'e Enforced>,
    /// What the caller is bound by.
    required: Vec<&'e Requirement>,
}

/// A call in each way by each caller in each place. What is not as it must be is looked at again as long as there is time, since
/// AWS spreads what decides these calls with delays.
pub(super) async fn checks(examined: &Examined<'_>, invocation: &Invocation) -> Vec<Check> {
    let scopes = scopes(examined);
    let arns = arns_of_roles(examined, invocation, &scopes).await;
    let (mut checks, mut all) = (Vec::new(), Vec::new());
    for scope in &scopes {
        let mut skip = |why: String| checks.push(Check::new(What::ModelCall, scope, Outcome::skipped(why)));
        let Some(model) = invocation.model(scope) else {
            skip("no model is named for this Region".to_owned());
            continue;
        };
        let here = callings(examined, invocation, model, scope, &arns);
        if here.is_empty() {
            let models = self::arns(examined, model, scope);
            let models: Vec<&str> = models.iter().map(String::as_str).collect();
            let binds_others = |one: &&Requirement| {
                one.role.is_none() && one.accounts.contains(&scope.account) && !one.spares_each(&models)
            };
            let others: Vec<&Requirement> = examined.required.iter().filter(binds_others).collect();
            skip(if others.is_empty() {
                format!("nothing that is enforced or required there is for {model}")
            } else {
                format!("{} lets off whoever calls: another role is named by `--invoke-role`", policies(&others))
            });
        }
        all.extend(here);
    }
    let called = join_all(all.iter().map(|calling| called(examined, calling))).await;
    checks.extend(called.into_iter().flatten());
    checks
}

/// The places where something is enforced, or required of a role.
fn scopes(examined: &Examined<'_>) -> BTreeSet<Scope> {
    let enforced = examined.enforced.iter().map(|one| one.scope.clone());
    // None where a pattern leaves the Region open.
    let regions = |one: &Requirement| -> BTreeSet<String> {
        let named = one.named.iter().map(|pattern| pattern.split(':').nth(3).unwrap_or("*").to_owned());
        let named: BTreeSet<String> = named.collect();
        if named.iter().any(|region| region.contains(['*', '?'])) { BTreeSet::new() } else { named }
    };
    let declared = &examined.sides.desired.declared_regions;
    let required = examined.required.iter().flat_map(|one| {
        let named = regions(one);
        let here = declared.iter().filter(move |region| named.is_empty() || named.contains(region.as_str()));
        here.flat_map(|region| one.accounts.iter().map(|account| Scope::regional(account.clone(), region.clone())))
    });
    enforced.chain(required).filter(|scope| examined.options.wants(scope)).collect()
}

/// The ARNs of roles, by account and name.
type Arns = BTreeMap<(AccountId, String), String>;

/// The ARNs of the roles that are to call models, whose paths no spec tells. Of one that is not told its name alone is known.
async fn arns_of_roles(examined: &Examined<'_>, invocation: &Invocation, scopes: &BTreeSet<Scope>) -> Arns {
    let accounts: BTreeSet<&AccountId> = scopes.iter().map(|scope| &scope.account).collect();
    let named = accounts.iter().flat_map(|account| {
        let required = examined.required.iter().filter(|one| one.accounts.contains(*account));
        let of_applications = required.filter_map(|one| one.role.clone());
        of_applications.chain(invocation.role.clone()).map(|role| ((*account).clone(), role))
    });
    let named: BTreeSet<(AccountId, String)> = named.collect();
    let looks = named.into_iter().map(async |(account, role)| {
        let arn = arn_of_role(&examined.cx, &Scope::global(account.clone()), &role).await.ok()?;
        Some(((account, role), arn))
    });
    join_all(looks).await.into_iter().flatten().collect()
}

/// What leads from the type of a role's ARN to its name: its path and its name, as a role is assumed by.
fn with_path(arn: &str) -> Option<&str> {
    arn.split_once(":role/").map(|(_, role)| role)
}

fn callings<'e>(
    examined: &'e Examined<'_>,
    invocation: &'e Invocation,
    model: &'e str,
    scope: &'e Scope,
    arns: &'e Arns,
) -> Vec<Calling<'e>> {
    let enforced = || examined.enforced.iter().filter(|one| one.scope == *scope && one.covers(model));
    let arn = |role: &str| {
        let partition = &examined.sides.facts.caller.partition;
        let named = || format!("arn:{partition}:iam::{}:role/{}", scope.account, role.trim_start_matches('/'));
        arns.get(&(scope.account.clone(), role.to_owned())).cloned().unwrap_or_else(named)
    };
    let assumed = |role: &'e str| {
        arns.get(&(scope.account.clone(), role.to_owned())).and_then(|arn| with_path(arn)).unwrap_or(role)
    };
    let models = self::arns(examined, model, scope);
    let bound = |role: Option<&str>| -> Vec<&Requirement> {
        let Some(arn) = role.map(arn) else { return Vec::new() };
        let binds = |one: &&Requirement| {
            one.binds(&scope.account, &arn) && !one.spares_each(&models.iter().map(String::as_str).collect::<Vec<_>>())
        };
        examined.required.iter().filter(binds).collect()
    };
    let roles = &examined.sides.facts.roles;
    let at_home = scope.account == *examined.sides.facts.home();
    let own = invocation.role.as_deref().or_else(|| (!at_home).then_some(roles.member.as_str()));
    let of_applications: BTreeSet<&'e str> = examined
        .required
        .iter()
        .filter(|one| one.accounts.contains(&scope.account))
        .filter_map(|one| one.role.as_deref())
        .collect();
    let all = [(Acting::Own(invocation.role.as_deref().map(assumed)), None, bound(own))];
    let of_applications =
        of_applications.into_iter().map(|role| (Acting::Application(assumed(role)), Some(role), bound(Some(role))));
    let all = all.into_iter().chain(of_applications);
    all.map(|(acting, role, required)| Calling { scope, model, acting, role, enforced: enforced().collect(), required })
        // Without either there is nothing to be proven.
        .filter(|calling| !calling.enforced.is_empty() || !calling.required.is_empty())
        .collect()
}

/// The ARNs that a policy may mean the model by.
pub(super) fn arns(examined: &Examined<'_>, model: &str, scope: &Scope) -> Vec<String> {
    let (partition, region) = (&examined.sides.facts.caller.partition, scope.region_name());
    if model.starts_with("arn:") {
        return vec![model.to_owned()];
    }
    vec![
        format!("arn:{partition}:bedrock:{region}::foundation-model/{model}"),
        format!("arn:{partition}:bedrock:{region}:{}:inference-profile/{model}", scope.account),
    ]
}

async fn called(examined: &Examined<'_>, calling: &Calling<'_>) -> Vec<Check> {
    let invoker = Invoker::open(examined.cx.clients, &calling.scope.account, calling.acting).await;
    let said = body(calling.model, HARMLESS).map(|body| body.to_string().into_bytes());
    let tries = Api::ALL.iter().map(async |api| {
        let about = match calling.role {
            None => api.word().to_owned(),
            Some(role) => format!("{api} as {role}"),
        };
        let check = |outcome: Outcome| Check::new(What::ModelCall, calling.scope, outcome).about(about.as_str());
        let invoker = match &invoker {
            Ok(invoker) => invoker,
            Err(error) => return vec![check(error.unseen())],
        };
        let converses = matches!(api, Api::Converse | Api::ConverseStream);
        let Some(body) = said.as_deref().or(converses.then_some(&[])) else {
            let message = format!("this release does not know what the body of a call of {} looks like", calling.model);
            return vec![check(Outcome::unseen(message).fix("call a model of another family, or rely on Converse"))];
        };
        let ask = Ask { api: *api, model: calling.model, prompt: HARMLESS, body, guardrail: None };
        let probe = async || vec![check(Caller { examined, calling, invoker }.tried(&ask).await)];
        examined.patience.look(probe).await
    });
    join_all(tries).await.into_iter().flatten().collect()
}

struct Caller<'e> {
    examined: &'e Examined<'e>,
    calling: &'e Calling<'e>,
    invoker: &'e Invoker,
}

impl Caller<'_> {
    async fn tried(&self, ask: &Ask<'_>) -> Outcome {
        let result =
            if self.calling.required.is_empty() { self.without(ask).await } else { self.with_and_without(ask).await };
        result.unwrap_or_else(|outcome| outcome)
    }

    /// Nothing is required of the caller, so the call succeeds and tells what is enforced.
    async fn without(&self, ask: &Ask<'_>) -> Result<Outcome, Outcome> {
        let traced = self.invoker.call(&self.examined.cx, self.calling.scope, ask).await;
        let traced = traced.map_err(|error| self.failure(&error, "without a guardrail"))?;
        self.applied(&traced, None)?;
        Ok(Outcome::passed("without a guardrail, the answer tells of what is enforced, on input and output"))
    }

    /// One is required: without it the call is denied, and with it the call succeeds.
    async fn with_and_without(&self, ask: &Ask<'_>) -> Result<Outcome, Outcome> {
        match self.invoker.call(&self.examined.cx, self.calling.scope, ask).await {
            // That the account has no access to the model would prove nothing.
            Err(error) if error.class == Class::AccessDenied && !error.is_about_model_access() => {}
            Err(error) => return Err(self.failure(&error, "without a guardrail")),
            Ok(_) => {
                let required = &self.calling.required;
                let message = format!("without a guardrail the call succeeds, in spite of {}", policies(required));
                if required.iter().all(|one| !one.further.is_empty()) {
                    let keys = in_words(required.iter().flat_map(|one| &one.further));
                    return Err(Outcome::unseen(format!("{message}: whether that binds this call hangs on {keys}")));
                }
                return Err(Outcome::failed(message)
                    .fix("look at what the policy leaves out, and whether the model is among it"));
            }
        }
        let mut failed = None;
        for version in self.versions() {
            let ask = Ask { guardrail: Some(&version), ..*ask };
            match self.invoker.call(&self.examined.cx, self.calling.scope, &ask).await {
                Ok(traced) => {
                    self.applied(&traced, Some(&version))?;
                    return Ok(Outcome::passed("without a guardrail the call is denied, and with it it succeeds"));
                }
                // It may be one that nobody shares with the account, and another may do.
                Err(error) if error.class == Class::AccessDenied && !error.is_about_model_access() => {
                    let outcome = self.failure(&error, &format!("with {version}"));
                    failed.get_or_insert(outcome);
                }
                Err(error) => return Err(self.failure(&error, &format!("with {version}"))),
            }
        }
        Err(failed.unwrap_or_else(|| {
            let message = "without a guardrail the call is denied; with one it was not tried, since no version in this Region is known \
                           that the caller may name";
            Outcome::unseen(message)
        }))
    }

    /// The versions in the Region that every policy takes, of those that the spec knows: first what is enforced there, then what the
    /// account has or is shared with others; the newest first.
    fn versions(&self) -> Vec<RemoteId> {
        let Sides { live, desired, .. } = self.examined.sides;
        let of_calling = self.calling.enforced.iter().flat_map(|one| one.versions(&live.names));
        let enforced: BTreeSet<RemoteId> = of_calling.collect();
        let shares = |address: &Address| {
            let policy = Address::new(Kind::ResourcePolicy, address.scope.clone(), address.name.as_str());
            address.scope.account == self.calling.scope.account
                || live.found.contains_key(&policy)
                || desired.resources.contains_key(&policy)
        };
        let is_open = |id: &RemoteId| {
            let guardrail = guardrail_of(id).and_then(|arn| live.names.address(&arn).cloned());
            guardrail.is_none_or(|address| shares(&address))
        };
        let others = self.examined.enforced.iter().flat_map(|one| one.versions(&live.names));
        let known = others.chain(live.versions.values().flatten().map(|seen| seen.id.clone()));
        let here = |id: &RemoteId| id.as_str().split(':').nth(3) == Some(self.calling.scope.region_name());
        let taken = |id: &RemoteId| self.calling.required.iter().all(|one| one.takes(id.as_str()));
        // Those with more digits are the newer ones.
        let ranked = enforced.iter().cloned().chain(known).filter(|id| here(id) && taken(id));
        let ranked: BTreeSet<(bool, bool, usize, RemoteId)> =
            ranked.map(|id| (enforced.contains(&id), is_open(&id), id.as_str().len(), id)).collect();
        ranked.into_iter().rev().map(|(.., id)| id).collect()
    }

    /// Whether the answer tells of the guardrail that the call named, and of each that is enforced.
    fn applied(&self, traced: &Traced, named: Option<&RemoteId>) -> Result<(), Outcome> {
        let mut wanted: Vec<(Vec<RemoteId>, &str)> = named.iter().map(|id| (vec![(*id).clone()], REQUEST)).collect();
        for one in &self.calling.enforced {
            wanted.push((self.examined.versions(one)?, one.level.word()));
        }
        for (versions, origin) in &wanted {
            let told = |applied: &BTreeSet<Applied>| {
                applied.iter().any(|one| {
                    one.origins.contains(*origin) && versions.iter().any(|version| version.as_str() == one.version)
                })
            };
            let shown = versions.last().map(RemoteId::as_str).unwrap_or_default();
            if !told(&traced.input) {
                let message = format!(
                    "the answer does not tell that {shown} was applied to the input as {origin}: {}",
                    listed(&traced.input)
                );
                return Err(Outcome::failed(message));
            }
            if !told(&traced.output) && traced.intervened {
                let message =
                    "a guardrail stepped in before the model answered, so what is applied to the output was not seen";
                return Err(Outcome::unseen(message).fix("look at why it minds a question for a capital"));
            }
            if !told(&traced.output) {
                let message = format!(
                    "the answer does not tell that {shown} was applied to the output as {origin}: {}",
                    listed(&traced.output)
                );
                return Err(Outcome::failed(message));
            }
        }
        Ok(())
    }

    fn failure(&self, error: &AwsError, how: &str) -> Outcome {
        let scope = self.calling.scope;
        if error.is_about_model_access() {
            let message = format!("{} {how} failed, which proves nothing: {}", error.operation, error.reason());
            return Outcome::unseen(message)
                .fix("name a model that the account may call there: `--invoke REGION=MODEL` is for that Region alone");
        }
        self.examined.beside_the_point(scope, error).unwrap_or_else(|| {
            let outcome = format!("{} {how} failed: {}", error.operation, error.reason());
            match error.class {
                Class::AccessDenied => Outcome::failed(outcome)
                    .fix("whoever calls needs `bedrock:InvokeModel*` on the model and `bedrock:ApplyGuardrail` on every guardrail there"),
                // The model is not there, or not for this account: nothing that is enforced is to blame.
                _ => Outcome::unseen(outcome).fix("name a model that the account may call there: `--invoke REGION=MODEL` is for that Region alone"),
            }
        })
    }
}

fn listed(applied: &BTreeSet<Applied>) -> String {
    if applied.is_empty() {
        return "it tells of none".to_owned();
    }
    let told = applied.iter().map(|one| {
        let origins: Vec<&str> = one.origins.iter().map(String::as_str).collect();
        format!("{} as {}", one.version, origins.join(" and "))
    });
    format!("it tells of {}", told.collect::<Vec<_>>().join(", "))
}
