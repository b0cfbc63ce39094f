//! What every account begins with.
//!
//! A state holds it once, however many accounts there are, and each account's own part from its first change on. In the
//! template's documents and ARNs `{partition}`, `{account}` and `{management}` stand for the partition's id, the account's and
//! the management account's.

use std::collections::BTreeMap;

use super::state::Iam;
use super::text::Text;
use crate::config::Partition;

/// The role that Organizations makes along with an account, and so not in an account that was invited.
const MADE_BY_ORGANIZATIONS: &str = "OrganizationAccountAccessRole";

/// What an account gets.
pub(super) struct Template<'a> {
    pub(super) iam: &'a Iam,
    pub(super) partition: Partition,
    pub(super) management: &'a str,
}

impl Template<'_> {
    pub(super) fn expand(&self, account: &str, invited: bool) -> Iam {
        let mut iam = self.iam.clone();
        if invited {
            iam.roles.remove(MADE_BY_ORGANIZATIONS);
        }
        iam.roles.edit_all(|_, role| {
            self.fill(&mut role.trust, account);
            role.inline.values_mut().for_each(|document| self.fill(document, account));
            let arns = role.attached.iter_mut().chain(&mut role.permissions_boundary);
            arns.for_each(|arn| *arn = self.filled(arn, account));
        });
        iam.policies.edit_all(|_, policy| {
            policy.versions.values_mut().for_each(|version| self.fill(&mut version.document, account));
        });
        iam
    }

    fn fill(&self, document: &mut Text, account: &str) {
        // A document without placeholders stays shared.
        let filled = self.filled(document, account);
        if filled != **document {
            *document = Text::new(&filled);
        }
    }

    fn filled(&self, text: &str, account: &str) -> String {
        let places = BTreeMap::from([
            ("{partition}", self.partition.id()),
            ("{account}", account),
            ("{management}", self.management),
        ]);
        places.into_iter().fold(text.to_owned(), |text, (place, value)| text.replace(place, value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_account_gets_its_own() {
        let role = json!({
            "trust": {"who": "arn:{partition}:iam::{account}:root {management}"},
            "inline": {"same": {"Resource": "*"}},
            "attached": ["arn:{partition}:iam::aws:policy/AdministratorAccess"],
        });
        let iam = json!({"roles": {"app": role, "OrganizationAccountAccessRole": role}});
        let iam: Iam = serde_json::from_value(iam).expect("a template");
        let template = Template { iam: &iam, partition: Partition::UsGov, management: "1" };
        let (made, invited) = (template.expand("2", false), template.expand("1", true));
        assert_eq!(&*made.roles["app"].trust, r#"{"who":"arn:aws-us-gov:iam::2:root 1"}"#);
        assert_eq!(made.roles["app"].attached, ["arn:aws-us-gov:iam::aws:policy/AdministratorAccess"]);
        assert_eq!((made.roles.len(), invited.roles.len()), (2, 1));
        let document = |iam: &Iam| iam.roles["app"].inline["same"].as_ptr();
        assert_eq!(document(&made), document(&invited), "copies share their documents");
    }
}
