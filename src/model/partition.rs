//! What differs between partitions (botocore endpoint rules and partitions; AWS General Reference, "Amazon Bedrock endpoints
//! and quotas").

use super::{Partition, Region};

struct Row {
    partition: &'static str,
    /// Where Organizations answers and signs.
    organizations: &'static str,
    /// Where Bedrock answers.
    bedrock: &'static [&'static str],
}

/// A partition that is not here is treated as `aws`; its endpoints then fail with their own words.
const PARTITIONS: &[Row] = &[
    Row {
        partition: "aws",
        organizations: "us-east-1",
        bedrock: &[
            "af-south-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "mx-central-1",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    },
    Row { partition: "aws-us-gov", organizations: "us-gov-west-1", bedrock: &["us-gov-east-1", "us-gov-west-1"] },
    Row { partition: "aws-cn", organizations: "cn-northwest-1", bedrock: &[] },
    Row { partition: "aws-eusc", organizations: "eusc-de-east-1", bedrock: &["eusc-de-east-1"] },
];

fn row(partition: &Partition) -> &'static Row {
    PARTITIONS.iter().find(|row| row.partition == partition.as_str()).unwrap_or(&PARTITIONS[0])
}

/// The only Region in which Organizations of this partition answers.
pub fn organizations_region(partition: &Partition) -> Region {
    Region::new(row(partition).organizations)
}

/// The Regions of this partition that have Bedrock, sorted.
pub fn bedrock_regions(partition: &Partition) -> Vec<Region> {
    row(partition).bedrock.iter().copied().map(Region::new).collect()
}

/// The Regions of every partition that have Bedrock.
pub fn known_regions() -> impl Iterator<Item = &'static str> + Clone {
    PARTITIONS.iter().flat_map(|row| row.bedrock).copied()
}

impl Partition {
    /// The partition of a Region, told by how its code begins.
    pub fn of(region: &Region) -> Self {
        let prefixes = [("us-gov-", "aws-us-gov"), ("cn-", "aws-cn"), ("eusc-", "aws-eusc")];
        let found = prefixes.into_iter().find(|(prefix, _)| region.as_str().starts_with(prefix));
        Self::new(found.map_or("aws", |(_, partition)| partition))
    }
}
