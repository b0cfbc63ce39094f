//! Takes out of foreign text what a terminal, a CI log or a reader's eye would obey.

/// One line: no escape sequence, control character, line break or invisible character, and no word that a CI log would take
/// for a command.
pub fn line(text: &str) -> String {
    let visible: String = visible(text).chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    defused(visible.trim())
}

/// Several lines, each as [`line()`] would have it, but with their indentation.
pub fn block(text: &str) -> String {
    let normal = text.replace("\r\n", "\n");
    normal.split('\n').map(|line| defused(visible(line).trim_end())).collect::<Vec<_>>().join("\n")
}

/// JSON text in which every character that is not plainly visible is escaped, and one of two `#`, so that the value is kept and
/// neither a terminal nor a CI log obeys any of it.
pub fn json(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c != '\n' && is_hidden(c)) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let mut units = [0; 2];
        let c = from.chars().next().unwrap_or_default();
        for unit in c.encode_utf16(&mut units) {
            write!(out, "\\u{unit:04x}").expect("writing to a String never fails");
        }
        rest = &from[c.len_utf8()..];
    }
    out.push_str(rest);
    // Some CI logs read commands wherever this stands in a line, and JSON may be one line.
    if out.contains("##") { out.replace("##", "#\\u0023") } else { out }
}

fn is_hidden(c: char) -> bool {
    c.is_control() || is_deceptive(c)
}

fn visible(text: &str) -> String {
    // Most text is plain, and there is much of it.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.to_owned();
    }
    let plain = anstream::adapter::strip_str(text).to_string();
    let space = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' | '\u{85}');
    plain.chars().map(|c| if space(c) { ' ' } else { c }).filter(|c| !c.is_control() && !is_deceptive(*c)).collect()
}

/// Characters that have no shape of their own and change what the others seem to say.
pub(super) fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{2028}' | '\u{2029}')
}

/// A CI log reads commands where a line begins with `::`, and some wherever `##` stands in it; a wrapped word may begin a line.
fn defused(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, mut word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        // What is left of `:::` would begin the next word.
        while word.starts_with("::") {
            out.push_str(": ");
            word = &word[1..];
        }
        while let Some(at) = word.find("##") {
            out.push_str(&word[..=at]);
            out.push(' ');
            word = &word[at + 1..];
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_line_is_obeyed() {
        assert_eq!(line("a\u{1b}[31mred\u{1b}[0m\r\nb\tc\u{7}"), "ared  b c");
        assert_eq!(line("\u{1b}]0;title\u{7}x\u{9b}y"), "xy");
        assert_eq!(line("admin\u{202e}gpj.exe \u{200b}x"), "admingpj.exe x");
        assert_eq!(
            line("\n::error::no ##vso[x] arn:aws:iam::1:role/x"),
            ": :error::no # #vso[x] arn:aws:iam::1:role/x"
        );
        assert_eq!(line("a :::error::x ####[group]"), "a : : :error::x # # # #[group]");
        assert_eq!(line("`##vso[task.complete]` a##[x]"), "`# #vso[task.complete]` a# #[x]", "wherever it stands");
    }

    #[test]
    fn a_block_keeps_its_lines_and_json_keeps_its_value() {
        assert_eq!(block("{\r\n  \"a\": 1\u{1b}[2J\n}"), "{\n  \"a\": 1\n}");
        let value = "a\u{9b}31m\u{202e}\u{e0041} ###vso[x]";
        let safe = json(&serde_json::to_string(value).expect("JSON"));
        assert!(safe.is_ascii() && !safe.contains("##"), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).expect("JSON"), value);
    }
}
