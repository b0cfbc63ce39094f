//! What could not be read, as it is told of thousands of cells at once.

use bedrail::coverage::State;

use super::world::{Size, covered};

#[test]
fn what_could_not_be_read_is_told_once_and_not_where_it_changes_nothing() {
    let covered = covered(&Size { accounts: 36, units: 7, name: "first" }, false);
    let [one] = covered.unseen.as_slice() else { panic!("{:#?}", covered.unseen) };
    assert!(
        one.starts_with("what an account enforces on itself in several Regions: AccessDenied")
            && one.contains("2 accounts, "),
        "{one}"
    );
    let denied = |state: State, verdict: &str| state == State::Denied && verdict.starts_with("Denied: the policy");
    let mut all = covered.cells.iter().filter(|cell| denied(cell.state, &cell.verdict)).peekable();
    assert!(all.peek().is_some(), "calls are denied somewhere");
    assert!(all.all(|cell| cell.unseen.is_empty()), "where every call is denied, nothing else matters");
}
