//! The length of documents, judged with the ids that are known and those that AWS has yet to give.

use super::*;
use crate::kinds::resource_policy;

/// A document of this many characters when the one id in it has `12`, which is what AWS gives at least.
fn document(version: &Address, characters: usize) -> Document {
    let of = |padding: usize| {
        let identifier = Template(vec![Segment::Id(Ref::To(version.clone()), Form::Whole)]);
        let entries = [("id", Document::Text(identifier)), ("padding", Document::from(json!("x".repeat(padding))))];
        Document::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    };
    of(characters - of(0).least_length())
}

#[test]
fn a_document_is_ok_unknown_or_too_long() {
    use State::{Failed, Ok, Unknown};
    // With the longest id and number there are 52 + 7 characters more.
    for (kind, most) in [(Kind::OrgPolicy, 10_000), (Kind::ResourcePolicy, 20_480)] {
        for (characters, want) in [(most - 59, Ok), (most - 58, Unknown), (most, Unknown), (most + 1, Failed)] {
            let mut world = World::new();
            let version = world.want_enforced(&us(), "one");
            let document = document(&version, characters);
            let (address, code) = if kind == Kind::OrgPolicy {
                let address = at(kind, &global(), "org");
                let name = "acme-org".to_owned();
                let (description, tags, needs) = (String::new(), marks("org"), Vec::new());
                world.want(
                    &address,
                    org_policy::Model {
                        policy_type: crate::kinds::org_policy_type::PolicyType::Bedrock,
                        name,
                        description,
                        document,
                        tags,
                        needs,
                    },
                );
                (address, "P0151")
            } else {
                let address = at(kind, &us(), "baseline");
                let resource = Ref::To(at(Kind::Guardrail, &us(), "baseline"));
                world.want(&address, resource_policy::Model { resource, document });
                (address, "P0152")
            };
            let plan = world.plan();
            let found = plan.preconditions.iter().find(|one| one.code.id() == code).expect("it is measured");
            assert_eq!(found.state, want, "{code} {characters}: {found:?}");
            assert_eq!(found.fix.is_some(), want != Ok, "{found:?}");
            let held = plan.held.iter().any(|held| held.address == address && held.why == Why::Precondition);
            assert_eq!(held, want == Failed, "{code} {characters}: {:?}", plan.held);
        }
    }
}
