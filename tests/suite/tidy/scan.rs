//! Sources as far as the house rules look into them.

/// The paths named after `crate::`, with their lines; a bracket counts as each of its parts.
pub(super) fn uses(code: &str) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        if code[..at].ends_with('$') {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + found.len()..];
        for path in expanded(rest) {
            all.push((line, path));
        }
    }
    all
}

/// The paths that the text begins with: `a::b`, or those inside `{ }`, one level deep at a time.
fn expanded(text: &str) -> Vec<String> {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || "_:".contains(c)))
        .unwrap_or(text.len());
    let (head, rest) = (text[..end].trim_end_matches(':'), &text[end..]);
    if !rest.starts_with('{') {
        return vec![head.to_owned()];
    }
    let join = |part: String| match (head, part.as_str()) {
        ("", _) => part,
        (_, "self" | "") => head.to_owned(),
        _ => format!("{head}::{part}"),
    };
    parts(rest)
        .into_iter()
        .flat_map(|part| expanded(part.trim()))
        .map(join)
        .collect()
}

/// What stands between the commas of the bracket that `text` begins with.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut all) = (0, 1, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if (c == ',' && depth == 1) || depth == 0 {
            all.push(&text[from..at]);
            from = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    all.retain(|part| !part.trim().is_empty());
    all
}

/// Every function with a body: line, name, number of lines.
pub(super) fn functions(code: &str) -> Vec<(usize, String, usize)> {
    let mut all = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let is_word = code[..at].ends_with(|c: char| c.is_whitespace() || c == '(');
        let name: String = code[at + 3..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if (at > 0 && !is_word) || name.is_empty() {
            continue;
        }
        if let Some(length) = body(&code[at..]) {
            all.push((code[..at].matches('\n').count() + 1, name, length));
        }
    }
    all
}

/// Lines from the signature that `code` begins with to its closing bracket; `None` without body.
fn body(code: &str) -> Option<usize> {
    let (mut depth, mut inner, mut lines) = (0, 0, 1);
    for c in code.chars() {
        match c {
            '\n' => lines += 1,
            '(' | '[' if depth == 0 => inner += 1,
            ')' | ']' if depth == 0 => inner -= 1,
            ';' if depth == 0 && inner == 0 => return None,
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(lines);
                }
            }
            _ => {}
        }
    }
    None
}

/// The text with comments, strings and characters blanked; lines stay where they are.
pub(super) fn code_only(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after_name = out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let length = blank(rest, after_name);
        if length == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            out.extend(
                rest[..length]
                    .chars()
                    .map(|c| if c == '\n' { c } else { ' ' }),
            );
            rest = &rest[length..];
        }
    }
    out
}

/// Bytes of the comment, string or character that `rest` begins with; 0 if there is none.
fn blank(rest: &str, after_name: bool) -> usize {
    let to = |end: Option<usize>| end.unwrap_or(rest.len());
    if rest.starts_with("//") {
        return to(rest.find('\n'));
    }
    if rest.starts_with("/*") {
        return to(block_comment(rest));
    }
    if rest.starts_with('"') {
        return to(quoted(rest, '"'));
    }
    if rest.starts_with('\'') {
        return character(rest);
    }
    let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'));
    if let (Some(raw), false) = (raw, after_name) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let start = rest.len() - raw.len() + hashes + 1;
            return to(rest[start..]
                .find(&close)
                .map(|at| start + at + close.len()));
        }
    }
    0
}

fn block_comment(rest: &str) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    loop {
        let next = rest[at..].find(['/', '*'])? + at;
        let is = |mark| rest[next..].starts_with(mark);
        at = next + 2 - usize::from(!is("/*") && !is("*/"));
        depth += i32::from(is("/*")) - i32::from(is("*/"));
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Bytes up to and with the closing quote, where a backslash takes the next character with it.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

/// Bytes of a character in quotes; 0 for a lifetime.
fn character(rest: &str) -> usize {
    let mut inside = rest.chars().skip(1);
    match (inside.next(), inside.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => quoted(rest, '\'').unwrap_or(0),
        _ => 0,
    }
}
