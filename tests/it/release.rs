//! What is released: the archive with all that belongs in it, the crates with all that they are built from, and what the binary says
//! of itself.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::cli::{Desk, Ran, SPEC};
use crate::source;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const TARGET: &str = "x86_64-unknown-linux-musl";

/// Runs a program of the repository in its root.
fn program(path: &str, arguments: &[&str]) -> Ran {
    let mut command = Command::new(source::root().join(path));
    command.args(arguments).current_dir(source::root()).env("SOURCE_DATE_EPOCH", "1790000000");
    command.output().unwrap_or_else(|fault| panic!("{path}: {fault}")).into()
}

/// The archive of a binary that stands for ours; ours itself has two hundred megabytes of what only debuggers read.
fn archive(desk: &Desk, folder: &str) -> Ran {
    let binary = desk.path("binary");
    fs::write(&binary, format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_bedrail"))).expect("a file");
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o700)).expect("its mode");
    let folder = desk.path(folder);
    program("packaging/archive", &[&binary.to_string_lossy(), TARGET, &folder.to_string_lossy()])
}

/// The names of all commands, as paths of words: `sandbox`, `sandbox serve`.
fn commands(command: &clap::Command, words: &str) -> Vec<String> {
    let inner = command.get_subcommands().filter(|inner| inner.get_name() != "help");
    inner
        .flat_map(|inner| {
            let words = format!("{words} {}", inner.get_name()).trim().to_owned();
            [vec![words.clone()], commands(inner, &words)].concat()
        })
        .collect()
}

#[test]
fn the_archive_holds_what_a_user_wants() {
    let desk = Desk::new(SPEC);
    fs::create_dir(desk.path("dist")).expect("a folder");
    let bill = format!("bedrail-{VERSION}.cdx.json");
    fs::write(desk.path("dist").join(&bill), "{}").expect("a file");
    let ran = archive(&desk, "dist");
    assert_eq!(ran.code, 0, "{ran:?}");
    let name = format!("bedrail-{VERSION}-{TARGET}");
    let sums = desk.read("dist/SHA256SUMS");
    let named: Vec<&str> = sums.lines().filter_map(|line| line.split_once("  ")).map(|(_, file)| file).collect();
    assert_eq!(named, [format!("{name}.tar.gz").as_str(), bill.as_str()]);

    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(desk.path(&format!("dist/{name}.tar.gz"))).arg("-C").arg(desk.path(""));
    assert!(tar.status().expect("tar runs").success());
    let held = |path: &str| desk.path(&format!("{name}/{path}"));
    for file in ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        assert_eq!(fs::read_to_string(held(file)).expect(file), source::text(file));
    }
    assert!(held("bedrail.cdx.json").exists());
    let mode = |path: &str| fs::metadata(held(path)).expect(path).permissions().mode() & 0o777;
    assert_eq!((mode("bedrail"), mode("README.md"), mode("man/man1")), (0o755, 0o644, 0o755));

    // Every command has its page and is completed in every shell.
    let all = commands(&bedrail::cli::command(), "");
    assert!(all.iter().any(|command| command == "sandbox serve") && all.len() > 15, "{all:?}");
    for command in &all {
        let page = format!("man/man1/bedrail-{}.1", command.replace(' ', "-"));
        let text = fs::read_to_string(held(&page)).unwrap_or_else(|_| panic!("no {page}"));
        assert!(text.contains(".SH SYNOPSIS") && text.contains(".SH DESCRIPTION"), "{page}");
        assert!(!text.contains("(commit "), "{page} changes with every commit");
    }
    for file in ["bedrail.bash", "_bedrail", "bedrail.fish", "bedrail.elv", "_bedrail.ps1"] {
        let text = fs::read_to_string(held(&format!("completions/{file}"))).unwrap_or_else(|_| panic!("no {file}"));
        for word in all.iter().filter_map(|command| command.rsplit(' ').next()) {
            assert!(text.contains(word), "{file} does not know {word}");
        }
    }

    // Equal input, equal bytes.
    fs::create_dir(desk.path("again")).expect("a folder");
    fs::write(desk.path("again").join(&bill), "{}").expect("a file");
    assert_eq!(archive(&desk, "again").code, 0);
    assert_eq!(desk.read("again/SHA256SUMS"), sums);
}

#[test]
fn a_binary_of_another_release_is_not_packed() {
    let desk = Desk::new(SPEC);
    let binary = desk.path("other");
    fs::write(&binary, "#!/bin/sh\necho 'bedrail 9.9.9 (commit unknown)'\n").expect("a file");
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o700)).expect("its mode");
    let folder = desk.path("dist");
    let ran = program("packaging/archive", &[&binary.to_string_lossy(), TARGET, &folder.to_string_lossy()]);
    assert!(ran.code == 1 && ran.stderr.contains("says that it is bedrail 9.9.9 (commit unknown), and"), "{ran:?}");
    assert_eq!(fs::read_dir(folder).expect("the folder").count(), 0);
}

#[test]
fn the_binary_says_which_commit_and_which_sdks_it_is_of() {
    let desk = Desk::new(SPEC);
    let short = desk.run(&["-V"]);
    let (release, commit) = short.stdout.trim_end().split_once(" (commit ").expect("a commit");
    assert_eq!((release, short.code), (format!("bedrail {VERSION}").as_str(), 0));
    let commit = commit.strip_suffix(')').expect("a bracket");
    let digits = commit.trim_end_matches(", modified");
    let is_commit = digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(is_commit || commit == "unknown", "{commit}");

    let long = desk.run(&["--version"]);
    let mut lines = long.stdout.lines();
    assert_eq!(lines.next(), short.stdout.lines().next());
    let rest: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).collect();
    assert!(rest[0].0 == "commit" && rest[0].1.starts_with(digits) && rest[1].0 == "target", "{rest:?}");
    // What is linked is what the lock file says.
    let lock = source::text("Cargo.lock");
    for (name, version) in &rest[2..] {
        assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"\n")), "{name} {version}");
    }
    let listed: BTreeSet<&str> = rest[2..].iter().map(|(name, _)| *name).collect();
    let manifest = source::text("Cargo.toml");
    let used = manifest.lines().filter_map(|line| line.split(" = ").next()).filter(|name| name.starts_with("aws-sdk-"));
    assert_eq!(listed, used.collect());
}

#[test]
fn a_crate_holds_every_file_that_it_is_built_from() {
    for (folder, package) in [("", "bedrail"), ("localstack/", "bedrail-localstack")] {
        let output = Command::new(env!("CARGO"))
            .args(["package", "--list", "--allow-dirty", "--offline", "--package", package])
            .current_dir(source::root())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let listed = String::from_utf8_lossy(&output.stdout).into_owned();
        let listed: BTreeSet<&str> = listed.lines().collect();
        for file in ["README.md", "LICENSE-APACHE", "LICENSE-MIT", "Cargo.lock"] {
            assert!(listed.contains(file), "{package} lacks {file}");
        }
        let mut asked_for = BTreeSet::new();
        for file in source::files(&format!("{folder}src"), ".rs") {
            assert!(listed.contains(file.trim_start_matches(folder)), "{package} lacks {file}");
            let beside = Path::new(&file).parent().expect("a folder");
            for included in
                source::text(&file).split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next())
            {
                let path = fs::canonicalize(source::root().join(beside).join(included)).expect(included);
                let path = path
                    .strip_prefix(source::root().join(folder))
                    .expect("below the crate")
                    .to_string_lossy()
                    .into_owned();
                assert!(listed.contains(path.as_str()), "{package} lacks {path}, which {file} includes");
                asked_for.insert(path);
            }
        }
        let beside = |file: &&&str| file.starts_with("tests/") || file.starts_with("examples/");
        let strange: Vec<_> = listed.iter().filter(beside).filter(|file| !asked_for.contains(**file)).collect();
        assert_eq!(strange, [""; 0].iter().collect::<Vec<_>>(), "{package}");
    }
}

#[test]
fn whoever_names_the_home_of_the_project_names_the_same() {
    let home = program("packaging/home", &[]).stdout.trim().to_owned();
    assert!(source::text("Cargo.toml").contains(&format!("repository = \"https://github.com/{home}\"")), "{home}");
    let files = [source::files("examples/ci", ""), vec!["action.yml".to_owned()]].concat();
    let mut named = 0;
    for file in files.iter().filter(|file| file.ends_with("ml")) {
        for line in source::text(file).lines() {
            let uses = line.split_once("uses: ").map(|(_, uses)| uses).filter(|uses| uses.contains("bedrail@"));
            let variable = line.trim().strip_prefix("BEDRAIL_REPOSITORY: ").filter(|value| value.contains('/'));
            let image = line.split_once("image: ghcr.io/").map(|(_, image)| image);
            for place in [uses, variable, image].into_iter().flatten() {
                assert!(place.starts_with(&home), "{file} names {place}, and Cargo.toml {home}");
                named += 1;
            }
        }
    }
    assert!(named >= 7, "{named}");
}

/// The platform that this was built on and for.
fn host() -> String {
    let told = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let told = String::from_utf8(told.stdout).expect("UTF-8");
    told.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host").to_owned()
}

#[test]
fn images_are_small_pinned_and_without_root() {
    for (file, user) in [("Dockerfile", "USER 65532:65532"), ("localstack/Dockerfile", "USER 10001:10001")] {
        let text = source::text(file);
        assert!(text.lines().any(|line| line == user), "{file}");
        // What is copied is not kept from the builder.
        let ignored = if file == "Dockerfile" { ".dockerignore".to_owned() } else { format!("{file}.dockerignore") };
        let ignored = source::text(&ignored);
        let seen: Vec<&str> = ignored.lines().filter_map(|line| line.strip_prefix('!')).collect();
        let copied = text.lines().filter_map(|line| line.strip_prefix("COPY ")).filter(|line| !line.starts_with("--"));
        for path in copied.flat_map(|line| line.split(' ').rev().skip(1).collect::<Vec<_>>()) {
            assert!(source::root().join(path).exists(), "{file} copies {path}");
            assert!(seen.iter().any(|one| one.starts_with(path)), "{file} does not see {path}");
        }
        // And is enough to build from, as far as cargo can tell without building. What other platforms need was never fetched.
        let context = tempfile::tempdir().expect("a folder");
        let mut copy = Command::new("cp");
        copy.args(["-R", "--parents"]).args(&seen).arg(context.path()).current_dir(source::root());
        assert!(copy.status().expect("cp runs").success(), "{file}");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", &host()]);
        cargo.current_dir(context.path());
        let read = cargo.output().expect("cargo runs");
        assert!(read.status.success(), "{file}: {}", String::from_utf8_lossy(&read.stderr));
        let rust = source::text("Cargo.toml");
        let rust =
            rust.split_once("rust-version = \"").and_then(|(_, rest)| rest.split('"').next()).expect("a version");
        assert!(text.contains(&format!("FROM rust:{rust}-")), "{file} builds with another Rust than {rust}");
    }
    for line in source::text("Dockerfile").lines().filter(|line| line.starts_with("FROM ")) {
        let digest = line.split_once("@sha256:").map(|(_, digest)| digest.split(' ').next().unwrap_or_default());
        assert!(digest.is_some_and(|digest| digest.len() == 64), "{line}");
    }
}

#[test]
fn a_release_is_made_of_a_version_that_the_changelog_knows() {
    let ran = program("packaging/judge", &["v9.9.9", "HEAD"]);
    assert!(ran.code == 1 && ran.stderr.contains(&format!("Cargo.toml is of {VERSION}")), "{ran:?}");
    let ran = program("packaging/notes", &["Unreleased"]);
    assert!(ran.stdout.starts_with("### Added"), "{ran:?}");
    assert_eq!(program("packaging/notes", &["9.9.9"]).stdout, "");
}
