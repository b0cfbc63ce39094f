//! Files of others with what cannot be carried over: next to each stands what is told of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use bedrail::import::source::{Format, Given, read};
use bedrail::import::{Home, Weight, import};
use bedrail::model::diagnostic::Diagnostics;
use bedrail::model::{Organization, Region};
use bedrail::spec::sources::Sources;

use super::assert_formatted;
use crate::source;

const FOLDER: &str = "tests/cases/import/told";

/// What a user is told of a file, and then the spec.
fn told(format: Format, file: &str) -> String {
    let text = source::text(file);
    let stem = file.rsplit_once('.').expect("an ending").0;
    let given = fs::read_to_string(source::root().join(format!("{stem}.given"))).unwrap_or_default();
    let mut parameters: BTreeMap<String, String> =
        given.lines().filter_map(|line| line.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let regions = parameters.remove("--regions").unwrap_or_default();
    let regions: BTreeSet<Region> = regions.split_terminator(',').map(Region::new).collect();
    let given = Given { parameters, regions };
    let mut faults = Diagnostics::new();
    let mut out = String::new();
    let Some(found) = read(format, (file, &text), &given, &mut Sources::new(), &mut faults) else {
        for fault in &faults {
            writeln!(out, "{}: {}", fault.code.id(), fault.message).expect("a string");
            if let Some(help) = &fault.help {
                writeln!(out, "  help: {help}").expect("a string");
            }
        }
        return out;
    };
    let home = Home {
        stack: "imported".to_owned(),
        said: "Converted.".to_owned(),
        account: found.account,
        organization: found.organization.map(|(id, account)| Organization::known(id, account)),
        regions: [Region::new("us-east-1")].into(),
        remarks: found.remarks,
        ..Home::default()
    };
    let imported = import(found.stock, &home, None);
    assert_formatted(&imported.text);
    for remark in &home.remarks {
        writeln!(out, "remark: {remark}").expect("a string");
    }
    for note in &imported.notes {
        let weight = match note.weight {
            Weight::Weaker => "weaker",
            Weight::Lost => "lost",
            Weight::Aside => "aside",
        };
        let shown = note.to_string().replace(|c: char| c.is_control(), "?");
        writeln!(out, "{weight}: {shown}").expect("a string");
    }
    // The comment at the head says the same.
    let spec = imported.text.split("\n\n").skip_while(|part| part.starts_with('#') && !part.contains("\nformat: 1"));
    write!(out, "---\n{}", spec.collect::<Vec<_>>().join("\n\n")).expect("a string");
    out
}

#[test]
fn what_is_not_carried_over_is_told() {
    let mut faults = Vec::new();
    let mut count = 0;
    for (format, folder) in
        [(Format::Api, "api"), (Format::CloudFormation, "cloudformation"), (Format::Terraform, "terraform")]
    {
        let files = source::files(&format!("{FOLDER}/{folder}"), "");
        for file in files.iter().filter(|file| ![".told", ".given"].iter().any(|ending| file.ends_with(ending))) {
            count += 1;
            let expected = format!("{}.told", file.rsplit_once('.').expect("an ending").0);
            let told = told(format, file);
            if source::bless() {
                fs::write(source::root().join(&expected), &told).expect("it can be written");
            } else if fs::read_to_string(source::root().join(&expected)).unwrap_or_default() != told {
                faults.push(format!("{expected} is not:\n{told}"));
            }
        }
    }
    assert!(count >= 18, "{count} files");
    assert!(faults.is_empty(), "{}; if it is right, write it with BEDRAIL_BLESS=1", faults.join("\n"));
}
