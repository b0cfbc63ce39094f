//! The common verdict of all policies that have a say (user guide, "Policy evaluation logic"). Pure.

use super::verdict::{Group, Verdict, Why};
use crate::policy::{Decision, Document, Grantee, Request};

/// A document, and where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// What a simulation calls it.
    pub(crate) id: String,
    pub(crate) origin: Origin,
    pub(crate) document: Document,
}

/// What a policy is attached to, or how it came into a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Inline in a role.
    Role,
    AwsManaged,
    UserManaged,
    Resource,
    /// None of AWS's words fits.
    Other,
}

/// Who may what: the policies of one principal and of one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policies {
    /// `None`: a root, which may do anything in its account.
    pub(crate) identity: Option<Vec<Source>>,
    /// What the identity policies can allow at most.
    pub(crate) boundary: Option<Vec<Source>>,
    /// What the session can do of that at most.
    pub(crate) session: Option<Vec<Source>>,
    /// From the root of the organization down to the principal's account, each with a say of its own. None: not in effect.
    pub(crate) service_control: Vec<Vec<Source>>,
    /// The same for the resource's account.
    pub(crate) resource_control: Vec<Vec<Source>>,
    pub(crate) resource: Option<Source>,
    /// Whether the resource is another account's than the principal's.
    pub(crate) foreign: bool,
    /// Whether `resource` is the trust policy of a role.
    pub(crate) trust: bool,
}

impl Policies {
    /// An explicit deny anywhere decides. Then every level of control policies has to allow it; then the principal's side, which
    /// is its identity policies within their boundary and the session's; then, if the resource is another account's, that side,
    /// too. In one account the resource's policy alone is enough, if it names the principal and not only its account; a session
    /// that it names itself is not even held to boundary and session policies.
    pub(crate) fn decide(&self, request: &Request<'_>) -> Verdict {
        let denied = |why| Verdict::Denied(why);
        let of_resource = if self.trust { Group::Trust } else { Group::Resource };
        if let Some(group) = self.denying(request, of_resource) {
            return denied(Why::Explicit(group));
        }
        let levels = [(Group::ResourceControl, &self.resource_control), (Group::ServiceControl, &self.service_control)];
        for (group, levels) in levels {
            if !levels.iter().all(|level| allow(level, request)) {
                return denied(Why::Implicit(group));
            }
        }
        let granted = self.resource.as_ref().and_then(|source| match source.document.decide(request) {
            Decision::Allow(found) => Some(found.grantee.unwrap_or(Grantee::Anyone)),
            _ => None,
        });
        let direct = granted.filter(|_| !self.foreign);
        if direct == Some(Grantee::Itself) {
            return Verdict::Allowed;
        }
        let by_identity = self.identity.as_ref().is_none_or(|policies| allow(policies, request));
        if !by_identity && direct.is_none_or(|grantee| grantee == Grantee::Account) {
            return denied(Why::Implicit(Group::Identity));
        }
        let limits = [(Group::Boundary, &self.boundary), (Group::Session, &self.session)];
        for (group, limit) in limits {
            if limit.as_ref().is_some_and(|limit| !allow(limit, request)) {
                return denied(Why::Implicit(group));
            }
        }
        // Nobody gets into a role that does not trust him, not even in its own account.
        if granted.is_none() && (self.foreign || self.trust) {
            return denied(Why::Implicit(of_resource));
        }
        Verdict::Allowed
    }

    /// The policies that deny it explicitly.
    fn denying(&self, request: &Request<'_>, of_resource: Group) -> Option<Group> {
        let denies = |sources: &[Source]| sources.iter().any(|source| source.document.decide(request).denies());
        let optional = |sources: &Option<Vec<Source>>| sources.as_deref().is_some_and(denies);
        let levels = |levels: &[Vec<Source>]| levels.iter().any(|level| denies(level));
        [
            (Group::ServiceControl, levels(&self.service_control)),
            (Group::ResourceControl, levels(&self.resource_control)),
            (of_resource, self.resource.as_ref().is_some_and(|source| denies(std::slice::from_ref(source)))),
            (Group::Identity, optional(&self.identity)),
            (Group::Boundary, optional(&self.boundary)),
            (Group::Session, optional(&self.session)),
        ]
        .into_iter()
        .find_map(|(group, denies)| denies.then_some(group))
    }
}

/// Whether one of them allows it.
pub(crate) fn allow(sources: &[Source], request: &Request<'_>) -> bool {
    sources.iter().any(|source| source.document.decide(request).allows())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::{Context, Principal};

    const ROLE: &str = "arn:aws:iam::111122223333:role/r";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/r/s";

    fn source(text: &str) -> Source {
        Source { id: String::new(), origin: Origin::Other, document: Document::parse(text).expect("valid") }
    }

    /// `allow`, `deny` or `other`, which says nothing to the request.
    fn says(what: &str) -> Source {
        source(match what {
            "allow" => r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
            "deny" => r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#,
            "other" => r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
            other => panic!("{other}"),
        })
    }

    fn grants(principal: &str) -> Source {
        source(&format!(
            r#"{{"Statement": {{"Effect": "Allow", "Principal": {principal}, "Action": "*", "Resource": "*"}}}}"#
        ))
    }

    fn decide(policies: &Policies) -> Verdict {
        let principal = Principal::Session {
            account: "111122223333".to_owned(),
            role_arn: ROLE.to_owned(),
            session_arn: SESSION.to_owned(),
        };
        let context = Context::default();
        policies.decide(&Request { principal: &principal, action: "a:B", resource: "arn:x", context: &context })
    }

    fn explicit(group: Group) -> Verdict {
        Verdict::Denied(Why::Explicit(group))
    }

    fn implicit(group: Group) -> Verdict {
        Verdict::Denied(Why::Implicit(group))
    }

    /// A principal that may by its identity policies alone.
    fn may() -> Policies {
        Policies { identity: Some(vec![says("other"), says("allow")]), ..Policies::default() }
    }

    #[test]
    fn each_group_can_deny_and_says_so() {
        let may_not = Policies { identity: Some(vec![says("other")]), ..Policies::default() };
        let (allow, deny, other) = (|| vec![says("allow")], || vec![says("deny")], || vec![says("other")]);
        for (policies, want, why) in [
            (may(), Verdict::Allowed, "identity alone"),
            (Policies::default(), Verdict::Allowed, "a root"),
            (may_not.clone(), implicit(Group::Identity), "nothing allows it"),
            (
                Policies { identity: Some(vec![says("allow"), says("deny")]), ..may() },
                explicit(Group::Identity),
                "a deny",
            ),
            (Policies { boundary: Some(other()), ..may() }, implicit(Group::Boundary), "beyond the boundary"),
            (Policies { boundary: Some(allow()), ..may() }, Verdict::Allowed, "within it"),
            (Policies { boundary: Some(allow()), ..may_not.clone() }, implicit(Group::Identity), "it grants nothing"),
            (Policies { boundary: Some(deny()), ..may() }, explicit(Group::Boundary), "a deny in it"),
            (Policies { session: Some(other()), ..may() }, implicit(Group::Session), "beyond the session"),
            (Policies { session: Some(vec![says("other"), says("allow")]), ..may() }, Verdict::Allowed, "any of them"),
            (Policies { session: Some(deny()), ..may() }, explicit(Group::Session), "a deny in it"),
            (
                Policies { service_control: vec![allow(), other()], ..may() },
                implicit(Group::ServiceControl),
                "one level",
            ),
            (
                Policies { service_control: vec![vec![says("other"), says("allow")], allow()], ..may() },
                Verdict::Allowed,
                "any policy of each level",
            ),
            (
                Policies { service_control: vec![vec![says("allow"), says("deny")], allow()], ..may() },
                explicit(Group::ServiceControl),
                "a deny at one level",
            ),
            (
                Policies { service_control: vec![allow(), other()], identity: None, ..may() },
                implicit(Group::ServiceControl),
                "a root is subject to them",
            ),
            (
                Policies { service_control: vec![allow()], ..may_not.clone() },
                implicit(Group::Identity),
                "they grant nothing",
            ),
            (
                Policies { resource_control: vec![other()], ..may() },
                implicit(Group::ResourceControl),
                "the resource's side",
            ),
            (Policies { resource_control: vec![deny()], ..may() }, explicit(Group::ResourceControl), "a deny there"),
        ] {
            assert_eq!(decide(&policies), want, "{why}");
        }
    }

    #[test]
    fn a_resource_policy_is_one_side_of_two() {
        let (account, anyone) = (r#"{"AWS": "111122223333"}"#, r#""*""#);
        let (role, session) = (format!(r#"{{"AWS": "{ROLE}"}}"#), format!(r#"{{"AWS": "{SESSION}"}}"#));
        let nothing = || Some(vec![says("other")]);
        for (principal, here, foreign, bounded, why) in [
            (
                account,
                implicit(Group::Identity),
                implicit(Group::Identity),
                implicit(Group::Identity),
                "the account has to pass it on",
            ),
            (
                anyone,
                Verdict::Allowed,
                implicit(Group::Identity),
                implicit(Group::Boundary),
                "anyone is granted, within the boundary",
            ),
            (&role, Verdict::Allowed, implicit(Group::Identity), implicit(Group::Boundary), "so is the role"),
            (
                &session,
                Verdict::Allowed,
                implicit(Group::Identity),
                Verdict::Allowed,
                "the session itself has no bounds",
            ),
            (
                r#"{"AWS": "444455556666"}"#,
                implicit(Group::Identity),
                implicit(Group::Identity),
                implicit(Group::Identity),
                "others",
            ),
        ] {
            let policies = Policies { identity: nothing(), resource: Some(grants(principal)), ..Policies::default() };
            assert_eq!(decide(&policies), here, "{principal} in the account: {why}");
            assert_eq!(
                decide(&Policies { foreign: true, ..policies.clone() }),
                foreign,
                "{principal} from abroad: {why}"
            );
            assert_eq!(
                decide(&Policies { boundary: nothing(), ..policies }),
                bounded,
                "{principal} in a boundary: {why}"
            );
        }
        let abroad = Policies { foreign: true, ..may() };
        assert_eq!(decide(&abroad), implicit(Group::Resource), "no policy admits it");
        assert_eq!(
            decide(&Policies { resource: Some(grants(account)), ..abroad.clone() }),
            Verdict::Allowed,
            "both sides"
        );
        let root = Policies { identity: None, ..abroad };
        assert_eq!(decide(&root), implicit(Group::Resource), "a root is foreign, too");
        let denies = source(r#"{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}"#);
        assert_eq!(decide(&Policies { resource: Some(denies), ..may() }), explicit(Group::Resource), "a deny at home");
    }

    #[test]
    fn a_role_lets_in_whom_it_trusts() {
        let trust = |principal| Policies { trust: true, resource: Some(grants(principal)), ..may() };
        assert_eq!(decide(&trust(r#"{"AWS": "111122223333"}"#)), Verdict::Allowed);
        assert_eq!(decide(&trust(r#"{"AWS": "444455556666"}"#)), implicit(Group::Trust), "not even in its own account");
    }

    fn any_source() -> impl Strategy<Value = Source> {
        prop::sample::select(&["allow", "deny", "other"][..]).prop_map(says)
    }

    fn any_sources() -> impl Strategy<Value = Vec<Source>> {
        prop::collection::vec(any_source(), 0..3)
    }

    fn any_policies() -> impl Strategy<Value = Policies> {
        let optional = || prop::option::of(any_sources());
        let levels = || prop::collection::vec(any_sources(), 0..3);
        let resource = prop::option::of(any_source());
        (optional(), optional(), optional(), levels(), levels(), resource, any::<[bool; 2]>()).prop_map(
            |(identity, boundary, session, service_control, resource_control, resource, [foreign, trust])| Policies {
                identity,
                boundary,
                session,
                service_control,
                resource_control,
                resource,
                foreign,
                trust,
            },
        )
    }

    proptest! {
        #[test]
        fn one_more_deny_anywhere_denies(policies in any_policies(), at in 0..5) {
            let mut policies = policies;
            let deny = says("deny");
            match at {
                0 => policies.identity.get_or_insert_default().push(deny),
                1 => policies.boundary.get_or_insert_default().push(deny),
                2 => policies.session.get_or_insert_default().push(deny),
                3 => policies.service_control.push(vec![deny]),
                _ => policies.resource_control.push(vec![deny]),
            }
            let denied = matches!(decide(&policies), Verdict::Denied(Why::Explicit(_)));
            prop_assert!(denied);
        }

        #[test]
        fn a_limit_more_never_allows_more(policies in any_policies(), limit in any_sources()) {
            let limited = Policies { session: Some(limit), ..policies.clone() };
            let free = Policies { session: None, ..policies };
            prop_assert!(decide(&free).is_allowed() || !decide(&limited).is_allowed());
        }
    }
}
