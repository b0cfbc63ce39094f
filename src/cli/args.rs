//! The command line as a whole, and the flags that every command takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, ValueEnum};

use super::commands::Command;
use super::error::Error;
use crate::model::{Region, known_regions};
use crate::spec::suggest;

/// Terraform for Amazon Bedrock guardrail enforcement.
///
/// One YAML spec declares guardrails, their published versions, who may use
/// them, and where they are enforced: by organization policy or by account, per
/// account and Region. `plan` shows what differs from AWS, `apply` changes it
/// in dependency order, adding protection before it takes any away, and
/// `drift` watches it. There is no state file.
///
/// Try it without an AWS account:
///
///   bedrail apply --sandbox -f examples/organization
///
/// Exit codes: 0 done, 1 failed and nothing changed, 2 differences or findings,
/// 3 refused, 4 stale plan, 5 incomplete, 6 checks failed, 64 wrong usage,
/// 130 interrupted.
#[derive(Debug, Parser)]
#[command(
    name = "bedrail",
    version = super::version::short(),
    long_version = super::version::long(),
    max_term_width = 100,
    verbatim_doc_comment,
    disable_help_subcommand = false
)]
pub struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// The definition of the command line, for completions and man pages.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Flags that stand before or after the command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// File or folder of the spec; may be given several times.
    #[arg(short = 'f', long, global = true, value_name = "PATH", default_value = "bedrail.yaml")]
    pub(crate) spec: Vec<PathBuf>,
    /// Sets the variable `${var.NAME}`.
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = variable)]
    pub(crate) var: Vec<String>,
    /// Sets the variables that a YAML file holds.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) var_file: Vec<PathBuf>,
    /// Lays this one of the spec's `environments` over the rest of it.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) env: Option<String>,
    /// Runs against the embedded local AWS, its state kept in DIR.
    #[arg(long, global = true, value_name = "DIR", num_args = 0..=1, require_equals = true,
        default_missing_value = super::sandbox::FOLDER, conflicts_with_all = ["endpoint_url", "profile"])]
    pub(crate) sandbox: Option<PathBuf>,
    /// One endpoint for every AWS service.
    #[arg(long, global = true, value_name = "URL", value_parser = endpoint)]
    pub(crate) endpoint_url: Option<String>,
    /// Profile of the AWS configuration.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Only resources whose address matches; `*` stands for any characters. May be given several times.
    #[arg(long, global = true, value_name = "PATTERN")]
    pub(crate) target: Vec<String>,
    /// In which accounts to look for what is no longer declared. `declared`: those of the spec; `all`: every account of the
    /// organization that can be entered. Default: `scan.accounts` of the spec, else `all` for `drift` and `destroy` only.
    #[arg(long, global = true, value_name = "ACCOUNTS")]
    pub(crate) scan: Option<Scan>,
    /// How many AWS calls and actions run at once.
    #[arg(long, global = true, value_name = "N", default_value_t = 16, value_parser = parallelism)]
    pub(crate) parallelism: usize,
    /// How long a guardrail may take to become READY; other deadlines scale along.
    #[arg(long, global = true, value_name = "MINUTES", default_value_t = 5.0, value_parser = minutes)]
    pub(crate) wait: f64,
    /// Form of the result; `text` everywhere, and what the command names besides.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: String,
    /// Writes the result to FILE instead of standard output.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// When to use colours; `NO_COLOR` is honoured.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Colour,
    /// Says less: neither progress nor warnings.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Says more: -v decisions, -vv every AWS call, -vvv everything.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Form of the logs on standard error.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// Shows words, regexes, examples and messages, which reports otherwise count.
    #[arg(long, global = true)]
    pub(crate) show_content: bool,
}

/// In which accounts to look for what is no longer declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scan {
    /// Those of the spec.
    Declared,
    /// Every one that can be entered.
    All,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal.
    Auto,
    /// Also in a pipe.
    Always,
    /// Nowhere.
    Never,
}

/// The form of logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object per line.
    Json,
}

impl Global {
    /// How long AWS may take to work out what is in effect before something else is told: a minute, scaled as other deadlines
    /// are.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_mins(1).mul_f64(self.wait / 5.0)
    }

    /// The form of the result, one of those that the command writes.
    pub(crate) fn format<F: Copy>(&self, known: &[(&'static str, F)]) -> Result<F, Error> {
        let word = self.format.as_str();
        if let Some((_, format)) = known.iter().find(|(known, _)| *known == word) {
            return Ok(*format);
        }
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        Err(Error::Usage(format!("this command writes {}, not `{word}`", words.join(", "))))
    }
}

fn variable(text: &str) -> Result<String, String> {
    if text.contains('=') { Ok(text.to_owned()) } else { Err("a variable is given as NAME=VALUE".to_owned()) }
}

fn endpoint(text: &str) -> Result<String, String> {
    let scheme = text.split_once("://").filter(|(_, host)| !host.is_empty()).map(|(scheme, _)| scheme);
    match scheme {
        Some("http" | "https") => Ok(text.to_owned()),
        _ => Err("a URL that begins with http:// or https://".to_owned()),
    }
}

fn parallelism(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if (1..=256).contains(&count) => Ok(count),
        _ => Err("a number from 1 to 256".to_owned()),
    }
}

pub(crate) fn minutes(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(minutes) if minutes > 0.0 && minutes <= 1440.0 => Ok(minutes),
        _ => Err("a number of minutes, more than 0 and at most 1440".to_owned()),
    }
}

/// A Region by its name: one that is misspelt is refused, with the name that was meant.
pub(crate) fn region(text: &str) -> Result<Region, String> {
    if known_regions().any(|known| known == text) {
        return Ok(Region::new(text));
    }
    let help = suggest::advise_of_many(text, known_regions()).unwrap_or_default();
    Err(format!("no Region of this name is known to have Bedrock; {help}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_one_that_is_known() {
        for known in ["us-east-1", "us-gov-west-1", "eu-west-1"] {
            assert_eq!(region(known), Ok(Region::new(known)));
        }
        for wrong in ["", "us", "us-east", "us-east-1a", "us east 1", "US-EAST-1", "-1", "us--1", "all"] {
            assert!(region(wrong).is_err(), "{wrong}");
        }
        let misspelt = region("us-eest-1").expect_err("it is misspelt");
        assert!(misspelt.contains("`us-east-1`"), "{misspelt}");
    }

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn malformed_values_are_wrong_usage() {
        for flag in ["--var=team", "--endpoint-url=localhost:4566", "--endpoint-url=http://"] {
            let fault = Cli::try_parse_from(["bedrail", "plan", flag]).expect_err(flag);
            assert_eq!(fault.kind(), clap::error::ErrorKind::ValueValidation, "{flag}");
        }
    }

    #[test]
    fn global_flags_stand_before_and_after_the_command() {
        for line in [["bedrail", "--sandbox=x", "plan"], ["bedrail", "plan", "--sandbox=x"]] {
            let cli = Cli::try_parse_from(line).expect("a command line");
            assert_eq!(cli.global.sandbox, Some(PathBuf::from("x")));
        }
        let cli = Cli::try_parse_from(["bedrail", "apply", "--sandbox", "plan.json"]).expect("a command line");
        assert_eq!(cli.global.sandbox, Some(PathBuf::from(".bedrail/sandbox")));
    }
}
