//! The help of every command, as it is printed.

#[test]
fn help_is_as_it_was() {
    let cases = trycmd::TestCases::new();
    cases.env("COLUMNS", "100").default_bin_path(super::binary()).case("tests/cmd/*.trycmd");
}

#[test]
fn no_command_is_without_its_transcript() {
    let transcripts: String = std::fs::read_dir("tests/cmd")
        .expect("the folder of transcripts")
        .map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("text"))
        .collect();
    for command in bedrail::cli::command().get_subcommands() {
        let name = command.get_name();
        assert!(name == "help" || transcripts.contains(&format!("$ bedrail {name} --help")), "{name}");
        assert!(command.get_after_help().is_some() || command.get_long_about().is_some(), "{name} has no long help");
        let about = command.get_long_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.contains("\n  bedrail "), "{name} has no example");
    }
}
