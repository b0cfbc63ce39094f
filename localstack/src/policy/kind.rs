//! What a kind of policy demands of its statements.

use super::document::{Document, Malformed, Statement};

/// What a document is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Attached to a principal: identity policies, permissions boundaries, session policies and service control policies.
    Identity,
    /// Attached to a resource.
    Resource,
    /// Attached to a role: who may assume it.
    Trust,
}

impl Document {
    /// Whether the document can be of the kind. The problems are worded as IAM words them.
    pub(crate) fn fits(&self, kind: Kind) -> Result<(), Malformed> {
        for (index, statement) in self.statements.iter().enumerate() {
            let refuse = |problem: &str| Err(Malformed::new(&format!("Statement[{index}]"), problem));
            let Statement { principals, resources, actions, .. } = statement;
            match kind {
                Kind::Identity if principals.is_some() => {
                    return refuse("Policy document should not specify a principal.");
                }
                Kind::Identity => {
                    let Some(resources) = resources else { return refuse("Policy statement must contain resources.") };
                    let written = |resource: &&String| {
                        ["arn:", "${"].iter().any(|start| resource.starts_with(start)) || resource.starts_with('*')
                    };
                    if let Some(other) = resources.patterns.iter().find(|resource| !written(resource)) {
                        return refuse(&format!("Resource {other} must be in ARN format or \"*\"."));
                    }
                }
                Kind::Resource | Kind::Trust if principals.is_none() => {
                    return refuse("Missing required field Principal.");
                }
                Kind::Resource => {}
                Kind::Trust if resources.is_some() => return refuse("Has prohibited field Resource."),
                Kind::Trust => {
                    let of_sts = |action: &&String| {
                        action.split_once(':').is_some_and(|(vendor, _)| vendor.eq_ignore_ascii_case("sts"))
                    };
                    if !actions.patterns.iter().all(|action| of_sts(&action)) {
                        return refuse("AssumeRole policy may only specify STS AssumeRole actions.");
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_elements() {
        let identity = r#""Effect": "Allow", "Action": "a:B", "Resource": "*""#;
        let resource = r#""Effect": "Allow", "Principal": "*", "Action": "a:B", "Resource": "*""#;
        let trust = r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole""#;
        for (statement, kinds) in [
            (identity, &[Kind::Identity][..]),
            (resource, &[Kind::Resource]),
            (trust, &[Kind::Resource, Kind::Trust]),
            (r#""Effect": "Allow", "Action": "a:B""#, &[]),
            (r#""Effect": "Allow", "Action": "a:B", "Resource": "bucket""#, &[]),
            (r#""Effect": "Allow", "Action": "a:B", "NotResource": "arn:aws:s3:::x""#, &[Kind::Identity]),
            (r#""Effect": "Allow", "Principal": "*", "Action": "*""#, &[Kind::Resource]),
        ] {
            let document = Document::parse(&format!(r#"{{"Statement": {{{statement}}}}}"#)).expect("readable");
            for kind in [Kind::Identity, Kind::Resource, Kind::Trust] {
                assert_eq!(document.fits(kind).is_ok(), kinds.contains(&kind), "{statement} as {kind:?}");
            }
        }
    }
}
