//! Laws whose values stand in a file.

use std::path::Path;

use super::files::{Line, Lines, unusable};
use crate::diagnostic::Diagnostic;
use crate::law::Law;
use crate::quantity::short;
use crate::schema::{At, Quantity, Samples};
use crate::syntax::digest::Digest;

/// Most values of a law.
const VALUES_MAX: usize = 1_000_000;

/// Reads the law of a file of samples, in the model's unit.
///
/// # Errors
/// A file that cannot be read, a column that it does not have, or a value that is none; the
/// first of them, with its line.
pub(super) fn read<Q: Quantity>(
    folder: &Path,
    samples: &Samples,
    digest: &mut Digest,
) -> Result<Law, Box<Diagnostic>> {
    let mut lines = Lines::open(folder, &samples.file, digest)?;
    let refuse = |reason: String| Box::new(unusable(&samples.file, reason));
    let mut number = 0;
    let mut column = None;
    let mut values = Vec::new();
    while let Some(line) = lines.next().map_err(refuse)? {
        number += 1;
        let in_line = |reason: String| refuse(format!("line {number}: {reason}"));
        let Line::Text(text) = line else {
            return Err(in_line("it is no text".to_owned()));
        };
        if text.trim().is_empty() {
            continue;
        }
        match (&samples.column, column) {
            (Some(wanted), None) => column = Some(find_column(&text, wanted)?),
            (Some(_), Some(place)) => {
                let cells = cells(&text);
                let cell = cells
                    .get(place)
                    .ok_or_else(|| in_line(format!("it has {} columns only", cells.len())))?;
                values.push(value::<Q>(cell.trim()).map_err(in_line)?);
            }
            (None, _) => values.push(value::<Q>(text.trim()).map_err(in_line)?),
        }
        if values.len() > VALUES_MAX {
            return Err(refuse(format!("it holds more than {VALUES_MAX} values")));
        }
    }
    Law::Empirical(values.into()).checked().map_err(refuse)
}

fn find_column(header: &str, wanted: &At<String>) -> Result<usize, Box<Diagnostic>> {
    let cells = cells(header);
    cells
        .iter()
        .position(|cell| cell.trim() == wanted.value)
        .ok_or_else(|| {
            let known = cells.iter().map(|cell| cell.trim());
            Box::new(super::names::unknown(
                &wanted.value,
                wanted.span.clone(),
                "column",
                known,
            ))
        })
}

/// The cells of one line of CSV.
fn cells(line: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(line.as_bytes());
    let record = reader
        .records()
        .next()
        .and_then(Result::ok)
        .unwrap_or_default();
    record.iter().map(str::to_owned).collect()
}

/// A quantity with its unit, or a plain number.
fn value<Q: Quantity>(text: &str) -> Result<f64, String> {
    let plain = text.parse::<f64>().ok().map(|number| number * Q::PLAIN);
    let value = plain.or_else(|| text.parse::<Q>().ok().map(|quantity| quantity.number()));
    value
        .filter(|value| value.is_finite() && *value >= 0.0)
        .ok_or_else(|| {
            format!(
                "\"{}\" is neither a quantity nor a number of 0 or more",
                short(text)
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{Size, Time};

    fn law<Q: Quantity>(text: &str, column: Option<&str>) -> Result<Law, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("f"), text).unwrap();
        let at = |value: &str| At {
            value: value.to_owned(),
            span: 0..1,
        };
        let samples = Samples {
            file: at("f"),
            column: column.map(at),
        };
        let read = read::<Q>(folder.path(), &samples, &mut Digest::new());
        read.map_err(|error| error.message)
    }

    #[test]
    fn a_line_is_a_quantity_or_a_number_in_seconds() {
        let read = law::<Time>("8ms\n0.002\n\n1e-3\r\n", None);
        assert_eq!(read, Ok(Law::Empirical([8e6, 2e6, 1e6].into())));
        let read = law::<Size>("1KiB\n100\n", None);
        assert_eq!(read, Ok(Law::Empirical([1024.0, 100.0].into())));
    }

    #[test]
    fn a_column_is_found_by_its_name() {
        let read = law::<Time>("who,\"took, s\"\nann,0.5\n\"b, c\",1\n", Some("took, s"));
        assert_eq!(read, Ok(Law::Empirical([5e8, 1e9].into())));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let cases = [
            ("1\nx\n", None, "cannot use `f`: line 2: \"x\" is neither"),
            ("-1\n", None, "cannot use `f`: line 1: \"-1\" is neither"),
            ("inf\n", None, "cannot use `f`: line 1: \"inf\" is neither"),
            (
                "",
                None,
                "cannot use `f`: an empirical law needs at least one value",
            ),
            ("a,b\n1,2\n", Some("c"), "there is no column `c`"),
            (
                "a,b\n1\n",
                Some("b"),
                "cannot use `f`: line 2: it has 1 columns only",
            ),
        ];
        for (text, column, message) in cases {
            let found = law::<Time>(text, column).unwrap_err();
            assert!(found.starts_with(message), "{found}");
        }
    }
}
