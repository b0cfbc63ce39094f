//! What is declared, one resource after another.

use jiff::Timestamp;

use crate::report::show::{Presence, Resource};
use crate::report::wrap::{indented, wrap};
use crate::report::{Look, Tone, clean};

/// The declared resources with their ids. `now` is the second since 1970 from which ages are counted.
pub fn show(resources: &[Resource], now: i64, look: Look<'_>) -> String {
    let mut out = String::new();
    for resource in resources {
        let Resource { address, entry, state, id, version, digest, changed_at, users } = resource;
        let address = clean::line(address);
        let entry = look.style.paint(Tone::Quiet, format!("({})", clean::line(entry)));
        push!(out, "{}  {entry}\n", look.style.paint(Tone::Strong, address));
        let state = match state {
            Presence::Exists => None,
            Presence::Missing => Some("does not exist yet".to_owned()),
            Presence::NotSeen => Some("could not be read".to_owned()),
        };
        let digest = digest.as_deref().map(|digest| digest.chars().take("sha256:".len() + 12).collect());
        let age = changed_at.as_deref().map(|at| age(at, now));
        let rows =
            [("state", state), ("id", id.clone()), ("version", version.clone()), ("content", digest), ("age", age)];
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

/// How long ago that was, in the largest unit that fits, and when it was.
fn age(changed_at: &str, now: i64) -> String {
    let Ok(then) = changed_at.parse::<Timestamp>() else { return changed_at.to_owned() };
    let seconds = now.saturating_sub(then.as_second()).max(0);
    let units = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)];
    let (unit, length) = units.into_iter().find(|(_, length)| seconds >= *length).unwrap_or(("second", 1));
    let count = seconds / length;
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}, changed {changed_at}")
}

fn row(label: &str, value: &str, look: Look<'_>) -> String {
    let lines = wrap(value, look.width.saturating_sub(13)).join("\n             ");
    format!("    {}  {lines}\n", look.style.paint(Tone::Quiet, format!("{label:<7}")))
}

#[cfg(test)]
mod tests {
    use super::age;

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        let then = "2026-11-21T09:00:00Z";
        let at = 1_795_251_600;
        for (later, words) in
            [(0, "0 seconds"), (1, "1 second"), (119, "1 minute"), (7200, "2 hours"), (259_200, "3 days")]
        {
            assert_eq!(age(then, at + later), format!("{words}, changed {then}"));
        }
        assert_eq!(age("yesterday", at), "yesterday");
    }
}
