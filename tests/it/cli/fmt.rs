//! `bedrail fmt`: what it writes, what it leaves, and how it ends.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use super::{Desk, Ran};

const MESSY: &str =
    "format:   1\r\nstack: acme   #the stack\r\nregions: [ us-east-1 ]\r\nx-a: &a   {b: 'c'}\r\nx-b: *a\r\n";
const NEAT: &str = "format: 1\nstack: acme # the stack\nregions: [us-east-1]\nx-a: &a {b: \"c\"}\nx-b: *a\n";

fn piped(desk: &Desk, arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = desk
        .command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    child.stdin.take().expect("an input").write_all(input).expect("a reader");
    child.wait_with_output().expect("an end").into()
}

#[test]
fn files_are_formatted_and_named() {
    let desk = Desk::new(MESSY);
    let ran = desk.run(&["fmt"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "bedrail.yaml\n", ""));
    assert_eq!(desk.read("bedrail.yaml"), NEAT);
    let ran = desk.run(&["fmt"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
    let left: Vec<_> = fs::read_dir(desk.path(".")).expect("a folder").collect();
    assert_eq!(left.len(), 1, "nothing is left behind: {left:?}");
}

#[test]
fn check_shows_and_changes_nothing() {
    let desk = Desk::new(MESSY);
    let ran = desk.run(&["fmt", "--check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (2, ""), "{ran:?}");
    for shown in
        ["  - format:   1␍\n", "  + format: 1\n", "  + stack: acme # the stack\n", "\nThe file would change.\n"]
    {
        assert!(ran.stdout.contains(shown), "{shown}: {}", ran.stdout);
    }
    assert_eq!(desk.read("bedrail.yaml"), MESSY);
    desk.write("bedrail.yaml", NEAT);
    let ran = desk.run(&["fmt", "--check"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "The file is formatted.\n"));
}

#[test]
fn folders_and_several_paths_are_taken_as_a_spec_is() {
    let desk = Desk::new(NEAT);
    fs::create_dir(desk.path("spec")).expect("a folder");
    for name in ["spec/a.yaml", "spec/b.yml", "spec/c.test.yaml", "spec/notes.txt", "suite.test.yaml"] {
        desk.write(name, "a:   1\n");
    }
    let ran = desk.run(&["fmt", "--check", "-f", "spec", "-f", "bedrail.yaml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.ends_with("\n2 of 3 files would change.\n"), "{}", ran.stdout);
    let ran = desk.run(&["fmt", "spec", "suite.test.yaml", "spec/a.yaml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "spec/a.yaml\nspec/b.yml\nsuite.test.yaml\n"));
    assert_eq!((desk.read("spec/a.yaml"), desk.read("spec/c.test.yaml")), ("a: 1\n".to_owned(), "a:   1\n".to_owned()));
}

#[test]
fn a_file_at_fault_keeps_all_as_they_are() {
    let desk = Desk::new(MESSY);
    desk.write("broken.yaml", "a: [\n");
    for arguments in
        [&["fmt", "bedrail.yaml", "broken.yaml"][..], &["fmt", "--check", "broken.yaml"], &["fmt", "none.yaml"]]
    {
        let ran = desk.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:?}");
        assert!(ran.stderr.contains("E0101") || ran.stderr.contains("E0001"), "{}", ran.stderr);
    }
    assert_eq!((desk.read("bedrail.yaml"), desk.read("broken.yaml")), (MESSY.to_owned(), "a: [\n".to_owned()));
}

#[test]
fn standard_input_goes_to_standard_output() {
    let desk = Desk::new(MESSY);
    for arguments in [&["fmt", "-"][..], &["fmt", "-f", "-"]] {
        let ran = piped(&desk, arguments, MESSY.as_bytes());
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, NEAT, ""));
    }
    assert_eq!(piped(&desk, &["fmt", "-", "--check"], MESSY.as_bytes()).code, 2);
    assert_eq!(piped(&desk, &["fmt", "-", "--check"], NEAT.as_bytes()).code, 0);
    let ran = piped(&desk, &["fmt", "-"], b"a: [");
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("<stdin>:1:"), "{}", ran.stderr);
    let ran = piped(&desk, &["fmt", "-"], b"a: \xff");
    assert!(ran.code == 1 && ran.stderr.contains("E0002"), "{ran:?}");
    assert_eq!(desk.run(&["fmt", "-", "bedrail.yaml"]).code, 64);
    assert_eq!(desk.run(&["fmt", "--format", "json"]).code, 64);
    assert_eq!(desk.read("bedrail.yaml"), MESSY);
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let desk = Desk::new(MESSY);
    let file = desk.path("bedrail.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("permissions");
    symlink(&file, desk.path("link.yaml")).expect("a link");
    assert_eq!(desk.run(&["fmt", "link.yaml"]).code, 0);
    assert!(fs::symlink_metadata(desk.path("link.yaml")).expect("a link").is_symlink());
    assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o640);
    assert_eq!(desk.read("bedrail.yaml"), NEAT);
    // What is read-only stays as it is, though its folder could be written to.
    desk.write("bedrail.yaml", MESSY);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).expect("permissions");
    let ran = desk.run(&["fmt"]);
    assert!(ran.code == 1 && ran.stderr.contains("cannot write bedrail.yaml"), "{ran:?}");
    assert_eq!(desk.read("bedrail.yaml"), MESSY);
}

#[test]
fn a_write_that_fails_names_what_has_been_rewritten() {
    let desk = Desk::new(MESSY);
    for name in ["a.yaml", "b.yaml", "c.yaml"] {
        desk.write(name, "a:   1\n");
    }
    let read_only = |is: bool| {
        let mut permissions = fs::metadata(desk.path("b.yaml")).expect("a file").permissions();
        permissions.set_readonly(is);
        fs::set_permissions(desk.path("b.yaml"), permissions).expect("permissions");
    };
    read_only(true);
    let ran = desk.run(&["fmt", "a.yaml", "b.yaml", "c.yaml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (5, "a.yaml\n"), "{ran:?}");
    assert!(ran.stderr.contains("a.yaml") && ran.stderr.contains("cannot write b.yaml"), "{ran:?}");
    assert!(!ran.stderr.contains("c.yaml"), "{ran:?}");
    let ran = desk.run(&["fmt", "b.yaml", "c.yaml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "nothing was changed: {ran:?}");
    read_only(false);
}

#[test]
fn what_a_spec_cannot_hold_is_not_formatted_either() {
    let desk = Desk::new(NEAT);
    for (text, code) in
        [("a: !Sub x\n", "E0103"), ("a: 1\n---\nb: 1\n", "E0104"), ("a: &a {b: 1}\nc: {<<: *a}\n", "E0105")]
    {
        desk.write("other.yaml", text);
        let ran = desk.run(&["fmt", "other.yaml"]);
        assert!(ran.code == 1 && ran.stderr.contains(code) && desk.read("other.yaml") == text, "{ran:?}");
    }
}
