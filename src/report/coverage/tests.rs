use super::*;
use crate::coverage::Way;
use crate::report::json::coverage::Node;

/// A report of no account.
pub(super) fn nothing() -> Covered {
    Covered {
        format_version: "1".to_owned(),
        from: "live".to_owned(),
        regions: Vec::new(),
        nodes: Vec::new(),
        accounts: Vec::new(),
        cells: Vec::new(),
        unions: Vec::new(),
        have: Totals::default(),
        want: None,
        uncovered: 0,
        unseen: Vec::new(),
        held: Vec::new(),
    }
}

fn cell(state: State, levels: &[&str]) -> Cell {
    Cell {
        state,
        levels: levels.iter().map(|level| (*level).to_owned()).collect(),
        verdict: String::new(),
        guardrails: Vec::new(),
        not_in_effect: Vec::new(),
        demands: Vec::new(),
        unions: Vec::new(),
        uncovered: Vec::new(),
        findings: Vec::new(),
        unseen: Vec::new(),
        ways: Vec::new(),
    }
}

#[test]
fn a_cell_is_called_by_a_word_or_two() {
    for (state, levels, want) in [
        (State::Protected, &["organization", "account"][..], "org+account"),
        (State::Invalid, &[], "invalid"),
        (State::Protected, &["account"], "account"),
        (State::Unprotected, &[], "none"),
        (State::Unprotected, &["request"], "request only"),
        (State::Unavailable, &[], "–"),
        (State::Denied, &["organization"], "denied"),
    ] {
        assert_eq!(Versions::of(&nothing()).label(&cell(state, levels)), want);
    }
}

#[test]
fn what_a_share_is_of_can_be_called() {
    let totals = Totals { protected: 3, denied: 1, unavailable: 7, unprotected: 2, ..Totals::default() };
    assert_eq!(share(&totals), "3/5");
    assert_eq!(totals.uncovered(), 2);
    let words: Vec<String> = states(&totals).into_iter().map(|(_, words)| words).collect();
    assert_eq!(words, ["3 protected", "1 denied", "2 unprotected", "7 unavailable"]);
}

#[test]
fn every_way_around_has_a_meaning_of_its_own() {
    let meanings: std::collections::BTreeSet<&str> = Way::ALL.iter().map(|way| meaning(*way)).collect();
    assert_eq!(meanings.len(), Way::ALL.len());
}

#[test]
fn many_units_beside_each_other_are_a_short_table() {
    let row = |cell: usize| Row { cells: vec![cell], guardrails: BTreeMap::new() };
    let node = |at: usize| Node {
        id: format!("ou-{at}"),
        name: if at == 0 { "root".to_owned() } else { format!("unit-{at}") },
        parent: (at > 0).then_some(0),
        first: if at == 0 { 0 } else { 2 * (at - 1) },
        accounts: if at == 0 { 400 } else { 2 },
        have: Totals::default(),
        want: None,
    };
    let account = |at: usize| Account {
        id: format!("{at:012}"),
        name: None,
        node: 1 + at / 2,
        // One account of one unit is protected by nobody.
        have: row(if at == 300 { 2 } else { at % 2 }),
        want: None,
    };
    let states = [(State::Protected, &["account"][..]), (State::Denied, &[]), (State::Unprotected, &[])];
    let covered = Covered {
        regions: vec!["us-east-1".to_owned()],
        nodes: (0..=200).map(node).collect(),
        accounts: (0..400).map(account).collect(),
        cells: states.iter().map(|(state, levels)| cell(*state, levels)).collect(),
        ..nothing()
    };
    let table = table::Table::of(&covered);
    assert!(table.lines.len() <= MOST_LINES && table.folded, "{} lines", table.lines.len());
    assert!(table.lines.iter().any(|line| line.name == "unit-151"), "what is not covered is told by itself");
    let last = table.lines.last().expect("a line");
    assert!(last.name.contains("OUs more, of ") && last.depth == 1, "{}", last.name);
}
