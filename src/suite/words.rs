//! AWS's enumerations of what a guardrail answers (botocore model `bedrock-runtime` 2023-09-30).
//!
//! The verbs differ from those of a guardrail's configuration: it says `BLOCK`, and what has happened is `BLOCKED`.

use crate::model::words;

words! {
    /// What is sent: a prompt or an answer.
    Source { Input = "INPUT", Output = "OUTPUT", }
}
words! {
    /// What the guardrail did on the whole. Masking is an intervention too.
    Action { None = "NONE", Intervened = "GUARDRAIL_INTERVENED", }
}
words! {
    /// What became of a match of a topic, a filter, a word or a grounding check.
    Blocked { None = "NONE", Blocked = "BLOCKED", }
}
words! {
    /// What became of personal data or of a match of a regex.
    Masked { None = "NONE", Anonymized = "ANONYMIZED", Blocked = "BLOCKED", }
}
words! {
    /// How sure a content filter is.
    Confidence { None = "NONE", Low = "LOW", Medium = "MEDIUM", High = "HIGH", }
}
words! {
    /// What automated reasoning finds: the members of AWS's union, written as its other words are.
    Finding {
        Valid = "VALID",
        Invalid = "INVALID",
        Satisfiable = "SATISFIABLE",
        Impossible = "IMPOSSIBLE",
        TranslationAmbiguous = "TRANSLATION_AMBIGUOUS",
        TooComplex = "TOO_COMPLEX",
        NoTranslations = "NO_TRANSLATIONS",
    }
}
words! {
    /// Why a guardrail was applied.
    Origin { Request = "REQUEST", AccountEnforced = "ACCOUNT_ENFORCED", OrganizationEnforced = "ORGANIZATION_ENFORCED", }
}
words! {
    /// Whose guardrail was applied.
    Ownership { Own = "SELF", CrossAccount = "CROSS_ACCOUNT", }
}

crate::decodes_as_word! {
    Source: "a source";
    Action: "an action";
    Blocked: "an outcome of a topic, filter or word";
    Masked: "an outcome of personal data or a regex";
    Confidence: "a confidence";
    Finding: "a finding of automated reasoning";
    Origin: "an origin of a guardrail";
    Ownership: "an ownership of a guardrail";
}

impl Blocked {
    /// Whether the guardrail acted.
    pub const fn acts(self) -> bool {
        matches!(self, Self::Blocked)
    }
}

impl Masked {
    /// Whether the guardrail acted.
    pub const fn acts(self) -> bool {
        matches!(self, Self::Anonymized | Self::Blocked)
    }
}
