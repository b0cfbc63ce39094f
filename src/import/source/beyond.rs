//! Parts of a template that make resources which it does not show: loops, macros, nested stacks.

use super::cloudformation::{concerns, id};
use crate::import::notes::Note;
use crate::kinds::guardrail::spelled;
use crate::spec::node::{Entry, Node, Value};

/// What shows all.
const PROCESSED: &str =
    "convert what CloudFormation made of it: `aws cloudformation get-template --template-stage Processed`";

/// What the macros of the whole template make of it is not seen.
pub(super) fn of_template(root: &Node) -> impl Iterator<Item = Note> {
    let transform = root.get("Transform");
    let transforms = transform.map_or(&[][..], |node| node.items().unwrap_or(std::slice::from_ref(node)));
    transforms.iter().filter_map(|transform| {
        let name = transform.literal().or_else(|| transform.get("Name")?.literal()).unwrap_or_default();
        match name {
            // Its functions say themselves where they are not worked out.
            "AWS::LanguageExtensions" => None,
            // Of AWS's own, only one adds what others wrote.
            name if name.starts_with("AWS::") && name != "AWS::Include" => {
                Some(Note::aside("Transform", format!("what {name} makes of the template is not seen")))
            }
            name => {
                Some(Note::lost("Transform", format!("what {name} makes of the template is not seen; {PROCESSED}")))
            }
        }
    })
}

/// What an entry of `Resources` makes is not seen.
pub(super) fn of_resource(Entry { key, value }: &Entry) -> Option<Note> {
    let at = id(key.as_str());
    let macros = value.entry("Fn::Transform").is_some() || key.value == "Fn::Transform";
    if macros {
        return Some(Note::lost(at, format!("what its macro adds is not seen; {PROCESSED}")));
    }
    if key.value.starts_with("Fn::ForEach") {
        let what = format!("what this loop makes is not carried over; {PROCESSED}");
        return Some(if names_concern(value) { Note::lost(at, what) } else { Note::aside(at, what) });
    }
    let kind = value.get("Type").and_then(Node::literal).unwrap_or_default();
    let nested = ["AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet", "AWS::Serverless::Application"];
    if nested.contains(&kind) || kind.ends_with("::MODULE") {
        return Some(Note::lost(at, format!("what this {kind} holds is not seen: convert its template by itself")));
    }
    let custom = kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource";
    let made = custom && value.get("Properties").is_some_and(holds_guardrail);
    let what = || format!("what this {kind} makes is not seen, and it looks like a guardrail: import it from AWS");
    made.then(|| Note::lost(at, what()))
}

/// Whether a loop makes what a spec can declare.
fn names_concern(node: &Node) -> bool {
    match &node.value {
        Value::Null => false,
        Value::Scalar(scalar) => scalar.text.literal().is_some_and(concerns),
        Value::Seq(items) => items.iter().any(names_concern),
        Value::Map(entries) => entries.iter().any(|entry| names_concern(&entry.value)),
    }
}

fn holds_guardrail(properties: &Node) -> bool {
    let inside = properties.entries().unwrap_or_default().iter().map(|entry| &entry.value);
    std::iter::once(properties).chain(inside).any(spelled::is_guardrail)
}
