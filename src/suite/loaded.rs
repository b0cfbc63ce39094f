//! A suite with the images that it names, ready to be sent.

use std::collections::BTreeMap;

use super::case::Suite;
use super::image::{Image, ImageFile};

/// A suite, and every image that its cases name.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    suite: Suite,
    images: BTreeMap<ImageFile, Image>,
}

impl Loaded {
    /// The suite with its images; `None` if one that it names is missing.
    pub fn new(suite: Suite, images: BTreeMap<ImageFile, Image>) -> Option<Self> {
        let complete = suite.images().all(|file| images.contains_key(&file.value));
        complete.then_some(Self { suite, images })
    }

    /// The suite.
    pub const fn suite(&self) -> &Suite {
        &self.suite
    }

    /// Each image once.
    pub const fn images(&self) -> &BTreeMap<ImageFile, Image> {
        &self.images
    }

    /// What is in this file, which a case of the suite names.
    pub(super) fn image(&self, file: &ImageFile) -> &Image {
        self.images.get(file).expect("a suite is loaded with every image that it names")
    }
}
