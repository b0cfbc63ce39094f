use std::path::Path;

use super::Form;
use super::apply::{previewed, read_saved};
use super::in_force::{Entered, blind, held};
use crate::aws::{Access, Clients};
use crate::cli::args::{Global, region};
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::session::Session;
use crate::explain::{Cell, Ground, Planned, chain_of, explain, model_id};
use crate::inventory::{self, Failure};
use crate::live::{bearing, pointed_besides};
use crate::model::{AccountId, Facts, Region};
use crate::plan::Options;
use crate::report::explain::{markdown, text};
use crate::report::json::explain::{Explained, Shown, View};
use crate::report::json::pretty;
use crate::report::{Disclosure, Look};
use crate::spec::selector::Selector;
use crate::spec::top::ScanAccounts;

/// Tells which guardrails the calls of an account meet, and what they come to
///
/// For an account and a Region: every guardrail that a call of a model meets
/// there, by level and with the policy that names it; what is named and not in
/// effect, and why; what IAM demands; for each control the strictest setting of
/// all of them; and what remains uncovered. Changes nothing, whatever the
/// credentials allow.
///
///   bedrail explain --sandbox -f examples/organization --account account:payments-prod --region us-east-1
///   bedrail explain --account 333344445555 --region us-east-1 --from plan.json --format markdown
///
/// With `--from spec`, as it will be once the spec is applied; with a saved
/// plan, now and then beside each other. Without a spec, what is in AWS.
///
/// Exits with 0 if all is as the policies say, protected or not; with 2 if
/// something ought not to be so: calls fail, or AWS says that something else is
/// in effect; with 1 if something could not be read that may change the answer;
/// with 4 if the saved plan is stale.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Whose calls: an id, `account:<name>`, `management` or `self`
    #[arg(long, value_name = "SELECTOR", value_parser = one_account)]
    account: Selector,
    /// The Region that is called
    #[arg(long, value_name = "REGION", value_parser = region)]
    region: Region,
    /// The model that is called, by its id or ARN. Default: every model
    #[arg(long, value_name = "MODEL", value_parser = model_named)]
    model: Option<String>,
    /// The role that calls, by its name or ARN. Default: whoever may
    #[arg(long, value_name = "ROLE")]
    principal: Option<String>,
    /// What to explain: `live`, `spec`, or a plan saved with `plan --out`
    #[arg(long, value_name = "live|spec|PLANFILE", default_value = "live")]
    from: String,
}

/// Whose calls are explained.
struct Asked {
    account: AccountId,
    region: Region,
    model: Option<String>,
    role: Option<String>,
}

impl Asked {
    fn cell(&self) -> Cell<'_> {
        let (model, role) = (self.model.as_deref(), self.role.as_deref());
        Cell { account: &self.account, region: &self.region, model, role }
    }
}

impl Args {
    pub(crate) async fn run(self, global: &Global, output: &Output) -> Result<Exit, Error> {
        let form = global.format(&Form::NAMED)?;
        if !global.target.is_empty() {
            // What calls meet comes from all that is there, and with a saved plan from what that plan targets.
            let message =
                "`--target` is not for `explain`: `--account`, `--region` and `--model` say which calls are meant";
            return Err(Error::Usage(message.to_owned()));
        }
        // Their futures are large, and every command's would be as large.
        let (explained, disclosure) = match self.from.as_str() {
            "live" => Box::pin(self.live(global, output)).await?,
            "spec" => Box::pin(self.planned(None, global, output)).await?,
            file => Box::pin(self.planned(Some(Path::new(file)), global, output)).await?,
        };
        let look = Look { style: output.style(), width: output.width(), disclosure: &disclosure, beyond: &[] };
        output.result(&match form {
            Form::Text => text(&explained, look),
            Form::Json => pretty(&explained),
            Form::Markdown => markdown(&explained),
        })?;
        Ok(exit(&explained))
    }

    async fn live(&self, global: &Global, output: &Output) -> Result<(Explained, Disclosure), Error> {
        let progress = Progress::spinner(output, "Asking AWS what is in force");
        let entered = Entered::enter("explain", Some(self.region.clone()), global, output).await?;
        let (asked, facts) = self.asked(&entered.clients, entered.facts.clone()).await?;
        let ground = bearing(&entered.clients, &facts, &[asked.cell()]).await;
        drop(progress);
        let disclosure = entered.disclosure.clone();
        let have = view(&ground, &facts, &asked, &disclosure);
        let explained = Explained { have: Some(have), ..Explained::new("live", &asked.cell(), &facts) };
        entered.close().await;
        Ok((explained, disclosure))
    }

    async fn planned(
        &self,
        saved: Option<&Path>,
        global: &Global,
        output: &Output,
    ) -> Result<(Explained, Disclosure), Error> {
        let saved = saved.map(read_saved).transpose()?;
        let session = Session::open(global, output, Access::ReadOnly, ScanAccounts::Declared).await?;
        let plan = match &saved {
            Some(saved) => previewed(saved, &session, global, output)?,
            None => session.plan(global, &Options::default(), output)?,
        };
        let progress = Progress::spinner(output, "Asking AWS what is in force");
        let facts = inventory::facts(&session.clients, session.sides.facts.roles.clone()).await?;
        let (asked, facts) = self.asked(&session.clients, facts).await?;
        let ground = bearing(&session.clients, &facts, &[asked.cell()]).await;
        let disclosure = session.disclosure.clone();
        let planned = Planned { actions: &plan.actions, desired: &session.sides.desired, live: &session.sides.live };
        let mut after = ground.after(planned);
        pointed_besides(&session.clients, &facts, &[asked.cell()], &mut after).await;
        drop(progress);
        let mut want = view(&after, &facts, &asked, &disclosure);
        want.not_seen(blind(&plan, &disclosure));
        let frame = Explained::new(if saved.is_some() { "plan" } else { "spec" }, &asked.cell(), &facts);
        let have = saved.is_some().then(|| view(&ground, &facts, &asked, &disclosure));
        let explained = Explained { have, want: Some(want), held: held(&plan, &disclosure), ..frame };
        session.close().await;
        Ok((explained, disclosure))
    }

    /// Whose calls are meant, with the names of the nodes above.
    async fn asked(&self, clients: &Clients, facts: Facts) -> Result<(Asked, Facts), Error> {
        let failed = |failure| Error::Inventory(Box::new(failure));
        let found = self
            .account
            .accounts(&facts)
            .map_err(|fault| failed(Failure::Selector { selector: self.account.to_string(), fault }))?;
        let mut found = found.into_iter();
        let (Some(account), None) = (found.next(), found.next()) else {
            let message =
                format!("`--account {}` selects no single account: give its id or `account:<name>`", self.account);
            return Err(Error::Usage(message));
        };
        let role = self.principal.as_deref().map(|role| role_name(role, &account)).transpose()?;
        let facts = inventory::named_above(clients, facts, &account).await;
        let model = self.model.as_deref().map(|model| model_id(model).to_owned());
        Ok((Asked { account, region: self.region.clone(), model, role }, facts))
    }
}

fn view(ground: &Ground, facts: &Facts, asked: &Asked, disclosure: &Disclosure) -> View {
    let chain = chain_of(ground, facts.organization.as_ref(), &asked.account);
    let explanation = explain(ground, facts, &chain, &asked.cell());
    View::of(&explanation, Shown { ground, facts, chain: &chain, disclosure })
}

fn exit(explained: &Explained) -> Exit {
    let has = |of: fn(&View) -> bool| explained.views().any(of);
    match (has(|view| !view.findings.is_empty()), has(|view| !view.unseen.is_empty())) {
        (true, _) => Exit::Differs,
        (false, true) => Exit::Failed,
        (false, false) => Exit::Done,
    }
}

/// A selector that means one account.
fn one_account(text: &str) -> Result<Selector, String> {
    match Selector::of_argument(text)? {
        Selector::Root | Selector::RootId(_) | Selector::Unit(_) | Selector::UnitId(_) | Selector::All => {
            Err("it selects no single account: give an id, `account:<name>`, `management` or `self`".to_owned())
        }
        one => Ok(one),
    }
}

/// What may name a model: an id, a name or an ARN.
fn model_named(text: &str) -> Result<String, String> {
    let sound = |c: char| c.is_ascii_alphanumeric() || ".:/_-".contains(c);
    if (1..=2048).contains(&text.len())
        && text.chars().all(sound)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        Ok(text.to_owned())
    } else {
        Err("it is neither the id nor the ARN of a model; `aws bedrock list-foundation-models` lists ids".to_owned())
    }
}

/// The name of a role of this account.
fn role_name(role: &str, account: &AccountId) -> Result<String, Error> {
    let name = match role.split_once(":role/") {
        None if role.starts_with("arn:") => {
            return Err(Error::Usage(format!("`--principal {role}` is not the ARN of a role")));
        }
        None => role,
        Some((head, path)) => {
            if head.rsplit(':').next() != Some(account.as_str()) {
                return Err(Error::Usage(format!("`--principal {role}` is no role of account {account}")));
            }
            path.rsplit('/').next().unwrap_or(path)
        }
    };
    let sound =
        (1..=64).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c));
    if sound { Ok(name.to_owned()) } else { Err(Error::Usage(format!("`{name}` is not the name of a role"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_one() {
        for one in ["333344445555", "account:payments-prod", "management", "self"] {
            assert!(one_account(one).is_ok(), "{one}");
        }
        for several in ["all", "root", "r-sand", "ou:Sandbox", "ou-sand-workload0"] {
            assert!(one_account(several).is_err_and(|fault| fault.contains("no single account")), "{several}");
        }
    }

    #[test]
    fn a_model_is_named_by_an_id_or_an_arn() {
        for named in [
            "amazon.nova-lite-v1:0",
            "us.amazon.nova-lite-v1:0",
            "arn:aws:bedrock:us-east-1::foundation-model/a.b-v1:0",
        ] {
            assert!(model_named(named).is_ok(), "{named}");
        }
        for wrong in ["", "nonsense model!!", "-x", "a.b\n"] {
            assert!(model_named(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_role_goes_by_its_name() {
        let account: AccountId = "333344445555".parse().expect("an account id");
        let name = |role: &str| role_name(role, &account).ok();
        assert_eq!(name("app-role").as_deref(), Some("app-role"));
        assert_eq!(name("arn:aws:iam::333344445555:role/team/app-role").as_deref(), Some("app-role"));
        for wrong in ["", "a b", "arn:aws:iam::111122223333:role/app-role", "arn:aws:iam::333344445555:user/x"] {
            assert_eq!(name(wrong), None, "{wrong}");
        }
    }
}
