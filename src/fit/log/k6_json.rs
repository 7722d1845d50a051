//! Results of k6 as lines of JSON: `k6 run --out json=FILE`.

use serde::Deserialize;

use super::instant;
use super::record::{self, Log, Reading, Sample, Why};

/// A line; lines that declare a metric have other data.
#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    metric: String,
    data: serde_json::Value,
}

#[derive(Deserialize)]
struct Point {
    time: String,
    value: f64,
    #[serde(default)]
    tags: Tags,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tags {
    name: String,
    method: String,
    status: String,
    expected_response: String,
}

/// One line: a request, or something else, which is passed over.
pub fn line(log: &mut Log, text: &str, reading: &Reading) -> Result<(), Why> {
    let entry: Entry = serde_json::from_str(text).map_err(|_| "no JSON of k6")?;
    if entry.kind != "Point" || entry.metric != "http_req_duration" {
        return Ok(());
    }
    let point: Point = serde_json::from_value(entry.data).map_err(|_| "no point of k6")?;
    let end = instant::of(&point.time).ok_or("the time cannot be read")?;
    let duration = record::duration(point.value, 1e-3)?;
    let tags = &point.tags;
    let name = class_name(&tags.method, &tags.name);
    let class = log.class(&name, reading);
    log.push(Sample {
        start_s: end - duration,
        duration_s: Some(duration),
        class,
        succeeded: is_good(&tags.expected_response, &tags.status),
        users: None,
    });
    Ok(())
}

/// `GET name`.
pub fn class_name(method: &str, name: &str) -> String {
    format!("{method} {name}").trim().to_owned()
}

/// What k6 expected, or a status that is neither missing nor one of a server's error.
pub fn is_good(expected: &str, status: &str) -> bool {
    match expected {
        "true" => true,
        "false" => false,
        _ => status
            .parse::<u16>()
            .is_ok_and(|status| (1..500).contains(&status)),
    }
}
