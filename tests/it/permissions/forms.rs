//! The forms are what their tools take.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use bedrail::permissions::paper::Asked;
use bedrail::permissions::statement::{MANAGED, size};
use bedrail::permissions::{Fault, Form, What, form, paper};

use super::{declared, specs};
use crate::source;

const ROLES: [What; 4] = [What::PlanRole, What::ApplyRole, What::MemberRole, What::Trust];

/// Every text of a form that the specs have.
fn printed(form: Form) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (name, text) in specs() {
        for what in ROLES.into_iter().chain([What::KmsKeyPolicy]) {
            for read in [false, true] {
                let Ok(paper) = paper(&declared(&text), what, &Asked { read, ..Asked::default() }) else { continue };
                let (text, _) = form::print(&paper, form).unwrap_or_else(|fault| panic!("{name} {what:?}: {fault}"));
                all.push((format!("{name} {what:?} {read}"), text));
            }
        }
    }
    all
}

/// Whether a program of Python's says that all is well with these texts; `None` where it is not there.
fn python(program: &str, texts: &Value) -> Option<(bool, String)> {
    let mut child = Command::new("python3")
        .args(["-c", program])
        .env("PYTHONPATH", source::root().join("tests/it/permissions/.python"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(texts.to_string().as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if said.contains("ModuleNotFoundError") {
        return None;
    }
    Some((output.status.success(), said))
}

fn judged_by(tool: &str, program: &str, form: Form) {
    // The templates of these have all that there is, and cfn-lint takes a second for each.
    let all = ["quickstart", "kms-encrypted", "more"];
    let texts: Vec<(String, String)> =
        printed(form).into_iter().filter(|(name, _)| all.iter().any(|one| name.starts_with(one))).collect();
    assert!(texts.len() > 15, "{}", texts.len());
    match python(program, &json!(texts)) {
        None => {
            assert!(std::env::var_os("CI").is_none(), "{tool} is missing; run tests/it/permissions/install");
            let _ = writeln!(std::io::stderr(), "SKIPPED: {tool} is missing; run tests/it/permissions/install");
        }
        Some((sound, said)) => assert!(sound, "{said}"),
    }
}

#[test]
fn cfn_lint_finds_nothing_in_templates() {
    let program = r#"
import json, sys
from cfnlint.api import lint, ManualArgs
bad = 0
for name, text in json.load(sys.stdin):
    for match in lint(text, None, ["us-east-1"]):
        print(name, match)
        bad = 1
sys.exit(bad)
"#;
    judged_by("cfn-lint", program, Form::CloudFormation);
}

#[test]
fn hcl2_reads_the_resources() {
    let program = r#"
import json, sys, hcl2
for name, text in json.load(sys.stdin):
    kinds = [list(resource)[0].strip('"') for resource in hcl2.loads(text)["resource"]]
    assert kinds and all(kind.startswith("aws_") for kind in kinds), (name, kinds)
"#;
    judged_by("python-hcl2", program, Form::Terraform);
}

#[test]
fn no_policy_is_longer_than_aws_takes() {
    let many = String::from(
        "format: 1\nstack: s\naccount_id: \"111122223333\"\nregions: [us-east-1, us-east-2, us-west-2, eu-west-1, eu-west-2, eu-west-3, \
         eu-central-1, eu-central-2, eu-north-1, eu-south-1, eu-south-2, ap-south-1, ap-south-2, ap-northeast-1, ap-northeast-2, \
         ap-northeast-3, ap-southeast-1, ap-southeast-2, ap-southeast-3, ap-southeast-4, ca-central-1, ca-west-1, sa-east-1, me-south-1, \
         me-central-1, il-central-1, af-south-1]\nscan: {regions: declared}\nguardrails:\n  g:\n    blocked_input_messaging: a\n    blocked_outputs_messaging: b\n    \
         word_policy: {words: [x]}\naccount_enforcement: {a: {guardrail: g}}\n",
    );
    for text in specs().into_iter().map(|(_, text)| text).chain([many.clone()]) {
        for what in [What::PlanRole, What::ApplyRole] {
            for document in super::documents(&text, what, false) {
                assert!(size(&document) <= MANAGED, "{what:?}");
            }
        }
    }
    let wide = paper(&declared(&many), What::ApplyRole, &Asked::default()).expect("it can be printed");
    let (text, notes) = form::print(&wide, Form::Terraform).expect("it can be printed");
    assert!(notes[0].starts_with("AWS takes 6144 characters of a managed policy, so there are 2"), "{notes:?}");
    assert_eq!(text.matches("resource \"aws_iam_role_policy_attachment\"").count(), 2);
}

#[test]
fn a_key_is_open_to_its_owner_and_to_whom_the_guardrail_reaches() {
    let spec = |name: &str| specs().into_iter().find(|(one, _)| *one == name).expect("a spec").1;
    let encrypted = spec("kms-encrypted");
    let statement = |text: &str, asked: &Asked, sid: &str| {
        let policy = super::asked(text, What::KmsKeyPolicy, asked).swap_remove(0);
        let mut all = policy["Statement"].as_array().into_iter().flatten();
        all.find(|one| one["Sid"] == sid).cloned()
    };
    let plain = Asked::default();
    let administer = statement(&encrypted, &plain, "Administer").expect("a statement");
    assert_eq!(administer["Principal"], json!({"AWS": "arn:aws:iam::111122223333:root"}));
    // The owner's account is let in by that; whoever is named is so by a statement of his own.
    assert_eq!(statement(&encrypted, &plain, "CreateGuardrails"), None);
    let role = "arn:aws:iam::111122223333:role/larkfield-encrypted-apply".to_owned();
    let named = Asked { principals: vec![role.clone()], ..Asked::default() };
    let create = statement(&encrypted, &named, "CreateGuardrails").expect("a statement");
    assert_eq!(create["Action"], json!(["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]));
    assert_eq!(create["Principal"], json!({ "AWS": role }));
    let grant = statement(&encrypted, &named, "GrantForGuardrails").expect("a statement");
    assert_eq!(grant["Action"], json!(["kms:CreateGrant"]));
    assert_eq!(grant["Condition"], json!({"Bool": {"kms:GrantIsForAWSResource": "true"}}));

    // It is enforced below an OU, so there it is the place that counts, whose id only AWS knows or the spec says.
    let reached = |attach: &str| {
        let text = encrypted.replace("attach: [\"ou:Sandbox\"]", &format!("attach: {attach}"));
        let accounts = statement(&text, &plain, "ApplyGuardrails").map(|one| one["Principal"]["AWS"].clone());
        let below = statement(&text, &plain, "ApplyGuardrailsBelow").map(|one| {
            assert_eq!(one["Condition"]["StringEquals"], json!({"aws:PrincipalOrgID": "o-bedrailsand"}));
            one["Condition"]["ForAnyValue:StringLike"]["aws:PrincipalOrgPaths"].clone()
        });
        (accounts.unwrap_or_default(), below.unwrap_or_default())
    };
    let below = |pattern: &str| (Value::Null, json!(format!("o-bedrailsand/*/{pattern}/*")));
    assert_eq!(reached("[\"ou:Sandbox\"]"), below("<id of ou:Sandbox>"));
    assert_eq!(reached("[\"ou-sand-sandbox0\"]"), below("ou-sand-sandbox0"));
    assert_eq!(reached("[root]"), (Value::Null, json!("o-bedrailsand/*")));
    assert_eq!(reached("[\"555566667777\"]"), (json!("arn:aws:iam::555566667777:root"), Value::Null));
    assert_eq!(
        reached("[\"555566667777\", \"ou-sand-sandbox0\"]"),
        (json!("arn:aws:iam::555566667777:root"), json!("o-bedrailsand/*/ou-sand-sandbox0/*"))
    );
    // Enforced nowhere, it is for those with whom it is shared.
    let shared = encrypted.split("org_policies:").next().expect("a text").to_owned();
    let policy = super::documents(&shared, What::KmsKeyPolicy, false).swap_remove(0);
    assert!(policy.to_string().contains(r#""aws:PrincipalOrgPaths":"o-bedrailsand/*""#), "{policy:#}");
    let alone = shared.replace("share_with: organization", "share_with: own_account");
    let policy = super::documents(&alone, What::KmsKeyPolicy, false).swap_remove(0);
    assert_eq!(policy["Statement"].as_array().map(Vec::len), Some(1), "{policy:#}");

    let paper_of = |text: &str| paper(&declared(text), What::KmsKeyPolicy, &Asked::default());
    let notes = paper_of(&encrypted).expect("it can be printed").notes;
    assert!(notes.iter().any(|note| note.starts_with("fill in each `<id of …>`")), "{notes:?}");
    let nowhere = encrypted.replace("  id: o-bedrailsand\n", "");
    let fault = paper_of(&nowhere).expect_err("whose members?");
    assert!(matches!(fault, Fault::NoOrganizationId(_)), "{fault}");
    let fault = paper_of(&spec("quickstart")).expect_err("which key?");
    assert_eq!(fault, Fault::NoKey);
}

#[test]
fn an_account_that_is_not_known_is_what_the_form_has_for_it() {
    let text = specs().swap_remove(0).1;
    let print = |form| {
        let paper = paper(&declared(&text), What::PlanRole, &Asked::default()).expect("it can be printed");
        form::print(&paper, form).expect("it can be printed").0
    };
    assert!(print(Form::Json).contains("arn:aws:bedrock:us-east-1:*:guardrail/*"));
    assert!(print(Form::CloudFormation).contains("arn:aws:bedrock:us-east-1:${AWS::AccountId}:guardrail/*"));
    let terraform = print(Form::Terraform);
    assert!(terraform.contains("arn:aws:bedrock:us-east-1:${data.aws_caller_identity.current.account_id}:guardrail/*"));
    assert!(terraform.starts_with("data \"aws_caller_identity\" \"current\" {}\n"));
}
