//! Which conditions of a template hold.

use super::{Deck, Unknown, wrong};
use crate::spec::node::{Entry, Node};

impl Deck<'_> {
    /// Whether a condition holds.
    ///
    /// # Errors
    /// Only a deployment knows, or nobody.
    pub(in crate::import::source) fn holds(&self, name: &str) -> Result<bool, Unknown> {
        if let Some(known) = self.conditions.borrow().get(name) {
            return known.clone();
        }
        let condition = self.root.get("Conditions").and_then(|all| all.get(name));
        let condition = condition.ok_or_else(|| Unknown::Wrong(format!("the template has no condition {name}")))?;
        let _level = self.course.enter(format!("the condition {name}"))?;
        let holds = self.truth(condition);
        // How deep it was asked for says nothing of the condition.
        if holds != Err(Unknown::TooDeep) {
            self.conditions.borrow_mut().insert(name.to_owned(), holds.clone());
        }
        holds
    }

    fn truth(&self, node: &Node) -> Result<bool, Unknown> {
        let _level = self.course.deeper()?;
        let Some([Entry { key, value }]) = node.entries() else {
            return Err(Unknown::Wrong("a condition is not written as one function".to_owned()));
        };
        let each = || value.items().unwrap_or_default().iter().map(|one| self.truth(one)).collect::<Vec<_>>();
        match key.as_str() {
            "Condition" => self.holds(value.literal().ok_or_else(|| wrong(key))?),
            "Fn::Equals" => match value.items() {
                Some([one, other]) => self.equal(one, other),
                _ => Err(wrong(key)),
            },
            "Fn::Not" => each().into_iter().next().unwrap_or_else(|| Err(wrong(key))).map(|holds| !holds),
            "Fn::And" => decided(each(), false),
            "Fn::Or" => decided(each(), true),
            other => Err(Unknown::Deployment(format!("`{other}`"))),
        }
    }

    fn equal(&self, one: &Node, other: &Node) -> Result<bool, Unknown> {
        let (one, other) = (self.deciding(one)?, self.deciding(other)?);
        let place = |text: &String| text.contains("${");
        match [&one, &other].into_iter().find(|text| place(text)) {
            Some(open) if one != other => Err(super::place_unknown(open)),
            _ => Ok(one == other),
        }
    }
}

/// One that is `word` decides; else all must be known.
fn decided(each: Vec<Result<bool, Unknown>>, word: bool) -> Result<bool, Unknown> {
    if each.contains(&Ok(word)) {
        return Ok(word);
    }
    each.into_iter().find(Result::is_err).unwrap_or(Ok(!word))
}
