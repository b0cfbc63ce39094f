//! Text with expressions: `${var.team}`, `${region}`, `${guardrail.baseline.arn}`.

use crate::model::span::{Span, Spanned};

/// Text, some of which is not known yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    segments: Vec<Segment>,
    secret: bool,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Text as it is.
    Text(String),
    /// An expression.
    Ref(Spanned<Expression>),
}

/// What stands between `${` and `}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// `${var.x}`, gone after interpolation.
    Var(String),
    /// `${env.NAME}`, gone after interpolation.
    Env(String),
    /// A value of the scope that the text is used in.
    Scope(ScopeVar),
    /// `${guardrail.<key>.arn}`, in documents only.
    Guardrail {
        /// The key of the guardrail.
        key: String,
        /// What of it.
        part: GuardrailPart,
    },
    /// `${version.<key>}`, in documents only: the guardrail's ARN and the number.
    Version(String),
    /// `${aws:username}` and `${*}`, for IAM to replace, in documents only.
    Iam(String),
    /// None of these, as written.
    Unknown(String),
    /// A `${` without its `}`.
    Unclosed,
}

/// A value that differs between the places that an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeVar {
    /// `${region}`
    Region,
    /// `${account}`
    Account,
    /// `${partition}`
    Partition,
    /// `${organization_id}`
    OrganizationId,
}

impl ScopeVar {
    const ALL: [Self; 4] = [Self::Region, Self::Account, Self::Partition, Self::OrganizationId];

    /// The name in `${…}`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Account => "account",
            Self::Partition => "partition",
            Self::OrganizationId => "organization_id",
        }
    }
}

/// What a document may say of a guardrail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GuardrailPart {
    /// Its ARN.
    Arn,
    /// Its id.
    Id,
    /// Its ARN and the number of the version with the current content.
    Current,
}

/// The names of expressions, for suggestions.
pub const KNOWN: [&str; 9] = [
    "var.<name>",
    "env.<NAME>",
    "region",
    "account",
    "partition",
    "organization_id",
    "guardrail.<key>.arn",
    "guardrail.<key>.id",
    "version.<key>",
];

impl Expression {
    fn of(inside: &str) -> Self {
        let name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
        if let Some(var) = ScopeVar::ALL.into_iter().find(|var| var.name() == inside) {
            return Self::Scope(var);
        }
        if inside.contains(':') || matches!(inside, "*" | "?" | "$") {
            return Self::Iam(inside.to_owned());
        }
        let parts: Vec<&str> = inside.split('.').collect();
        match parts[..] {
            ["var", key] if name(key) => Self::Var(key.to_owned()),
            ["env", key] if name(key) => Self::Env(key.to_owned()),
            ["version", key] if name(key) => Self::Version(key.to_owned()),
            ["guardrail", key, part] if name(key) => {
                let part = match part {
                    "arn" => GuardrailPart::Arn,
                    "id" => GuardrailPart::Id,
                    "current" => GuardrailPart::Current,
                    _ => return Self::Unknown(inside.to_owned()),
                };
                Self::Guardrail { key: key.to_owned(), part }
            }
            _ => Self::Unknown(inside.to_owned()),
        }
    }

    /// As a user writes it.
    pub fn written(&self) -> String {
        match self {
            Self::Var(name) => format!("${{var.{name}}}"),
            Self::Env(name) => format!("${{env.{name}}}"),
            Self::Scope(var) => format!("${{{}}}", var.name()),
            Self::Guardrail { key, part } => {
                let part = match part {
                    GuardrailPart::Arn => "arn",
                    GuardrailPart::Id => "id",
                    GuardrailPart::Current => "current",
                };
                format!("${{guardrail.{key}.{part}}}")
            }
            Self::Version(key) => format!("${{version.{key}}}"),
            Self::Iam(inside) | Self::Unknown(inside) => format!("${{{inside}}}"),
            Self::Unclosed => "${".to_owned(),
        }
    }
}

/// The values of a scope, to be put in place of its expressions.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScopeValues<'a> {
    /// `${region}`
    pub region: Option<&'a str>,
    /// `${account}`
    pub account: Option<&'a str>,
    /// `${partition}`
    pub partition: Option<&'a str>,
    /// `${organization_id}`
    pub organization_id: Option<&'a str>,
}

impl<'a> ScopeValues<'a> {
    /// The value of one of them.
    pub const fn get(&self, var: ScopeVar) -> Option<&'a str> {
        match var {
            ScopeVar::Region => self.region,
            ScopeVar::Account => self.account,
            ScopeVar::Partition => self.partition,
            ScopeVar::OrganizationId => self.organization_id,
        }
    }
}

impl Template {
    /// Text without expressions.
    pub fn text(text: impl Into<String>) -> Self {
        Self { segments: vec![Segment::Text(text.into())], secret: false }
    }

    /// Text that must never be shown.
    pub fn secret(text: impl Into<String>) -> Self {
        Self { secret: true, ..Self::text(text) }
    }

    /// A template of these parts. Neighbouring texts become one.
    pub fn of(segments: impl IntoIterator<Item = Segment>, secret: bool) -> Self {
        let mut template = Self { segments: Vec::new(), secret };
        for segment in segments {
            match (template.segments.last_mut(), segment) {
                (Some(Segment::Text(before)), Segment::Text(text)) => before.push_str(&text),
                (_, segment) => template.segments.push(segment),
            }
        }
        template
    }

    /// Reads text in which `${…}` is an expression and `$${` a literal `${`. `span` is where the text stands and
    /// `raw` what stands there, quotes and all, so that each expression gets its own place where that can be told.
    pub fn parse(text: &str, span: Span, raw: &str) -> Self {
        if !text.contains("${") {
            return Self::text(text);
        }
        let mut places = Places::new(text, span, raw);
        let mut segments = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, from) = rest.split_at(at);
            if let Some(before) = before.strip_suffix('$') {
                segments.push(Segment::Text(format!("{before}${{")));
                places.next();
                rest = &from[2..];
                continue;
            }
            segments.push(Segment::Text(before.to_owned()));
            if let Some(end) = from.find('}') {
                segments.push(Segment::Ref(Spanned::new(Expression::of(&from[2..end]), places.next())));
                rest = &from[end + 1..];
            } else {
                segments.push(Segment::Ref(Spanned::new(Expression::Unclosed, places.next())));
                rest = "";
            }
        }
        segments.push(Segment::Text(rest.to_owned()));
        let filled = segments.into_iter().filter(|segment| !matches!(segment, Segment::Text(text) if text.is_empty()));
        Self::of(filled, false)
    }

    /// The parts.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether any of it came from the environment, so that it must not be shown.
    pub const fn is_secret(&self) -> bool {
        self.secret
    }

    /// The text, if no expression is left in it.
    pub fn literal(&self) -> Option<&str> {
        match &self.segments[..] {
            [] => Some(""),
            [Segment::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The expression, if it is nothing else.
    pub fn lone(&self) -> Option<&Spanned<Expression>> {
        match &self.segments[..] {
            [Segment::Ref(expression)] => Some(expression),
            _ => None,
        }
    }

    /// The expressions in it.
    pub fn expressions(&self) -> impl Iterator<Item = &Spanned<Expression>> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Ref(expression) => Some(expression),
            Segment::Text(_) => None,
        })
    }

    /// How long its text is, in bytes, expressions apart.
    pub fn bytes(&self) -> usize {
        let texts = self.segments.iter().map(|segment| match segment {
            Segment::Text(text) => text.len(),
            Segment::Ref(_) => 1,
        });
        texts.sum()
    }

    /// The text in a scope; the first expression that has no value there, if any.
    pub fn resolve(&self, scope: &ScopeValues<'_>) -> Result<String, Spanned<Expression>> {
        let mut resolved = String::new();
        for segment in &self.segments {
            match segment {
                Segment::Text(text) => resolved.push_str(text),
                Segment::Ref(expression) => match &expression.value {
                    Expression::Scope(var) => resolved.push_str(scope.get(*var).ok_or_else(|| expression.clone())?),
                    Expression::Iam(inside) => resolved.extend(["${", inside, "}"]),
                    _ => return Err(expression.clone()),
                },
            }
        }
        Ok(resolved)
    }

    /// As it may be shown: expressions as written, secrets hidden.
    pub fn shown(&self) -> String {
        if self.secret {
            return "(secret)".to_owned();
        }
        let parts = self.segments.iter().map(|segment| match segment {
            Segment::Text(text) => text.clone(),
            Segment::Ref(expression) => expression.written(),
        });
        parts.collect()
    }
}

/// Where in the source the `${` of a text stand, one after the other. Escapes and folded lines can make source and
/// text differ; if they differ in the number of `${`, the whole span stands for each.
struct Places<'a> {
    span: Span,
    raw: &'a str,
    from: Option<usize>,
}

impl<'a> Places<'a> {
    fn new(text: &str, span: Span, raw: &'a str) -> Self {
        let matches = text.matches("${").count() == raw.matches("${").count();
        Self { span, raw, from: matches.then_some(0) }
    }

    fn next(&mut self) -> Span {
        let found = self.from.and_then(|from| Some(from + self.raw.get(from..)?.find("${")?));
        let Some(at) = found else { return self.span };
        self.from = Some(at + 2);
        let end = self.raw[at..].find('}').map_or(at + 2, |end| at + end + 1);
        let offset = |at: usize| self.span.start + u32::try_from(at).unwrap_or(0);
        Span::new(self.span.source, offset(at), offset(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::span::SourceId;

    fn parse(text: &str) -> Template {
        let span = Span::new(SourceId::new(0), 0, u32::try_from(text.len()).unwrap());
        Template::parse(text, span, text)
    }

    #[test]
    fn expressions_are_told_apart() {
        let shown: Vec<Expression> =
            parse("${var.a}${env.B_C}${region}${guardrail.base.current}${version.v-1}${aws:username}${*}${nope}${")
                .expressions()
                .map(|e| e.value.clone())
                .collect();
        assert_eq!(
            shown,
            [
                Expression::Var("a".into()),
                Expression::Env("B_C".into()),
                Expression::Scope(ScopeVar::Region),
                Expression::Guardrail { key: "base".into(), part: GuardrailPart::Current },
                Expression::Version("v-1".into()),
                Expression::Iam("aws:username".into()),
                Expression::Iam("*".into()),
                Expression::Unknown("nope".into()),
                Expression::Unclosed,
            ]
        );
    }

    #[test]
    fn a_doubled_dollar_is_literal() {
        assert_eq!(parse("cost: $5 $${var.a} {x}").literal(), Some("cost: $5 ${var.a} {x}"));
        assert_eq!(parse("").literal(), Some(""));
    }

    #[test]
    fn each_expression_has_its_own_place() {
        let text = "é $${ ${region} and ${account}";
        let spans: Vec<&str> = parse(text).expressions().map(|e| e.span.slice(text)).collect::<Vec<_>>();
        assert_eq!(spans, ["${region}", "${account}"]);
    }

    #[test]
    fn resolving_names_what_has_no_value() {
        let scope = ScopeValues { region: Some("eu-west-1"), ..ScopeValues::default() };
        assert_eq!(parse("a-${region}-${aws:x}").resolve(&scope).unwrap(), "a-eu-west-1-${aws:x}");
        assert_eq!(parse("${account}").resolve(&scope).unwrap_err().value, Expression::Scope(ScopeVar::Account));
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(Template::secret("hunter2").shown(), "(secret)");
    }
}
