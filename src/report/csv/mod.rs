//! Tables for spreadsheets and scripts: one file per kind of thing, one row per thing.
//!
//! An estimate takes three columns: its value, and the ends of its 95 % interval under the same
//! name with `_low` and `_high`. What is missing is an empty cell. Times are in seconds, rates per
//! second, shares 0 to 1, numbers as they are (no rounding).

mod run;
mod studies;
mod sweep;

pub use run::{classes, components, links, time_series};
pub use studies::{
    designs, differences, frontier, laws, loads, looked, points, single_points, values,
};
#[cfg(feature = "parquet")]
pub(super) use sweep::point_rows;
pub use sweep::{sensitivities, sweep_points};

use crate::statistics::Estimate;
use std::fmt::Display;

/// A table under construction; the first row names the columns.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// One row; each cell names its column, so head and cells cannot drift apart.
#[derive(Default)]
struct Row {
    head: Vec<String>,
    cells: Vec<String>,
}

impl Row {
    fn put(mut self, name: &str, value: impl Display) -> Self {
        self.head.push(name.to_owned());
        self.cells.push(value.to_string());
        self
    }

    fn option<T: Display>(self, name: &str, value: Option<T>) -> Self {
        let text = value.map_or_else(String::new, |value| value.to_string());
        self.put(name, text)
    }

    fn estimate(self, name: &str, estimate: &Estimate) -> Self {
        self.option(name, estimate.value)
            .option(&format!("{name}_low"), estimate.ci95.map(|ends| ends.0))
            .option(&format!("{name}_high"), estimate.ci95.map(|ends| ends.1))
    }
}

impl Rows {
    /// A table whose columns are those of `row`, without rows.
    fn headed_by(row: Row) -> Self {
        Self {
            head: row.head,
            rows: Vec::new(),
        }
    }

    fn push(&mut self, row: Row) {
        assert_eq!(self.head, row.head, "every row has the columns of the head");
        self.rows.push(row.cells);
    }

    fn text(&self) -> String {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        for row in std::iter::once(&self.head).chain(&self.rows) {
            writer
                .write_record(row)
                .expect("writing to memory cannot fail");
        }
        let bytes = writer.into_inner().expect("flushing to memory cannot fail");
        String::from_utf8(bytes).expect("only text went in")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Reason;

    #[test]
    fn missing_parts_are_empty_and_commas_are_quoted() {
        let row = |name: &str, estimate: Estimate| {
            Row::default()
                .put("name", name)
                .estimate("mean_s", &estimate)
        };
        let mut rows = Rows::headed_by(row("", Estimate::exact(0.0)));
        rows.push(row("a, b", Estimate::around(2.0, 0.5, 5)));
        rows.push(row("c", Estimate::missing(Reason::GrowsWithTime)));
        let lines = "name,mean_s,mean_s_low,mean_s_high\n\"a, b\",2,1.5,2.5\nc,,,\n";
        assert_eq!(rows.text(), lines);
    }
}
