//! What the roles of a spec may do.

use std::collections::{BTreeMap, BTreeSet};

use super::declared::{Declared, Side};
use super::needs::{CHECKS, EFFECTIVE, FACTS, Guard, INVALID, Need, On, TESTING, UNITS, needs};
use super::statement::{ACCOUNT, Conditions, Statement};
use crate::kinds::Kind;
use crate::kinds::guardrail::key_policy::FOR_SERVICE;
use crate::model::{Region, STACK_TAG};
use crate::spec::lower::destinations;

/// The organization of whoever calls (IAM user guide, "IAM policy elements: Variables and tags").
const OWN_ORGANIZATION: &str = "${aws:PrincipalOrgID}";

/// Where a role is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In the account of the caller.
    Home,
    /// In a member account.
    Member,
}

/// What a role is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// It reads.
    Read,
    /// It reads and writes what carries the stack's mark.
    Write,
    /// And takes over what carries none.
    Adopt,
}

/// What a role may do, statement by statement.
pub fn statements(declared: &Declared, place: Where, may: May) -> Vec<Statement> {
    let side = match place {
        Where::Home => &declared.at_home,
        Where::Member => &declared.in_members,
    };
    let scope = Scope { declared, side, place, may };
    let mut groups = Groups::default();
    for (operation, regions) in scope.reads() {
        groups.take("Read", &scope, scope.needs(operation), regions.as_ref());
    }
    if may != May::Read {
        for (kind, regions) in &side.kinds {
            for operation in kind.writes() {
                groups.take("Write", &scope, scope.needs(operation), Some(regions));
            }
        }
    }
    let mut statements = groups.statements();
    statements.extend(scope.enters());
    statements
}

/// What it takes to run test suites besides: applying the guardrails, wherever they are.
pub fn testing(declared: &Declared, place: Where) -> Vec<Statement> {
    let side = match place {
        Where::Home => &declared.at_home,
        Where::Member => &declared.in_members,
    };
    let mut groups = Groups::default();
    groups.take("Test", &Scope { declared, side, place, may: May::Read }, TESTING.to_vec(), Some(&side.tried));
    groups.statements()
}

struct Scope<'a> {
    declared: &'a Declared,
    side: &'a Side,
    place: Where,
    may: May,
}

impl Scope<'_> {
    /// The reads, and the Regions of each: `None` is all.
    fn reads(&self) -> Vec<(&'static str, Option<BTreeSet<Region>>)> {
        let home = self.place == Where::Home;
        let organization = self.declared.organization.as_ref().filter(|_| home);
        let of_kinds = Kind::ALL.iter().flat_map(|kind| kind.reads()).copied();
        let of_kinds = of_kinds.filter(|operation| organization.is_some() || !operation.starts_with("organizations:"));
        let facts = organization.into_iter().flat_map(|organization| {
            let units = organization.looks_up_units.then_some(UNITS);
            FACTS.iter().copied().chain(units).chain([EFFECTIVE, INVALID])
        });
        let wanted = self.side.reads.iter().map(|(operation, regions)| (*operation, Some(regions.clone())));
        let checks = CHECKS.iter().copied();
        of_kinds
            .chain(facts)
            .chain(checks)
            .map(|operation| (operation, self.declared.read.clone()))
            .chain(wanted)
            .collect()
    }

    /// Entering member accounts.
    fn enters(&self) -> Option<Statement> {
        let organization = self.declared.organization.as_ref().filter(|_| self.place == Where::Home)?;
        let roles = &organization.roles;
        let (role, accounts) = match self.may {
            May::Read => (&roles.member_read, &organization.looked_into),
            May::Write | May::Adopt => (&roles.member, &organization.entered),
        };
        let role = role.trim_start_matches('/');
        let arn = |account: &str| format!("arn:{}:iam::{account}:role/{role}", self.declared.partition);
        let resources: BTreeSet<String> = match accounts {
            None => BTreeSet::from([arn("*")]),
            Some(accounts) => accounts.iter().map(|account| arn(account.as_str())).collect(),
        };
        let mut conditions = Conditions::new();
        // Where the spec does not name the organization, it is the one of the caller.
        let id = organization.id.clone().unwrap_or_else(|| OWN_ORGANIZATION.to_owned());
        conditions.insert(("StringEquals", "aws:ResourceOrgID".to_owned()), BTreeSet::from([id]));
        let actions = BTreeSet::from(["sts:AssumeRole".to_owned()]);
        (!resources.is_empty()).then(|| Statement { sid: "EnterMembers".to_owned(), actions, resources, conditions })
    }

    /// The account's number, or what stands for it.
    fn account(&self) -> &str {
        match (self.place, &self.declared.home) {
            (Where::Home, Some(home)) => home.as_str(),
            _ => ACCOUNT,
        }
    }

    /// The ARNs on which it is asked for; none where the spec has nothing of the kind.
    fn resources(&self, on: On, regions: Option<&BTreeSet<Region>>) -> BTreeSet<String> {
        let (partition, account) = (&self.declared.partition, self.account());
        let regional = |resource: &str| -> BTreeSet<String> {
            let arn = |region: &str| format!("arn:{partition}:bedrock:{region}:{account}:{resource}");
            match regions {
                None => BTreeSet::from([arn("*")]),
                Some(regions) => regions.iter().map(|region| arn(region.as_str())).collect(),
            }
        };
        let organization = |resources: &[String]| -> BTreeSet<String> {
            let Some(organization) = &self.declared.organization else { return BTreeSet::new() };
            let (management, id) = (&organization.management, organization.id.as_deref().unwrap_or("o-*"));
            let arn = |resource: &String| {
                format!("arn:{partition}:organizations::{management}:{}", resource.replace("{id}", id))
            };
            resources.iter().map(arn).collect()
        };
        let nodes =
            |words: &[&str]| organization(&words.iter().map(|word| format!("{word}/{{id}}/*")).collect::<Vec<_>>());
        let iam = |resource: &str| format!("arn:{partition}:iam::{account}:{resource}");
        let profiles = |profiles: &BTreeSet<(Region, String)>| -> BTreeSet<String> {
            let arn = |(region, id): &(Region, String)| {
                format!("arn:{partition}:bedrock:{region}:{account}:guardrail-profile/{id}")
            };
            profiles.iter().map(arn).collect()
        };
        match on {
            On::Region => match regions {
                Some(regions) if regions.is_empty() => BTreeSet::new(),
                _ => BTreeSet::from(["*".to_owned()]),
            },
            On::Guardrails => regional("guardrail/*"),
            On::Profiles => profiles(&self.side.profiles),
            On::ProfilePolicies => profiles(&self.side.profile_policies),
            On::AppliedProfiles => {
                let lead = |(region, id): &(Region, String)| {
                    destinations(id, region).into_iter().map(|region| (region, id.clone())).collect::<Vec<_>>()
                };
                profiles(&self.side.profiles.iter().flat_map(lead).collect())
            }
            On::External => match self.place {
                Where::Home => self.declared.external.clone(),
                Where::Member => BTreeSet::new(),
            },
            On::Keys => self.side.keys.keys().cloned().collect(),
            On::Anything => BTreeSet::from(["*".to_owned()]),
            On::IamPolicies => BTreeSet::from([iam("policy/*")]),
            On::DeclaredPolicies => self.policies(),
            // A role may have a path, of which the spec knows nothing.
            On::Roles => self
                .side
                .roles
                .iter()
                .flat_map(|role| [iam(&format!("role/{role}")), iam(&format!("role/*/{role}"))])
                .collect(),
            On::Passed => self.side.passed.clone(),
            On::Simulated if self.side.applied.is_reached => BTreeSet::from([iam("role/*")]),
            On::Simulated => self.resources(On::Roles, regions),
            On::Enforced => self.side.applied.guardrails.clone(),
            On::EnforcedKeys => self.side.applied.keys.clone(),
            On::Reached if self.side.applied.is_reached => BTreeSet::from(["*".to_owned()]),
            // Nobody's role is printed for calls of models.
            On::Reached | On::Called => BTreeSet::new(),
            On::Root => nodes(&["root"]),
            On::Units => nodes(&["root", "ou"]),
            On::Accounts => nodes(&["account"]),
            On::Targets => nodes(&["root", "ou", "account"]),
            On::Policies => {
                let types = self.declared.types.iter().map(|name| format!("policy/{{id}}/{}/*", name.to_lowercase()));
                organization(&types.collect::<Vec<_>>())
            }
        }
    }

    /// The ARNs of the declared policies of IAM.
    fn policies(&self) -> BTreeSet<String> {
        let arn = |name: &String| format!("arn:{}:iam::{}:policy/{name}", self.declared.partition, self.account());
        self.side.policies.iter().map(arn).collect()
    }

    /// The needs of an operation. What is taken over does not carry the mark yet: a guardrail or a policy of the organization
    /// is found by a name that no policy can tell, a policy of IAM by the path and name in its ARN.
    fn needs(&self, operation: &str) -> Vec<Need> {
        let adopts = |need: Need| match (self.may, need.guard, need.on) {
            (May::Adopt, Guard::Ours, On::IamPolicies) => {
                vec![need, Need { guard: Guard::Free, on: On::DeclaredPolicies, ..need }]
            }
            (May::Adopt, Guard::Ours, _) => vec![Need { guard: Guard::Free, ..need }],
            (May::Adopt, Guard::OursType, _) => vec![Need { guard: Guard::FreeType, ..need }],
            _ => vec![need],
        };
        needs(operation).into_iter().flat_map(adopts).collect()
    }

    fn conditions(&self, need: Need, regions: Option<&BTreeSet<Region>>) -> Conditions {
        let mut conditions = Conditions::new();
        if need.guard == Guard::Declared {
            // Patterns, since the account may be one.
            conditions.insert(("ArnLike", "iam:PolicyARN".to_owned()), self.policies());
        }
        if need.guard == Guard::ForService {
            conditions.insert(("Bool", FOR_SERVICE.to_owned()), BTreeSet::from(["true".to_owned()]));
        }
        let mut ask =
            |operator, key: String, values: BTreeSet<String>| drop(conditions.insert((operator, key), values));
        let stack = || BTreeSet::from([self.declared.stack.clone()]);
        let carried = || format!("aws:ResourceTag/{STACK_TAG}");
        let set = || format!("aws:RequestTag/{STACK_TAG}");
        match need.guard {
            Guard::None | Guard::Declared | Guard::ForService => {}
            Guard::ToBedrock => {
                let bedrock = BTreeSet::from(["bedrock.amazonaws.com".to_owned()]);
                ask("StringEquals", "iam:PassedToService".to_owned(), bedrock);
            }
            Guard::Ours => ask("StringEquals", carried(), stack()),
            Guard::Free => ask("StringEqualsIfExists", carried(), stack()),
            Guard::Marks => ask("StringEquals", set(), stack()),
            Guard::MarksFree => {
                ask("StringEquals", set(), stack());
                ask("StringEqualsIfExists", carried(), stack());
            }
            Guard::Type | Guard::OursType | Guard::FreeType => {
                ask("StringEquals", "organizations:PolicyType".to_owned(), self.declared.types.clone());
                match need.guard {
                    Guard::OursType => ask("StringEquals", carried(), stack()),
                    Guard::FreeType => ask("StringEqualsIfExists", carried(), stack()),
                    _ => {}
                }
            }
        }
        if need.on == On::Region
            && let Some(regions) = regions
        {
            let regions = regions.iter().map(|region| region.as_str().to_owned()).collect();
            ask("StringEquals", "aws:RequestedRegion".to_owned(), regions);
        }
        conditions
    }
}

/// Actions by what they have in common.
#[derive(Default)]
struct Groups(BTreeMap<Common, BTreeSet<String>>);

/// What the actions of a statement have in common: on what, under which guard, in which half of the policy, the ARNs and the
/// conditions.
type Common = (On, Guard, &'static str, BTreeSet<String>, Conditions);

impl Groups {
    fn take(&mut self, word: &'static str, scope: &Scope<'_>, needs: Vec<Need>, regions: Option<&BTreeSet<Region>>) {
        for need in needs {
            let resources = scope.resources(need.on, regions);
            if resources.is_empty() {
                continue;
            }
            let key = (need.on, need.guard, word, resources, scope.conditions(need, regions));
            self.0.entry(key).or_default().insert(need.action.to_owned());
        }
    }

    /// Statements named after what they are about, those of one name numbered. What a statement for reading allows, one for
    /// writing does not allow again.
    fn statements(self) -> Vec<Statement> {
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        let read = |(on, guard, _, resources, conditions): &Common| {
            self.0.get(&(*on, *guard, "Read", resources.clone(), conditions.clone()))
        };
        let once = self.0.iter().map(|(common, actions)| {
            let already = read(common).filter(|_| common.2 != "Read");
            let actions = actions.iter().filter(|action| already.is_none_or(|already| !already.contains(*action)));
            (common.clone(), actions.cloned().collect::<BTreeSet<_>>())
        });
        once.filter(|(_, actions)| !actions.is_empty())
            .map(|((on, guard, word, resources, conditions), actions)| {
                let guard = match guard {
                    Guard::None => String::new(),
                    other => format!("{other:?}"),
                };
                let name = format!("{word}{on:?}{guard}");
                let number = names.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
                let sid = if *number == 1 { name } else { format!("{name}{number}") };
                Statement { sid, actions, resources, conditions }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::diagnostic::Diagnostics;
    use crate::spec::sources::Sources;
    use crate::spec::{Input, read};

    fn declared(text: &str) -> Declared {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::default());
        let file = sources.add("bedrail.yaml".to_owned(), text.to_owned());
        let environment = BTreeMap::new();
        let input =
            Input { sources: &sources, files: &[file], given: Vec::new(), environment: &environment, env: None };
        Declared::of(&read(input, &mut diagnostics)).expect("a top level")
    }

    /// So what is proven of the reads of a role that plans holds of those of a role that applies.
    #[test]
    fn a_role_that_applies_reads_as_one_that_plans() {
        let organization = "organization: {id: o-exampleorg, management_account: \"111122223333\"}\n";
        for organization in ["", organization] {
            let text = format!(
                "format: 1\nstack: s\n{organization}regions: [us-east-1]\nguardrails:\n  g:\n    blocked_input_messaging: a\n    \
                 blocked_outputs_messaging: b\n    word_policy: {{words: [x]}}\naccount_enforcement: {{a: {{guardrail: g}}}}\n"
            );
            let declared = declared(&text);
            for place in [Where::Home, Where::Member] {
                let reads = |may| -> Vec<Statement> {
                    let reads = statements(&declared, place, may).into_iter();
                    reads.filter(|one| one.sid.starts_with("Read")).collect()
                };
                assert!(!reads(May::Read).is_empty());
                assert_eq!(reads(May::Write), reads(May::Read), "{place:?} {text}");
                assert_eq!(reads(May::Adopt), reads(May::Read), "{place:?} {text}");
            }
        }
    }
}
