//! Access logs: `client - user [time] "request" status bytes "referrer" "agent" more`.

use super::instant;
use super::record::{self, Log, Reading, Sample, Why};

/// Names under which formats of their own write the time of a request.
const NAMES: [&str; 4] = ["rt", "request_time", "duration", "req_time"];

/// One request.
pub fn line(log: &mut Log, text: &str, reading: &Reading) -> Result<(), Why> {
    let fields = fields(text).ok_or("a quote or bracket is not closed")?;
    let at = fields.iter().position(|field| field.kind == Kind::Bracket);
    let at = at.ok_or("no time in brackets")?;
    let start = instant::of_access_log(fields[at].text).ok_or("the time cannot be read")?;
    let [request, status, _bytes, rest @ ..] = &fields[at + 1..] else {
        return Err("fewer fields than an access log has");
    };
    let status: u16 = status.text.parse().map_err(|_| "the status is no number")?;
    let mut words = request.text.split_ascii_whitespace();
    let (method, target) = (words.next(), words.next());
    let (Some(method), Some(target)) = (method, target) else {
        return Err("the request line is broken");
    };
    let path = target.split(['?', '#']).next().unwrap_or(target);
    let duration_s = duration(rest, reading)?;
    let class = log.class(&format!("{method} {path}"), reading);
    // Most servers write the line, and its time, when the request ends.
    log.push(Sample {
        start_s: start - duration_s.unwrap_or(0.0),
        duration_s,
        class,
        succeeded: status < 500,
        users: None,
    });
    Ok(())
}

/// The time of the request, s: the first number behind the quoted fields, or one by name.
fn duration(rest: &[Field<'_>], reading: &Reading) -> Result<Option<f64>, Why> {
    let bare = || rest.iter().filter(|field| field.kind == Kind::Bare);
    let named = bare().find_map(|field| {
        let (name, value) = field.text.split_once('=')?;
        NAMES.contains(&name).then(|| value.trim_matches('"'))
    });
    let Some(text) = named.or_else(|| bare().map(|field| field.text).next()) else {
        return Ok(None);
    };
    if text == "-" {
        return Err("no time of the request");
    }
    let number: f64 = text
        .parse()
        .map_err(|_| "the time of the request is no number")?;
    let unit = match reading.unit_s {
        Some(unit) => unit,
        None if text.contains('.') || number.is_nan() => 1.0,
        None => return Err("whole numbers as time of the request: say --unit us, ms or s"),
    };
    record::duration(number, unit).map(Some)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bare,
    Quoted,
    Bracket,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field<'t> {
    kind: Kind,
    text: &'t str,
}

/// Fields apart by spaces; what stands in quotes or brackets is one field. A backslash takes its
/// meaning from a quote.
fn fields(text: &str) -> Option<Vec<Field<'_>>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (kind, close) = match first {
            '"' => (Kind::Quoted, '"'),
            '[' => (Kind::Bracket, ']'),
            _ => (Kind::Bare, ' '),
        };
        let inside = if kind == Kind::Bare { rest } else { &rest[1..] };
        let mut escaped = false;
        let end = inside.find(|c: char| {
            let is_end = c == close && !escaped;
            escaped = c == '\\' && !escaped;
            is_end
        });
        let end = match (end, kind) {
            (Some(end), _) => end,
            (None, Kind::Bare) => inside.len(),
            (None, _) => return None,
        };
        found.push(Field {
            kind,
            text: &inside[..end],
        });
        rest = inside[end..].strip_prefix(close).unwrap_or("").trim_start();
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::*;

    fn read(text: &str, unit_s: Option<f64>) -> Result<(String, Sample), Why> {
        let mut log = Log::new(Format::Access);
        let reading = Reading {
            unit_s,
            ..Reading::default()
        };
        line(&mut log, text, &reading)?;
        Ok((log.classes[0].clone(), log.samples[0]))
    }

    const HEAD: &str = "10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] ";

    #[test]
    fn nginx_with_its_request_time() {
        let tail = "\"GET /a/b?x=\\\"1 HTTP/1.1\" 200 512 \"-\" \"curl \\\"x\\\"\" 0.125";
        let (class, sample) = read(&format!("{HEAD}{tail}"), None).unwrap();
        assert_eq!(class, "GET /a/b");
        assert_eq!(sample.duration_s, Some(0.125));
        assert!((sample.start_s - 971_211_335.875).abs() < 1e-6);
        assert!(sample.succeeded);
        let named = "\"GET / HTTP/1.1\" 503 5 \"-\" \"x\" urt=0.1 rt=0.250";
        let (_, sample) = read(&format!("{HEAD}{named}"), None).unwrap();
        assert_eq!((sample.duration_s, sample.succeeded), (Some(0.25), false));
    }

    #[test]
    fn a_whole_number_needs_its_unit() {
        let text = format!("{HEAD}\"GET / HTTP/1.1\" 200 5 1500");
        assert!(read(&text, None).unwrap_err().contains("--unit"));
        let (_, sample) = read(&text, Some(1e-6)).unwrap();
        assert_eq!(sample.duration_s, Some(1500.0 * 1e-6));
    }

    #[test]
    fn without_a_time_it_is_an_arrival() {
        let (_, sample) = read(&format!("{HEAD}\"GET / HTTP/1.0\" 200 -"), None).unwrap();
        assert_eq!(sample.duration_s, None);
    }

    #[test]
    fn every_broken_line_has_its_reason() {
        for (text, why) in [
            (
                "1.2.3.4 - - \"GET / HTTP/1.0\" 200 5",
                "no time in brackets",
            ),
            ("x [never] \"GET / H\" 200 5", "the time cannot be read"),
            (
                "x [10/Oct/2000:13:55:36 -0700",
                "a quote or bracket is not closed",
            ),
            (
                "x [10/Oct/2000:13:55:36 -0700] \"GET / H\" 200",
                "fewer fields than an access log has",
            ),
            (
                "x [10/Oct/2000:13:55:36 -0700] \"-\" 400 0",
                "the request line is broken",
            ),
            (
                "x [10/Oct/2000:13:55:36 -0700] \"GET / H\" ok 0",
                "the status is no number",
            ),
            (
                "x [10/Oct/2000:13:55:36 -0700] \"GET / H\" 200 0 -",
                "no time of the request",
            ),
            (
                "x [10/Oct/2000:13:55:36 -0700] \"GET / H\" 200 0 -0.1",
                "the time of the request is negative",
            ),
            (
                "x [10/Oct/2000:13:55:36 -0700] \"GET / H\" 200 0 1.2.3",
                "the time of the request is no number",
            ),
            (
                "x [10/Oct/2000:13:55:36 -0700] \"GET / H\" 200 0 rt=NaN",
                "the time of the request is no number",
            ),
            (
                "x [10/Oct/2000:13:55:36 -0700] \"GET / H\" 200 0 1.5e300",
                "the time of the request is longer than a year",
            ),
        ] {
            assert_eq!(read(text, None).unwrap_err(), why, "{text}");
        }
    }
}
