//! The page that documents the codes.

use crate::model::diagnostic::Code;
use crate::spec::codes::LISTS;

/// Every code with its meaning, in Markdown.
pub fn page() -> String {
    let mut all: Vec<Code> = LISTS.concat();
    all.sort();
    let mut page = String::from(
        "# Codes of diagnostics\n\nErrors begin with `E`, warnings with `W`, preconditions of a plan with `P`. A code keeps its meaning for good.\n\n\
         | code | meaning |\n|---|---|\n",
    );
    for code in all {
        page.extend(["| ", code.id(), " | ", code.meaning(), " |\n"]);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_documented() {
        let written = include_str!("../../docs/codes.md");
        let page = page();
        let lines = written.lines().zip(page.lines()).find(|(written, page)| written != page);
        let advice = "run `cargo test -p bedrail --lib write_codes -- --ignored` to write the page anew";
        assert!(written == page, "{advice}: {lines:?}");
    }

    #[test]
    #[ignore = "writes docs/codes.md"]
    fn write_codes() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/codes.md"), page()).unwrap();
    }
}
