//! KMS keys: whatever form names one, its ARN comes back.

use crate::config::Partition;
use crate::ids;
use crate::world::Scope;

/// The key ARN behind a key ARN, a key id, an alias or an alias's ARN. There is no KMS here: every key and alias exists, and
/// an alias always stands for the same key.
pub(super) fn arn(partition: Partition, scope: &Scope, key: &str) -> String {
    let Scope { account, region } = scope;
    let own = format!("arn:{}:kms:{region}:{account}:", partition.id());
    let full = if key.starts_with("arn:") {
        key.to_owned()
    } else if key.starts_with("alias/") {
        format!("{own}{key}")
    } else {
        format!("{own}key/{key}")
    };
    match full.split_once(":alias/") {
        Some((prefix, _)) => format!("{prefix}:key/{}", ids::uuid(&full)),
        None => full,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_four_forms_become_a_key_arn() {
        let scope = Scope { account: "111122223333".to_owned(), region: "us-east-1".to_owned() };
        let arn = |key: &str| arn(Partition::Aws, &scope, key);
        let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert_eq!(arn(key), key);
        assert_eq!(arn("1234abcd-12ab-34cd-56ef-1234567890ab"), key);
        assert!(arn("alias/x").starts_with("arn:aws:kms:us-east-1:111122223333:key/"));
        assert_eq!(arn("alias/x"), arn("arn:aws:kms:us-east-1:111122223333:alias/x"));
        assert_ne!(arn("alias/x"), arn("alias/y"));
    }
}
