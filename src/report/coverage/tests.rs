use super::*;
use crate::coverage::Way;

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
        (State::Protected, &["account"], "account"),
        (State::Unprotected, &[], "none"),
        (State::Unprotected, &["request"], "request only"),
        (State::Unavailable, &[], "–"),
        (State::Denied, &["organization"], "denied"),
    ] {
        assert_eq!(label(&cell(state, levels)), want);
    }
}

#[test]
fn what_a_share_is_of_can_be_called() {
    let totals = Totals { protected: 3, denied: 1, unavailable: 7, unprotected: 2, ..Totals::default() };
    assert_eq!(share(&totals), "3/6");
    assert_eq!(totals.uncovered(), 2);
    let words: Vec<String> = states(&totals).into_iter().map(|(_, words)| words).collect();
    assert_eq!(words, ["3 protected", "1 denied", "2 unprotected", "7 unavailable"]);
}

#[test]
fn every_way_around_has_a_meaning_of_its_own() {
    let meanings: std::collections::BTreeSet<&str> = Way::ALL.iter().map(|way| meaning(*way)).collect();
    assert_eq!(meanings.len(), Way::ALL.len());
}
