//! What is declared, one resource after another.

use crate::report::show::{Presence, Resource};
use crate::report::wrap::{indented, wrap};
use crate::report::{Look, Tone, clean};

/// The declared resources with their ids.
pub fn show(resources: &[Resource], look: Look<'_>) -> String {
    let mut out = String::new();
    for resource in resources {
        let Resource { address, entry, state, id, version, digest, users } = resource;
        let address = clean::line(address);
        let entry = look.style.paint(Tone::Quiet, format!("({})", clean::line(entry)));
        push!(out, "{}  {entry}\n", look.style.paint(Tone::Strong, address));
        let state = match state {
            Presence::Exists => None,
            Presence::Missing => Some("does not exist yet".to_owned()),
            Presence::NotSeen => Some("could not be read".to_owned()),
        };
        let digest = digest.as_deref().map(|digest| digest.chars().take("sha256:".len() + 12).collect());
        let rows = [("state", state), ("id", id.clone()), ("version", version.clone()), ("content", digest)];
        for (label, value) in rows {
            if let Some(value) = value {
                out += &row(label, &clean::line(&value), look);
            }
        }
        if !users.is_empty() {
            out += &row("users", &users.iter().map(|user| clean::line(user)).collect::<Vec<_>>().join(", "), look);
        }
    }
    if out.is_empty() {
        out = indented("The spec declares nothing.", 0, look.width);
    }
    out
}

fn row(label: &str, value: &str, look: Look<'_>) -> String {
    let lines = wrap(value, look.width.saturating_sub(13)).join("\n             ");
    format!("    {}  {lines}\n", look.style.paint(Tone::Quiet, format!("{label:<7}")))
}
