//! What is asked of `ApplyGuardrail` for one case.

use crate::suite::{Case, Content, Image, Loaded, Source};

/// One request, without the guardrail that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// Whether it is a prompt or an answer.
    pub source: Source,
    /// What is examined, and what it is held against; never empty.
    pub content: Vec<Block<'a>>,
}

/// A part of what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block<'a> {
    /// A text, and what it is there for; without a word it is examined.
    Text(&'a str, Option<Qualifier>),
    /// An image, which is examined.
    Image(&'a Image),
}

/// What a text is there for (botocore model `bedrock-runtime`, `GuardrailContentQualifier`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qualifier {
    /// An answer is to be grounded in it.
    GroundingSource,
    /// An answer is to be relevant to it.
    Query,
    /// It is examined: said of an answer that stands beside the two others.
    GuardContent,
}

impl<'a> Request<'a> {
    /// The request for a case of this suite.
    pub fn of(loaded: &'a Loaded, case: &'a Case) -> Self {
        let content = case.given.content();
        let grounds = case.given.grounds();
        let mut blocks = Vec::new();
        if let Some(grounds) = grounds {
            blocks.push(Block::Text(&grounds.source, Some(Qualifier::GroundingSource)));
            blocks.push(Block::Text(&grounds.query, Some(Qualifier::Query)));
        }
        if let Content::Text { text, .. } = content {
            blocks.push(Block::Text(text, grounds.map(|_| Qualifier::GuardContent)));
        }
        blocks.extend(content.images().map(|file| Block::Image(loaded.image(&file.value))));
        Self { source: case.given.source(), content: blocks }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::suite::ImageFile;
    use crate::suite::trial::sample;

    #[test]
    fn an_answer_stands_beside_what_it_is_held_against() {
        let loaded = sample::loaded(
            "  - {name: plain, text: a, expect: {action: NONE}}\n  - {name: grounded, source: OUTPUT, text: b, grounding_source: c, query: d, expect: {action: NONE}}\n",
        );
        let [plain, grounded] = loaded.suite().cases.as_slice() else { panic!("two cases") };
        assert_eq!(
            Request::of(&loaded, plain),
            Request { source: Source::Input, content: vec![Block::Text("a", None)] }
        );
        assert_eq!(
            Request::of(&loaded, grounded).content,
            [
                Block::Text("c", Some(Qualifier::GroundingSource)),
                Block::Text("d", Some(Qualifier::Query)),
                Block::Text("b", Some(Qualifier::GuardContent)),
            ]
        );
    }

    #[test]
    fn images_follow_the_text_and_none_may_be_missing() {
        let suite = sample::suite("  - {name: picture, text: a, image: [a.png, b.png], expect: {action: NONE}}\n");
        assert_eq!(Loaded::new(suite.clone(), BTreeMap::new()), None);
        let image = |byte: u8| Image::new([&b"\x89PNG\r\n\x1a\n"[..], &[byte]].concat()).unwrap();
        let images = [("a.png", image(1)), ("b.png", image(2))];
        let images = images.map(|(name, image)| (ImageFile::new(name).unwrap(), image));
        let loaded = Loaded::new(suite, BTreeMap::from(images)).unwrap();
        let request = Request::of(&loaded, &loaded.suite().cases[0]);
        assert_eq!(request.content, [Block::Text("a", None), Block::Image(&image(1)), Block::Image(&image(2))]);
    }
}
