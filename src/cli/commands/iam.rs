use clap::ValueEnum;

use crate::cli::args::Global;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::session::{self, Checked};
use crate::permissions::paper::Asked;
use crate::permissions::{Declared, Form, What, form, paper};
use crate::report::clean;

/// Prints the least that the spec needs of IAM
///
/// Policies derived from the spec, pinned to its accounts, Regions, policy
/// types and stack. Asks AWS nothing. `--format json` (the default) prints
/// policy documents, `cloudformation` a template that a `StackSet` takes, and
/// `terraform` resources.
///
///   bedrail iam plan-role
///   bedrail iam apply-role --format terraform > role.tf
///   bedrail iam member-role --format cloudformation > member.json
///   bedrail iam kms-key-policy
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Of what
    #[arg(value_name = "WHAT")]
    what: Asking,
    /// The member role is the one that only reads
    #[arg(long)]
    read: bool,
    /// Allows to take over what carries no mark
    #[arg(long)]
    adopt: bool,
    /// Allows to run test suites, which apply the guardrails
    #[arg(long)]
    test: bool,
    /// Who may assume the role, or create guardrails with the key; may be given several times
    #[arg(long, value_name = "ARN", value_parser = arn)]
    principal: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Asking {
    /// What `plan` and `drift` need in the caller's account.
    PlanRole,
    /// What `apply` and `destroy` need there.
    ApplyRole,
    /// What they need in member accounts.
    MemberRole,
    /// Whom the roles of members trust.
    Trust,
    /// What the policies of the guardrails' keys say.
    KmsKeyPolicy,
}

impl Args {
    pub(crate) fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        let forms = [
            ("text", Form::Json),
            ("json", Form::Json),
            ("cloudformation", Form::CloudFormation),
            ("terraform", Form::Terraform),
        ];
        let form = global.format(&forms)?;
        let what = self.what()?;
        let Checked { spec, diagnostics, .. } = session::check(global).shown(output)?;
        let Some(declared) = Declared::of(&spec) else { return Err(Error::Spec(diagnostics)) };
        let asked = Asked { read: self.read, adopt: self.adopt, test: self.test, principals: self.principal };
        let paper = paper(&declared, what, &asked)?;
        let (text, notes) = form::print(&paper, form)?;
        for note in notes {
            output.say(&format!("note: {note}"));
        }
        output.result(&clean::json(&text))?;
        Ok(Exit::Done)
    }

    /// What is asked for; flags that would change nothing are refused.
    fn what(&self) -> Result<What, Error> {
        let what = match self.what {
            Asking::PlanRole => What::PlanRole,
            Asking::ApplyRole => What::ApplyRole,
            Asking::MemberRole => What::MemberRole,
            Asking::Trust => What::Trust,
            Asking::KmsKeyPolicy => What::KmsKeyPolicy,
        };
        let usage = |message: &str| Err(Error::Usage(message.to_owned()));
        match what {
            What::PlanRole | What::ApplyRole | What::KmsKeyPolicy if self.read => {
                usage("--read is of `member-role` and `trust`")
            }
            What::PlanRole | What::Trust | What::KmsKeyPolicy if self.adopt => {
                usage("--adopt is of `apply-role` and `member-role`")
            }
            What::Trust | What::KmsKeyPolicy if self.test => usage("--test is of the roles"),
            What::MemberRole if self.adopt && self.read => usage("a role that only reads adopts nothing"),
            what => Ok(what),
        }
    }
}

fn arn(text: &str) -> Result<String, String> {
    let is_principal = text.starts_with("arn:")
        && text.split(':').count() >= 6
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '*' | ',' | '$' | '%'));
    if is_principal { Ok(text.to_owned()) } else { Err("the ARN of a role, a user or an account's root".to_owned()) }
}
