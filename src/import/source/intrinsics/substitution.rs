//! Texts that are put together.

use super::{Deck, Escape, Unknown};
use crate::spec::node::Node;

impl Deck<'_> {
    pub(super) fn substituted(&self, of: &Node, escape: Escape) -> Result<String, Unknown> {
        let parts = match of.items() {
            None => of.literal().map(|template| (template, None)),
            Some([template, local]) => template.literal().map(|template| (template, Some(local))),
            Some(_) => None,
        };
        let malformed = || Unknown::Wrong("`Fn::Sub` is not written as CloudFormation takes it".to_owned());
        let (template, local) = parts.ok_or_else(malformed)?;
        let (mut out, mut rest) = (String::new(), template);
        self.course.spend(template.len())?;
        while let Some(at) = rest.find("${") {
            out.push_str(&escape(&rest[..at]));
            let (inside, behind) = rest[at + 2..].split_once('}').ok_or_else(malformed)?;
            rest = behind;
            if let Some(literal) = inside.strip_prefix('!') {
                out.push_str(&escape(&format!("${{{literal}}}")));
                continue;
            }
            let inside = inside.trim();
            let value = match (local.and_then(|local| local.get(inside)), inside.split_once('.')) {
                (Some(own), _) => self.text(own, escape)?,
                (None, Some((name, attribute))) => self.attribute_of(name, attribute)?,
                (None, None) => self.named(inside, escape)?,
            };
            self.course.spend(value.len())?;
            out.push_str(&value);
        }
        Ok(out + &escape(rest))
    }

    pub(super) fn joined(&self, delimiter: &Node, parts: &Node, escape: Escape) -> Result<String, Unknown> {
        let delimiter = self.text(delimiter, escape)?;
        let parts: Vec<String> = match parts.items() {
            // One by one, so that what is not known says why.
            Some(items) => {
                let part = |item: &Node| self.value(item, escape).transpose();
                let parts: Vec<Node> = items.iter().filter_map(part).collect::<Result<_, _>>()?;
                texts(&parts)?
            }
            None => texts(&self.list(parts, escape)?)?,
        };
        let length: usize = parts.iter().map(|part| part.len().saturating_add(delimiter.len())).sum();
        self.course.spend(length)?;
        Ok(parts.join(&delimiter))
    }
}

fn texts(parts: &[Node]) -> Result<Vec<String>, Unknown> {
    let text = |part: &Node| {
        let text = part.literal().map(str::to_owned);
        text.ok_or_else(|| Unknown::Wrong("`Fn::Join` is given what is no text".to_owned()))
    };
    parts.iter().map(text).collect()
}
