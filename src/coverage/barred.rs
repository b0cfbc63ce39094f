//! What service control policies keep everybody in an account from. Only what is certain counts as barred: a condition that
//! cannot be told leaves it open whether a call gets through (IAM user guide, "Policy evaluation logic").

use crate::explain::{Chain, Placed};
use crate::model::{Document, items, like};

/// Whether something is denied to everybody in an account; the more, the further down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bar<'g> {
    /// Nobody is denied it.
    Open,
    /// This policy denies it of the models of AWS's catalogue, and nobody is denied it of some other kind.
    Catalogue(&'g str),
    /// Some policies could not be read.
    Unseen,
    /// This policy denies some of it, or under conditions that cannot be told.
    Perhaps(&'g str),
    /// This policy denies it to all but these principals.
    Spares(&'g str, Vec<String>),
    /// This policy denies it to everybody.
    Whole(&'g str),
}

/// Something that somebody may want to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<'a> {
    /// The action.
    pub(super) action: &'a str,
    /// On what: an ARN, in which `*` stands for each of its kind.
    pub(super) resource: &'a str,
    /// Condition keys of which the value is known; `None` for one that is not there.
    pub(super) keys: &'a [(&'a str, Option<&'a str>)],
}

/// Whether each of these is denied to everybody below the policies of a chain.
pub(super) fn barred<'g>(chain: &Chain<'g>, asks: &[Ask<'_>]) -> Bar<'g> {
    let unseen = if chain.hidden(false).next().is_none() { Bar::Open } else { Bar::Unseen };
    let one = |ask: &Ask<'_>| {
        let by_policy = chain.controls.iter().filter_map(|placed: &Placed<'g>| {
            Some(by(placed.policy.name.as_str(), placed.policy.document.as_ref().ok()?, ask))
        });
        by_policy.chain([unseen.clone()]).max().unwrap_or(Bar::Open)
    };
    asks.iter().map(one).min().unwrap_or(Bar::Open)
}

fn by<'g>(name: &'g str, document: &Document, ask: &Ask<'_>) -> Bar<'g> {
    let statements = items(document.get("Statement")).iter();
    let bar = |fits| match fits {
        Fits::No => Bar::Open,
        Fits::Perhaps => Bar::Perhaps(name),
        Fits::Spares(exempt) => Bar::Spares(name, exempt),
        Fits::Yes => Bar::Whole(name),
    };
    statements.map(|statement| bar(denies(statement, ask))).max().unwrap_or(Bar::Open)
}

/// Whether a statement, or a part of it, is about an ask; the more, the further down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fits {
    No,
    Perhaps,
    Spares(Vec<String>),
    Yes,
}

impl Fits {
    const fn certain(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// Whether a statement denies it. Everything that a statement says must be so.
fn denies(statement: &Document, ask: &Ask<'_>) -> Fits {
    if statement.get("Effect").and_then(Document::as_text) != Some("Deny") {
        return Fits::No;
    }
    let least = |parts: Vec<Fits>| {
        let spared = parts.iter().filter_map(|part| match part {
            Fits::Spares(exempt) => Some(exempt.clone()),
            _ => None,
        });
        let spared: Vec<String> = spared.flatten().collect();
        match parts.into_iter().min() {
            // Several lists let off whoever is on any of them.
            Some(Fits::Spares(_)) => Fits::Spares(spared),
            least => least.unwrap_or(Fits::Yes),
        }
    };
    least([vec![acts(statement, ask), bears(statement, ask)], conditions(statement, ask)].concat())
}

/// What begins a variable, of which only the call tells the value.
const VARIABLE: &str = "${";

/// The texts of a member; of one that is not known before the plan is done a variable.
fn texts<'d>(statement: &'d Document, key: &str) -> Option<Vec<&'d str>> {
    statement.get(key).map(|value| items(Some(value)).iter().map(|text| text.as_text().unwrap_or(VARIABLE)).collect())
}

fn acts(statement: &Document, ask: &Ask<'_>) -> Fits {
    let named = |patterns: &[&str]| {
        let action = ask.action.to_ascii_lowercase();
        patterns.iter().any(|pattern| like(&pattern.to_ascii_lowercase(), &action))
    };
    match (texts(statement, "Action"), texts(statement, "NotAction")) {
        (Some(actions), None) => Fits::certain(named(&actions)),
        (None, Some(others)) => Fits::certain(!named(&others)),
        _ => Fits::No,
    }
}

fn bears(statement: &Document, ask: &Ask<'_>) -> Fits {
    let covers = |pattern: &&str| like(pattern, ask.resource);
    let touches = |pattern: &&str| pattern.contains(VARIABLE) || overlap(pattern, ask.resource);
    match (texts(statement, "Resource"), texts(statement, "NotResource")) {
        (Some(these), None) if these.iter().any(covers) => Fits::Yes,
        (Some(these), None) if these.iter().any(touches) => Fits::Perhaps,
        (None, Some(others)) if others.iter().any(covers) => Fits::No,
        (None, Some(others)) if others.iter().any(touches) => Fits::Perhaps,
        (None, Some(_)) => Fits::Yes,
        _ => Fits::No,
    }
}

/// Whether two patterns of ARNs may have something in common, part by part.
fn overlap(one: &str, other: &str) -> bool {
    let parts = |arn: &str| arn.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
    let (mine, theirs) = (parts(one), parts(other));
    let either = |one: &String, other: &String| like(one, other) || like(other, one);
    mine.len() != theirs.len() || mine.iter().zip(&theirs).all(|(one, other)| either(one, other))
}

fn conditions(statement: &Document, ask: &Ask<'_>) -> Vec<Fits> {
    match statement.get("Condition") {
        None => Vec::new(),
        Some(Document::Map(operators)) => operators
            .iter()
            .flat_map(|(operator, tests)| match tests {
                Document::Map(tests) => tests.iter().map(|(key, values)| holds(operator, key, values, ask)).collect(),
                _ => vec![Fits::Perhaps],
            })
            .collect(),
        Some(_) => vec![Fits::Perhaps],
    }
}

/// Whether one test of a condition holds.
fn holds(operator: &str, key: &str, values: &Document, ask: &Ask<'_>) -> Fits {
    let values: Option<Vec<&str>> = items(Some(values)).iter().map(Document::as_text).collect();
    let (Some(values), false) = (values, operator.contains(':')) else { return Fits::Perhaps };
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let (wild, fold, negated) = match operator {
        "StringEquals" => (false, false, false),
        "StringEqualsIgnoreCase" => (false, true, false),
        "StringLike" | "ArnLike" | "ArnEquals" => (true, false, false),
        "StringNotEquals" => (false, false, true),
        "StringNotEqualsIgnoreCase" => (false, true, true),
        "StringNotLike" | "ArnNotLike" | "ArnNotEquals" => (true, false, true),
        "Null" => return null(key, &values, ask),
        _ => return Fits::Perhaps,
    };
    if key.eq_ignore_ascii_case("aws:PrincipalArn") {
        let exempt = || values.iter().map(|value| (*value).to_owned()).collect();
        return if negated { Fits::Spares(exempt()) } else { Fits::Perhaps };
    }
    let Some((_, known)) = ask.keys.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)) else {
        return Fits::Perhaps;
    };
    let Some(value) = known else { return Fits::certain(negated || if_exists) };
    let same = |wanted: &&str| match (wild, fold) {
        (true, _) => like(wanted, value),
        (false, true) => wanted.eq_ignore_ascii_case(value),
        (false, false) => wanted == value,
    };
    match values.iter().any(same) {
        false if values.iter().any(|wanted| wanted.contains(VARIABLE)) => Fits::Perhaps,
        any => Fits::certain(any != negated),
    }
}

fn null(key: &str, values: &[&str], ask: &Ask<'_>) -> Fits {
    let Some((_, known)) = ask.keys.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)) else {
        return Fits::Perhaps;
    };
    match values {
        ["true"] => Fits::certain(known.is_none()),
        ["false"] => Fits::certain(known.is_some()),
        _ => Fits::Perhaps,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const MODELS: &str = "arn:aws:bedrock:eu-west-1::foundation-model/*";

    fn found(statements: &Value) -> Bar<'static> {
        let keys = [("aws:RequestedRegion", Some("eu-west-1")), ("bedrock:InferenceProfileArn", None)];
        let ask = Ask { action: "bedrock:InvokeModel", resource: MODELS, keys: &keys };
        by("P", &Document::from(json!({"Statement": statements})), &ask)
    }

    #[test]
    fn only_what_is_certain_bars() {
        use Bar::{Open, Perhaps, Spares, Whole};
        let with = |changes: Value| {
            let mut statement = json!({"Effect": "Deny", "Action": "bedrock:Invoke*", "Resource": "*"});
            for (key, value) in changes.as_object().expect("members") {
                statement[key] = value.clone();
            }
            if statement.get("NotResource").is_some() {
                statement.as_object_mut().expect("members").remove("Resource");
            }
            statement
        };
        let region = |operator: &str, value: Value| json!({"Condition": {operator: {"aws:requestedregion": value}}});
        for (changes, want) in [
            (json!({}), Whole("P")),
            (json!({"Effect": "Allow"}), Open),
            (json!({"Action": ["bedrock:Converse", "s3:*"]}), Open),
            (json!({"Action": "BEDROCK:invokemodel"}), Whole("P")),
            (json!({"Resource": "arn:aws:bedrock:*::foundation-model/*"}), Whole("P")),
            (json!({"Resource": "arn:aws:bedrock:*::foundation-model/amazon.*"}), Perhaps("P")),
            (json!({"Resource": "arn:aws:bedrock:us-*::foundation-model/*"}), Open),
            (json!({"Resource": "arn:aws:bedrock:*:*:inference-profile/*"}), Open),
            (json!({"NotResource": "arn:aws:bedrock:*:*:inference-profile/*"}), Whole("P")),
            (json!({"NotResource": "arn:aws:bedrock:*::foundation-model/*"}), Open),
            (json!({"NotResource": "arn:aws:bedrock:*::foundation-model/cohere.*"}), Perhaps("P")),
            (region("StringNotEquals", json!(["us-east-1"])), Whole("P")),
            (region("StringNotEquals", json!(["us-east-1", "eu-west-1"])), Open),
            (region("StringLike", json!("eu-*")), Whole("P")),
            (region("ForAnyValue:StringLike", json!("eu-*")), Perhaps("P")),
            (json!({"Condition": {"ArnNotLike": {"bedrock:InferenceProfileArn": "arn:*"}}}), Whole("P")),
            (json!({"Condition": {"ArnLike": {"bedrock:InferenceProfileArn": "arn:*"}}}), Open),
            (json!({"Condition": {"ArnLikeIfExists": {"bedrock:InferenceProfileArn": "arn:*"}}}), Whole("P")),
            (json!({"Condition": {"Null": {"bedrock:InferenceProfileArn": "true"}}}), Whole("P")),
            (json!({"Condition": {"Null": {"bedrock:InferenceProfileArn": "false"}}}), Open),
            (json!({"Condition": {"Null": {"bedrock:GuardrailIdentifier": "true"}}}), Perhaps("P")),
            (json!({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}), Perhaps("P")),
            (
                json!({"Condition": {"ArnNotLike": {"aws:PrincipalArn": ["a", "b"]}}}),
                Spares("P", vec!["a".into(), "b".into()]),
            ),
            (json!({"Condition": {"ArnLike": {"aws:PrincipalArn": "a"}}}), Perhaps("P")),
            (json!({"Condition": "x"}), Perhaps("P")),
            // Only the call tells what a variable is, and `?` is any character.
            (region("StringNotEquals", json!("${aws:PrincipalTag/region}")), Perhaps("P")),
            (region("StringNotLike", json!(["${aws:PrincipalTag/region}", "eu-*"])), Open),
            (region("StringEquals", json!(["${aws:PrincipalTag/region}", "eu-west-1"])), Whole("P")),
            (region("StringEquals", json!("${aws:PrincipalTag/region}")), Perhaps("P")),
            (region("StringNotLike", json!("eu-west-?")), Open),
            (json!({"Resource": "arn:aws:bedrock:*::foundation-model/${aws:PrincipalTag/model}"}), Perhaps("P")),
            (json!({"NotResource": "${aws:PrincipalTag/model}"}), Perhaps("P")),
            (json!({"NotResource": "arn:aws:bedrock:${aws:RequestedRegion}::foundation-model/*"}), Perhaps("P")),
            (json!({"NotResource": "arn:aws:bedrock:eu-west-?::foundation-model/*"}), Open),
        ] {
            assert_eq!(found(&json!([with(changes.clone())])), want, "{changes}");
        }
        let some = with(json!({"Resource": "arn:aws:bedrock:*::foundation-model/amazon.*"}));
        assert_eq!(found(&json!([some, with(json!({}))])), Whole("P"), "the strictest counts");
        assert_eq!(found(&json!("x")), Open, "what is no statement denies nothing");
    }
}
