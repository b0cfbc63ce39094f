//! The Regions of each partition: which have Bedrock, which an account has to opt in to, and where Organizations lives.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::config::Partition;

#[derive(Debug, Deserialize)]
struct Table {
    partitions: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    id: Partition,
    /// The Region that Organizations requests are signed for.
    organizations: String,
    /// The Region that IAM requests are signed for.
    iam: String,
    regions: Vec<Region>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Region {
    name: String,
    pub(crate) bedrock: bool,
    pub(crate) opt_in: bool,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/regions.json"))
        .expect("the built-in table is valid, which a test proves")
});

fn row(partition: Partition) -> &'static Row {
    TABLE
        .partitions
        .iter()
        .find(|row| row.id == partition)
        .expect("the built-in table has every partition, which a test proves")
}

/// The Region, if the partition has it.
pub(crate) fn find(partition: Partition, name: &str) -> Option<&'static Region> {
    row(partition).regions.iter().find(|region| region.name == name)
}

/// Whether the partition has Bedrock at all.
pub(crate) fn any_bedrock(partition: Partition) -> bool {
    row(partition).regions.iter().any(|region| region.bedrock)
}

/// Where the partition's Organizations lives.
pub(crate) fn organizations_home(partition: Partition) -> &'static str {
    &row(partition).organizations
}

/// Where the partition's IAM lives.
pub(crate) fn iam_home(partition: Partition) -> &'static str {
    &row(partition).iam
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_has_its_home_among_its_regions() {
        for partition in [Partition::Aws, Partition::UsGov, Partition::Eusc, Partition::China] {
            for home in [organizations_home(partition), iam_home(partition)] {
                assert!(!find(partition, home).expect("home is a Region").opt_in);
            }
        }
    }

    #[test]
    fn bedrock_and_opt_in_are_as_published() {
        let region = |name| find(Partition::Aws, name).expect("a Region");
        assert!(region("us-west-1").bedrock && !region("us-west-1").opt_in);
        assert!(region("eu-south-2").bedrock && region("eu-south-2").opt_in);
        assert!(!region("ap-east-1").bedrock);
        assert!(find(Partition::Aws, "us-gov-west-1").is_none());
        assert!(find(Partition::China, "cn-north-1").is_some_and(|region| !region.bedrock));
    }
}
