//! Diagnostics as programs read them.

use std::ops::Range;

use serde_json::{Value, json};

use super::{Diagnostic, Diagnostics, Origin, Place};

/// One JSON object per line.
pub(super) fn render(all: &Diagnostics) -> String {
    all.list
        .iter()
        .map(|diagnostic| one(all, diagnostic).to_string() + "\n")
        .collect()
}

fn one(all: &Diagnostics, diagnostic: &Diagnostic) -> Value {
    let place = place(all, &diagnostic.origin, diagnostic.span.clone());
    let mut object = json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity.word(),
        "message": diagnostic.message,
    });
    if let (Some(object), Some(place)) = (object.as_object_mut(), &place) {
        object.extend(fields(place));
    }
    let related = diagnostic.secondary.iter().map(|label| {
        let mut other = json!({ "message": label.text });
        let place = self::place(all, &diagnostic.origin, Some(label.span.clone()));
        if let (Some(other), Some(place)) = (other.as_object_mut(), &place) {
            other.extend(fields(place));
        }
        other
    });
    object["label"] = json!(diagnostic.label);
    object["related"] = related.collect();
    object["help"] = json!(diagnostic.help);
    object
}

fn place<'a>(
    all: &'a Diagnostics,
    origin: &'a Origin,
    span: Option<Range<usize>>,
) -> Option<Place<'a>> {
    match origin {
        Origin::File(_) => all.place(origin, span),
        Origin::Flag { name, text } => Some(Place {
            name,
            text,
            span,
            is_flag: true,
        }),
    }
}

/// Where the place is and what stands there.
fn fields(place: &Place<'_>) -> serde_json::Map<String, Value> {
    let mut object = serde_json::Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put(
        "origin",
        json!(if place.is_flag { place.name } else { "file" }),
    );
    put(
        "file",
        if place.is_flag {
            Value::Null
        } else {
            json!(place.name)
        },
    );
    if let Some(span) = &place.span {
        let (line, column) = place.line_and_column(span.start);
        let (end_line, end_column) = place.line_and_column(span.end);
        put("line", json!(line));
        put("column", json!(column));
        put("end_line", json!(end_line));
        put("end_column", json!(end_column));
        put("start", json!(span.start));
        put("end", json!(span.end));
        put("text", json!(place.text.get(span.clone()).map(shortened)));
    }
    object
}

/// At most 200 characters.
fn shortened(text: &str) -> &str {
    text.char_indices()
        .nth(200)
        .map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::super::{Source, code};
    use super::*;

    #[test]
    fn an_object_has_the_place_in_characters_and_bytes() {
        let mut all = Diagnostics::new();
        all.add_source(Source::new("shop.ron", "(\n  \"가\": 8.5,\n)"));
        let error = Diagnostic::error(code::BAD_VALUE, "expected a whole number, found 8.5");
        all.push(error.at(11..14).also(4..9, "of this").help("write 8"));
        let line = all.json();
        let object: Value = serde_json::from_str(line.trim_end()).unwrap();
        let expected = json!({
            "code": "LP0201", "severity": "error",
            "message": "expected a whole number, found 8.5",
            "origin": "file", "file": "shop.ron",
            "line": 2, "column": 8, "end_line": 2, "end_column": 11, "start": 11, "end": 14,
            "text": "8.5", "label": null,
            "related": [{
                "message": "of this", "origin": "file", "file": "shop.ron",
                "line": 2, "column": 3, "end_line": 2, "end_column": 6, "start": 4, "end": 9,
                "text": "\"가\"",
            }],
            "help": ["write 8"],
        });
        assert_eq!(object, expected);
        assert_eq!(line.lines().count(), 1);
    }

    #[test]
    fn a_problem_with_a_flag_names_the_flag_and_no_file() {
        let mut all = Diagnostics::new();
        let origin = Origin::Flag {
            name: "--set".into(),
            text: "wass.x=1".into(),
        };
        all.push(
            Diagnostic::error(code::BAD_PATH, "no `wass`")
                .at(0..4)
                .in_origin(origin),
        );
        let object: Value = serde_json::from_str(all.json().trim_end()).unwrap();
        assert_eq!(
            (&object["origin"], &object["file"]),
            (&json!("--set"), &Value::Null)
        );
        assert_eq!(object["text"], "wass");
    }
}
