//! The Regions of entries.

use super::{Lowering, codes};
use crate::model::Region;
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::spec::codes::REPEATED;
use crate::spec::decode::List;
use crate::spec::suggest;

impl Lowering<'_> {
    /// The Regions of an entry: its own, or those of the top level. Each is thereby declared.
    pub(crate) fn regions(&mut self, own: Option<&Spanned<List<Region, 1>>>) -> Vec<Region> {
        let Some(own) = own else { return distinct(&self.top.regions) };
        self.check_regions(own);
        let regions = distinct(own);
        self.desired.declared_regions.extend(regions.iter().cloned());
        regions
    }

    /// Whether the spec says which account it is for.
    pub(crate) fn pins_account(&self) -> bool {
        self.top.account_id.is_some() || self.top.organization.is_some()
    }

    /// Reports Regions that stand twice, and those that are not known to have Bedrock.
    pub(crate) fn check_regions(&mut self, regions: &[Spanned<Region>]) {
        for (at, region) in regions.iter().enumerate() {
            if let Some(first) = regions[..at].iter().find(|other| other.value == region.value) {
                let fault = Diagnostic::at(region.span, REPEATED, format!("{} stands twice", region.value));
                self.diagnostics.push(fault.related(first.span, "first here"));
            }
            let known = &self.facts.bedrock_regions;
            if !known.is_empty() && !known.contains(&region.value) {
                let message = format!("{} is not known to have Bedrock", region.value);
                let doubt = Diagnostic::at(region.span, codes::UNKNOWN_REGION, message);
                let close = suggest::closest(region.value.as_str(), known.iter().map(Region::as_str));
                self.diagnostics.push(doubt.maybe_help(close.map(|close| format!("did you mean `{close}`?"))));
            }
        }
    }
}

fn distinct(regions: &[Spanned<Region>]) -> Vec<Region> {
    let mut distinct: Vec<Region> = Vec::new();
    for region in regions {
        if !distinct.contains(&region.value) {
            distinct.push(region.value.clone());
        }
    }
    distinct
}
