//! State of Terraform (format 4), and what `terraform show -json` prints of a state or a plan.
//!
//! The attributes are those of the providers `aws` (resources `bedrock_*` and `organizations_policy*`) and `awscc`.

use std::collections::{BTreeMap, BTreeSet};

use super::blocks::Block;
use super::documents::document;
use super::enforced::settings;
use super::{Found, guardrail, other};
use crate::import::notes::Note;
use crate::import::stock::{Enforcement, Guardrail, Logging, Place, Policy, Release, Version};
use crate::kinds::invocation_logging::{CloudWatch, DataKind, Model as LoggingModel, S3};
use crate::kinds::org_policy_type::PolicyType;
use crate::kinds::{org_policy, resource_policy};
use crate::model::diagnostic::Diagnostic;
use crate::model::{AccountId, Document, Region};
use crate::spec::node::Node;

/// One instance of a resource.
struct Resource<'n> {
    address: String,
    kind: &'n str,
    values: &'n Node,
}

/// Every resource of the file that a spec can declare.
pub(super) fn read(root: &Node) -> Result<Found, Box<Diagnostic>> {
    let mut resources = Vec::new();
    if let Some(listed) = root.get("resources").and_then(Node::items) {
        for resource in listed {
            of_state(resource, &mut resources);
        }
    } else if let Some(module) = ["values", "planned_values"].iter().find_map(|key| root.get(key)?.get("root_module")) {
        of_module(module, &mut resources);
    } else {
        let help = "give it the state (`terraform state pull`), or of a state or plan file what `terraform show -json FILE` prints";
        return Err(other(root, "this is neither a state of Terraform nor what `terraform show -json` prints", help));
    }
    let mut pass = Pass::default();
    for resource in &resources {
        pass.resource(resource);
    }
    Ok(pass.finish())
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key)?.literal().filter(|text| !text.is_empty())
}

fn of_state<'n>(resource: &'n Node, found: &mut Vec<Resource<'n>>) {
    let (Some(kind), Some(name)) = (text(resource, "type"), text(resource, "name")) else { return };
    if text(resource, "mode") != Some("managed") {
        return;
    }
    let module = text(resource, "module").map(|module| format!("{module}.")).unwrap_or_default();
    for instance in resource.get("instances").and_then(Node::items).unwrap_or_default() {
        let index = instance.get("index_key").and_then(|key| {
            let text = key.literal()?;
            Some(if text.bytes().all(|b| b.is_ascii_digit()) { format!("[{text}]") } else { format!("[\"{text}\"]") })
        });
        let Some(values) = instance.get("attributes") else { continue };
        let address = format!("{module}{kind}.{name}{}", index.unwrap_or_default());
        found.push(Resource { address, kind, values });
    }
}

fn of_module<'n>(module: &'n Node, found: &mut Vec<Resource<'n>>) {
    for resource in module.get("resources").and_then(Node::items).unwrap_or_default() {
        let (Some(kind), Some(address)) = (text(resource, "type"), text(resource, "address")) else { continue };
        if text(resource, "mode") == Some("managed")
            && let Some(values) = resource.get("values")
        {
            found.push(Resource { address: address.to_owned(), kind, values });
        }
    }
    module
        .get("child_modules")
        .and_then(Node::items)
        .unwrap_or_default()
        .iter()
        .for_each(|child| of_module(child, found));
}

#[derive(Default)]
struct Pass {
    found: Found,
    versions: BTreeMap<String, Vec<Version>>,
    shared: BTreeMap<String, Document>,
    targets: BTreeMap<String, Vec<String>>,
    accounts: BTreeSet<AccountId>,
}

impl Pass {
    fn resource(&mut self, resource: &Resource<'_>) {
        match resource.kind {
            "aws_bedrock_guardrail" | "awscc_bedrock_guardrail" => self.guardrail(resource),
            "aws_bedrock_guardrail_version" | "awscc_bedrock_guardrail_version" => self.version(resource),
            "aws_bedrock_guardrail_resource_policy" => self.share(resource, "policy"),
            "awscc_bedrock_resource_policy" => self.share(resource, "policy_document"),
            "aws_bedrock_enforced_guardrail_configuration" | "awscc_bedrock_enforced_guardrail_configuration" => {
                self.enforcement(resource);
            }
            "aws_bedrock_model_invocation_logging_configuration" => self.logging(resource),
            "aws_organizations_policy" | "awscc_organizations_policy" => self.policy(resource),
            "aws_organizations_policy_attachment" => {
                let of = |key| text(resource.values, key).map(str::to_owned);
                if let (Some(policy), Some(target)) = (of("policy_id"), of("target_id")) {
                    self.targets.entry(policy).or_default().push(target);
                }
            }
            kind if kind.contains("bedrock") => {
                self.aside(resource, "is nothing that a spec declares, and not carried over");
            }
            _ => {}
        }
    }

    fn aside(&mut self, resource: &Resource<'_>, what: impl Into<String>) {
        self.found.stock.notes.push(Note::aside(resource.address.as_str(), what));
    }

    fn lost(&mut self, resource: &Resource<'_>, what: impl Into<String>) {
        self.found.stock.notes.push(Note::lost(resource.address.as_str(), what));
    }

    /// Where a resource is, told by its own Region, or by an ARN.
    fn place(&mut self, resource: &Resource<'_>, arn: &str) -> Place {
        let mut place = Place::of_arn(arn);
        place.region = text(resource.values, "region").map(Region::new).or(place.region);
        self.accounts.extend(place.account.clone());
        place
    }

    fn guardrail(&mut self, resource: &Resource<'_>) {
        let values = resource.values;
        let Some(mut model) = guardrail::model(values, &resource.address, &mut self.found.stock.notes) else { return };
        // What the provider adds is on the guardrail like any other tag.
        let mut unheard = Vec::new();
        if let Some(all) = values.get("tags_all").and_then(Node::entries) {
            let tag =
                |entry: &crate::spec::node::Entry| Some((entry.key.value.clone(), entry.value.literal()?.to_owned()));
            model.tags = all.iter().filter_map(tag).collect();
        } else {
            model.tags = guardrail::tags(&mut Block::new(values, "", &mut unheard));
        }
        let arn = text(values, "guardrail_arn").unwrap_or_default();
        let place = self.place(resource, arn);
        let id = if arn.is_empty() { resource.address.clone() } else { arn.to_owned() };
        let said = format!("{}{}", resource.address, if arn.is_empty() { String::new() } else { format!(": {arn}") });
        self.found.stock.guardrails.push(Guardrail {
            place,
            id,
            said,
            key: None,
            model,
            versions: Vec::new(),
            policy: None,
        });
    }

    fn version(&mut self, resource: &Resource<'_>) {
        let values = resource.values;
        let guardrail = text(values, "guardrail_arn").or_else(|| text(values, "guardrail_identifier"));
        let (Some(guardrail), Some(number)) = (guardrail, text(values, "version")) else {
            return self.lost(resource, "not carried over: it has no number yet, or names no guardrail");
        };
        let Ok(release) = number.parse().map(Release::Numbered) else {
            return self.lost(resource, format!("not carried over: `{number}` is no number"));
        };
        let description = text(values, "description").map(str::to_owned);
        let description = Some(description.unwrap_or_else(|| resource.address.clone()));
        let version = Version { id: format!("{guardrail}:{number}"), release, content: None, description };
        self.versions.entry(guardrail.to_owned()).or_default().push(version);
    }

    fn share(&mut self, resource: &Resource<'_>, member: &str) {
        let arn = text(resource.values, "resource_arn");
        let document = resource.values.get(member).and_then(document);
        match (arn, document) {
            (Some(arn), Some(document)) if arn.contains(":guardrail/") => {
                self.shared.insert(arn.to_owned(), resource_policy::document::normal(document));
            }
            (Some(arn), Some(_)) => {
                self.aside(resource, format!("the policy of {arn} follows from `resource_policies`"));
            }
            _ => self.lost(resource, "not carried over: its resource or its document is not known"),
        }
    }

    fn enforcement(&mut self, resource: &Resource<'_>) {
        let values = resource.values;
        let arn = text(values, "guardrail_arn").or_else(|| text(values, "guardrail_identifier"));
        let (Some(arn), Some(number)) = (arn, text(values, "guardrail_version")) else {
            return self.lost(resource, "not carried over: its guardrail or version is not known");
        };
        let place = self.place(resource, arn);
        let mut notes = std::mem::take(&mut self.found.stock.notes);
        let mut block = Block::new(values, resource.address.as_str(), &mut notes);
        if let Some((guarding, models)) = settings(&mut block) {
            let (version, said) = (format!("{arn}:{number}"), resource.address.clone());
            self.found.stock.enforcements.push(Enforcement { place, said, version, guarding, models });
        }
        self.found.stock.notes = notes;
    }

    fn logging(&mut self, resource: &Resource<'_>) {
        // Its id is its Region.
        let region = text(resource.values, "region").or_else(|| text(resource.values, "id")).map(Region::new);
        let mut notes = std::mem::take(&mut self.found.stock.notes);
        let mut block = Block::new(resource.values, resource.address.as_str(), &mut notes);
        let model = block.inside("logging").map(logging);
        self.found.stock.notes = notes;
        let Some(model) = model else { return };
        let place = Place { account: None, region };
        self.found.stock.logging.push(Logging { place, said: resource.address.clone(), model });
    }

    fn policy(&mut self, resource: &Resource<'_>) {
        let values = resource.values;
        let Some(policy_type) = text(values, "type").and_then(PolicyType::from_word) else { return };
        let (Some(name), Some(content)) = (text(values, "name"), values.get("content").and_then(document)) else {
            return self.lost(resource, "not carried over: its name or its content is not known");
        };
        let arn = text(values, "arn").unwrap_or_default();
        // arn:<partition>:organizations::<management account>:policy/<organization>/<type>/<policy>
        if let (Some(account), Some(id)) = (Place::of_arn(arn).account, arn.split('/').nth(1)) {
            self.found.organization = Some((id.to_owned(), account));
        }
        let mut unheard = Vec::new();
        let tags = guardrail::tags(&mut Block::new(values, "", &mut unheard));
        let model = org_policy::Model {
            policy_type,
            name: name.to_owned(),
            description: text(values, "description").unwrap_or_default().to_owned(),
            document: org_policy::normal(policy_type, content),
            tags,
            needs: Vec::new(),
        };
        if !policy_type.merges() && !org_policy::written::is_about_bedrock(&model) {
            return self.aside(resource, "is not about Bedrock alone, and left where it is");
        }
        let id = text(values, "id").unwrap_or(resource.address.as_str()).to_owned();
        let own = values.get("target_ids").and_then(Node::items).unwrap_or_default();
        let targets = own.iter().filter_map(Node::literal).map(str::to_owned).collect();
        let said = resource.address.clone();
        self.found.stock.policies.push(Policy { id, said, key: None, model, targets });
    }

    fn finish(self) -> Found {
        let Self { mut found, mut versions, mut shared, mut targets, accounts } = self;
        for guardrail in &mut found.stock.guardrails {
            let bare = guardrail.id.rsplit('/').next().unwrap_or_default().to_owned();
            for id in [guardrail.id.clone(), bare] {
                let own = versions.remove(&id).unwrap_or_default();
                guardrail.versions.extend(own.into_iter().map(|version| {
                    let number = version.id.rsplit(':').next().unwrap_or_default().to_owned();
                    Version { id: format!("{}:{number}", guardrail.id), ..version }
                }));
            }
            guardrail.versions.sort_by_key(|version| version.id.rsplit(':').next().and_then(|n| n.parse::<u64>().ok()));
            guardrail.policy = shared.remove(&guardrail.id);
        }
        let ids = versions.into_values().flatten().map(|version| (version.id, "its guardrail is not in the file"));
        let left =
            ids.chain(shared.into_keys().map(|arn| (arn, "its guardrail, whose policy this is, is not in the file")));
        let left: Vec<Note> = left.map(|(id, why)| Note::lost(id, format!("not carried over: {why}"))).collect();
        found.stock.notes.extend(left);
        for policy in &mut found.stock.policies {
            policy.targets.extend(targets.remove(&policy.id).unwrap_or_default());
            policy.targets.sort();
            policy.targets.dedup();
        }
        if found.stock.enforcements.len() + found.stock.guardrails.len() > 0 && accounts.len() == 1 {
            found.account = accounts.into_iter().next();
        }
        found
    }
}

fn logging(mut block: Block<'_, '_>) -> LoggingModel {
    let s3 = block.inside("s3").and_then(bucket);
    let cloud_watch = block.inside("cloudWatch").and_then(|mut log| {
        let large_data_delivery_s3 = log.inside("largeDataDeliveryS3").and_then(bucket);
        let (log_group, role_arn) = (log.required("logGroupName"), log.required("roleArn"));
        Some(CloudWatch { log_group: log_group?, role_arn: role_arn?, large_data_delivery_s3 })
    });
    // Of what it does not know yet, a provider keeps nothing in the state, and sends nothing.
    let mut on = |name: &str| block.get(name).is_some() && block.enabled(name);
    let data = [
        (DataKind::Text, on("textDataDeliveryEnabled")),
        (DataKind::Image, on("imageDataDeliveryEnabled")),
        (DataKind::Embedding, on("embeddingDataDeliveryEnabled")),
        (DataKind::Video, on("videoDataDeliveryEnabled")),
        (DataKind::Audio, on("audioDataDeliveryEnabled")),
    ];
    let data = data.into_iter().filter(|(_, on)| *on).map(|(kind, _)| kind).collect();
    LoggingModel { cloud_watch, s3, data }
}

fn bucket(mut block: Block<'_, '_>) -> Option<S3> {
    Some(S3 { bucket: block.required("bucketName")?, key_prefix: block.text("keyPrefix") })
}
