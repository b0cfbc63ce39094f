//! What AWS asks for what it counts, as far as the user says: prices change, and differ between Regions and contracts.

#![allow(clippy::struct_field_names, reason = "the members of AWS's `GuardrailUsage` end alike")]

use serde_json::Value as Json;

use super::usage::{Unit, Usage};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::span::{SourceId, Span, Spanned};
use crate::spec::codes::EMPTY;
use crate::spec::decode::{Decimal, Decode, Exact, Reading};
use crate::spec::schema::literal;
use crate::spec::yaml;

crate::text! { pub(crate) Currency: "a currency", 3..=3, "[A-Z]{3}", "a currency by its code, such as USD" }
crate::number! { pub(crate) Price: "a price", 0.0 to 1_000_000.0 }

crate::entry! {
    /// What `bedrail test` reckons with.
    pub(crate) struct PricesFile: "the price table" {
        /// The code of the currency, such as USD.
        required currency: Exact<Currency>,
        /// What 1,000 of each unit cost.
        required per_1000: UnitsEntry,
    }
}

crate::entry! {
    /// What 1,000 of each unit cost. What is not named has no price, and what is free has 0.
    pub(crate) struct UnitsEntry: "`per_1000`" {
        /// Text units of denied topics.
        optional topic_policy_units: Decimal<Price>,
        /// Text units of content filters.
        optional content_policy_units: Decimal<Price>,
        /// Images that content filters examine.
        optional content_policy_image_units: Decimal<Price>,
        /// Text units of word filters.
        optional word_policy_units: Decimal<Price>,
        /// Text units of personal data.
        optional sensitive_information_policy_units: Decimal<Price>,
        /// Text units of regexes.
        optional sensitive_information_policy_free_units: Decimal<Price>,
        /// Text units of contextual grounding.
        optional contextual_grounding_policy_units: Decimal<Price>,
        /// Text units of automated reasoning.
        optional automated_reasoning_policy_units: Decimal<Price>,
    }
}

/// A price table.
#[derive(Clone, Debug, PartialEq)]
pub struct Prices {
    currency: String,
    per_1000: Vec<(Unit, f64)>,
}

/// What a usage costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// The code of the currency.
    pub currency: String,
    /// How much of it, for what has a price.
    pub amount: f64,
    /// What was counted and has none.
    pub unpriced: Vec<Unit>,
}

/// Reads a price table and reports every fault of it; `None` if there is one.
pub fn read(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Prices> {
    let mut cx = Reading::default();
    let node = yaml::parse_literal(source, text, &mut cx.diagnostics);
    let file = match node.filter(|node| !node.is_null()) {
        Some(node) if !cx.diagnostics.has_errors() => PricesFile::decode(&node, &mut cx),
        Some(_) => None,
        None => {
            let fault = Diagnostic::at(Span::new(source, 0, 0), EMPTY, "the price table holds nothing");
            cx.push(fault.help("it has a `currency`, and under `per_1000` what 1,000 of each unit cost"));
            None
        }
    };
    let sound = !cx.diagnostics.has_errors();
    diagnostics.extend(cx.diagnostics);
    file.filter(|_| sound)
        .map(|file| Prices { currency: file.currency.as_str().to_owned(), per_1000: file.per_1000.prices() })
}

/// The JSON Schema of a price table, draft 7.
pub fn schema() -> Json {
    literal::<PricesFile>("bedrail price table", None)
}

impl UnitsEntry {
    fn prices(&self) -> Vec<(Unit, f64)> {
        let Self {
            topic_policy_units,
            content_policy_units,
            content_policy_image_units,
            word_policy_units,
            sensitive_information_policy_units,
            sensitive_information_policy_free_units,
            contextual_grounding_policy_units,
            automated_reasoning_policy_units,
        } = self;
        let all: [(Unit, &Option<Spanned<Decimal<Price>>>); 8] = [
            (Unit::Topic, topic_policy_units),
            (Unit::Content, content_policy_units),
            (Unit::ContentImage, content_policy_image_units),
            (Unit::Word, word_policy_units),
            (Unit::Sensitive, sensitive_information_policy_units),
            (Unit::SensitiveFree, sensitive_information_policy_free_units),
            (Unit::Grounding, contextual_grounding_policy_units),
            (Unit::Reasoning, automated_reasoning_policy_units),
        ];
        all.into_iter().filter_map(|(unit, price)| Some((unit, price.as_ref()?.number))).collect()
    }
}

impl Prices {
    /// What `usage` costs.
    pub fn cost(&self, usage: &Usage) -> Cost {
        let price = |unit: Unit| self.per_1000.iter().find(|(priced, _)| *priced == unit).map(|(_, price)| *price);
        let (mut amount, mut unpriced) = (0.0, Vec::new());
        for (unit, count) in usage.counted() {
            match price(unit) {
                Some(price) => amount += thousands(count) * price,
                None => unpriced.push(unit),
            }
        }
        // A millionth is less than any price has, and more than binary fractions are off by.
        Cost { currency: self.currency.clone(), amount: (amount * 1e6).round() / 1e6, unpriced }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a run counts far fewer than 2^53")]
fn thousands(count: u64) -> f64 {
    count as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::sources::Sources;

    fn table(text: &str) -> (Option<Prices>, Vec<&'static str>) {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("prices.yaml", text);
        let prices = read(source, sources.text(source), &mut diagnostics);
        (prices, diagnostics.iter().map(|fault| fault.code.id()).collect())
    }

    #[test]
    fn what_has_a_price_is_reckoned_and_the_rest_is_named() {
        let (prices, faults) = table("currency: USD\nper_1000: {topic_policy_units: 0.15, word_policy_units: 0}\n");
        assert_eq!(faults, Vec::<&str>::new());
        let mut usage = Usage::default();
        usage.add(Unit::Topic, 2000);
        usage.add(Unit::Word, 2000);
        usage.add(Unit::Grounding, 1);
        usage.add(Unit::Content, 0);
        let cost = prices.unwrap().cost(&usage);
        assert_eq!(cost, Cost { currency: "USD".to_owned(), amount: 0.3, unpriced: vec![Unit::Grounding] });
    }

    #[test]
    fn a_table_at_fault_is_none() {
        for text in [
            "",
            "currency: usd\nper_1000: {}\n",
            "currency: USD\n",
            "currency: USD\nper_1000: {words: 1}\n",
            "currency: USD\nper_1000: {word_policy_units: -1}\n",
        ] {
            let (prices, faults) = table(text);
            assert!(prices.is_none() && !faults.is_empty(), "{text:?}: {prices:?}");
        }
    }
}
