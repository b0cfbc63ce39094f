//! The pages that document the codes, and what `lint` finds.

use crate::lint::explain::{EXPLANATIONS, Explanation};
use crate::model::diagnostic::Code;
use crate::spec::codes::LISTS;

/// Every code with its meaning, in Markdown.
pub fn page() -> String {
    let mut all: Vec<Code> = LISTS.concat();
    all.sort();
    let mut page = String::from(
        "# Codes of diagnostics\n\nErrors begin with `E`, warnings with `W`, preconditions of a plan with `P`, findings of `lint` with `L` ([lint.md](lint.md)). A code keeps its meaning for good.\n\n\
         | code | meaning |\n|---|---|\n",
    );
    for code in all {
        page.extend(["| ", code.id(), " | ", code.meaning(), " |\n"]);
    }
    page
}

/// What stands before the findings.
const LINT: &str = "# What `lint` finds

`bedrail lint FILE…` looks at documents, JSON or YAML; without files at the spec of `--spec`: its guardrails, its enforcements
and the documents that it holds. Nothing is asked of AWS. `--format json` and `--format sarif` are for machines; a finding has a
code, a place, the path to it in the document, and what to write instead. Exit codes: 0 no findings, 2 findings, 1 a file that
cannot be read, or is none of these:

| document | told by |
|---|---|
| identity policy, permissions boundary, service control policy | `Statement`, and no principal |
| resource policy on a guardrail or a guardrail profile | `Statement` with a principal, and nothing but guardrails in its actions and resources |
| policy of a VPC endpoint of Bedrock | `Statement` with a principal, and models or everything in its actions or resources |
| trust policy | `Statement` with a principal and actions of STS |
| Bedrock policy | `bedrock` |
| guardrail, as created, as read, in a template, or as an entry of a spec | `blockedInputMessaging`, `contentPolicyConfig`, … |
| enforced configuration of an account | `guardrailInferenceConfig` |

Where a text says the same whatever it is, as the policy of a VPC endpoint that names one guardrail, `--kind endpoint` tells.

A file may hold several documents, and each finding says of which it is: a list of them or a map from ARNs, as `bedrail iam` prints
them, and a template of CloudFormation with policies of IAM (managed, inline, of trust), Organizations, permission sets, VPC endpoints
and keys, and guardrails. `-` is the standard input: `bedrail iam apply-role | bedrail lint -`. HCL is not read.

Templates may be JSON or YAML, with short functions (`!Sub`) or long ones (`Fn::Sub`). A document in a string, or in `Fn::Sub` of one, is
read; what is in it has the place where the string begins. `Fn::If` is looked at both ways. A document, or a statement, that only a
deployment knows is told of once for its resource, as the note L0901, which is a finding like any other.

What cannot be read is named on standard error, and everything else is looked at all the same: the exit code is 1 then, whatever is
found besides.

What AWS's answers wrap around a document (`PolicyDocument`, `PolicyVersion`, …) may stay. A policy that only denies, beside
`Allow * on *`, is taken for one of the organization, whose Allow gives nothing. A text with `${…}` or `<…>` in it is taken for
something that is yet to be filled in, and nothing is said of it.

Findings say what a document does by itself. Other policies of the same principal are not seen. Where one asks for a guardrail, it
is worked out what it makes of a call of each action without a guardrail, with an empty identifier and with another guardrail: what
it allows less what it denies, all of it where it allows nothing itself. Conditions on other keys are taken to hold.
";

/// The findings of `lint` with their explanations, in Markdown.
pub fn lint_page() -> String {
    let mut page = LINT.to_owned();
    for (code, Explanation { why, instead, source }) in EXPLANATIONS {
        let meaning = code.meaning();
        let (first, rest) = meaning.split_at(meaning.chars().next().map_or(0, char::len_utf8));
        page.extend(["\n## ", code.id(), "\n\n", &first.to_uppercase(), rest, ".\n\n", why, " ", instead, "\n\n"]);
        page.extend(["Source: <", source, ">\n"]);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_documented() {
        let written = include_str!("../../docs/codes.md");
        let page = page();
        let lines = written.lines().zip(page.lines()).find(|(written, page)| written != page);
        let advice = "run `cargo test -p bedrail --lib write_codes -- --ignored` to write the page anew";
        assert!(written == page, "{advice}: {lines:?}");
    }

    #[test]
    fn every_finding_is_documented() {
        let written = include_str!("../../docs/lint.md");
        assert_eq!(
            written,
            lint_page(),
            "run `cargo test -p bedrail --lib write_codes -- --ignored` to write the page anew"
        );
    }

    #[test]
    #[ignore = "writes docs/codes.md and docs/lint.md"]
    fn write_codes() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/codes.md"), page()).unwrap();
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/lint.md"), lint_page()).unwrap();
    }
}
