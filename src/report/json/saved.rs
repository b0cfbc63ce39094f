//! Reading a saved plan, which may come from anywhere: a pipeline's artifact, a pull request, another release.

use serde::Deserialize;

use super::{FORMAT_VERSION, PlanFile};

/// Why a text is not a saved plan that this release carries out.
#[derive(Debug, thiserror::Error)]
pub enum NotSaved {
    /// It is longer than any plan.
    #[error("it is larger than {} MiB", PlanFile::MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// It is of another version of the form.
    #[error("its format_version is {0}, and this release reads {FORMAT_VERSION}")]
    OtherVersion(String),
    /// It is what `drift` reports.
    #[error("it is a report of drift")]
    Drift,
    /// It is no JSON, or not that of a plan.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// The one field that every version has.
#[derive(Deserialize)]
struct Head {
    format_version: String,
}

impl PlanFile {
    /// The largest file that is read, in bytes.
    pub const MAX_BYTES: usize = 32 * 1024 * 1024;

    /// The saved plan in these bytes. Nothing in it is believed but what a new plan says, too: see [`PlanFile::compare`].
    ///
    /// # Errors
    /// See [`NotSaved`].
    pub fn read(bytes: &[u8]) -> Result<Self, NotSaved> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(NotSaved::TooLarge);
        }
        // The version first: the fields of another one are not at fault.
        let Head { format_version } = serde_json::from_slice(bytes)?;
        if format_version != FORMAT_VERSION {
            return Err(NotSaved::OtherVersion(format_version));
        }
        let plan: Self = serde_json::from_slice(bytes)?;
        if plan.findings.is_some() { Err(NotSaved::Drift) } else { Ok(plan) }
    }
}
