//! Logs replayed: every line is a request, or rejected with a reason and counted.

use std::collections::BTreeMap;

use super::Resolver;
use super::contents::Items;
use super::files::{Line, Lines, unusable};
use super::names::unknown;
use crate::diagnostic::Diagnostic;
use crate::model::{Arrivals, JourneyId};
use crate::schema::{At, Columns, LogFormat, Replay, Rule};

/// Most requests of a log.
const REQUESTS_MAX: usize = 20_000_000;

/// Why a line is not a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rejected {
    NotText,
    TooLong,
    Columns,
    Time,
    NoClass,
}

impl Rejected {
    fn word(self) -> &'static str {
        match self {
            Self::NotText => "not UTF-8",
            Self::TooLong => "line too long",
            Self::Columns => "wrong number of columns",
            Self::Time => "time is no number of seconds",
            Self::NoClass => "no class fits",
        }
    }
}

/// Where the columns of a log are.
struct Layout {
    columns: usize,
    time: usize,
    url: usize,
    method: Option<usize>,
    client: Option<usize>,
    key: Option<usize>,
}

/// The columns of one line that count.
struct Entry<'l> {
    time: i128,
    url: &'l str,
    method: Option<&'l str>,
    client: Option<&'l str>,
    key: Option<&'l str>,
}

/// Requests so far: time, journey, client, item.
#[derive(Default)]
struct Log {
    requests: Vec<(i128, JourneyId, u32, u32)>,
    clients: BTreeMap<String, u32>,
    rejected: BTreeMap<Rejected, u64>,
}

impl Resolver<'_> {
    /// The requests of a log, in the order of their times; ties keep the order of the file.
    pub(super) fn read_log(&mut self, replay: &Replay) -> Arrivals {
        let LogFormat::Tsv(columns) = &replay.format;
        let rules: Vec<(&Rule, JourneyId)> = replay
            .classes
            .iter()
            .map(|rule| {
                let class = self.class(&rule.class);
                (rule, self.single(class))
            })
            .collect();
        let otherwise = replay.otherwise.as_ref().map(|name| {
            let class = self.class(name);
            self.single(class)
        });
        self.check_rules(replay, columns);
        let class = |entry: &Entry<'_>| {
            let rule = rules.iter().find(|(rule, _)| fits(rule, entry));
            rule.map(|(_, journey)| *journey).or(otherwise)
        };
        let items = &mut self.items;
        let log = match read(
            self.folder,
            &replay.file,
            columns,
            self.digest,
            items,
            class,
        ) {
            Ok(log) => log,
            Err(problem) => {
                self.problems.push(*problem);
                Log::default()
            }
        };
        let rejected = log.rejected.iter();
        let rejected = rejected
            .map(|(why, count)| (why.word().to_owned(), *count))
            .collect();
        let (log, mut items) = log.at_speed(Self::speed(replay));
        if columns.key.is_none() {
            items.clear();
        }
        Arrivals::Replay {
            rejected,
            log,
            items,
            file: replay.file.value.clone(),
        }
    }

    /// Rules that can never fit, and lines that can never have a class.
    fn check_rules(&mut self, replay: &Replay, columns: &Columns) {
        let mut refuse = |at: &At<String>, message: &str, help: &str| {
            let error = Diagnostic::error(crate::schema::code::CONFLICT, message);
            self.problems.push(error.at(at.span.clone()).help(help));
        };
        for rule in &replay.classes {
            if let (Some(method), None) = (&rule.method, &columns.method) {
                refuse(
                    method,
                    "the log has no column for the method",
                    "add `method` to `Tsv`",
                );
            }
            if rule.url.is_none() && rule.method.is_none() {
                let help = "write `otherwise` for the lines that no rule fits";
                refuse(&rule.class, "this rule fits every line", help);
            }
        }
        if replay.classes.is_empty() && replay.otherwise.is_none() {
            refuse(
                &replay.file,
                "no line of this log has a class",
                "write `otherwise: \"all\"`",
            );
        }
    }
}

impl Log {
    /// Instants from the first one, `speed` times as fast.
    fn at_speed(mut self, speed: f64) -> (Vec<(u64, JourneyId, u32)>, Vec<u32>) {
        self.requests.sort_by_key(|(time, ..)| *time);
        let first = self.requests.first().map_or(0, |(time, ..)| *time);
        let instant = |time: i128| {
            let nanos = u64::try_from(time - first).unwrap_or(u64::MAX);
            // At its own speed a log keeps its instants to the nanosecond.
            if (speed - 1.0).abs() < f64::EPSILON {
                nanos
            } else {
                (nanos as f64 / speed) as u64
            }
        };
        self.requests
            .iter()
            .map(|&(time, journey, client, item)| ((instant(time), journey, client), item))
            .unzip()
    }

    fn add(&mut self, entry: &Entry<'_>, class: Option<JourneyId>, items: &mut Items) {
        let Some(journey) = class else {
            return self.reject(Rejected::NoClass);
        };
        let next = u32::try_from(self.clients.len()).unwrap_or(u32::MAX);
        let client = match entry.client {
            Some(name) => *self.clients.entry(name.to_owned()).or_insert(next),
            None => u32::try_from(self.requests.len()).unwrap_or(u32::MAX),
        };
        let item = entry.key.map_or(0, |key| items.number(key));
        self.requests.push((entry.time, journey, client, item));
    }

    fn reject(&mut self, why: Rejected) {
        *self.rejected.entry(why).or_default() += 1;
    }
}

/// Reads a log line by line.
fn read(
    folder: &std::path::Path,
    file: &At<String>,
    columns: &Columns,
    digest: &mut crate::syntax::digest::Digest,
    items: &mut Items,
    class: impl Fn(&Entry<'_>) -> Option<JourneyId>,
) -> Result<Log, Box<Diagnostic>> {
    let mut lines = Lines::open(folder, file, digest)?;
    let refuse = |reason: String| Box::new(unusable(file, reason));
    let mut layout = None;
    let mut log = Log::default();
    while let Some(line) = lines.next().map_err(refuse)? {
        let text = match line {
            Line::Text(text) => text,
            Line::NotText => {
                log.reject(Rejected::NotText);
                continue;
            }
            Line::TooLong => {
                log.reject(Rejected::TooLong);
                continue;
            }
        };
        let Some(layout) = &layout else {
            layout = Some(Layout::new(&text, columns)?);
            continue;
        };
        match layout.entry(&text) {
            Ok(entry) => log.add(&entry, class(&entry), items),
            Err(why) => log.reject(why),
        }
        if log.requests.len() > REQUESTS_MAX {
            return Err(refuse(format!(
                "it holds more than {REQUESTS_MAX} requests"
            )));
        }
    }
    if log.requests.is_empty() {
        let first = log
            .rejected
            .iter()
            .next()
            .map(|(why, count)| format!(": {count} lines were rejected ({})", why.word()));
        return Err(refuse(format!(
            "it holds no request{}",
            first.unwrap_or_default()
        )));
    }
    Ok(log)
}

impl Layout {
    fn new(header: &str, columns: &Columns) -> Result<Self, Box<Diagnostic>> {
        let cells: Vec<&str> = header.split('\t').map(str::trim).collect();
        let find = |wanted: &At<String>| {
            cells
                .iter()
                .position(|cell| *cell == wanted.value)
                .ok_or_else(|| {
                    let known = cells.iter().copied();
                    let problem = unknown(&wanted.value, wanted.span.clone(), "column", known);
                    Box::new(problem.help(format!(
                        "columns: {}",
                        crate::quantity::short(&cells.join(", "))
                    )))
                })
        };
        Ok(Self {
            columns: cells.len(),
            time: find(&columns.time)?,
            url: find(&columns.url)?,
            method: columns.method.as_ref().map(find).transpose()?,
            client: columns.client.as_ref().map(find).transpose()?,
            key: columns.key.as_ref().map(find).transpose()?,
        })
    }

    fn entry<'l>(&self, line: &'l str) -> Result<Entry<'l>, Rejected> {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.len() != self.columns {
            return Err(Rejected::Columns);
        }
        Ok(Entry {
            time: nanos(cells[self.time].trim()).ok_or(Rejected::Time)?,
            url: cells[self.url].trim(),
            method: self.method.map(|place| cells[place].trim()),
            client: self.client.map(|place| cells[place].trim()),
            key: self.key.map(|place| cells[place].trim()),
        })
    }
}

/// Seconds with or without a fraction, in ns; digits beyond the ninth are cut off.
fn nanos(text: &str) -> Option<i128> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() > 12 {
        return None;
    }
    let nine: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(9)
        .collect();
    let whole: i128 = whole.parse().ok()?;
    Some(sign * (whole * 1_000_000_000 + nine.parse::<i128>().ok()?))
}

fn fits(rule: &Rule, entry: &Entry<'_>) -> bool {
    let url = rule
        .url
        .as_ref()
        .is_none_or(|pattern| matches(&pattern.value, entry.url));
    let method = rule
        .method
        .as_ref()
        .is_none_or(|method| entry.method == Some(&*method.value));
    url && method
}

/// Whether all of `text` fits `pattern`, in which `*` stands for any run of characters.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        for (pattern, text, fit) in [
            ("/images/*", "/images/a.gif", true),
            ("/images/*", "/image", false),
            ("*.gif", "/a/b.gif", true),
            ("*.gif", "/a/b.gif?x", false),
            ("/a*b*c", "/a1b2c", true),
            ("/a*b*c", "/acb", false),
            ("/a*a", "/a", false),
            ("/exact", "/exact", true),
            ("/exact", "/exactly", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, text), fit, "{pattern} {text}");
        }
    }

    #[test]
    fn times_are_exact_to_the_nanosecond() {
        assert_eq!(nanos("807256800"), Some(807_256_800_000_000_000));
        assert_eq!(nanos("1.5"), Some(1_500_000_000));
        assert_eq!(nanos("-0.000000001"), Some(-1));
        assert_eq!(nanos("1.0000000019"), Some(1_000_000_001));
        for bad in ["", "x", "1.", ".5", "1e3", "9999999999999", "NaN", "1 2"] {
            assert_eq!(nanos(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_faster_replay_divides_the_instants() {
        let log = Log {
            requests: vec![(7_000, JourneyId(1), 0, 8), (5_000, JourneyId(0), 1, 9)],
            ..Log::default()
        };
        assert_eq!(
            log.at_speed(2.0),
            (
                vec![(0, JourneyId(0), 1), (1_000, JourneyId(1), 0)],
                vec![9, 8]
            )
        );
    }
}
