//! The page of the commands, which the command line itself writes.

use std::fmt::Write as _;

use clap::{Arg, Command};

use super::args::command;

/// Every command with its flags, in Markdown.
pub fn page() -> String {
    let mut root = command();
    root.build();
    let mut page = String::from(
        "# Commands\n\nWritten by `bedrail` itself: what `--help` says, on one page. What a pipeline relies on, flags, exit codes and JSON, is kept.\n",
    );
    for sub in shown(&root) {
        tell(&mut page, sub, "bedrail");
    }
    page.push_str("\n## Global options\n\nThey stand before or after the command.\n\n");
    options(&mut page, root.get_arguments().filter(|arg| arg.is_global_set()));
    page
}

fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|sub| sub.get_name() != "help" && !sub.is_hide_set())
}

fn tell(page: &mut String, command: &Command, parent: &str) {
    let name = format!("{parent} {}", command.get_name());
    let about = command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").trim();
    let _ = write!(page, "\n## `{name}`\n\n{}\n```text\n{usage}\n```\n\n", described(&about));
    options(page, command.get_arguments().filter(|arg| !arg.is_global_set()));
    for sub in shown(command) {
        tell(page, sub, &name);
    }
}

/// What a command says of itself: what is indented there is what somebody would type.
fn described(about: &str) -> String {
    let (mut page, mut typed, mut gap) = (String::new(), false, false);
    for line in about.lines() {
        if line.is_empty() {
            gap = true;
            continue;
        }
        let is_typed = line.starts_with("  ");
        if typed && !is_typed {
            page.push_str("```\n");
        }
        if std::mem::take(&mut gap) {
            page.push('\n');
        }
        if is_typed && !typed {
            page.push_str("```sh\n");
        }
        typed = is_typed;
        let _ = writeln!(page, "{}", line.strip_prefix("  ").filter(|_| typed).unwrap_or(line));
    }
    if typed {
        page.push_str("```\n");
    }
    page
}

fn options<'a>(page: &mut String, all: impl Iterator<Item = &'a Arg>) {
    for arg in all.filter(|arg| !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str())) {
        let help = arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string).unwrap_or_default();
        let help = help.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        let help = if help.ends_with('.') || help.is_empty() { help } else { format!("{help}.") };
        let _ = write!(page, "- `{}`: {help}", name(arg));
        let values: Vec<String> = arg
            .get_possible_values()
            .iter()
            .filter(|value| !value.is_hide_set() && arg.get_action().takes_values())
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        if !values.is_empty() {
            let _ = write!(page, " One of {}.", values.join(", "));
        }
        let defaults: Vec<String> =
            arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
        if arg.get_action().takes_values() && !defaults.is_empty() {
            let _ = write!(page, " Default: {}.", defaults.join(", "));
        }
        page.push('\n');
    }
}

/// How an option is written, with its value.
fn name(arg: &Arg) -> String {
    let value = arg.get_action().takes_values().then(|| {
        let names = arg.get_value_names().unwrap_or_default();
        names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    });
    let Some(long) = arg.get_long() else {
        let many = if arg.get_num_args().is_some_and(|range| range.max_values() > 1) { "…" } else { "" };
        return format!("{}{many}", value.unwrap_or_default());
    };
    let short = arg.get_short().map(|short| format!("-{short}, ")).unwrap_or_default();
    let optional = arg.get_num_args().is_some_and(|range| range.min_values() == 0 && range.takes_values());
    match value {
        Some(value) if optional => format!("{short}--{long}[={value}]"),
        Some(value) => format!("{short}--{long} {value}"),
        None => format!("{short}--{long}"),
    }
}
