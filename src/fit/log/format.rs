//! Which program wrote a file, by its first line.

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An access log of nginx, Apache or their like, in the combined form, with or without the
    /// time of the request behind it.
    Access,
    /// Results of JMeter as CSV.
    Jmeter,
    /// Results of k6 as CSV.
    K6Csv,
    /// Results of k6 as lines of JSON.
    K6Json,
    /// Statistics of nGrinder, a line for each interval.
    Ngrinder,
    /// A table with the columns `time` (s), `duration` (s), and, if there are, `class` and `ok`.
    Table,
    /// A table with the columns `load` and `throughput`.
    Points,
}

impl Format {
    /// For reports and messages.
    pub fn words(self) -> &'static str {
        match self {
            Format::Access => "an access log",
            Format::Jmeter => "a JMeter result",
            Format::K6Csv => "a k6 result (CSV)",
            Format::K6Json => "a k6 result (JSON)",
            Format::Ngrinder => "an nGrinder result",
            Format::Table => "a table of requests",
            Format::Points => "a table of loads and throughputs",
        }
    }

    /// Whether its numbers have their own units.
    pub(super) fn has_units(self) -> bool {
        !matches!(self, Format::Access | Format::Table)
    }

    /// Whether it holds requests, and not points.
    pub(super) fn has_requests(self) -> bool {
        !matches!(self, Format::Ngrinder | Format::Points)
    }

    /// By the first line that is not empty.
    pub(super) fn of(head: &str) -> Result<Self, String> {
        let names: Vec<&str> = head
            .split([',', '\t', ';'])
            .map(|it| it.trim().trim_matches('"'))
            .collect();
        let has = |name: &str| names.iter().any(|one| one.eq_ignore_ascii_case(name));
        if head.is_empty() {
            return Err("it is empty".to_owned());
        }
        if head.trim_start().starts_with('<') {
            return Err("this is XML: save JMeter results as CSV \
                        (jmeter.save.saveservice.output_format=csv)"
                .to_owned());
        }
        if head.trim_start().starts_with('{') {
            return Ok(Format::K6Json);
        }
        if has("timeStamp") && has("elapsed") {
            return Ok(Format::Jmeter);
        }
        if has("metric_name") && has("metric_value") {
            return Ok(Format::K6Csv);
        }
        if has("TPS") && has("vuser") {
            return Ok(Format::Ngrinder);
        }
        if has("load") && has("throughput") {
            return Ok(Format::Points);
        }
        if has("time") && has("duration") {
            return Ok(Format::Table);
        }
        if head.contains('[') && head.contains("] \"") {
            return Ok(Format::Access);
        }
        Err(format!(
            "its format cannot be told from `{}`: name it with --format, or give a table with the \
             columns `time,duration` or `load,throughput`",
            head.chars().take(60).collect::<String>()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_by_its_first_line() {
        for (head, format) in [
            (
                "1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 5",
                Format::Access,
            ),
            (
                "timeStamp,elapsed,label,responseCode,success",
                Format::Jmeter,
            ),
            ("metric_name,timestamp,metric_value,check", Format::K6Csv),
            ("{\"type\":\"Metric\"}", Format::K6Json),
            (
                "DateTime,vuser,Tests,Errors,Mean_Test_Time_(ms),TPS",
                Format::Ngrinder,
            ),
            ("load\tthroughput", Format::Points),
            ("time,duration,class", Format::Table),
        ] {
            assert_eq!(Format::of(head), Ok(format), "{head}");
        }
        assert!(Format::of("<testResults>").unwrap_err().contains("CSV"));
        assert!(Format::of("a,b").unwrap_err().contains("--format"));
        assert!(Format::of("").unwrap_err().contains("empty"));
    }
}
