//! What the document of a service control or resource control policy may say beyond [the language](crate::policy).
//!
//! Sources: user guide, "SCP syntax", "RCP syntax" and "Troubleshooting policies". Service control policies have had the whole
//! language since September 2025, but for principals; what customers write of resource control policies can only deny, for
//! everybody, and what they name. Inferred: a statement has to name a resource (as in `LocalStack`'s emulation); that services,
//! actions and condition keys exist is not looked at.

use super::inheritance::Fault;
use super::policy_type::PolicyType;
use crate::policy::{Document, Effect, Kind, Malformed, Principals, Scope, Statement, Version};

/// Checks a text; the fault is the first one.
pub(super) fn check(policy_type: PolicyType, text: &str) -> Result<(), Fault> {
    let fault = |Malformed { place, problem }: Malformed| Fault::at(&[place], problem);
    let document = Document::parse(text).map_err(fault)?;
    if document.version != Version::Current {
        return Err(Fault::at(&["Version"], "must be 2012-10-17"));
    }
    if policy_type == PolicyType::ServiceControlPolicy {
        return document.fits(Kind::Identity).map_err(fault);
    }
    let broken = document.statements.iter().enumerate().find_map(|(index, one)| Some((index, resource_control(one)?)));
    broken.map_or(Ok(()), |(index, (element, what))| Err(Fault::at(&[format!("Statement[{index}].{element}")], what)))
}

/// The element of a resource control policy's statement that is wrong, and why.
fn resource_control(statement: &Statement) -> Option<(&'static str, &'static str)> {
    let Statement { effect, principals, actions, resources, sid: _, conditions: _, position: _ } = statement;
    let everybody = |Principals { negated, anyone, aws, services, federated }: &Principals| {
        !negated && *anyone && aws.len() < 2 && services.is_empty() && federated.is_empty()
    };
    let Scope { negated, patterns } = actions;
    if *effect != Effect::Deny {
        Some(("Effect", "must be Deny"))
    } else if !principals.as_ref().is_some_and(everybody) {
        Some(("Principal", "must be *"))
    } else if *negated {
        Some(("NotAction", "is not supported"))
    } else if patterns.iter().any(|action| action == "*") {
        Some(("Action", "must name a service, which * does not"))
    } else if resources.is_none() {
        Some(("Resource", "is required"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SCP: PolicyType = PolicyType::ServiceControlPolicy;
    const RCP: PolicyType = PolicyType::ResourceControlPolicy;

    fn verdict(policy_type: PolicyType, edit: &Value) -> Result<(), (String, String)> {
        let mut statement = json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*"});
        if policy_type == RCP {
            statement["Principal"] = json!("*");
        }
        for (key, value) in edit.as_object().into_iter().flatten() {
            match value {
                Value::Null => drop(statement.as_object_mut().expect("an object").remove(key)),
                _ => statement[key] = value.clone(),
            }
        }
        let document = json!({"Version": "2012-10-17", "Statement": [statement]});
        check(policy_type, &document.to_string()).map_err(|fault| (fault.path.join("."), fault.what))
    }

    #[test]
    fn what_the_guide_shows_is_accepted() {
        let condition = json!({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-x"},
            "ForAllValues:StringLike": {"aws:TagKeys": ["a", "b"]}, "Bool": {"aws:SecureTransport": false}});
        let rows = [
            (SCP, json!({})),
            (SCP, json!({"Sid": "One", "Condition": condition})),
            (SCP, json!({"Action": null, "NotAction": ["iam:*", "sts:*"], "Effect": "Allow"})),
            (SCP, json!({"Action": "*", "Effect": "Allow", "Condition": condition})),
            (SCP, json!({"Action": "ec2:*Instances", "Resource": null, "NotResource": ["arn:aws:ec2:*:*:instance/*"]})),
            (RCP, json!({"Condition": condition})),
            (RCP, json!({"Principal": {"AWS": "*"}, "Action": ["s3:*", "sts:AssumeRole"]})),
            (RCP, json!({"Resource": null, "NotResource": "arn:aws:s3:::open/*"})),
        ];
        for (policy_type, edit) in rows {
            assert_eq!(verdict(policy_type, &edit), Ok(()), "{edit}");
        }
    }

    #[test]
    fn faults_say_where_and_what() {
        let rows = [
            (SCP, json!({"Effect": "deny"}), ".Effect", "Invalid effect"),
            (SCP, json!({"Principal": "*"}), "", "should not specify a principal"),
            (SCP, json!({"NotPrincipal": {"AWS": "*"}}), "", "should not specify a principal"),
            (SCP, json!({"Action": null}), "", "must contain actions"),
            (SCP, json!({"Resource": null}), "", "must contain resources"),
            (SCP, json!({"Comment": "x"}), "", "unknown element Comment"),
            (SCP, json!({"Condition": {"StringIs": {"a:b": "c"}}}), ".Condition.StringIs", "Invalid Condition type"),
            (RCP, json!({"Effect": "Allow"}), ".Effect", "must be Deny"),
            (RCP, json!({"Principal": null}), ".Principal", "must be *"),
            (RCP, json!({"Principal": {"AWS": ["*", "111122223333"]}}), ".Principal", "must be *"),
            (RCP, json!({"Principal": {"AWS": "111122223333"}}), ".Principal", "must be *"),
            (RCP, json!({"Principal": null, "NotPrincipal": {"AWS": "111122223333"}}), ".Principal", "must be *"),
            (RCP, json!({"Action": ["s3:*", "*"]}), ".Action", "must name a service"),
            (RCP, json!({"Action": null, "NotAction": "s3:*"}), ".NotAction", "not supported"),
            (RCP, json!({"Resource": null}), ".Resource", "required"),
        ];
        for (policy_type, edit, path, what) in rows {
            let (at, said) = verdict(policy_type, &edit).expect_err(&edit.to_string());
            assert_eq!(at, format!("Statement[0]{path}"), "{edit}");
            assert!(said.contains(what), "{edit}: {said}");
        }
    }

    #[test]
    fn the_version_is_the_current_one() {
        let statement = r#""Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#;
        assert_eq!(check(SCP, &format!(r#"{{"Version":"2012-10-17",{statement}}}"#)), Ok(()));
        for text in [format!("{{{statement}}}"), format!(r#"{{"Version":"2008-10-17",{statement}}}"#)] {
            assert_eq!(check(SCP, &text).expect_err(&text).path, ["Version"]);
        }
    }
}
