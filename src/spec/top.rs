//! The top level of a spec, its sections apart.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::codes;
use super::decode::{Decode, Either, Exact, List, Map, Reading, Shape, Text, literal};
use super::node::{Node, Written};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::Spanned;
use crate::model::{AccountId, Region, RoleNames, words};

/// The sections that hold entries by key, in the order of the documentation.
pub const SECTIONS: [&str; 8] = [
    "guardrails",
    "external_guardrails",
    "versions",
    "resource_policies",
    "org_policies",
    "account_enforcement",
    "iam_policies",
    "invocation_logging",
];

/// What may stand in one file of a spec only.
pub const SINGLE: [&str; 7] = ["format", "stack", "account_id", "organization", "regions", "scan", "ignore_tags"];

crate::text! { pub StackName: "a stack name", 1..=63, "[a-z0-9][a-z0-9-]*", "made of `a` to `z`, digits and `-`, and begins with no `-`" }
crate::text! { pub EntryKey: "a key", 1..=47, "[a-z0-9][a-z0-9-]*", "made of `a` to `z`, digits and `-`, and begins with no `-`" }
crate::text! { pub OrganizationId: "an organization id", 12..=34, "o-[a-z0-9]+", "written like `o-exampleorgid`" }
crate::text! { pub RoleName: "a role name", 1..=512, r"[\w+=,.@/-]+", "made of letters, digits and `+=,.@/_-`" }
crate::text! { pub ExternalId: "an external id", 2..=1224, r"[\w+=,.@:/-]+", "made of letters, digits and `+=,.@:/_-`" }
crate::text! { pub TagKey: "a tag key", 1..=128 }
crate::text! { pub TagValue: "a tag value", 0..=256 }
crate::text! { pub TagPattern: "a tag key or pattern", 1..=128 }

/// The version of the format: 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format;

impl Decode for Format {
    const SHAPE: Shape = Shape::Scalar;

    fn decode(node: &Node, cx: &mut Reading) -> Option<Self> {
        let (text, scalar) = literal(node, "the number of a format", cx)?;
        if text == "1" && scalar.written != Written::Quoted {
            return Some(Self);
        }
        let message = format!("format `{}` is not known", scalar.text.shown());
        cx.push(Diagnostic::at(node.span, codes::FORMAT, message).help("this version of bedrail reads `format: 1`"));
        None
    }
}

impl JsonSchema for Format {
    fn schema_name() -> Cow<'static, str> {
        "Format".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": 1 })
    }
}

words! {
    /// Where `scan` looks.
    ScanRegions { All = "all", Declared = "declared", }
}
words! {
    /// Whose accounts `scan` looks into.
    ScanAccounts { Declared = "declared", All = "all", }
}

crate::decodes_as_word! {
    ScanRegions: "a choice of Regions";
    ScanAccounts: "a choice of accounts";
}

crate::entry! {
    /// The organization whose accounts the spec reaches.
    pub struct Organization: "`organization`" {
        /// The organization's id. A caller in another organization is refused.
        optional id: Exact<OrganizationId>,
        /// The account that manages the organization: 12 digits in quotes.
        required management_account: AccountId,
        /// The role assumed in other accounts to apply. Default: `OrganizationAccountAccessRole`.
        optional member_role: Exact<RoleName>,
        /// The role assumed in other accounts to read. Default: `member_role`.
        optional member_read_role: Exact<RoleName>,
        /// The role assumed in the management account by callers outside of it. No default.
        optional management_role: Exact<RoleName>,
        /// The external id sent when a role is assumed.
        optional external_id: Text<ExternalId>,
    }
}

crate::entry! {
    /// Where to look for what is ours but no longer declared.
    pub struct Scan: "`scan`" {
        /// `all` (default): every Region of the partition; `declared`: those of the spec; or a list.
        optional regions: Either<ScanRegions, List<Region, 1>>,
        /// `declared` (default): the accounts of the spec; `all`: every account that can be entered.
        optional accounts: ScanAccounts,
    }
}

crate::entry! {
    /// A spec of bedrail, format 1.
    pub struct Top: "the spec" {
        /// The version of the format: 1.
        required format: Format,
        /// The name of the stack, which marks what is ours.
        required stack: Exact<StackName>,
        /// The one account that this spec is for: 12 digits in quotes. Not together with `organization`.
        optional account_id: AccountId,
        /// The organization. Leave it out for a single account.
        optional organization: Organization,
        /// The default Regions of every entry.
        required regions: List<Region, 1>,
        /// Where to look for what is ours but no longer declared.
        optional scan: Scan,
        /// Tags of every taggable resource.
        optional tags: Map<Exact<TagKey>, Text<TagValue>>,
        /// Live tag keys that are neither compared nor removed; `*` matches any characters. `aws:*` always is.
        optional ignore_tags: List<Exact<TagPattern>>,
    }
}

impl Top {
    /// How the accounts of the organization are entered.
    pub fn role_names(&self) -> RoleNames {
        let default = RoleNames::default();
        let Some(organization) = &self.organization else { return default };
        let name = |role: &Option<Spanned<Exact<RoleName>>>| role.as_ref().map(|role| role.as_str().to_owned());
        let member = name(&organization.member_role).unwrap_or(default.member);
        RoleNames {
            member_read: name(&organization.member_read_role).unwrap_or_else(|| member.clone()),
            member,
            management: name(&organization.management_role),
        }
    }
}
