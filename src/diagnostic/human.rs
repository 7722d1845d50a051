//! Diagnostics as people read them.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin as Header, Renderer, Snippet};

use super::source::floor;
use super::{Diagnostic, Diagnostics, Origin, Place, Severity};

/// Renders at most [`Diagnostics::SHOWN`] problems, errors before warnings.
pub(super) fn render(all: &Diagnostics, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut order: Vec<&Diagnostic> = all.list.iter().collect();
    order.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
    let mut text = String::new();
    for diagnostic in order.iter().take(Diagnostics::SHOWN) {
        text += &one(all, diagnostic, &renderer);
        text += "\n\n";
    }
    let hidden = order.len().saturating_sub(Diagnostics::SHOWN);
    if hidden > 0 {
        text += "... and ";
        text += &hidden.to_string();
        text += " more\n";
    }
    text
}

fn one(all: &Diagnostics, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code);
    let mut group = Group::with_title(title);
    let place = match &diagnostic.origin {
        Origin::File(_) => all.place(&diagnostic.origin, diagnostic.span.clone()),
        Origin::Flag { name, text } => Some(Place {
            name,
            text,
            span: diagnostic.span.clone(),
            is_flag: true,
        }),
    };
    if let Some(place) = place {
        group = if place.span.is_some() {
            group.element(snippet(all, diagnostic, &place))
        } else {
            group.element(Header::path(place.name.to_owned()))
        };
    }
    let help = diagnostic
        .help
        .iter()
        .map(|help| Level::HELP.message(help.as_str()));
    renderer.render(&[group.elements(help)])
}

/// The lines of a place with its labels; only the lines needed are handed to the renderer.
fn snippet<'a>(
    all: &'a Diagnostics,
    diagnostic: &'a Diagnostic,
    place: &Place<'a>,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let span = place.span.clone().unwrap_or_default();
    let (mut from, mut to) = (span.start, span.end);
    let mut others = Vec::new();
    for label in &diagnostic.secondary {
        let other = match &diagnostic.origin {
            Origin::File(_) => all.place(&diagnostic.origin, Some(label.span.clone())),
            Origin::Flag { .. } => Some(Place {
                span: Some(label.span.clone()),
                ..place.clone()
            }),
        };
        let same = other.filter(|other| other.name == place.name && other.text == place.text);
        if let Some(span) = same.and_then(|other| other.span) {
            (from, to) = (from.min(span.start), to.max(span.end));
            others.push((span, label.text.as_str()));
        }
    }
    let from = place.text[..floor(place.text, from)]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    let to = floor(place.text, to);
    let to = place.text[to..]
        .find('\n')
        .map_or(place.text.len(), |at| to + at);
    let inside = |span: Range<usize>| span.start - from..span.end - from;
    let primary = AnnotationKind::Primary
        .span(inside(span))
        .label(diagnostic.label.as_deref());
    let marks = others
        .into_iter()
        .map(|(span, text)| AnnotationKind::Context.span(inside(span)).label(text));
    let (line, _) = place.line_and_column(from);
    Snippet::source(&place.text[from..to])
        .line_start(line)
        .path(place.name.to_owned())
        .annotation(primary)
        .annotations(marks)
}

#[cfg(test)]
mod tests {
    use super::super::{Part, Source, code};
    use super::*;

    fn report(text: &str, diagnostics: impl IntoIterator<Item = Diagnostic>) -> String {
        let mut all = Diagnostics::new();
        let source = all.add_source(Source::new("shop.ron", text));
        all.extend(source, diagnostics);
        all.human(false)
    }

    #[test]
    fn the_place_is_named_by_line_and_column_in_characters() {
        let text = "(\n    \"가나\": AppServer(coers: 8),\n)";
        let at = text.find("coers").unwrap();
        let shown = report(
            text,
            [Diagnostic::error(code::UNKNOWN_FIELD, "no field `coers`")
                .at(at..at + 5)
                .label("not a field")
                .help("did you mean `cores`?")],
        );
        assert!(
            shown.starts_with("error[LP0202]: no field `coers`\n"),
            "{shown}"
        );
        assert!(shown.contains("--> shop.ron:2:21\n"), "{shown}");
        assert!(shown.contains("^^^^^ not a field"), "{shown}");
        assert!(shown.contains("= help: did you mean `cores`?"), "{shown}");
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }

    #[test]
    fn lines_far_from_the_start_keep_their_numbers() {
        let text = "\n".repeat(70) + "x: 1,\n" + &"\n".repeat(20) + "x: 2";
        let shown = report(
            &text,
            [Diagnostic::error(code::DUPLICATE, "`x` is written twice")
                .at(97..98)
                .also(70..71, "first here")],
        );
        assert!(shown.contains("--> shop.ron:92:2"), "{shown}");
        assert!(shown.contains("71 | x: 1"), "{shown}");
        assert!(shown.contains("first here"), "{shown}");
    }

    #[test]
    fn fifty_errors_are_shown_and_the_rest_is_counted() {
        let error = Diagnostic::error(code::SYNTAX, "wrong").at(0..1);
        let shown = report("x", vec![error; 53]);
        assert_eq!(shown.matches("error[LP0101]").count(), 50);
        assert!(shown.ends_with("... and 3 more\n"), "{shown}");
    }

    #[test]
    fn a_place_in_a_flag_shows_the_flag() {
        let mut all = Diagnostics::new();
        let source = Source::new("shop.ron", "(a: 1)");
        all.add_source(source.replace(4..5, ("--set", "a=six"), &[Part::Taken(2..5)]));
        all.push(Diagnostic::error(code::BAD_VALUE, "expected a whole number").at(4..7));
        let shown = all.human(false);
        assert!(shown.contains("--> --set:1:3"), "{shown}");
        assert!(shown.contains("1 | a=six"), "{shown}");
    }
}
