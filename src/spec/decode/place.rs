//! Accounts and Regions.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Decode, Key, KeyNames, Reading, Shape, literal};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::model::{AccountId, Region};
use crate::spec::codes;
use crate::spec::node::{Core, Node, Written};

const ACCOUNT: &str = "a quoted account id of 12 digits";

impl Decode for AccountId {
    const SHAPE: Shape = Shape::Scalar;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        let (text, scalar) = literal(node, ACCOUNT, cx)?;
        if scalar.written == Written::Plain && matches!(Core::of(text), Core::Int | Core::Float) {
            cx.push(unquoted_account(node.span, text));
            return None;
        }
        let parsed = text.parse().ok();
        if parsed.is_none() {
            let message = format!("`{}` is not an account id", scalar.text.shown());
            cx.push(Diagnostic::at(node.span, codes::BAD_ACCOUNT_ID, message).help("an account id has 12 digits"));
        }
        parsed
    }
}

/// The fault of digits without quotes where an account id is expected.
pub fn unquoted_account(span: Span, text: &str) -> Diagnostic {
    let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let help = if digits {
        format!("write \"{text}\": without quotes YAML may read it as a number and drop a leading zero")
    } else {
        "write the 12 digits in quotes".to_owned()
    };
    Diagnostic::at(span, codes::UNQUOTED_ACCOUNT_ID, "an account id needs quotes").help(help)
}

impl JsonSchema for AccountId {
    fn schema_name() -> Cow<'static, str> {
        "AccountId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "An account id: 12 digits in quotes.",
            "pattern": r"^([0-9]{12}|.*\$\{.*)$",
        })
    }
}

const REGION: &str = "a Region";
const REGION_FORM: &str = "[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}";

fn region(text: &str, shown: &str, span: Span, cx: &mut Reading) -> Option<Region> {
    static FORM: std::sync::LazyLock<Option<regex_lite::Regex>> =
        std::sync::LazyLock::new(|| regex_lite::Regex::new(&format!("^(?:{REGION_FORM})$")).ok());
    if FORM.as_ref().is_some_and(|form| form.is_match(text)) {
        return Some(Region::new(text));
    }
    let fault = Diagnostic::at(span, codes::FORM, format!("`{shown}` is not a Region"));
    let help = if text == "all" { "list the Regions" } else { "a Region looks like `eu-west-1`" };
    cx.push(fault.help(help));
    None
}

impl Decode for Region {
    const SHAPE: Shape = Shape::Scalar;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        let (text, scalar) = literal(node, REGION, cx)?;
        region(text, &scalar.text.shown(), node.span, cx)
    }
}

impl Key for Region {
    fn read(key: &Spanned<String>, cx: &mut Reading) -> Option<Self> {
        region(key, key, key.span, cx)
    }

    fn names() -> KeyNames {
        KeyNames::Pattern(format!("^(?:{REGION_FORM})$"))
    }
}

impl JsonSchema for Region {
    fn schema_name() -> Cow<'static, str> {
        "Region".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A Region such as `eu-west-1`.",
            "pattern": format!(r"^((?:{REGION_FORM})|.*\$\{{.*)$"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::span::SourceId;
    use crate::spec::yaml;

    fn read<T: Decode>(text: &str) -> Result<T, &'static str> {
        let mut cx = Reading::default();
        let node = yaml::parse(SourceId::new(0), text, &mut cx.diagnostics).expect("sound YAML");
        let value = T::decode(&node, &mut cx);
        value.ok_or_else(|| cx.diagnostics.iter().next().map_or("", |d| d.code.id()))
    }

    #[test]
    fn account_ids_are_quoted() {
        assert!(read::<AccountId>("\"012345678901\"").is_ok());
        for (text, code) in [
            ("012345678901", "E0206"),
            ("111122223333", "E0206"),
            ("1111", "E0206"),
            ("\"1111\"", "E0207"),
            ("abc", "E0207"),
            ("[a]", "E0203"),
            ("\"${account}\"", "E0307"),
        ] {
            assert_eq!(read::<AccountId>(text), Err(code), "{text}");
        }
    }

    #[test]
    fn regions_have_their_form() {
        for text in ["us-east-1", "eu-west-1", "us-gov-west-1", "eusc-de-east-1", "ap-southeast-2", "us-iso-east-1"] {
            assert!(read::<Region>(text).is_ok(), "{text}");
        }
        for text in ["all", "US-EAST-1", "us-east", "useast1", "us-east-1a", "us_east_1"] {
            assert_eq!(read::<Region>(text), Err("E0209"), "{text}");
        }
    }
}
