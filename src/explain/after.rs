//! What calls will meet when a plan is done.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::{Enforced, Ground, Numbered, Policy, Version, numbered};
use crate::kinds::{Kind, Model, iam_policy, iam_policy_attachment};
use crate::model::{Address, Desired, Document, Found, Live, Ref, RemoteId, Segment, Standing, Template};
use crate::plan::{Action, Change, specified};

/// A plan's actions with what they were made from.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'p> {
    /// What will be done.
    pub actions: &'p [Action],
    /// What the spec wants.
    pub desired: &'p Desired,
    /// What AWS has.
    pub live: &'p Live,
}

impl Ground {
    /// What will be when this is done. AWS has not said yet what that comes to.
    #[must_use]
    pub fn after(&self, planned: Planned<'_>) -> Self {
        let mut ground = Self { told: BTreeMap::new(), invalid: None, unjudged: None, ..self.clone() };
        ground.share(planned);
        ground.know(planned);
        for action in planned.actions {
            ground.act(action, planned);
        }
        for version in ground.planned_versions() {
            let found = planned.version(&version);
            ground.versions.insert(Ref::To(version), found);
        }
        for version in ground.versions.values() {
            // Whatever was not seen to admit others admits nobody.
            if let Ok(Some(Version { guardrail: guardrail @ Ref::To(_), .. })) = version {
                ground.sharing.entry(guardrail.clone()).or_insert(Ok(None));
            }
        }
        ground
    }

    /// What is shared already and was not read for the cells, since nothing of theirs points there yet.
    fn share(&mut self, planned: Planned<'_>) {
        for Found { model, .. } in planned.live.found.values() {
            if let Model::ResourcePolicy(model) = model {
                let resource = planned.resolved(&model.resource);
                self.sharing.entry(resource).or_insert_with(|| Ok(Some(model.document.clone())));
            }
        }
    }

    /// What is known of versions that exist, and at which nothing of theirs points yet.
    fn know(&mut self, planned: Planned<'_>) {
        let Planned { desired, live, .. } = planned;
        let read = live.contents.iter().filter_map(|(id, content)| Some((id.clone(), content.as_ref().ok()?)));
        let wanted = desired.resources.keys().filter(|address| address.kind == Kind::GuardrailVersion);
        let specified = wanted
            .filter_map(|address| Some((live.names.ids(address).last()?.clone(), specified(address, desired, live)?)));
        for (id, content) in read.chain(specified) {
            let Some(Numbered { guardrail, .. }) = numbered(&id) else { continue };
            let standing = live.standing.get(&id).cloned().unwrap_or_default();
            let automated_reasoning = Some(content.automated_reasoning_policy.is_some());
            let standing = Standing { automated_reasoning, ..standing };
            let guardrail = Ref::Foreign(guardrail);
            let version = Version { guardrail, content: content.clone(), standing, marker: None };
            self.versions.entry(Ref::Foreign(id)).or_insert(Ok(Some(version)));
        }
    }

    fn act(&mut self, Action { address, change, .. }: &Action, planned: Planned<'_>) {
        let id = planned.resolved(&Ref::To(address.clone()));
        let (have, want) = match change {
            Change::Create { want } => (None, Some(want)),
            Change::Update { have, want, .. } => (Some(have), Some(want)),
            Change::Delete { have, .. } => (Some(have), None),
        };
        match (want, have) {
            (Some(Model::OrgPolicy(want)), _) => {
                let before = self.policies.remove(&id);
                let policy = Policy {
                    name: want.name.clone(),
                    policy_type: want.policy_type,
                    document: Ok(planned.with_ids(&want.document)),
                    targets: before.map_or_else(|| Ok(BTreeSet::new()), |policy| policy.targets),
                };
                self.policies.insert(id, policy);
            }
            (None, Some(Model::OrgPolicy(_))) => drop(self.policies.remove(&id)),
            (Some(Model::OrgPolicyAttachment(want)), _) => {
                self.attach(&planned.resolved(&want.policy), |targets| targets.insert(want.target.clone()));
            }
            (None, Some(Model::OrgPolicyAttachment(have))) => {
                self.attach(&planned.resolved(&have.policy), |targets| targets.remove(&have.target));
            }
            (Some(Model::AccountEnforcement(want)), _) => {
                let mut want = want.clone();
                want.version = planned.resolved(&want.version);
                self.enforce(address, Enforced::Is(want));
            }
            (None, Some(Model::AccountEnforcement(_))) => self.enforce(address, Enforced::Nothing),
            (Some(Model::ResourcePolicy(want)), _) => {
                self.sharing.insert(planned.resolved(&want.resource), Ok(Some(want.document.clone())));
            }
            (None, Some(Model::ResourcePolicy(have))) => {
                self.sharing.insert(planned.resolved(&have.resource), Ok(None));
            }
            (want, have) => self.identity(address, want.or(have), want.is_some(), planned),
        }
    }

    fn attach(&mut self, policy: &Ref, edit: impl FnOnce(&mut BTreeSet<String>) -> bool) {
        if let Some(Ok(targets)) = self.policies.get_mut(policy).map(|policy| policy.targets.as_mut()) {
            edit(targets);
        }
    }

    /// Where nobody asks, nothing is noted; what cannot be called stays so.
    fn enforce(&mut self, address: &Address, enforced: Enforced) {
        if let Some(known) =
            self.enforced.get_mut(&address.scope).filter(|known| !matches!(known, Enforced::Unavailable(_)))
        {
            *known = enforced;
        }
    }

    /// What becomes of the policies of the roles that are asked about.
    fn identity(&mut self, address: &Address, model: Option<&Model>, comes: bool, planned: Planned<'_>) {
        let name =
            |model: &iam_policy::Model| format!("{}{}", model.path, model.name).trim_start_matches('/').to_owned();
        let roles = self.roles.iter_mut().filter(|((account, _), _)| *account == address.scope.account);
        for ((_, role), found) in roles {
            let Ok(found) = found else { continue };
            match model {
                Some(Model::IamPolicy(model)) => {
                    if let Some(document) = found.policies.get_mut(&name(model)).filter(|_| comes) {
                        *document = Ok(planned.with_ids(&model.document));
                    }
                }
                Some(Model::IamPolicyAttachment(iam_policy_attachment::Model { policy, role: of, .. }))
                    if of == role =>
                {
                    let Some(Model::IamPolicy(policy)) = planned.model(policy) else { continue };
                    if comes {
                        found.policies.insert(name(policy), Ok(planned.with_ids(&policy.document)));
                    } else {
                        found.policies.remove(&name(policy));
                    }
                }
                _ => {}
            }
        }
    }

    /// The versions that are yet to be made, at which something points.
    fn planned_versions(&self) -> BTreeSet<Address> {
        let documents = self.policies.values().filter_map(|policy| policy.document.as_ref().ok());
        let of_roles = self.roles.values().flatten().flat_map(|role| role.policies.values().flatten());
        let references = documents.chain(of_roles).flat_map(Document::references);
        let enforced = self.enforced.values().filter_map(|enforced| match enforced {
            Enforced::Is(model) => model.version.address().cloned(),
            _ => None,
        });
        references.chain(enforced).filter(|address| address.kind == Kind::GuardrailVersion).collect()
    }
}

impl<'p> Planned<'p> {
    /// By the id that AWS has, where it has one.
    fn resolved(&self, of: &Ref) -> Ref {
        let Ref::To(address) = of else { return of.clone() };
        let id = match address.kind {
            Kind::Guardrail | Kind::GuardrailVersion => self.live.names.ids(address).last(),
            _ => self.live.found.get(address).map(|found| &found.id),
        };
        id.map_or_else(|| of.clone(), |id: &RemoteId| Ref::Foreign(id.clone()))
    }

    /// The document with the ids that AWS has.
    fn with_ids(&self, document: &Document) -> Document {
        match document {
            Document::Text(template) => {
                let segment = |segment: &Segment| match segment {
                    Segment::Id(of, form) => match (self.resolved(of), form) {
                        (Ref::Foreign(id), crate::model::Form::Whole) => Segment::Text(id.to_string()),
                        (of, form) => Segment::Id(of, *form),
                    },
                    text @ Segment::Text(_) => text.clone(),
                };
                Document::Text(joined(template.0.iter().map(segment)))
            }
            Document::List(items) => Document::list(items.iter().map(|item| self.with_ids(item))),
            Document::Map(entries) => {
                Document::Map(entries.iter().map(|(key, value)| (key.clone(), self.with_ids(value))).collect())
            }
            plain => plain.clone(),
        }
    }

    /// What the spec wants at an address, or what AWS has there.
    fn model(&self, of: &Ref) -> Option<&'p Model> {
        let address = of.address()?;
        let wanted = self.desired.resources.get(address).map(|wanted| &wanted.model);
        wanted.or_else(|| self.live.found.get(address).map(|found| &found.model))
    }

    /// A version that is yet to be made.
    fn version(&self, address: &Address) -> Result<Option<Version>, String> {
        let content = specified(address, self.desired, self.live).ok_or("it is yet to be made")?.clone();
        let guardrail = match self.model(&Ref::To(address.clone())) {
            Some(Model::GuardrailVersion(model)) => self.resolved(&model.guardrail),
            _ => return Err("it is yet to be made".to_owned()),
        };
        let automated_reasoning = Some(content.automated_reasoning_policy.is_some());
        Ok(Some(Version {
            guardrail,
            content,
            standing: Standing { automated_reasoning, ..Standing::default() },
            marker: None,
        }))
    }
}

/// Neighbouring pieces of text as one.
fn joined(segments: impl Iterator<Item = Segment>) -> Template {
    let mut all: Vec<Segment> = Vec::new();
    for segment in segments {
        match (all.last_mut(), segment) {
            (Some(Segment::Text(text)), Segment::Text(more)) => text.push_str(&more),
            (_, segment) => all.push(segment),
        }
    }
    Template(all)
}
