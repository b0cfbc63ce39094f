//! Personal information in texts.
//!
//! A type is found by a pattern, and by its checksum or range where it has one. Types that have no form of their own (an age, a
//! password, a passport's number) are found after a word that announces them: an approximation, as AWS finds them with a model.

mod checks;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex_lite::Regex;

/// How a type is found. The group that takes part, or all of the pattern without groups, is a candidate.
struct Detector {
    kind: &'static str,
    pattern: &'static str,
    check: Check,
}

/// How much of a candidate holds, in bytes; none if nothing does.
type Check = fn(&str) -> Option<usize>;

#[expect(clippy::unnecessary_wraps, reason = "every check has this type")]
fn all(candidate: &str) -> Option<usize> {
    Some(candidate.len())
}

const fn plain(kind: &'static str, pattern: &'static str) -> Detector {
    Detector { kind, pattern, check: all }
}

const fn checked(kind: &'static str, pattern: &'static str, check: Check) -> Detector {
    Detector { kind, pattern, check }
}

#[rustfmt::skip]
const DETECTORS: &[Detector] = &[
    // By form.
    plain("AWS_ACCESS_KEY", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    checked("AWS_SECRET_KEY", r"(?:^|[^A-Za-z0-9/+=])([A-Za-z0-9/+]{40})(?:$|[^A-Za-z0-9/+=])", checks::secret_key),
    plain("EMAIL", r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b"),
    checked("IP_ADDRESS", r"(?:^|[^\w.:])((?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})", checks::ip_address),
    plain("MAC_ADDRESS", r"\b[0-9A-Fa-f]{2}(?:(?:-[0-9A-Fa-f]{2}){5}|(?::[0-9A-Fa-f]{2}){5})\b"),
    plain("PHONE", r"(?:^|[^\w+.-])((?:\+\d{1,3}[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]?\d{4}|\+\d{1,3}(?:[ .-]?\d{2,4}){2,5})\b"),
    checked("URL", r#"\b(?:(?:https?|ftp)://|www\.)[^\s<>"']+"#, checks::url),
    // By checksum or range.
    checked("CA_HEALTH_NUMBER", r"\b\d{4}[ -]?\d{3}[ -]?\d{3}(?:[ -]?[A-Z]{2})?\b", checks::luhn),
    checked("CA_SOCIAL_INSURANCE_NUMBER", r"\b\d{3}[ -]?\d{3}[ -]?\d{3}\b", checks::luhn),
    checked("CREDIT_DEBIT_CARD_NUMBER", r"\b\d(?:[ -]?\d){12,18}\b", checks::luhn),
    checked("INTERNATIONAL_BANK_ACCOUNT_NUMBER", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b", checks::iban),
    checked("SWIFT_CODE", r"\b[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\b", checks::swift),
    checked("UK_NATIONAL_HEALTH_SERVICE_NUMBER", r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b", checks::nhs),
    checked("UK_NATIONAL_INSURANCE_NUMBER", r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", checks::nino),
    checked("US_BANK_ROUTING_NUMBER", r"\b\d{9}\b", checks::routing),
    checked("US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER", r"\b9\d{2}[ -]?\d{2}[ -]?\d{4}\b", checks::itin),
    checked("US_SOCIAL_SECURITY_NUMBER", r"\b(?:\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4})\b", checks::ssn),
    checked("VEHICLE_IDENTIFICATION_NUMBER", r"\b[A-HJ-NPR-Z0-9]{17}\b", checks::vin),
    // By what announces them.
    plain("ADDRESS", r"\b\d{1,5} (?:[A-Z][A-Za-z']* ){1,3}(?:Avenue|Ave|Boulevard|Blvd|Court|Ct|Drive|Dr|Lane|Ln|Place|Pl|Road|Rd|Square|Sq|Street|St|Way)\b"),
    plain("AGE", r"(?i)\b(?:(?:aged?|age is)[: ]+)?(\d{1,3})[ -]years?[ -]old\b"),
    plain("CREDIT_DEBIT_CARD_CVV", r"(?i)\b(?:cvv2?|cvc2?|security code)(?: (?:is|number|code))*\s*[:#=]?\s*(\d{3,4})\b"),
    plain("CREDIT_DEBIT_CARD_EXPIRY", r"(?i)\b(?:exp(?:iry|ires|iration)?(?: date)?|valid (?:thru|until))\.?(?: is)?\s*[:#=]?\s*((?:0[1-9]|1[0-2])\s?[/-]\s?(?:20)?\d{2})\b"),
    plain("DRIVER_ID", r"(?i)\bdriver'?s?'? licen[cs]e(?: (?:is|number|no\.?))*\s*[:#=]?\s*([A-Z0-9-]*\d[A-Z0-9-]{4,})\b"),
    plain("LICENSE_PLATE", r"(?i)\b(?:licen[cs]e|number) plate(?: (?:is|number))*\s*[:#=]?\s*([A-Z0-9]{1,4}[ -]?[A-Z0-9]{2,4})\b"),
    plain("NAME", r"\b(?:[Mm]y name is|[Nn]ame:|Mr\.?|Mrs\.?|Ms\.?|Dr\.?) ([A-Z][a-z'-]+(?: [A-Z][a-z'-]+)*)|\bI(?:['’]m| am) ([A-Z][a-z'-]+(?: [A-Z][a-z'-]+)+)"),
    plain("PASSWORD", r"(?i)\bpass(?:word|phrase)(?: is)?\s*[:=]?\s+([^\s,;]+[^\s,;.])"),
    plain("PIN", r"(?i)\bpin(?: (?:is|code|number))*\s*[:#=]?\s*(\d{4,6})\b"),
    plain("UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER", r"(?i)\b(?:utr|unique taxpayer reference)(?: (?:is|number|no\.?))*\s*[:#=]?\s*(\d{5} ?\d{5})\b"),
    plain("USERNAME", r"(?i)\buser ?name(?: is)?\s*[:=]?\s+([^\s,;]+[^\s,;.])"),
    plain("US_BANK_ACCOUNT_NUMBER", r"(?i)\baccount(?: (?:is|number|no\.?))+\s*[:#=]?\s*(\d{6,17})\b"),
    plain("US_PASSPORT_NUMBER", r"(?i)\bpassport(?: (?:is|number|no\.?))*\s*[:#=]?\s*([A-Z]?\d{8,9})\b"),
];

static COMPILED: LazyLock<BTreeMap<&'static str, (Regex, Check)>> = LazyLock::new(|| {
    let compiled = DETECTORS.iter().map(|Detector { kind, pattern, check }| {
        let regex = Regex::new(pattern).expect("every pattern of the table compiles, which a test proves");
        (*kind, (regex, *check))
    });
    compiled.collect()
});

/// Where the text has information of that type, in bytes.
pub(super) fn find(kind: &str, text: &str) -> Vec<Range<usize>> {
    let Some((regex, check)) = COMPILED.get(kind) else { return Vec::new() };
    let mut ranges = Vec::new();
    let mut from = 0;
    // A candidate may begin with the character that ends the one before, so the search goes on at the candidate's end.
    while let Some(captures) = regex.captures_at(text, from) {
        let group = captures.iter().skip(1).flatten().next();
        let Some(candidate) = group.or_else(|| captures.get(0)) else { break };
        let length = check(candidate.as_str());
        ranges.extend(length.map(|length| candidate.start()..candidate.start() + length));
        // What follows the part that holds may be another.
        from = candidate.start() + length.unwrap_or(candidate.len()).max(1);
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_found_as_it_is_and_not_otherwise() {
        for (kind, text, want) in [
            ("ADDRESS", "Send it to 12 Old Mill Road, please", &["12 Old Mill Road"][..]),
            ("AGE", "She is 34 years old", &["34"]),
            ("AWS_ACCESS_KEY", "key AKIAIOSFODNN7EXAMPLE or AKIAshort", &["AKIAIOSFODNN7EXAMPLE"]),
            ("AWS_SECRET_KEY", "s=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", &[]),
            (
                "AWS_SECRET_KEY",
                "s wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                &["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
            ),
            ("AWS_SECRET_KEY", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", &[]),
            ("CA_HEALTH_NUMBER", "health card 1234-567-897-AB", &["1234-567-897-AB"]),
            ("CA_SOCIAL_INSURANCE_NUMBER", "046 454 286, not 046 454 287", &["046 454 286"]),
            ("CREDIT_DEBIT_CARD_CVV", "CVV: 123", &["123"]),
            ("CREDIT_DEBIT_CARD_EXPIRY", "expires 04/27 or 13/27", &["04/27"]),
            ("CREDIT_DEBIT_CARD_NUMBER", "4111 1111 1111 1111", &["4111 1111 1111 1111"]),
            ("CREDIT_DEBIT_CARD_NUMBER", "4111-1111-1111-1112", &[]),
            ("DRIVER_ID", "driver's license number D1234567", &["D1234567"]),
            ("EMAIL", "a.b+c@mail.example.com, x@y", &["a.b+c@mail.example.com"]),
            ("EMAIL", "a@b.co c@d.co", &["a@b.co", "c@d.co"]),
            (
                "INTERNATIONAL_BANK_ACCOUNT_NUMBER",
                "DE89 3704 0044 0532 0130 00 AND MORE",
                &["DE89 3704 0044 0532 0130 00"],
            ),
            ("INTERNATIONAL_BANK_ACCOUNT_NUMBER", "DE88370400440532013000", &[]),
            ("IP_ADDRESS", "10.0.0.1 2001:db8::1 300.1.1.1", &["10.0.0.1", "2001:db8::1"]),
            ("LICENSE_PLATE", "license plate: ABC 123", &["ABC 123"]),
            ("MAC_ADDRESS", "00:1A:2b:3c:4D:5e, 00:1A:2b:3c:4D", &["00:1A:2b:3c:4D:5e"]),
            ("NAME", "My name is Ada Lovelace.", &["Ada Lovelace"]),
            ("NAME", "I'm Jane Doe (jane@example.com).", &["Jane Doe"]),
            ("NAME", "I'm Canadian, and I am Sorry.", &[]),
            ("PASSWORD", "the password is hunter2.", &["hunter2"]),
            ("PHONE", "call (206) 555-0100 or +44 20 7946 0958", &["(206) 555-0100", "+44 20 7946 0958"]),
            ("PHONE", "555-010-0199 555-010-0200", &["555-010-0199", "555-010-0200"]),
            ("PHONE", "order 12345", &[]),
            ("PIN", "PIN is 4321", &["4321"]),
            ("SWIFT_CODE", "DEUTDEFF and ABCDEFGH", &["DEUTDEFF"]),
            ("UK_NATIONAL_HEALTH_SERVICE_NUMBER", "943 476 5919, 943 476 5918", &["943 476 5919"]),
            ("UK_NATIONAL_INSURANCE_NUMBER", "AB 12 34 56 C, GB 12 34 56 C", &["AB 12 34 56 C"]),
            ("UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER", "UTR: 1234567890", &["1234567890"]),
            ("URL", "see https://example.com/a?b=c.", &["https://example.com/a?b=c"]),
            ("USERNAME", "username: ada", &["ada"]),
            ("US_BANK_ACCOUNT_NUMBER", "account number 000123456789", &["000123456789"]),
            ("US_BANK_ROUTING_NUMBER", "021000021 021000022", &["021000021"]),
            ("US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER", "912-70-1234 912-49-1234", &["912-70-1234"]),
            ("US_PASSPORT_NUMBER", "passport no. 123456789", &["123456789"]),
            ("US_SOCIAL_SECURITY_NUMBER", "123-45-6789, 000-45-6789, 912-70-1234", &["123-45-6789"]),
            ("VEHICLE_IDENTIFICATION_NUMBER", "1M8GDM9AXKP042788 1M8GDM9A1KP042788", &["1M8GDM9AXKP042788"]),
        ] {
            let found: Vec<&str> = find(kind, text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, want, "{kind} in {text:?}");
        }
    }

    #[test]
    fn there_is_a_detector_for_every_type() {
        let kinds = crate::bedrock::PII_TYPES;
        assert_eq!(kinds.len(), DETECTORS.len());
        assert!(kinds.iter().all(|kind| COMPILED.contains_key(kind)));
    }
}
