//! Checksums and ranges of numbers that people and things are known by.

use std::net::{Ipv4Addr, Ipv6Addr};

/// All of the candidate, if the condition holds.
fn whole(candidate: &str, holds: bool) -> Option<usize> {
    holds.then_some(candidate.len())
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|letter| letter.to_digit(10)).collect()
}

/// Cards, Canadian social insurance and Ontario health numbers.
pub(super) fn luhn(candidate: &str) -> Option<usize> {
    let sum: u32 = digits(candidate)
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) => doubled / 10 + doubled % 10,
        })
        .sum();
    whole(candidate, sum != 0 && sum.is_multiple_of(10))
}

/// ISO 13616. Capitals that follow in the text may look like part of it, so that it may end at any space.
pub(super) fn iban(candidate: &str) -> Option<usize> {
    let ends = candidate.match_indices(' ').map(|(end, _)| end).chain([candidate.len()]);
    ends.collect::<Vec<_>>().into_iter().rev().find(|end| is_iban(&candidate[..*end]))
}

fn is_iban(text: &str) -> bool {
    let compact: Vec<char> = text.chars().filter(|letter| *letter != ' ').collect();
    if !(15..=34).contains(&compact.len()) {
        return false;
    }
    let (head, account) = compact.split_at(4);
    let remainder = account.iter().chain(head).filter_map(|letter| letter.to_digit(36)).fold(0, |rest, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + value) % 97
    });
    remainder == 1
}

/// The fifth and sixth character are a country.
pub(super) fn swift(candidate: &str) -> Option<usize> {
    const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ CA CD \
        CF CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FO FR GA GB GD GE GG GH GI GL GM GN GQ \
        GR GT GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU \
        LV LY MA MC MD ME MG MK ML MM MN MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NZ OM PA PE PG PH PK PL PT PY QA RO RS \
        RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TW TZ UA UG US UY UZ VA VC VE \
        VN VU WS XK YE ZA ZM ZW";
    whole(candidate, COUNTRIES.split_whitespace().any(|country| &candidate[4..6] == country))
}

/// A secret key mixes its characters; a hash in hexadecimal, or a line of dashes, does not.
pub(super) fn secret_key(candidate: &str) -> Option<usize> {
    let has = |kind: fn(&u8) -> bool| candidate.as_bytes().iter().any(kind);
    whole(candidate, has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit))
}

pub(super) fn ip_address(candidate: &str) -> Option<usize> {
    // A colon may belong to the sentence.
    let bare = candidate.strip_suffix(':').filter(|rest| !rest.ends_with(':')).unwrap_or(candidate);
    let is_v6 = bare.parse::<Ipv6Addr>().is_ok() && bare.bytes().any(|byte| byte.is_ascii_hexdigit());
    (bare.parse::<Ipv4Addr>().is_ok() || is_v6).then_some(bare.len())
}

/// Marks that end a sentence do not end an address.
#[expect(clippy::unnecessary_wraps, reason = "every check has this type")]
pub(super) fn url(candidate: &str) -> Option<usize> {
    Some(candidate.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']).len())
}

pub(super) fn nhs(candidate: &str) -> Option<usize> {
    let digits = digits(candidate);
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let check = (11 - sum % 11) % 11;
    whole(candidate, digits.last() == Some(&check))
}

/// Some prefixes are not given out.
pub(super) fn nino(candidate: &str) -> Option<usize> {
    whole(candidate, !["BG", "GB", "NK", "KN", "TN", "NT", "ZZ"].contains(&&candidate[..2]))
}

/// The American Bankers Association's checksum, and the ranges that are in use.
pub(super) fn routing(candidate: &str) -> Option<usize> {
    let digits = digits(candidate);
    let sum: u32 = digits.iter().zip([3, 7, 1].iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    let range = digits[0] * 10 + digits[1];
    whole(candidate, sum.is_multiple_of(10) && matches!(range, 1..=12 | 21..=32 | 61..=72 | 80))
}

pub(super) fn itin(candidate: &str) -> Option<usize> {
    let digits = digits(candidate);
    whole(candidate, matches!(digits[3] * 10 + digits[4], 50..=65 | 70..=88 | 90..=92 | 94..=99))
}

pub(super) fn ssn(candidate: &str) -> Option<usize> {
    let digits = digits(candidate);
    let number = |part: &[u32]| part.iter().fold(0, |number, digit| number * 10 + digit);
    let (area, group, serial) = (number(&digits[..3]), number(&digits[3..5]), number(&digits[5..]));
    whole(candidate, !matches!(area, 0 | 666 | 900..) && group != 0 && serial != 0)
}

/// The check digit of North America, in the ninth place.
pub(super) fn vin(candidate: &str) -> Option<usize> {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let value = |letter: char| {
        letter.to_digit(10).unwrap_or(match letter {
            'A' | 'J' => 1,
            'B' | 'K' | 'S' => 2,
            'C' | 'L' | 'T' => 3,
            'D' | 'M' | 'U' => 4,
            'E' | 'N' | 'V' => 5,
            'F' | 'W' => 6,
            'G' | 'P' | 'X' => 7,
            'H' | 'Y' => 8,
            _ => 9,
        })
    };
    let sum: u32 = candidate.chars().zip(WEIGHTS).map(|(letter, weight)| value(letter) * weight).sum();
    let check = candidate.chars().nth(8);
    whole(candidate, check == char::from_digit(sum % 11, 10).or(Some('X')))
}
