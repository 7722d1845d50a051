//! Tables with a header: JMeter, k6, nGrinder, and plain ones.

use std::collections::BTreeMap;

use super::format::Format;
use super::instant;
use super::k6_json::{class_name, is_good};
use super::record::{self, Log, Point, Reading, Sample, Why};

/// Where the columns are.
pub struct Columns {
    names: BTreeMap<String, usize>,
    count: usize,
    separator: u8,
}

impl Columns {
    /// From the header.
    ///
    /// # Errors
    /// When a column that this format needs is missing.
    pub fn of(format: Format, head: &str) -> Result<Self, String> {
        let separator = [b'\t', b';', b','];
        let separator = separator
            .into_iter()
            .find(|one| head.as_bytes().contains(one));
        let separator = separator.unwrap_or(b',');
        let cells = cells(head, separator).ok_or("the header cannot be read")?;
        let lower = cells.iter().map(|name| name.trim().to_ascii_lowercase());
        let columns = Self {
            names: lower
                .enumerate()
                .map(|(place, name)| (name, place))
                .collect(),
            count: cells.len(),
            separator,
        };
        for name in needed(format) {
            if !columns.names.contains_key(*name) {
                return Err(format!(
                    "it has no column `{name}`, which {} has",
                    format.words()
                ));
            }
        }
        Ok(columns)
    }
}

fn needed(format: Format) -> &'static [&'static str] {
    match format {
        Format::Jmeter => &["timestamp", "elapsed"],
        Format::K6Csv => &["metric_name", "timestamp", "metric_value"],
        Format::Ngrinder => &["vuser", "tps"],
        Format::Points => &["load", "throughput"],
        Format::Table => &["time", "duration"],
        Format::Access | Format::K6Json => &[],
    }
}

/// The cells of one line.
struct Row<'c> {
    columns: &'c Columns,
    cells: Vec<String>,
}

impl Row<'_> {
    fn text(&self, name: &str) -> &str {
        let place = self.columns.names.get(name);
        place.map_or("", |&place| self.cells[place].trim())
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.text(name)
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
    }

    fn instant(&self, name: &str) -> Result<f64, Why> {
        instant::of(self.text(name)).ok_or("the time cannot be read")
    }

    /// A duration in units of so many seconds.
    fn duration(&self, name: &str, unit_s: f64) -> Result<f64, Why> {
        let number = self
            .number(name)
            .ok_or("the time of the request is no number")?;
        record::duration(number, unit_s)
    }
}

/// One line: a request or a point.
pub fn line(log: &mut Log, columns: &Columns, text: &str, reading: &Reading) -> Result<(), Why> {
    let cells = cells(text, columns.separator).ok_or("a quote is not closed")?;
    if cells.len() != columns.count {
        return Err("wrong number of columns");
    }
    let row = Row { columns, cells };
    match log.format {
        Format::Jmeter => jmeter(log, &row, reading),
        Format::K6Csv => k6(log, &row, reading),
        Format::Ngrinder => point(log, &row, ("vuser", "tps")),
        Format::Points => point(log, &row, ("load", "throughput")),
        Format::Table | Format::Access | Format::K6Json => plain(log, &row, reading),
    }
}

/// Milliseconds; the time is that of the start, as JMeter writes it unless told otherwise.
fn jmeter(log: &mut Log, row: &Row<'_>, reading: &Reading) -> Result<(), Why> {
    let start_s = row.instant("timestamp")?;
    let duration = row.duration("elapsed", 1e-3)?;
    let class = log.class(row.text("label"), reading);
    let code = row.text("responsecode").parse::<u16>();
    let succeeded = match row.text("success") {
        "true" => true,
        "false" => false,
        _ => code.is_ok_and(|code| code < 500),
    };
    log.push(Sample {
        start_s,
        duration_s: Some(duration),
        class,
        succeeded,
        users: row.number("allthreads"),
    });
    Ok(())
}

/// Milliseconds; the time is that of the end. Other metrics are passed over.
fn k6(log: &mut Log, row: &Row<'_>, reading: &Reading) -> Result<(), Why> {
    if row.text("metric_name") != "http_req_duration" {
        return Ok(());
    }
    let end = row.instant("timestamp")?;
    let duration = row.duration("metric_value", 1e-3)?;
    let class = log.class(&class_name(row.text("method"), row.text("name")), reading);
    log.push(Sample {
        start_s: end - duration,
        duration_s: Some(duration),
        class,
        succeeded: is_good(row.text("expected_response"), row.text("status")),
        users: None,
    });
    Ok(())
}

/// Seconds unless told otherwise; the time is that of the start.
fn plain(log: &mut Log, row: &Row<'_>, reading: &Reading) -> Result<(), Why> {
    let start_s = row.instant("time")?;
    let duration = row.duration("duration", reading.unit_s.unwrap_or(1.0))?;
    let name = Some(row.text("class")).filter(|name| !name.is_empty());
    let class = log.class(name.unwrap_or("all"), reading);
    log.push(Sample {
        start_s,
        duration_s: Some(duration),
        class,
        succeeded: !matches!(row.text("ok"), "false" | "0" | "no"),
        users: row.number("users"),
    });
    Ok(())
}

fn point(log: &mut Log, row: &Row<'_>, (load, rate): (&str, &str)) -> Result<(), Why> {
    let load = row.number(load).filter(|load| *load >= 1.0);
    let load = load.ok_or("the load is no number of at least 1")?;
    let rate = row.number(rate).filter(|rate| *rate > 0.0);
    let throughput_rps = rate.ok_or("the throughput is no positive number")?;
    log.points.push(Point {
        load,
        throughput_rps,
    });
    Ok(())
}

/// The cells of one line; `None` where a quote is not closed.
fn cells(line: &str, separator: u8) -> Option<Vec<String>> {
    let closed = line
        .bytes()
        .filter(|&byte| byte == b'"')
        .count()
        .is_multiple_of(2);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(separator)
        .from_reader(line.as_bytes());
    let row = reader.records().next().filter(|_| closed)?.ok()?;
    Some(row.iter().map(str::to_owned).collect())
}
