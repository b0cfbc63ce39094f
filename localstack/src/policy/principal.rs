//! The `Principal` element: whom a statement is about.

use super::request::Principal;

/// The principals that a statement names, or with `NotPrincipal` leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Principals {
    pub(crate) negated: bool,
    /// `"*"`, which is `{"AWS": "*"}`, and every list with `*` in it.
    pub(crate) anyone: bool,
    /// Account ids, and ARNs of roots, roles and sessions.
    pub(crate) aws: Vec<String>,
    /// Services and identity providers, none of which calls the emulator.
    pub(crate) services: Vec<String>,
    pub(crate) federated: Vec<String>,
}

/// As whom a request met the `Principal` element. A later one is granted more directly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grantee {
    /// As one of an account, which still has to let its principals.
    Account,
    Anyone,
    Role,
    /// As itself: a session.
    Itself,
}

impl Principals {
    /// As whom the principal is meant, if it is.
    pub(super) fn names(&self, principal: &Principal) -> Option<Grantee> {
        if self.negated {
            return (!self.leaves_out(principal)).then_some(Grantee::Anyone);
        }
        let anyone = self.anyone.then_some(Grantee::Anyone);
        let named = match principal {
            Principal::Root { account, .. } => self.has_account(account).then_some(Grantee::Account),
            Principal::Session { account, role_arn, session_arn } => [
                (self.has(session_arn), Grantee::Itself),
                (self.has(role_arn), Grantee::Role),
                (self.has_account(account), Grantee::Account),
            ]
            .into_iter()
            .find_map(|(named, grantee)| named.then_some(grantee)),
        };
        anyone.max(named)
    }

    /// `NotPrincipal` spares a session only if it names the session, its role and its account (user guide).
    fn leaves_out(&self, principal: &Principal) -> bool {
        self.anyone
            || match principal {
                Principal::Root { account, .. } => self.has_account(account),
                Principal::Session { account, role_arn, session_arn } => {
                    self.has_account(account) && self.has(role_arn) && self.has(session_arn)
                }
            }
    }

    fn has(&self, arn: &str) -> bool {
        self.aws.iter().any(|named| named == arn)
    }

    fn has_account(&self, account: &str) -> bool {
        let root = |arn: &str| {
            let parts: Vec<&str> = arn.split(':').collect();
            matches!(*parts, ["arn", _, "iam", "", of, "root"] if of == account)
        };
        self.aws.iter().any(|named| named == account || root(named))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_names_whom_it_says() {
        let root =
            Principal::Root { account: "111122223333".to_owned(), arn: "arn:aws:iam::111122223333:root".to_owned() };
        let session = Principal::Session {
            account: "111122223333".to_owned(),
            role_arn: "arn:aws:iam::111122223333:role/app/reader".to_owned(),
            session_arn: "arn:aws:sts::111122223333:assumed-role/reader/me".to_owned(),
        };
        for (named, of_root, of_session) in [
            ("111122223333", Some(Grantee::Account), Some(Grantee::Account)),
            ("arn:aws:iam::111122223333:root", Some(Grantee::Account), Some(Grantee::Account)),
            ("arn:aws:iam::111122223333:role/app/reader", None, Some(Grantee::Role)),
            ("arn:aws:sts::111122223333:assumed-role/reader/me", None, Some(Grantee::Itself)),
            ("arn:aws:sts::111122223333:assumed-role/reader/you", None, None),
            ("arn:aws:iam::111122223333:role/app/*", None, None),
            ("444455556666", None, None),
            ("arn:aws:iam::444455556666:root", None, None),
        ] {
            let principals = Principals { aws: vec![named.to_owned()], ..Principals::default() };
            assert_eq!(principals.names(&root), of_root, "{named}");
            assert_eq!(principals.names(&session), of_session, "{named}");
        }
        let anyone = Principals { anyone: true, ..Principals::default() };
        assert_eq!(anyone.names(&session), Some(Grantee::Anyone));
        let others = Principals {
            services: vec!["bedrock.amazonaws.com".to_owned()],
            federated: vec!["arn:aws:iam::111122223333:saml-provider/x".to_owned()],
            ..Principals::default()
        };
        assert_eq!((others.names(&root), others.names(&session)), (None, None));
    }

    #[test]
    fn not_principal_spares_whom_it_names_in_full() {
        let session = Principal::Session {
            account: "111122223333".to_owned(),
            role_arn: "arn:aws:iam::111122223333:role/r".to_owned(),
            session_arn: "arn:aws:sts::111122223333:assumed-role/r/s".to_owned(),
        };
        let all = ["111122223333", "arn:aws:iam::111122223333:role/r", "arn:aws:sts::111122223333:assumed-role/r/s"];
        for (named, spared) in [(&all[..], true), (&all[..2], false), (&all[1..], false), (&[], false)] {
            let aws = named.iter().map(|&one| one.to_owned()).collect();
            let principals = Principals { negated: true, aws, ..Principals::default() };
            assert_eq!(principals.names(&session).is_none(), spared, "{named:?}");
        }
    }
}
