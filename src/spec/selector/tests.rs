use super::*;
use crate::model::RoleNames;
use crate::model::{Account, Caller, OrganizationalUnit, Partition};

fn account(id: &str, name: &str) -> Account {
    Account {
        id: id.parse().expect("an id"),
        name: name.to_owned(),
        active: true,
        ancestors: vec!["r-ab12".to_owned()],
    }
}

fn facts() -> Facts {
    let unit = OrganizationalUnit {
        id: "ou-ab12-cdef3456".to_owned(),
        path: "Workloads/Prod".to_owned(),
        ancestors: vec!["r-ab12".to_owned(), "ou-ab12-cdef3456".to_owned()],
    };
    let management: AccountId = "111122223333".parse().expect("an id");
    Facts {
        caller: Caller { account: management.clone(), arn: String::new(), partition: Partition::new("aws") },
        organization: Some(Organization {
            id: "o-exampleorgid".to_owned(),
            management_account: management,
            root: "r-ab12".to_owned(),
            policy_types: Vec::new(),
            all_features: Some(true),
            delegation: Ok(None),
            accounts: vec![
                account("111122223333", "main"),
                account("222233334444", "twin"),
                account("333344445555", "twin"),
            ],
            units: vec![unit],
        }),
        bedrock_regions: Vec::new(),
        roles: RoleNames::default(),
    }
}

#[test]
fn every_form_reads_back_as_it_was_written() {
    for text in [
        "root",
        "management",
        "self",
        "all",
        "r-ab12",
        "ou-ab12-cdef3456",
        "ou:Workloads/Prod",
        "ou:My Unit",
        "account:a b",
        "111122223333",
    ] {
        assert_eq!(Selector::parse(text).map(|selector| selector.to_string()).as_deref(), Ok(text));
    }
}

#[test]
fn what_selects_nothing_is_told_what_it_may_mean() {
    for (text, message, help) in [
        ("Root", "`Root` selects nothing", "write `root`: the words of selectors are in lower case"),
        ("OU:Dev", "`OU:Dev` selects nothing", "write `ou:Dev`: the words of selectors are in lower case"),
        ("ou/Dev", "`ou/Dev` selects nothing", "for an OU write `ou:Dev`"),
        ("rot", "`rot` selects nothing", "did you mean `root`?"),
        ("Workloads/Prod", "`Workloads/Prod` selects nothing", "for an OU write `ou:Workloads/Prod`"),
        ("ou:", "`ou:` names no OU", "write the names from below the root: `ou:Workloads/Prod`"),
        (
            "ou:/A",
            "the OU path `/A` has an empty name in it",
            "write the names from below the root: `ou:Workloads/Prod`",
        ),
        ("ou-ab12", "`ou-ab12` is not the id of an OU", "such an id looks like `ou-ab12-cdef3456`"),
        ("r-1", "`r-1` is not the id of a root", "write `root`"),
        ("o-exampleorgid", "`o-exampleorgid` is an organization, not a node of it", "write `root`"),
        (
            "account:",
            "the name of an account has 1 to 50 characters, this has 0",
            "write `account:<name>`, or the id: 12 digits in quotes",
        ),
        ("1111", "`1111` is not an account id", "an account id has 12 digits"),
    ] {
        assert_eq!(Selector::parse(text), Err((message.to_owned(), Some(help.to_owned()))), "{text}");
    }
}

#[test]
fn selectors_find_what_they_name() {
    for (text, id) in [
        ("root", "r-ab12"),
        ("management", "111122223333"),
        ("ou:Workloads/Prod", "ou-ab12-cdef3456"),
        ("ou-ab12-ffffffff", "ou-ab12-ffffffff"),
        ("account:main", "111122223333"),
        ("222233334444", "222233334444"),
    ] {
        let selector = Selector::parse(text).expect("a selector");
        assert_eq!(selector.id(&facts()).as_deref(), Ok(id), "{text}");
    }
}

#[test]
fn what_is_not_found_comes_with_candidates() {
    for (text, code, message, help) in [
        (
            "ou:Workloads/Prd",
            "E0703",
            "the organization has no OU `Workloads/Prd`",
            "did you mean `Workloads/Prod`? known here: `Workloads/Prod`",
        ),
        (
            "account:mian",
            "E0703",
            "the organization has no account `mian`",
            "did you mean `main`? known here: `main`, `twin`, `twin`",
        ),
        ("account:twin", "E0704", "2 accounts are named `twin`", "write the id: \"222233334444\" or \"333344445555\""),
        ("222233334445", "E0703", "the organization has no account 222233334445", "did you mean \"222233334444\"?"),
        ("r-zz99", "E0703", "r-zz99 is not the root of the organization", "its root is r-ab12; `root` says the same"),
    ] {
        let found = Selector::parse(text).expect("a selector").id(&facts()).expect_err("not there");
        assert_eq!(
            (found.code.id(), found.message.as_str(), found.help.as_deref()),
            (code, message, Some(help)),
            "{text}"
        );
    }
}
