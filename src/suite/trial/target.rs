//! Which guardrail a suite is for in each Region, and which state of it, by AWS's ids.

use crate::kinds::{Kind, Model};
use crate::model::{AccountId, Address, Desired, Digest, Live, Region, RemoteId, Scope, SeenVersion};
use crate::spec::Spec;
use crate::spec::lower::{Declared, DeclaredGuardrail, Origin, declared};
use crate::suite::Version;

/// The working draft, as the API calls it.
pub const DRAFT: &str = "DRAFT";

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// In which account and Region.
    pub scope: Scope,
    /// The guardrail's ARN.
    pub guardrail: RemoteId,
    /// `DRAFT`, or a number.
    pub version: String,
    /// Whether the spec says something else of the draft than AWS has, so that what is asked is not what the spec says.
    pub unlike_spec: bool,
}

/// Why nothing can be asked somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// Where.
    pub scope: Scope,
    /// What is missing.
    pub why: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A target of which the number may have yet to be found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    /// In which account and Region.
    pub scope: Scope,
    /// The guardrail's ARN.
    pub guardrail: RemoteId,
    /// Its state.
    pub number: Number,
    /// See [`Target::unlike_spec`].
    pub unlike_spec: bool,
}

/// `DRAFT` or a number, or how to find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    /// It is known.
    Known(String),
    /// The newest of these that holds this content, if one does: their markers only promise it.
    Promised(Vec<RemoteId>, Digest),
}

/// What is known of a spec and of AWS.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// The spec.
    pub spec: &'a Spec,
    /// The account of the caller, from which guardrails of others are asked.
    pub home: &'a AccountId,
    /// What the spec wants.
    pub desired: &'a Desired,
    /// What AWS has.
    pub live: &'a Live,
}

/// Where the guardrail of this key is asked, and in which state, in each of `regions`; without any in all that it is in.
pub fn aims(sight: Sight<'_>, guardrail: &str, version: &Version, regions: &[Region]) -> Vec<Result<Aim, Absent>> {
    let Some(Declared { guardrails, versions }) = declared(sight.spec) else { return Vec::new() };
    let Some(declared) = guardrails.get(guardrail) else { return Vec::new() };
    let wanted =
        |scope: &Scope| regions.is_empty() || scope.region.as_ref().is_some_and(|region| regions.contains(region));
    let numbers = match version {
        Version::Named(key) => versions.get(&key.value).and_then(|version| version.numbers.clone()),
        Version::Draft | Version::Current => None,
    };
    match &declared.origin {
        Origin::Ours => {
            let all = sight.desired.resources.keys();
            let here = all.filter(|address| address.kind == Kind::Guardrail && address.name == guardrail);
            here.filter(|address| wanted(&address.scope)).map(|address| sight.ours(address, version)).collect()
        }
        Origin::Stack { .. } => {
            let of_spec = sight.desired.external.keys().filter(|address| address.name == guardrail);
            let here: Vec<&Address> = of_spec.filter(|address| wanted(&address.scope)).collect();
            if here.is_empty() {
                return vec![Err(sight.unreferred(declared))];
            }
            let numbered = |address: &Address| numbers.as_ref()?.get(address.scope.region.as_ref()?).cloned();
            here.into_iter().map(|address| sight.of_stack(address, version, numbered(address))).collect()
        }
        Origin::Arns { arns, numbers: usual } => {
            let scope = |region: &Region| Scope::regional(sight.home.clone(), region.clone());
            let here = arns.iter().filter(|(region, _)| wanted(&scope(region)));
            here.map(|(region, arn)| {
                let number = match version {
                    Version::Draft => Some(DRAFT.to_owned()),
                    Version::Current => usual.get(region).cloned(),
                    Version::Named(_) => numbers.as_ref().and_then(|numbers| numbers.get(region).cloned()),
                };
                let guardrail = RemoteId::new(arn.as_str());
                let absent = || Absent {
                    scope: scope(region),
                    why: format!("the spec says no version of `{}` there", declared.key.value),
                    hint: Some(format!("give `external_guardrails.{}` `versions`", declared.key.value)),
                };
                let number = Number::Known(number.ok_or_else(absent)?);
                Ok(Aim { scope: scope(region), guardrail, number, unlike_spec: false })
            })
            .collect()
        }
    }
}

impl Sight<'_> {
    fn ours(&self, address: &Address, version: &Version) -> Result<Aim, Absent> {
        let guardrail = self.guardrail(address)?;
        let declared = self.desired.resources.get(address).and_then(|wanted| match &wanted.model {
            Model::Guardrail(model) => Some(model.content.digest()),
            _ => None,
        });
        let found = self.live.found.get(address).and_then(|found| match &found.model {
            Model::Guardrail(model) => Some(model.content.digest()),
            _ => None,
        });
        let number = match (version, &declared) {
            (Version::Draft, _) => Number::Known(DRAFT.to_owned()),
            (Version::Named(key), _) => self.named(address, key)?,
            (Version::Current, Some(content)) => self.current(address, content)?,
            (Version::Current, None) => return Err(nothing_current(&address.scope)),
        };
        let unlike_spec = *version == Version::Draft && declared != found;
        Ok(Aim { scope: address.scope.clone(), guardrail, number, unlike_spec })
    }

    fn of_stack(&self, address: &Address, version: &Version, numbered: Option<String>) -> Result<Aim, Absent> {
        let guardrail = self.guardrail(address)?;
        let newest = || self.live.versions.get(address).into_iter().flatten().map(|version| version.number).max();
        let number = match version {
            Version::Draft => Some(DRAFT.to_owned()),
            // What its stack says of it is not known here: the newest is what that has published last.
            Version::Current => newest().map(|number| number.to_string()),
            Version::Named(_) => numbered,
        };
        let number = Number::Known(number.ok_or_else(|| nothing_current(&address.scope))?);
        Ok(Aim { scope: address.scope.clone(), guardrail, number, unlike_spec: false })
    }

    /// The ARN of the guardrail at this address.
    fn guardrail(&self, address: &Address) -> Result<RemoteId, Absent> {
        let live = self.live;
        let absent = |why: String, hint: Option<&str>| Absent {
            scope: address.scope.clone(),
            why,
            hint: hint.map(str::to_owned),
        };
        if let Some(id) = live.names.ids(address).next_back() {
            return Ok(id.clone());
        }
        Err(if live.duplicates.contains_key(address) {
            absent("two guardrails bear its mark".to_owned(), Some("`bedrail plan` names them"))
        } else if let Some(blind) = live.blind_at(address) {
            absent(format!("it could not be read: {}", blind.why), None)
        } else if let Some(unavailable) = live.unavailable_at(address) {
            absent(format!("the Region is not available: {}", unavailable.why), None)
        } else {
            absent("the guardrail does not exist there".to_owned(), Some("`bedrail apply` creates it"))
        })
    }

    fn named(&self, guardrail: &Address, key: &str) -> Result<Number, Absent> {
        let address = Address::new(Kind::GuardrailVersion, guardrail.scope.clone(), key);
        let number = self.live.names.ids(&address).next_back().and_then(number_of);
        number.map(Number::Known).ok_or_else(|| Absent {
            scope: guardrail.scope.clone(),
            why: self.live.blind_at(&address).map_or_else(
                || format!("the version `{key}` does not exist there"),
                |blind| format!("the version `{key}` could not be read: {}", blind.why),
            ),
            hint: Some("`bedrail apply` publishes it, unless it is held, which `bedrail plan` tells".to_owned()),
        })
    }

    /// The version that holds what the spec says now.
    fn current(&self, guardrail: &Address, content: &Digest) -> Result<Number, Absent> {
        let versions = self.live.versions.get(guardrail).into_iter().flatten();
        let mut newest: Vec<&SeenVersion> = versions.collect();
        newest.sort_by_key(|version| std::cmp::Reverse(version.number));
        if let Some(read) = newest.iter().find(|version| version.content.as_ref() == Some(content)) {
            return Ok(Number::Known(read.number.to_string()));
        }
        let may_hold = |version: &&&SeenVersion| {
            let unread = version.content.is_none();
            unread && version.marker.as_ref().is_none_or(|marker| marker.hint == content.short())
        };
        let promised: Vec<RemoteId> = newest.iter().filter(may_hold).map(|version| version.id.clone()).collect();
        if promised.is_empty() {
            return Err(nothing_current(&guardrail.scope));
        }
        Ok(Number::Promised(promised, content.clone()))
    }

    /// What is said where a guardrail of another stack was not looked for.
    fn unreferred(&self, guardrail: &DeclaredGuardrail) -> Absent {
        let region = guardrail.regions().next().cloned();
        Absent {
            scope: Scope { account: self.home.clone(), region },
            why: format!("`{}` was not looked for, since nothing else in the spec refers to it", guardrail.key.value),
            hint: Some("give it `arns` instead of `from_stack`, or test it with the spec of its stack".to_owned()),
        }
    }
}

/// What is said where no version holds the current content.
pub fn nothing_current(scope: &Scope) -> Absent {
    Absent {
        scope: scope.clone(),
        why: "no version there holds the current content".to_owned(),
        hint: Some(
            "`bedrail apply` publishes one where something refers to it; `version: draft` needs none".to_owned(),
        ),
    }
}

/// The number behind the ARN of a version.
pub fn number_of(version: &RemoteId) -> Option<String> {
    version.as_str().rsplit_once(':').map(|(_, number)| number.to_owned())
}

impl Aim {
    /// The target, once its number is known.
    pub fn at(self, number: String) -> Target {
        Target { scope: self.scope, guardrail: self.guardrail, version: number, unlike_spec: self.unlike_spec }
    }
}
