//! The codes of reading a spec, and the list of all codes.

use crate::model::diagnostic::Code;

crate::codes! {
    /// A file or folder that cannot be read.
    UNREADABLE = "E0001": "a file or folder of the spec cannot be read";
    /// Bytes that are no UTF-8.
    NOT_UTF8 = "E0002": "a file of the spec is not valid UTF-8";
    /// A file beyond the size limit.
    FILE_TOO_LARGE = "E0003": "a file of the spec is larger than 8 MiB";
    /// A text without content.
    EMPTY = "E0004": "a file of the spec holds nothing";
    /// A folder without spec files.
    NO_FILES = "E0005": "a folder holds no spec: its direct children count if they end in .yaml or .yml and are no test suite or drift.ignore.yaml";
    /// A test suite among the files of a spec.
    IS_SUITE = "E0006": "a test suite is named where a spec is taken";

    /// Broken YAML.
    SYNTAX = "E0101": "the text is not well-formed YAML 1.2";
    /// One key twice in a map.
    DUPLICATE_KEY = "E0102": "a key stands twice in one map";
    /// A YAML tag.
    TAG = "E0103": "YAML tags (`!name`) are not part of the format";
    /// More than one document.
    MULTIPLE_DOCUMENTS = "E0104": "a file holds more than one YAML document";
    /// A merge key.
    MERGE_KEY = "E0105": "merge keys (`<<`) are YAML 1.1 and not part of the format";
    /// Too many nodes.
    TOO_MANY_NODES = "E0106": "a file holds more than 250,000 values";
    /// Nested too deep.
    TOO_DEEP = "E0107": "values are nested more than 64 levels deep";
    /// Aliases that multiply.
    ALIAS_BUDGET = "E0108": "the aliases of a file repeat more than 250,000 values or 8 MiB of text";
    /// A control character.
    CONTROL_CHARACTER = "E0109": "a text holds a control character";
    /// A key that is no plain text.
    COMPLEX_KEY = "E0110": "a key is not simple text";
    /// An alias inside its own anchor.
    RECURSIVE_ALIAS = "E0111": "an alias stands inside the value that it refers to";
    /// A text that the formatter must leave alone.
    NOT_FORMATTED = "E0112": "`fmt` cannot write a file anew without changing what it says, or the file is indented by more than 60 columns; it is left as it is";

    /// A key that does not exist.
    UNKNOWN_KEY = "E0201": "a key is not known here";
    /// A key that must be there.
    MISSING_KEY = "E0202": "a required key is missing";
    /// A list for a string, and the like.
    WRONG_TYPE = "E0203": "a value has the wrong type";
    /// A value outside a fixed set.
    UNKNOWN_VALUE = "E0204": "a value is not one of those that are known here";
    /// Right but for its letter case.
    LETTER_CASE = "E0205": "a value is known in another letter case only";
    /// Twelve digits that YAML may take for a number.
    UNQUOTED_ACCOUNT_ID = "E0206": "an account id is not quoted";
    /// Not twelve digits.
    BAD_ACCOUNT_ID = "E0207": "an account id does not have 12 digits";
    /// Text too short or too long.
    LENGTH = "E0208": "a text is shorter or longer than AWS accepts";
    /// Text of the wrong form.
    FORM = "E0209": "a text does not have the required form";
    /// A number outside its bounds.
    RANGE = "E0210": "a number lies outside its bounds";
    /// Too few or too many items.
    COUNT = "E0211": "a list or map has fewer or more items than allowed";
    /// A key without a value.
    NULL = "E0212": "a key has no value";
    /// One item twice.
    REPEATED = "E0213": "an item stands twice in one list";

    /// An expression that cannot be read.
    BAD_EXPRESSION = "E0301": "an expression `${…}` is not one that bedrail knows";
    /// A variable that is not declared.
    UNDEFINED_VAR = "E0302": "a variable is not declared in `vars` and not given by `--var`";
    /// An environment variable that is not set.
    UNDEFINED_ENV = "E0303": "an environment variable is not set";
    /// Variables that need each other.
    VAR_CYCLE = "E0304": "variables refer to each other in a circle";
    /// A list or map inside text.
    VAR_NOT_TEXT = "E0305": "a variable that holds a list or a map stands inside text";
    /// A scope expression that has no value there.
    NO_SUCH_SCOPE = "E0306": "an expression has no value in this place";
    /// An expression where the value must be known at once.
    NOT_LITERAL = "E0307": "an expression stands where only `${var.…}` and `${env.…}` can";
    /// An expression in a key.
    EXPRESSION_IN_KEY = "E0308": "an expression stands in a key";
    /// Variables that multiply.
    EXPANSION_BUDGET = "E0309": "variables expand to more than 8 MiB of text or 250,000 values";
    /// A `vars` name that no expression can say.
    BAD_VAR_NAME = "E0310": "the name of a variable has a wrong form";

    /// An entry in two places.
    ENTRY_TWICE = "E0401": "an entry is declared twice";
    /// A top-level key in two files.
    SINGLE_KEY_TWICE = "E0402": "a top-level key that may stand in one file only stands in two";
    /// An override for a Region that is not the entry's.
    OVERRIDE_REGION = "E0403": "an override names a Region that the entry does not have";

    /// A format that this version does not read.
    FORMAT = "E0501": "the format of the spec is not one that this version reads";
    /// Both ways to say where.
    ACCOUNT_AND_ORGANIZATION = "E0503": "`account_id` and `organization` stand in one spec";
    /// An environment that is not declared.
    NO_ENVIRONMENT = "E0504": "the environment that `--env` names is not declared";
}

/// The lists of codes of every part of bedrail that declares some. One that is missing here is missing in the docs.
pub const LISTS: &[&[Code]] = &[
    CODES,
    super::lower::codes::CODES,
    crate::plan::codes::CODES,
    crate::plan::precondition_codes::CODES,
    crate::kinds::guardrail::codes::CODES,
    crate::kinds::guardrail_version::codes::CODES,
    super::selector::CODES,
    crate::kinds::resource_policy::codes::CODES,
    crate::kinds::org_policy::codes::CODES,
    crate::kinds::account_enforcement::codes::CODES,
    crate::kinds::invocation_logging::codes::CODES,
    crate::lint::codes::CODES,
    crate::kinds::iam_policy::codes::CODES,
    crate::suite::codes::CODES,
    crate::drift::codes::CODES,
    crate::import::source::CODES,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut ids: Vec<&str> = LISTS.iter().flat_map(|list| list.iter()).map(|code| code.id()).collect();
        for id in &ids {
            let (letter, number) = id.split_at(1);
            assert!(
                matches!(letter, "E" | "L" | "P" | "W") && number.len() == 4 && number.parse::<u16>().is_ok(),
                "{id}"
            );
        }
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "a code is declared twice");
    }
}
