//! From the text of a suite to the suite.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::case::{Answer, Case, Content, Given, Grounds, Suite, Version};
use super::codes;
use super::entry::{CaseEntry, ImagePath, Images, SuiteEntry};
use super::expectation::Expectation;
use super::image::ImageFile;
use super::words::Source;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{SourceId, Span, Spanned};
use crate::spec::codes::{EMPTY, REPEATED};
use crate::spec::decode::{Decode, Either, Exact, Reading};
use crate::spec::node::{Node, Value};
use crate::spec::top::EntryKey;
use crate::spec::yaml;

/// Reads a suite and reports every fault of it; `None` if there is one.
pub fn read(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Suite> {
    let mut cx = Reading::default();
    let node = yaml::parse_literal(source, text, &mut cx.diagnostics);
    let suite = if cx.diagnostics.has_errors() { None } else { decode(source, node, &mut cx) };
    let sound = !cx.diagnostics.has_errors();
    diagnostics.extend(cx.diagnostics);
    suite.filter(|_| sound)
}

fn decode(source: SourceId, node: Option<Node>, cx: &mut Reading) -> Option<Suite> {
    let Some(node) = node.filter(|node| !node.is_null()) else {
        let fault = Diagnostic::at(Span::new(source, 0, 0), EMPTY, "the suite holds nothing");
        cx.push(fault.help("a suite begins with `guardrail: <key>` and has `cases`"));
        return None;
    };
    let entry = SuiteEntry::decode(&without_extensions(node), cx)?;
    let regions = distinct(entry.regions.as_ref().map_or(&[][..], |regions| regions), cx);
    let cases: Vec<Option<Case>> = entry.cases.iter().map(|entry| case(entry, cx)).collect();
    names_once(&entry.cases, cx);
    Some(Suite {
        guardrail: Spanned::new(entry.guardrail.as_str().to_owned(), entry.guardrail.span),
        version: entry.version.as_ref().map_or(Some(Version::Draft), |version| read_version(version, cx))?,
        regions,
        repeat: entry.repeat.map_or(1, |repeat| repeat.value.0),
        max_misses: entry.max_misses.map_or(0, |most| most.value.0),
        max_false_blocks: entry.max_false_blocks.map_or(0, |most| most.value.0),
        cases: cases.into_iter().collect::<Option<_>>()?,
    })
}

/// Top-level keys that begin with `x-` hold anchors and say nothing, as in a spec.
pub(super) fn without_extensions(node: Node) -> Node {
    let value = match node.value {
        Value::Map(mut entries) => {
            entries.retain(|entry| !entry.key.value.starts_with("x-"));
            Value::Map(entries)
        }
        value => value,
    };
    Node::new(node.span, value)
}

fn read_version(version: &Spanned<Exact<EntryKey>>, cx: &mut Reading) -> Option<Version> {
    match version.as_str() {
        "draft" => Some(Version::Draft),
        "current" => Some(Version::Current),
        key if key == "any" || key.bytes().all(|byte| byte.is_ascii_digit()) => {
            let message = format!("`{key}` is no version that a suite can be for");
            let fault = Diagnostic::at(version.span, codes::VERSION, message);
            let number = "a number means another version in each Region: give it a key in `versions`, with `numbers`";
            cx.push(fault.help(if key == "any" { "write `draft`, `current` or a key of `versions`" } else { number }));
            None
        }
        key => Some(Version::Named(Spanned::new(key.to_owned(), version.span))),
    }
}

/// Each value once, in the order of the text. Reports those that stand twice.
pub(super) fn distinct<T: Clone + Ord + Display>(items: &[Spanned<T>], cx: &mut Reading) -> Vec<T> {
    let mut first = BTreeMap::new();
    let mut distinct = Vec::new();
    for item in items {
        if let Some(first) = first.get(&item.value) {
            let fault = Diagnostic::at(item.span, REPEATED, format!("{} stands twice", item.value));
            cx.push(fault.related(*first, "first here"));
        } else {
            first.insert(item.value.clone(), item.span);
            distinct.push(item.value.clone());
        }
    }
    distinct
}

fn names_once(cases: &[Spanned<CaseEntry>], cx: &mut Reading) {
    let mut names = BTreeMap::new();
    for Spanned { value: CaseEntry { name, .. }, .. } in cases {
        if let Some(first) = names.get(name.as_str()) {
            let message = format!("two cases are called `{}`", name.as_str());
            cx.push(Diagnostic::at(name.span, codes::CASE_TWICE, message).related(*first, "the other is here"));
        } else {
            names.insert(name.as_str(), name.span);
        }
    }
}

fn case(entry: &Spanned<CaseEntry>, cx: &mut Reading) -> Option<Case> {
    let given = given(entry, cx);
    let expect = Expectation::of(&entry.expect, entry, cx);
    let name = Spanned::new(entry.name.as_str().to_owned(), entry.name.span);
    Some(Case { name, given: given?, expect: expect? })
}

fn given(entry: &CaseEntry, cx: &mut Reading) -> Option<Given> {
    let content = content(entry, cx);
    let grounds = grounds(entry, cx);
    match entry.source.map_or(Source::Input, |source| source.value) {
        Source::Input => {
            for (key, text) in [("grounding_source", &entry.grounding_source), ("query", &entry.query)] {
                let Some(text) = text else { continue };
                let message = format!("`{key}` stands with a prompt, and only answers are held against it");
                cx.push(Diagnostic::at(text.span, codes::GROUNDS, message).help("add `source: OUTPUT`, or remove it"));
            }
            content.map(Given::Prompt)
        }
        Source::Output => Some(Given::Answer(Answer { content: content?, grounds: grounds.ok()? })),
    }
}

/// What an answer is held against. An error has been reported.
fn grounds(entry: &CaseEntry, cx: &mut Reading) -> Result<Option<Grounds>, ()> {
    let (missing, there, text) = match (&entry.grounding_source, &entry.query) {
        (None, None) => return Ok(None),
        (Some(source), Some(query)) => {
            return Ok(Some(Grounds { source: source.as_str().to_owned(), query: query.as_str().to_owned() }));
        }
        (Some(source), None) => ("query", "grounding_source", source),
        (None, Some(query)) => ("grounding_source", "query", query),
    };
    let message = format!("`{there}` stands without `{missing}`, and contextual grounding takes both");
    cx.push(Diagnostic::at(text.span, codes::GROUNDS, message).help(format!("add `{missing}`, or remove `{there}`")));
    Err(())
}

fn content(entry: &CaseEntry, cx: &mut Reading) -> Option<Content> {
    let images: Vec<Spanned<ImageFile>> = match &entry.image {
        Some(named) => images(named, cx)?,
        None => Vec::new(),
    };
    if let Some(text) = &entry.text {
        return Some(Content::Text { text: text.as_str().to_owned(), images });
    }
    let mut images = images.into_iter();
    let Some(first) = images.next() else {
        let message = format!("the case `{}` sends nothing", entry.name.as_str());
        cx.push(Diagnostic::at(entry.name.span, codes::NO_CONTENT, message).help("give it a `text` or an `image`"));
        return None;
    };
    Some(Content::Images { first, more: images.collect() })
}

fn images(named: &Spanned<Images>, cx: &mut Reading) -> Option<Vec<Spanned<ImageFile>>> {
    let mut image = |path: &Exact<ImagePath>, span: Span| match ImageFile::new(path.as_str()) {
        Ok(file) => Some(Spanned::new(file, span)),
        Err(why) => {
            let fault = Diagnostic::at(span, codes::IMAGE_PATH, format!("`{path}` {why}"));
            cx.push(fault.help("put PNG and JPEG files below the folder of the suite: `image: files/cat.png`"));
            None
        }
    };
    match &named.value {
        Either::A(path) => image(path, named.span).map(|image| vec![image]),
        Either::B(paths) => {
            let images: Vec<_> = paths.iter().map(|path| image(&path.value, path.span)).collect();
            images.into_iter().collect()
        }
    }
}

#[cfg(test)]
mod tests;
