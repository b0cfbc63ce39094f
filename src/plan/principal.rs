//! Who wrote something, as AWS tells it.

/// Whether two ARNs are of one principal: sessions of one role are, whatever their names.
pub(super) fn same_principal(one: &str, other: &str) -> bool {
    let role = |arn: &str| match arn.split_once(":assumed-role/") {
        Some((head, tail)) => format!("{head}:role/{}", tail.split('/').next().unwrap_or_default()),
        None => arn.to_owned(),
    };
    role(one).replace(":sts:", ":iam:") == role(other).replace(":sts:", ":iam:")
}

#[cfg(test)]
mod tests {
    use super::same_principal;

    #[test]
    fn sessions_of_one_role_are_one_principal() {
        let session = |name: &str| format!("arn:aws:sts::111122223333:assumed-role/BedrailExecution/{name}");
        assert!(same_principal(&session("run-1"), &session("run-2")));
        assert!(same_principal(&session("run-1"), "arn:aws:iam::111122223333:role/BedrailExecution"));
        assert!(!same_principal(&session("run-1"), "arn:aws:sts::111122223333:assumed-role/Admin/run-1"));
        assert!(!same_principal("arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"));
    }
}
