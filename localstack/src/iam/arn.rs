//! Managed policies by their ARNs.

use super::managed;
use super::state::{Iam, Policy};
use crate::caller::is_account;
use crate::world::World;

/// What the ARN of a managed policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PolicyArn<'a> {
    /// [`managed::AWS`] for the policies that AWS manages.
    pub(super) account: &'a str,
    pub(super) path: &'a str,
    pub(super) name: &'a str,
}

impl<'a> PolicyArn<'a> {
    /// Reads `arn:<partition>:iam::<account>:policy/<path>/<name>`.
    pub(super) fn parse(partition: &str, arn: &'a str) -> Option<Self> {
        let rest = arn.strip_prefix("arn:")?.strip_prefix(partition)?.strip_prefix(":iam::")?;
        let (account, resource) = rest.split_once(':')?;
        let path = resource.strip_prefix("policy").filter(|path| path.starts_with('/'))?;
        let (_, name) = path.rsplit_once('/')?;
        let path = &path[..path.len() - name.len()];
        ((is_account(account) || account == managed::AWS) && !name.is_empty()).then_some(Self { account, path, name })
    }

    /// Whether it is one of AWS's.
    pub(super) fn is_aws(self) -> bool {
        self.account == managed::AWS
    }

    /// The policy, as the account with that IAM sees it.
    pub(super) fn find(self, iam: &Iam) -> Option<&Policy> {
        let policy = match self.account {
            managed::AWS => managed::all().find(|(name, _)| *name == self.name)?.1,
            _ => iam.policies.get(self.name)?,
        };
        (policy.path == self.path).then_some(policy)
    }
}

/// The document in effect of a managed policy that principals of the account can have: one of its own, or one of AWS's.
pub(crate) fn managed_document<'a>(world: &'a World, account: &str, arn: &str) -> Option<&'a str> {
    let arn = PolicyArn::parse(world.partition.id(), arn)?;
    let own = [account, managed::AWS].contains(&arn.account);
    own.then(|| arn.find(world.iam(account)))?.map(|policy| &**policy.document())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_taken_apart() {
        let read = |arn| PolicyArn::parse("aws", arn).map(|PolicyArn { account, path, name }| (account, path, name));
        assert_eq!(read("arn:aws:iam::111122223333:policy/p"), Some(("111122223333", "/", "p")));
        assert_eq!(read("arn:aws:iam::111122223333:policy/a/b/p"), Some(("111122223333", "/a/b/", "p")));
        assert_eq!(read("arn:aws:iam::aws:policy/AdministratorAccess"), Some(("aws", "/", "AdministratorAccess")));
        for other in [
            "arn:aws-cn:iam::111122223333:policy/p",
            "arn:aws:iam:us-east-1:111122223333:policy/p",
            "arn:aws:iam::1111:policy/p",
            "arn:aws:iam::111122223333:role/p",
            "arn:aws:iam::111122223333:policy/",
            "arn:aws:iam::111122223333:policyp",
            "p",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
