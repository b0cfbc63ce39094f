//! Ids and versions for applications: lines of an environment, and variables of Terraform.

use std::collections::BTreeMap;

use super::show::Resource;
use crate::kinds::Kind;
use crate::model::{AccountId, Address, Region};

/// One value that is handed out.
struct Handed {
    address: Address,
    /// What it belongs to: the key of a guardrail for its implicit version.
    of: String,
    what: What,
    value: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    GuardrailArn,
    GuardrailId,
    /// The number of the version with the content that the spec declares, whatever it goes by.
    GuardrailVersion,
    VersionArn,
    VersionNumber,
    OrgPolicyId,
    IamPolicyArn,
}

impl What {
    /// The section, and the member of it.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::GuardrailArn => ("guardrail", "arn"),
            Self::GuardrailId => ("guardrail", "id"),
            Self::GuardrailVersion => ("guardrail", "version"),
            Self::VersionArn => ("version", "guardrail_arn"),
            Self::VersionNumber => ("version", "number"),
            Self::OrgPolicyId => ("org_policy", "id"),
            Self::IamPolicyArn => ("iam_policy", "arn"),
        }
    }
}

fn handed(resources: &[Resource]) -> Vec<Handed> {
    let mut all = Vec::new();
    for resource in resources {
        let (Ok(address), Some(id)) = (resource.address.parse::<Address>(), &resource.id) else { continue };
        let mut hand = |of: &str, what: What, value: &str| {
            let (address, of, value) = (address.clone(), of.to_owned(), value.to_owned());
            all.push(Handed { address, of, what, value });
        };
        let name = address.name.as_str();
        match address.kind {
            Kind::Guardrail => {
                hand(name, What::GuardrailArn, id);
                hand(name, What::GuardrailId, id.rsplit('/').next().unwrap_or_default());
                if let Some(number) = &resource.version {
                    hand(name, What::GuardrailVersion, number);
                }
            }
            Kind::GuardrailVersion => {
                let Some((arn, number)) = id.rsplit_once(':') else { continue };
                if let Some((guardrail, _)) = name.split_once('@') {
                    hand(guardrail, What::GuardrailVersion, number);
                } else {
                    hand(name, What::VersionArn, arn);
                    hand(name, What::VersionNumber, number);
                }
            }
            Kind::OrgPolicy => hand(name, What::OrgPolicyId, id),
            Kind::IamPolicy => hand(name, What::IamPolicyArn, id),
            _ => {}
        }
    }
    all
}

/// `NAME=value`, a line each, as shells and `.env` files read it.
///
/// A name ends with the Region of what it names, after the account where that is another one than `home`. So it stays what
/// it is, whatever else is declared one day or left out of what is shown.
pub fn env(resources: &[Resource], home: &AccountId) -> String {
    let line = |one: Handed| {
        let scope = &one.address.scope;
        let (section, member) = one.what.names();
        let mut parts = vec!["bedrail", section, &one.of, member];
        parts.extend((scope.account != *home).then(|| scope.account.as_str()));
        parts.extend(scope.region.as_ref().map(Region::as_str));
        (upper(&parts.join("_")), one.value)
    };
    let lines: BTreeMap<String, String> = handed(resources).into_iter().map(line).collect();
    let mut out = String::new();
    for (name, value) in &lines {
        push!(out, "{name}={}\n", for_shell(value));
    }
    out
}

fn upper(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// A value as a shell reads it back; quoted only where it must be, since some readers of `.env` keep quotes.
fn for_shell(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@+,".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', "'\\''"))
}

/// Members by name, by where they are.
type Places = BTreeMap<String, BTreeMap<&'static str, String>>;

/// Values of the variables `bedrail_guardrails`, `bedrail_versions`, `bedrail_org_policies` and `bedrail_iam_policies`: by key,
/// then by `account/region`, then by member.
pub fn tfvars(resources: &[Resource]) -> String {
    let mut sections: BTreeMap<&str, BTreeMap<String, Places>> = BTreeMap::new();
    for one in handed(resources) {
        let (section, member) = one.what.names();
        let section = match section {
            "org_policy" => "bedrail_org_policies",
            "iam_policy" => "bedrail_iam_policies",
            "version" => "bedrail_versions",
            _ => "bedrail_guardrails",
        };
        let members = sections.entry(section).or_default().entry(one.of).or_default();
        members.entry(one.address.scope.to_string()).or_default().insert(member, one.value);
    }
    let mut out = String::new();
    for (section, keys) in sections {
        push!(out, "{section} = {{\n");
        for (key, places) in keys {
            push!(out, "  {} = {{\n", for_hcl(&key));
            for (place, members) in places {
                let members: Vec<String> =
                    members.iter().map(|(name, value)| format!("{name} = {}", for_hcl(value))).collect();
                push!(out, "    {} = {{ {} }}\n", for_hcl(&place), members.join(", "));
            }
            out += "  }\n";
        }
        out += "}\n";
    }
    out
}

/// A text of HCL, in which nothing is a template.
fn for_hcl(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => push!(out, "\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.replace("${", "$${").replace("%{", "%%{") + "\""
}

#[cfg(test)]
mod tests {
    use super::super::show::Presence;
    use super::*;

    fn home() -> AccountId {
        "111122223333".parse().expect("an account")
    }

    fn resource(address: &str, id: Option<&str>) -> Resource {
        Resource {
            address: address.to_owned(),
            entry: String::new(),
            state: if id.is_some() { Presence::Exists } else { Presence::Missing },
            id: id.map(str::to_owned),
            version: None,
            digest: None,
            changed_at: None,
            users: Vec::new(),
        }
    }

    fn arn(region: &str, id: &str) -> String {
        format!("arn:aws:bedrock:{region}:111122223333:guardrail/{id}")
    }

    fn some(regions: &[&str]) -> Vec<Resource> {
        let of = |region: &&str| {
            let at = |rest: &str| {
                format!(
                    "{}/111122223333/{region}/{}",
                    rest.split('|').next().unwrap_or_default(),
                    rest.split('|').nth(1).unwrap_or_default()
                )
            };
            [
                resource(&at("guardrail|base-line"), Some(&arn(region, "abc"))),
                resource(&at("guardrail-version|base-line@0123456789ab"), Some(&format!("{}:3", arn(region, "abc")))),
                resource(&at("guardrail-version|v-1"), Some(&format!("{}:1", arn(region, "abc")))),
                resource(&at("guardrail|missing"), None),
            ]
        };
        regions.iter().flat_map(of).chain([resource("org-policy/111122223333/global/org", Some("p-1"))]).collect()
    }

    #[test]
    fn an_environment_names_what_is_there() {
        insta::assert_snapshot!(env(&some(&["us-east-1"]), &home()), @r"
        BEDRAIL_GUARDRAIL_BASE_LINE_ARN_US_EAST_1=arn:aws:bedrock:us-east-1:111122223333:guardrail/abc
        BEDRAIL_GUARDRAIL_BASE_LINE_ID_US_EAST_1=abc
        BEDRAIL_GUARDRAIL_BASE_LINE_VERSION_US_EAST_1=3
        BEDRAIL_ORG_POLICY_ORG_ID=p-1
        BEDRAIL_VERSION_V_1_GUARDRAIL_ARN_US_EAST_1=arn:aws:bedrock:us-east-1:111122223333:guardrail/abc
        BEDRAIL_VERSION_V_1_NUMBER_US_EAST_1=1
        ");
    }

    #[test]
    fn a_name_stays_whatever_comes_beside_it() {
        let here = some(&["us-east-1"]);
        let member = |of: &str, address: &str| resource(address, Some(&arn("us-east-1", of)));
        let elsewhere = member("def", "guardrail/222233334444/us-east-1/base-line");
        let grown: Vec<Resource> = some(&["us-east-1", "eu-west-1"]).into_iter().chain([elsewhere]).collect();
        let grown = env(&grown, &home());
        let before = env(&here, &home());
        assert!(
            before.lines().count() == 6 && before.lines().all(|line| grown.lines().any(|other| other == line)),
            "{grown}"
        );
        assert!(grown.contains("BEDRAIL_GUARDRAIL_BASE_LINE_ID_EU_WEST_1=abc\n"), "{grown}");
        assert!(grown.contains("BEDRAIL_GUARDRAIL_BASE_LINE_ID_222233334444_US_EAST_1=def\n"), "{grown}");
    }

    #[test]
    fn the_version_of_a_guardrail_need_not_be_an_implicit_one() {
        let address = "guardrail/111122223333/us-east-1/base-line";
        let guardrail = Resource { version: Some("4".to_owned()), ..resource(address, Some(&arn("us-east-1", "abc"))) };
        let of = |resources: &[Resource]| {
            let text = env(resources, &home());
            text.lines()
                .find_map(|line| line.strip_prefix("BEDRAIL_GUARDRAIL_BASE_LINE_VERSION_US_EAST_1="))
                .map(str::to_owned)
        };
        assert_eq!(of(&[guardrail]).as_deref(), Some("4"));
        assert_eq!(of(&[resource(address, Some("arn"))]), None);
    }

    #[test]
    fn values_are_quoted_where_somebody_could_take_them_for_more() {
        assert_eq!(for_shell("a b'c$(d)"), r"'a b'\''c$(d)'");
        assert_eq!(for_hcl("a\"${b}%{c}\\"), r#""a\"$${b}%%{c}\\""#);
    }

    #[test]
    fn variables_of_terraform_are_maps_by_key_and_place() {
        insta::assert_snapshot!(tfvars(&some(&["us-east-1"])), @r#"
        bedrail_guardrails = {
          "base-line" = {
            "111122223333/us-east-1" = { arn = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc", id = "abc", version = "3" }
          }
        }
        bedrail_org_policies = {
          "org" = {
            "111122223333/global" = { id = "p-1" }
          }
        }
        bedrail_versions = {
          "v-1" = {
            "111122223333/us-east-1" = { guardrail_arn = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc", number = "1" }
          }
        }
        "#);
    }
}
