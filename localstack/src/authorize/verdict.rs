//! Verdicts, in AWS's words.

use std::fmt;

/// Whether it may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    Denied(Why),
}

/// What denies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// A statement that says so.
    Explicit(Group),
    /// No statement allows it.
    Implicit(Group),
}

/// The kinds of policies that have a say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    ServiceControl,
    ResourceControl,
    Identity,
    Boundary,
    Session,
    Resource,
    Trust,
}

impl Verdict {
    pub(crate) fn is_allowed(self) -> bool {
        self == Self::Allowed
    }

    /// `User: … is not authorized to perform: …`, if it is denied.
    pub(crate) fn message(self, principal: &str, action: &str, resource: &str) -> Option<String> {
        let Self::Denied(why) = self else { return None };
        // AWS leaves out a resource that there is none of.
        let on = if resource == "*" { String::new() } else { format!(" on resource: {resource}") };
        let because = match why {
            Why::Explicit(group) => format!("with an explicit deny in {} {group}", group.article()),
            Why::Implicit(group) => format!("because no {group} allows the {action} action"),
        };
        Some(format!("User: {principal} is not authorized to perform: {action}{on} {because}"))
    }
}

impl Group {
    fn article(self) -> &'static str {
        match self {
            Self::Identity => "an",
            Self::Trust => "the",
            _ => "a",
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::Identity => "identity-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Resource => "resource-based policy",
            Self::Trust => "role trust policy",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_says_what_denies_it() {
        let (me, action) = ("arn:aws:sts::1:assumed-role/r/s", "bedrock:ListGuardrails");
        let say = |verdict: Verdict, resource| verdict.message(me, action, resource).unwrap_or_default();
        assert_eq!(say(Verdict::Allowed, "*"), "");
        assert_eq!(
            say(Verdict::Denied(Why::Implicit(Group::Identity)), "*"),
            "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: bedrock:ListGuardrails because no \
             identity-based policy allows the bedrock:ListGuardrails action"
        );
        assert_eq!(
            say(Verdict::Denied(Why::Explicit(Group::ServiceControl)), "arn:x"),
            "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: bedrock:ListGuardrails on resource: arn:x with \
             an explicit deny in a service control policy"
        );
        assert!(say(Verdict::Denied(Why::Explicit(Group::Identity)), "*").ends_with("an identity-based policy"));
        assert!(say(Verdict::Denied(Why::Explicit(Group::Trust)), "*").ends_with("the role trust policy"));
    }
}
