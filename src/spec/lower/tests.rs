use std::collections::BTreeMap;

use super::*;
use crate::model::span::SourceId;
use crate::model::{Ref, Region};
use crate::spec::sources::Sources;
use crate::spec::{Input, read};

const SPEC: &str = r#"
format: 1
stack: acme
organization: {management_account: "111122223333"}
regions: [us-east-1, eu-west-1]
scan: {regions: declared}
guardrails:
  baseline:
    blocked_input_messaging: "No."
    blocked_outputs_messaging: "No."
    cross_region_profile: auto
    word_policy: {words: [projectx]}
  broken: {}
external_guardrails:
  corp: {arns: {us-east-1: "arn:aws:bedrock:us-east-1:444455556666:guardrail/abc"}, versions: {us-east-1: "4"}}
  bare: {arns: {us-east-1: "arn:aws:bedrock:us-east-1:444455556666:guardrail/def"}}
  shared: {from_stack: platform, name: base}
versions:
  rel-1: {guardrail: baseline}
  legacy: {guardrail: baseline, numbers: {us-east-1: "7"}}
  corp-old: {guardrail: corp, numbers: {us-east-1: "3"}}
"#;

/// Does `ask` once the guardrails and versions of [`SPEC`] are known; also the codes of what it reports.
fn asking<R>(ask: impl FnOnce(&mut Lowering<'_>) -> R) -> (R, Vec<String>) {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let file = sources.add("spec", SPEC);
    let environment = BTreeMap::new();
    let spec = read(
        Input { sources: &sources, files: &[file], given: Vec::new(), environment: &environment, env: None },
        &mut diagnostics,
    );
    let top = spec.top.as_ref().expect("a top level");
    let facts = assumed::facts(top);
    let mut lowering = Lowering::new(&spec, top, &facts, true, &mut diagnostics);
    guardrail::section::lower(&mut lowering);
    guardrail::external::lower(&mut lowering);
    guardrail_version::section::lower(&mut lowering);
    let before = lowering.diagnostics.len();
    let answer = ask(&mut lowering);
    let found = diagnostics.iter().skip(before).map(|fault| format!("{} {}", fault.code, fault.message)).collect();
    (answer, found)
}

fn at(text: &str) -> Spanned<String> {
    Spanned::new(text.to_owned(), Span::new(SourceId::new(0), 0, 0))
}

fn scope(region: &str) -> Scope {
    Scope::regional("111122223333".parse().expect("an id"), Region::new(region))
}

/// What a reference from another account's Region points at.
fn version(guardrail: &str, version: Option<&str>, region: &str) -> Result<String, Vec<String>> {
    let version = version.map(at);
    let (found, faults) = asking(|lowering| {
        lowering.version(&at(guardrail), version.as_ref(), &scope(region)).as_ref().map(Ref::to_string)
    });
    found.ok_or(faults)
}

#[test]
fn a_version_is_what_the_reference_says() {
    for (guardrail, key, want) in [
        ("baseline", Some("rel-1"), "guardrail-version/111122223333/us-east-1/rel-1"),
        ("baseline", Some("legacy"), "guardrail-version/111122223333/us-east-1/legacy"),
        ("baseline", Some("9"), "guardrail-version/111122223333/us-east-1/baseline@9"),
        ("corp", None, "arn:aws:bedrock:us-east-1:444455556666:guardrail/abc:4"),
        ("corp", Some("12"), "arn:aws:bedrock:us-east-1:444455556666:guardrail/abc:12"),
        ("corp", Some("corp-old"), "arn:aws:bedrock:us-east-1:444455556666:guardrail/abc:3"),
        ("shared", None, "guardrail-version/111122223333/us-east-1/shared@newest"),
    ] {
        assert_eq!(version(guardrail, key, "us-east-1"), Ok(want.to_owned()));
    }
}

#[test]
fn the_current_content_is_wanted_by_referring_to_it() {
    let (address, _) = asking(|lowering| {
        let found = lowering.version(&at("baseline"), None, &scope("eu-west-1")).expect("a version");
        let address = found.address().expect("ours").clone();
        let Some(Model::GuardrailVersion(model)) = lowering.desired.resources.get(&address).map(|it| &it.model) else {
            panic!("{address} is not wanted")
        };
        let content = lowering.guardrails["baseline"].content(&scope("eu-west-1")).expect("content").digest();
        assert_eq!(model.content, Some(content.clone()));
        assert_eq!(address.name, guardrail_version::implicit_name("baseline", &content));
        address
    });
    assert_eq!(address.scope.to_string(), "111122223333/eu-west-1");
}

#[test]
fn a_reference_that_leads_nowhere_is_reported() {
    for (guardrail, key, region, want) in [
        ("basline", None, "us-east-1", "E0601 no guardrail `basline` is declared"),
        ("baseline", None, "us-west-2", "E0602 the guardrail `baseline` is not in us-west-2"),
        ("corp", None, "eu-west-1", "E0602 the guardrail `corp` is not in eu-west-1"),
        ("baseline", Some("rel-2"), "us-east-1", "E0603 no version `rel-2` is declared"),
        ("baseline", Some("legacy"), "eu-west-1", "E0602 the version `legacy` has no number in eu-west-1"),
        ("baseline", Some("corp-old"), "us-east-1", "E0604 `corp-old` is a version of `corp`, not of `baseline`"),
        ("bare", None, "us-east-1", "E0606 which version of `bare` to use in us-east-1 is not said"),
    ] {
        assert_eq!(version(guardrail, key, region), Err(vec![want.to_owned()]));
    }
    assert_eq!(version("broken", None, "us-east-1"), Err(vec![]), "its own fault has been said");
}

#[test]
fn a_guardrail_of_another_stack_is_looked_for_where_it_is_referred_to() {
    let (external, faults) = asking(|lowering| {
        assert!(lowering.desired.external.is_empty());
        let found = lowering.guardrail_ref(&at("shared"), &scope("eu-west-1")).expect("a guardrail");
        assert_eq!(found.to_string(), "guardrail/111122223333/eu-west-1/shared");
        let arn = lowering.guardrail_ref(&at("corp"), &scope("us-east-1")).expect("a guardrail");
        assert_eq!(arn.to_string(), "arn:aws:bedrock:us-east-1:444455556666:guardrail/abc");
        lowering.desired.external.clone()
    });
    assert_eq!(faults, Vec::<String>::new());
    let marks: Vec<(&str, &str)> = external.values().map(|mark| (mark.stack.as_str(), mark.name.as_str())).collect();
    assert_eq!(marks, [("platform", "base")]);
}

#[test]
fn profiles_are_taken_by_region() {
    let by_region = |region: &str| profile_for(&Region::new(region));
    assert_eq!(by_region("us-west-1"), Some("us.guardrail.v1:0"));
    assert_eq!(by_region("ap-southeast-2"), Some("au.guardrail.v1:0"));
    assert_eq!(by_region("ap-south-1"), Some("apac.guardrail.v1:0"));
    assert_eq!(by_region("us-gov-west-1"), Some("us-gov.guardrail.v1:0"));
    assert_eq!(by_region("sa-east-1"), None);
    let to = |profile: &str, source: &str| {
        let all: Vec<String> = destinations(profile, &Region::new(source)).iter().map(ToString::to_string).collect();
        all.join(" ")
    };
    assert_eq!(to("us.guardrail.v1:0", "us-east-1"), "us-east-1 us-east-2 us-west-2");
    assert_eq!(to("us.guardrail.v1:0", "us-west-1"), "us-east-1 us-east-2 us-west-1 us-west-2");
    assert_eq!(to("jp.guardrail.v1:0", "ap-northeast-1"), "ap-northeast-1");
}
