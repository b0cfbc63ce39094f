//! Dependency graphs, for people and for the tools that draw them.

use std::collections::{BTreeMap, BTreeSet};

use super::clean;
use super::summary::Deed;
use crate::model::Desired;
use crate::plan::Plan;

/// What comes before what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The labels of the nodes, each without line breaks or control characters.
    nodes: Vec<String>,
    /// From what comes first to what waits for it, by position among the nodes.
    edges: BTreeSet<(usize, usize)>,
}

/// How a graph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphForm {
    /// Each node with what it waits for.
    Text,
    /// A mermaid flowchart.
    Mermaid,
    /// Graphviz.
    Dot,
}

impl Graph {
    /// A graph of these nodes and edges; an edge to a node that is not there is left out.
    pub fn new(nodes: impl IntoIterator<Item = String>, edges: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let nodes: Vec<String> = nodes.into_iter().map(|label| clean::line(&label)).collect();
        let known = |(from, to): &(usize, usize)| *from < nodes.len() && *to < nodes.len();
        let edges = edges.into_iter().filter(known).collect();
        Self { nodes, edges }
    }

    /// The actions of a plan, and what each waits for.
    pub fn of_plan(plan: &Plan) -> Self {
        let at: BTreeMap<_, _> = plan.actions.iter().enumerate().map(|(at, action)| (action.id, at)).collect();
        let label = |action| {
            let deed = Deed::of(action);
            format!("{} {} {}", deed.sign(), deed.word(), action.address)
        };
        let edges = plan.actions.iter().enumerate();
        let edges =
            edges.flat_map(|(to, action)| action.after.iter().filter_map(|id| at.get(id)).map(move |from| (*from, to)));
        Self::new(plan.actions.iter().map(label), edges)
    }

    /// The resources of a spec, and what each needs.
    pub fn of_spec(desired: &Desired) -> Self {
        let at: BTreeMap<_, _> = desired.resources.keys().enumerate().map(|(at, address)| (address, at)).collect();
        let edges = desired.resources.iter().enumerate().flat_map(|(to, (_, wanted))| {
            let needs = wanted.model.requires();
            needs.iter().filter_map(|address| at.get(address).map(|from| (*from, to))).collect::<Vec<_>>()
        });
        Self::new(desired.resources.keys().map(ToString::to_string), edges)
    }

    /// The graph as text that ends with a line break.
    pub fn render(&self, form: GraphForm) -> String {
        match form {
            GraphForm::Text => self.text(),
            GraphForm::Mermaid => self.mermaid(),
            GraphForm::Dot => self.dot(),
        }
    }

    fn text(&self) -> String {
        if self.nodes.is_empty() {
            return "Nothing.\n".to_owned();
        }
        let mut out = String::new();
        for (to, label) in self.nodes.iter().enumerate() {
            push!(out, "{label}\n");
            for (from, _) in self.edges.iter().filter(|(_, other)| *other == to) {
                push!(out, "    after {}\n", self.nodes[*from]);
            }
        }
        out
    }

    /// In mermaid a label in quotation marks may hold anything but these; entities stand for characters.
    fn mermaid(&self) -> String {
        let label = |text: &str| {
            text.chars()
                .map(|c| if plain(c) { c.to_string() } else { format!("#{};", u32::from(c)) })
                .collect::<String>()
        };
        let mut out = "flowchart TD\n".to_owned();
        for (at, text) in self.nodes.iter().enumerate() {
            push!(out, "    n{at}[\"{}\"]\n", label(text));
        }
        for (from, to) in &self.edges {
            push!(out, "    n{from} --> n{to}\n");
        }
        out
    }

    fn dot(&self) -> String {
        let mut out = "digraph bedrail {\n    node [shape=box];\n".to_owned();
        for (at, text) in self.nodes.iter().enumerate() {
            let label = text.replace('\\', "\\\\").replace('"', "\\\"");
            push!(out, "    n{at} [label=\"{label}\"];\n");
        }
        for (from, to) in &self.edges {
            push!(out, "    n{from} -> n{to};\n");
        }
        out + "}\n"
    }
}

/// What no drawing tool takes for syntax.
const fn plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ' ' | '/' | '-' | '_' | '.' | ':' | '@' | '+' | '~' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> Graph {
        Graph::new(["a \"b\"\n".to_owned(), "c".to_owned()], [(0, 1), (0, 7)])
    }

    #[test]
    fn a_graph_has_three_forms() {
        insta::assert_snapshot!(graph().render(GraphForm::Text), @r#"
        a "b"
        c
            after a "b"
        "#);
        insta::assert_snapshot!(graph().render(GraphForm::Mermaid), @r#"
        flowchart TD
            n0["a #34;b#34;"]
            n1["c"]
            n0 --> n1
        "#);
        insta::assert_snapshot!(graph().render(GraphForm::Dot), @r#"
        digraph bedrail {
            node [shape=box];
            n0 [label="a \"b\""];
            n1 [label="c"];
            n0 -> n1;
        }
        "#);
    }
}
