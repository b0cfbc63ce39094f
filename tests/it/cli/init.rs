//! Where `bedrail init` does not write.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;

use super::{Desk, SPEC};

#[test]
fn nothing_is_written_through_a_link_to_nothing() {
    for (link, whole) in [("bedrail.yaml", false), (".github", false), ("baseline.test.yaml", false), ("", true)] {
        let desk = Desk::new("");
        let here = desk.path("here");
        let at = if whole { here.clone() } else { here.join(link) };
        if !whole {
            fs::create_dir(&here).expect("a folder");
        }
        symlink(desk.path("elsewhere"), &at).expect("a link");
        for arguments in [&["init", "here"][..], &["init", "--from-org", "--sandbox", "here"]] {
            let ran = desk.run(arguments);
            assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{link} {ran:?}");
            assert!(
                ran.stderr.contains("is a link to what does not exist") && ran.stderr.contains("take the link away"),
                "{ran:?}"
            );
        }
        assert!(!desk.path("elsewhere").exists() && !desk.path(".bedrail").exists(), "{link}");
        assert!(whole || fs::read_dir(&here).expect("a folder").count() == 1, "{link}: nothing beside it");
    }
    // A link to a file is kept like one.
    let desk = Desk::new(SPEC);
    fs::create_dir(desk.path("here")).expect("a folder");
    symlink(desk.path("bedrail.yaml"), desk.path("here/bedrail.yaml")).expect("a link");
    let ran = desk.run(&["init", "--ci", "none", "here"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "kept here/bedrail.yaml\n"), "{ran:?}");
    assert_eq!(desk.read("bedrail.yaml"), SPEC);
}
